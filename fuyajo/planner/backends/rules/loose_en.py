"""What else may stand beside an English order: "the boss agreed", "budget cuts", "the page won't load"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

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
        if token.kind not in _NOUNS or token.low in ("for", "of", "from", "to"):
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
    if (
        len(said) < 2
        or said[0].kind is not K.WANT
        or said[0].low.split()[0] not in ("i", "we", "i'd", "we'd")
    ):
        return False
    place = next((i for i, t in enumerate(said[1:4], 1) if t.low in _PLACES), None)
    if place is None or any(t.kind in _THINGS for t in said[1:]):
        return False
    rest = said[place + 1 :]
    return not rest or rest[0].low in ("to", "for", "where", "that", "on", "in", "here", "now")


_PLACES = frozenset(
    {
        "somewhere",
        "something",
        "place",
        "home",
        "capacity",
        "room",
        "headroom",
        "environment",
        "spot",
    }
)
_PLACES |= {
    "hardware",
    "horsepower",
    "power",
    "resources",
    "compute",
    "muscle",
    "space",
    "platform",
}
_THINGS = frozenset({K.NOUN, K.TEMPLATE, K.NAME, K.SIZE, K.NUMBER, K.COUNT, K.PRONOUN, K.SNAPSHOT})
_THINGS |= {K.NAMED, K.STATE, K.NOT, K.NEGATION, K.QUESTION, K.IF, K.TIME, K.QUOTE}


def wants_kind(words: Sequence[Token]) -> bool:
    """ "we could do with a second mail relay": said before what is to be created for it."""
    said = [t for t in words if t.kind not in (K.FILL, K.SMALL)]
    if len(said) < 2 or said[0].kind is not K.WANT:
        return False
    plain = {K.DET, K.WORD, K.ROUGH, K.VAGUE, K.ORDINAL}
    return all(t.kind in plain and t.low not in _TALK for t in said[1:]) and said[-1].kind is K.WORD


def is_busy(words: Sequence[Token]) -> bool:
    """ "trying out a cluster here", "cleaning up before the holidays": what one is doing."""
    first = words[0]
    doing = first.kind is K.WORD and first.low.endswith("ing") and len(first.low) > 5
    late = any(t.kind is K.TIME for t in until_when(words))
    return doing and first.low not in _NO_DEED and len(words) > 1 and not late


def until_when(words: Sequence[Token]) -> Sequence[Token]:
    """The words without "before the holidays" at their end."""
    at = next((i for i, t in enumerate(words) if t.low in ("before", "after", "during")), None)
    if not at or any(t.kind not in (K.DET, K.TIME, K.WORD, K.FILL) for t in words[at + 1 :]):
        return words
    return words[:at]


class _Around(Protocol):
    @property
    def leads(self) -> bool: ...
    @property
    def colon(self) -> bool: ...
    @property
    def points(self) -> bool: ...
    @property
    def creates(self) -> bool: ...


def is_news(words: Sequence[Token], around: _Around) -> bool:
    """ "requests to the shop time out", in any words: before an order, and no order by its form."""
    if not around.leads or around.colon or around.points or len(words) < 4:
        return False
    first, second = words[0], words[1]
    form = first.kind is K.DET or (first.kind is K.WORD and first.low.endswith("s"))
    orders = first.kind is K.WORD and second.kind in (K.DET, K.PRONOUN, K.NAME)
    if not form or orders or first.low.split()[0] in _WHEN or first.low in ("another", "one more"):
        return False
    unknown = sum(t.kind is K.WORD for t in words) > 1
    told = words[-1].kind is K.PARTICLE or any(
        t.kind in (K.WANT, K.PAST) or t.low in _HAPPENED for t in words[2:]
    )
    return unknown and told and all(t.kind in _NEWS for t in words)


_HAPPENED = said_words("cues") - {"use", "still", "no", "never", "just", "only"}
_NEWS = frozenset({K.WORD, K.DET, K.FILL, K.ROUGH, K.PARTICLE, K.WITH, K.PAST, K.AND, K.WANT})


_NO_DEED = frozenset(
    [
        "morning",
        "evening",
        "nothing",
        "something",
        "anything",
        "everything",
        "warning",
        "meeting",
        "according",
        "supposing",
        "assuming",
        "providing",
        "depending",
        "pretending",
        "imagining",
        "wondering",
        "barring",
        "failing",
        "pending",
        "following",
        "during",
        "regarding",
        "concerning",
        "including",
        "excluding",
        "considering",
        "judging",
        "speaking",
        "granting",
        "thinking",
        "dreaming",
        "hoping",
        "wishing",
        "waiting",
        "asking",
        "saying",
        "telling",
        "quoting",
        "reading",
        "writing",
        "joking",
        "kidding",
        "guessing",
        "starting",
        "beginning",
        "counting",
        "bring",
        "string",
        "spring",
        "using",
        "being",
        "having",
        "going",
        "playing",
        "testing",
        "acting",
        "role",
        "trusting",
        "obeying",
        "quoting",
        "answering",
        "ordering",
        "demanding",
        "insisting",
        "practising",
        "practicing",
        "rehearsing",
        "singing",
        "translating",
    ]
)


def intends(words: Sequence[Token]) -> bool:
    """ "I'd like to rebuild my test setup": an aim of mine, in words that order nothing here."""
    if len(words) < 3 or words[0].kind is not K.FILL or words[0].low not in _AIMS:
        return False
    verb = words[1]
    return (
        verb.kind is K.WORD
        and verb.low not in _TALK | _KNOWING
        and all(
            t.kind in _AIMED or (t.kind in (K.UNSUPPORTED, K.CREATE) and i > 1)
            for i, t in enumerate(words[1:])
        )
    )


_AIMS = frozenset({"i'd like to", "i would like to", "i want to", "we want to", "we'd like to"})
_AIMS |= {
    "we would like to",
    "i need to",
    "we need to",
    "i wanna",
    "i have to",
    "we have to",
    "i must",
}
_KNOWING = frozenset(
    {"know", "see", "check", "understand", "find", "learn", "hear", "avoid", "stop"}
)
_AIMED = frozenset({K.WORD, K.DET, K.FILL, K.ROUGH, K.NUMBER, K.AND, K.PARTICLE, K.VAGUE})


def own_future(words: Sequence[Token]) -> bool:
    """ "I'll try again later": what I do then, and nothing that an order waits for."""
    if len(words) < 2 or words[0].low not in ("i'll", "we'll", "i will", "we will"):
        return False
    quiet = {
        K.WORD,
        K.FILL,
        K.DET,
        K.TIME,
        K.PRONOUN,
        K.AMBIGUOUS,
        K.CREATE,
        K.ROUGH,
        K.VAGUE,
        K.PARTICLE,
    }
    if words[1].low not in _OWN_DEEDS or any(t.kind not in quiet for t in words[1:]):
        return False
    if any(t.low in _TALK for t in words[1:] if t.low != "later"):
        return False
    return not {t.low for t in words} & {"when", "if", "unless", "once", "until", "before", "after"}


_OWN_DEEDS = frozenset(
    {"try", "start", "redo", "rebuild", "make", "begin", "continue", "work", "build"}
)
_OWN_DEEDS |= {
    "return",
    "reinstall",
    "recreate",
    "practise",
    "practice",
    "experiment",
    "set up",
    "create",
}


def refused_word(words: Sequence[Token], i: int) -> bool:
    """Of words that talk: "web was a mistake", "nobody reads that", "requests to the shop time out"."""
    low, first = words[i].low, words[0]
    if low == "mistake":
        return first.kind in (K.NAME, K.DET) and any(t.low == "was" for t in words[1:3])
    if low in ("reads", "read"):
        return first.low in ("nobody", "no one", "noone", "nobody reads") or low == first.low
    if low in ("requests", "questions", "orders"):
        return i == 0 and len(words) > 3
    asks = low.endswith(("asked for", "asking for", "asks for", "requested"))
    return asks and not any(t.kind in _ASKED for t in words[i + 1 :])


_ASKED = frozenset({K.NOUN, K.TEMPLATE, K.NAME, K.PRONOUN, K.SIZE, K.NUMBER, K.PAST, K.GERUND})
