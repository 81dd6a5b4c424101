"""A letter for every token, so that a word order is a regular expression over a clause."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

from fuyajo.planner.backends.rules.tokens import K, Token

_LETTERS: dict[K, str] = {
    K.NAME: "N",
    K.PRONOUN: "P",
    K.NOUN: "H",
    K.TEMPLATE: "H",
    K.DET: "D",
    K.ALL: "A",
    K.CREATED: "C",
    K.STATE: "T",
    K.FILL: "f",
    K.PLEASE: "p",
    K.THANKS: "p",
    K.SMALL: "p",
    K.GREET: "p",
    K.POLITE: "p",
    K.OP: "O",
    K.AMBIGUOUS: "M",
    K.SPLIT: "S",
    K.TAKE: "K",
    K.CREATE: "c",
    K.PARTICLE: "r",
    K.SIZE: "s",
    K.NUMBER: "#",
    K.COUNT: "#",
    K.MEMORY: "L",
    K.DISK: "L",
    K.CPU: "L",
    K.WANT: "w",
    K.SHOULD: "d",
    K.WITH: "x",
    K.AND: "a",
    K.COMMA: ",",
    K.COLON: ":",
    K.STOP: ".",
    K.QUESTION_MARK: "?",
    K.THEN: "t",
    K.BUT: "B",
    K.REASON: "R",
    K.PAST: "e",
    K.GERUND: "g",
    K.SNAPSHOT: "Z",
    K.NAMED: "n",
    K.NOT: "!",
    K.UNSUPPORTED: "u",
    K.LIKE: "E",
    K.IF: "i",
    K.KEEP: "k",
    K.TOO: "Y",
    K.WORD: "U",
    K.LIST: "q",
    K.REMARK: "m",
    K.EXCEPT: "X",
    K.QUOTE: "Q",
    K.TITLE: "W",
}
BEFORE = r"(?<![^.,atBR?p:])"
AFTER = r"(?=f*(?:[.,atBR?p]|$))"
TARGET = (
    r"(?P<who>[DfTA]*[PNHCA][THn]*N?(?:(?:,|a|,a)[DfA]*[PNC]H*)*"
    r"(?:,?XD?[NH]H?(?:(?:,|a|,a)N)*,?)?)"
)
SIZES = r"(?P<much>[xfD:]*[#sL](?:[xfDa,:]*[#sL])*)"
Parts = dict[str, list[Token]]
_Build = Callable[[Parts], list[Token] | None]
Rule = tuple[re.Pattern[str], _Build]


def letters(tokens: Sequence[Token], known: Collection[str]) -> str:
    """A letter for each token; a name that no VM has yet is an unknown word here."""
    return "".join(
        "o" if t.kind is K.NAME and t.low not in known else _LETTERS.get(t.kind, "o")
        for t in tokens
    )


def op(value: str, said: Sequence[Token]) -> Token:
    return Token(K.OP, said[0].text if said else value, value)


def any_named(who: Sequence[Token]) -> bool:
    """A VM, and not only "the" or "now"."""
    return any(t.kind in (K.NAME, K.PRONOUN, K.CREATED, K.ALL) for t in who) or (
        any(t.kind is K.DET and t.low in _THE for t in who)
        and any(t.kind in (K.NOUN, K.TEMPLATE) for t in who)
    )


_THE = frozenset({"the", "my", "our"})
SIMPLE = frozenset({"start", "stop", "restart", "delete", "snapshot", "revert"})


def r(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


#: What makes a wish a thought; "I think" may still be one.
DOUBTS = frozenset(
    {"maybe", "perhaps", "if", "might", "suppose", "imagine", "could", "would", "probably"}
)
DOUBTS |= {
    "wonder",
    "assume",
    "pretend",
    "in case",
    "provided",
    "not sure",
    "unsure",
    "hypothetically",
}
DOUBTS |= {"considering", "thinking", "either", "or", "otherwise", "someday", "one day"}
