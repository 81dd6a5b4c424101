"""What else may stand beside an English order: "the boss agreed", "budget cuts", "the page won't load"."""

from __future__ import annotations

from collections.abc import Sequence

from fuyajo.planner.backends.rules.tokens import K, Token
from fuyajo.planner.backends.rules.words import said_words

_OCCASIONS = said_words("occasions")
_ASSENTS = said_words("assents")
_TALK = said_words("talk")
_WHEN = said_words("whens")
_NOBODY = frozenset({"nobody", "none", "neither", "no one", "hardly", "yet", "half", "not"})
_NOUNS = frozenset({K.WORD, K.DET, K.ROUGH, K.UNSUPPORTED, K.FILL, K.MEMORY, K.DISK, K.CPU})
_PEOPLE = frozenset({"i", "we", "he", "she", "they", "it", "you", "nobody", "everybody"})


def assents(words: Sequence[Token]) -> bool:
    """ "the boss agrees", "everyone has approved": nobody is against it."""
    lows = [t.low for t in words]
    if not 1 < len(words) < 6 or lows[-1] not in _ASSENTS or set(lows) & _NOBODY:
        return False
    if any(t.kind not in _NOUNS | {K.WITH, K.PAST, K.ALL, K.QUESTION} for t in words):
        return False
    return words[0].kind in (K.WORD, K.DET, K.ALL) and lows[0] != "you"


def is_occasion(words: Sequence[Token], colon: bool) -> bool:
    """ "budget cuts", "end of term", "time for some housekeeping": on what occasion something is wanted."""
    told = [t for t in words if t.kind in (K.WORD, K.UNSUPPORTED)]
    lows = {t.low for t in words}
    if not 0 < len(told) < 5 or any(t.tail for t in words) or lows & (_TALK - _OCCASIONS):
        return False
    quiet = {K.WORD, K.DET, K.FILL, K.ROUGH, K.VAGUE, K.SMALL, K.AND, K.UNSUPPORTED}
    plain = all(t.kind in quiet for t in words) and words[0].low.split()[0] not in _WHEN
    return plain and told[-1].low in _OCCASIONS and (len(told) > 1 or not colon)


def happens(words: Sequence[Token]) -> bool:
    """ "our new colleague arrives", "the spring fair opens soon": a verb that no table knows."""
    if words[0].kind is not K.DET or words[0].low in ("another", "one more"):
        return False
    for i, token in enumerate(words[2:6], 2):
        noun = any(t.kind in (K.WORD, K.UNSUPPORTED) for t in words[1:i]) or words[1].kind is K.OP
        verb = token.kind is K.WORD and token.low.endswith(("s", "ed")) and token.low[-2:] != "ss"
        if noun and verb and words[i - 1].kind is not K.DET:
            return True
        if token.kind not in _NOUNS:
            return False
    return False


def refuses_nothing(words: Sequence[Token], i: int) -> bool:
    """ "the page won't load", "I won't be using it again": no order is refused."""
    if words[i].low not in ("won't", "wont", "will not") or not i or i + 1 == len(words):
        return False
    following = words[i + 1 : i + 3]
    if words[0].low in _PEOPLE:
        return following[0].low == "be" and following[-1].low in ("using", "needing", "back")
    return following[0].kind is K.WORD and following[0].low not in _TALK


def needs_place(words: Sequence[Token]) -> bool:
    """ "we need somewhere to run our metrics", "I need more capacity": what for, and not yet what."""
    said = list(words)
    while said and said[0].kind in (K.FILL, K.SMALL, K.GREET):
        said = said[1:]
    if len(said) < 2 or said[0].kind is not K.WANT or said[0].low.split()[0] not in ("i", "we", "i'd", "we'd"):
        return False
    place = next((i for i, t in enumerate(said[1:4], 1) if t.low in _PLACES), None)
    if place is None or any(t.kind in _THINGS for t in said[1:]):
        return False
    rest = said[place + 1 :]
    return not rest or rest[0].low in ("to", "for", "where", "that", "on", "in", "here", "now")


_PLACES = frozenset(
    {"somewhere", "something", "place", "home", "capacity", "room", "headroom", "environment", "spot"}
)
_PLACES |= {"hardware", "horsepower", "power", "resources", "compute", "muscle", "space", "platform"}
_THINGS = frozenset({K.NOUN, K.TEMPLATE, K.NAME, K.SIZE, K.NUMBER, K.COUNT, K.PRONOUN, K.SNAPSHOT})
_THINGS |= {K.NAMED, K.STATE, K.NOT, K.NEGATION, K.QUESTION, K.IF, K.TIME, K.QUOTE}


def wants_kind(words: Sequence[Token]) -> bool:
    """ "we could do with a second mail relay": said before what is to be created for it."""
    said = [t for t in words if t.kind not in (K.FILL, K.SMALL)]
    if len(said) < 2 or said[0].kind is not K.WANT:
        return False
    plain = {K.DET, K.WORD, K.ROUGH, K.VAGUE, K.ORDINAL}
    return all(t.kind in plain and t.low not in _TALK for t in said[1:]) and said[-1].kind is K.WORD
