"""What a piece of a wish is. Nothing here decides anything."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

Value = str | int | float | None


class K(Enum):
    """Kinds of tokens. What no table knows is a WORD, an UNKNOWN run or an ODD character."""

    CREATE = auto()
    OP = auto()  # value: start stop restart delete resize relative
    AMBIGUOUS = auto()  # value: make run add; the rest of the clause decides
    SPLIT = auto()  # "turn … off"; value: the verb
    PARTICLE = auto()  # "off on up down"; value: itself
    WANT = auto()
    LIST = auto()
    GREET = auto()
    THANKS = auto()
    SMALL = auto()
    HELP = auto()
    PLEASE = auto()
    POLITE = auto()  # "could you": a question mark that is a request
    NOUN = auto()  # a VM of no stated kind; value: "one" or "many"
    TEMPLATE = auto()  # value: catalogue name
    MEMORY = auto()
    DISK = auto()
    CPU = auto()
    NUMBER = auto()  # value: int
    COUNT = auto()  # a number with a Japanese counter; value: int
    SIZE = auto()  # value: MiB as float
    NAMED = auto()  # "called"; the next word is a name whatever it is
    NAMED_AFTER = auto()  # という: the word before is a name
    NAME = auto()
    QUOTE = auto()
    TITLE = auto()  # value: the variable of the template
    TITLE_AFTER = auto()
    WORD = auto()
    UNKNOWN = auto()
    ODD = auto()
    AND = auto()
    COMMA = auto()
    THEN = auto()
    STOP = auto()  # end of a sentence
    QUESTION_MARK = auto()
    COLON = auto()
    WITH = auto()  # separates attributes, means nothing
    ALL = auto()
    PRONOUN = auto()
    DET = auto()
    FILL = auto()  # means nothing here
    TAIL = auto()  # what may follow a Japanese verb
    JOSHI = auto()  # a Japanese case particle
    NEGATION = auto()
    QUESTION = auto()
    TIME = auto()
    PAST = auto()
    IF = auto()
    UNSUPPORTED = auto()
    VAGUE = auto()
    INJECTION = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is as it was written (after normalising), `value` what the tables say about it."""

    kind: K
    text: str
    value: Value = None

    @property
    def low(self) -> str:
        return self.text.lower()


Tokens = tuple[Token, ...]
HEADS = frozenset({K.NOUN, K.TEMPLATE})
VERBS = frozenset({K.CREATE, K.OP, K.AMBIGUOUS, K.SPLIT})
#: After these, a word that is also an ordinary word can only have been meant as a name.
BOUNDARY = frozenset(
    {K.AND, K.COMMA, K.THEN, K.STOP, K.QUESTION_MARK, K.PLEASE, K.WITH, K.JOSHI, K.PARTICLE}
)


class Ask(Exception):
    """The wish is not clear enough to plan; `key` is a text of this package."""

    def __init__(self, key: str, **params: object) -> None:
        self.key = key
        self.params = params
        super().__init__(key)
