"""What a piece of a wish is. Nothing here decides anything."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

Value = str | int | float | None


class K(Enum):
    """Kinds of tokens. What no table knows is a WORD, an UNKNOWN run or an ODD character."""

    # Members are singletons; Enum's own hash is many times slower, and sets of kinds are everywhere.
    __hash__ = object.__hash__

    CREATE = auto()
    # start stop restart delete resize relative snapshot revert
    OP = auto()
    # The same in a form that forbids it (止めないで, "without stopping").
    NOT_OP = auto()
    # make run add: the rest of the clause decides
    AMBIGUOUS = auto()
    # "turn … off"; value: the verb
    SPLIT = auto()
    # "off on up down back away": itself
    PARTICLE = auto()
    # "deleting": the operation, where the grammar has room for it
    GERUND = auto()
    # "take", 取って: the verb of a snapshot and of nothing else
    TAKE = auto()
    SNAPSHOT = auto()
    # "should have": a statement that is a wish for sizes
    SHOULD = auto()
    WANT = auto()
    LIST = auto()
    GREET = auto()
    THANKS = auto()
    SMALL = auto()
    HELP = auto()
    PLEASE = auto()
    # "could you": a question mark that is a request
    POLITE = auto()
    # a VM of no stated kind; value: "one", "many", or "again" ("another one")
    NOUN = auto()
    # value: catalogue name
    TEMPLATE = auto()
    MEMORY = auto()
    DISK = auto()
    CPU = auto()
    # value: int
    NUMBER = auto()
    # a number that surely counts VMs; value: int
    COUNT = auto()
    # value: MiB as float
    SIZE = auto()
    # "called"; the next word is a name whatever it is
    NAMED = auto()
    # という: the word before is a name
    NAMED_AFTER = auto()
    NAME = auto()
    QUOTE = auto()
    # value: the variable of the template
    TITLE = auto()
    TITLE_AFTER = auto()
    WORD = auto()
    UNKNOWN = auto()
    ODD = auto()
    AND = auto()
    COMMA = auto()
    THEN = auto()
    BUT = auto()
    # end of a sentence
    STOP = auto()
    QUESTION_MARK = auto()
    COLON = auto()
    # separates attributes, means nothing
    WITH = auto()
    ALL = auto()
    # value: it, them, other, or how many ("2")
    PRONOUN = auto()
    # "the last two I made"; value: their number, 0 when not said
    CREATED = auto()
    # "one of them": never certain
    SOME = auto()
    # value: running stopped
    STATE = auto()
    # "the same again"
    SAME = auto()
    # "like web", webと同じ
    LIKE = auto()
    # value: after, before: where the names stand that are left out
    EXCEPT = auto()
    # "don't": the clause forbids
    NOT = auto()
    # "keep", そのまま: those VMs stay as they are
    KEEP = auto()
    # "so", ので: what stands before is only a reason
    REASON = auto()
    # "because": what stands behind is only a reason
    BECAUSE = auto()
    # "I don't need … any more": a remark about a VM
    REMARK = auto()
    # "says": somebody else's words
    SAYS = auto()
    # "too", も: the same as before for these
    TOO = auto()
    # "the second one"; value: int, -1 is the last
    ORDINAL = auto()
    DET = auto()
    # means nothing here
    FILL = auto()
    # what may follow a Japanese verb
    TAIL = auto()
    # しないで behind a Japanese verb
    NOT_TAIL = auto()
    # a Japanese case particle
    JOSHI = auto()
    NEGATION = auto()
    QUESTION = auto()
    TIME = auto()
    # value: the operation, where there is one
    PAST = auto()
    IF = auto()
    UNSUPPORTED = auto()
    VAGUE = auto()
    # "small", 小さい: nothing beside a number, too vague without
    ROUGH = auto()
    INJECTION = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is as it was written (after normalising), `value` what the tables say about it."""

    kind: K
    text: str
    value: Value = None
    # "'s", where it was left off `text`
    tail: str = ""

    @property
    def low(self) -> str:
        return self.text.lower()


Tokens = tuple[Token, ...]
HEADS = frozenset({K.NOUN, K.TEMPLATE})
VERBS = frozenset({K.CREATE, K.OP, K.NOT_OP, K.AMBIGUOUS, K.SPLIT, K.TAKE})
#: After these, a word that is also an ordinary word can only have been meant as a name.
BOUNDARY = frozenset(
    {K.AND, K.COMMA, K.THEN, K.BUT, K.STOP, K.QUESTION_MARK, K.PLEASE, K.WITH, K.JOSHI, K.PARTICLE}
)


class Ask(Exception):
    """The wish is not clear enough to plan; `key` is a text of this package."""

    def __init__(self, key: str, **params: object) -> None:
        self.key = key
        self.params = params
        super().__init__(key)
