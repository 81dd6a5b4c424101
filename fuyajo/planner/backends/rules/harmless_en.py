"""Which words may stand beside an order: none that orders, refuses, asks, doubts or reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fuyajo.planner.backends.rules.loose_en import refused_word, refuses_nothing
from fuyajo.planner.backends.rules.retractions_en import head_word
from fuyajo.planner.backends.rules.tokens import HEADS, VERBS, K, Token
from fuyajo.planner.backends.rules.words import said_words

SUBJECTS = frozenset(
    {
        "i",
        "we",
        "he",
        "she",
        "they",
        "it",
        "that",
        "this",
        "these",
        "those",
        "nobody",
        "everything",
        "everybody",
        "everyone",
        "somebody",
        "someone",
        "there",
        "people",
    }
)
#: Kinds that a statement may not hold: they could be, or govern, what is wanted.
GRAVE = frozenset(
    {K.SIZE, K.COUNT, K.NAMED, K.NAMED_AFTER, K.TITLE, K.TITLE_AFTER, K.QUOTE, K.SNAPSHOT, K.SAME}
) | {
    K.EXCEPT,
    K.INJECTION,
    K.IF,
    K.QUESTION,
    K.POLITE,
    K.PLEASE,
    K.CREATED,
    K.SOME,
    K.SAYS,
    K.SHOULD,
}
GRAVE |= {K.QUESTION_MARK, K.NOT_OP, K.CREATE, K.ODD, K.HELP, K.GREET, K.TOO, K.ORDINAL}
#: Talk about talking, thinking and intending, and every word that takes something back.
_TALK = said_words("talk")
_SOFT_NO = frozenset(
    {
        "no",
        "nothing",
        "none",
        "nobody",
        "isn't",
        "doesn't",
        "didn't",
        "haven't",
        "hasn't",
        "aren't",
        "wasn't",
        "weren't",
    }
)
_SOFT_NO |= {"cannot", "can't", "couldn't", "neither"}


#: Of a grave kind, but in the middle of a statement only words.
_QUIET = frozenset(
    {
        "are",
        "is",
        "does",
        "needs",
        "wants",
        "need",
        "too",
        "could use",
        "could do with",
        "can use",
        "gets",
        "can live with",
        "can do with",
        "only needs",
        "to be",
        "one",
    }
)


_MORE = frozenset(
    {
        "bigger",
        "larger",
        "smaller",
        "faster",
        "slower",
        "more",
        "less",
        "extra",
        "double",
        "half",
        "twice",
    }
)
_CHANGES = frozenset({K.UNSUPPORTED, K.VAGUE, K.NUMBER})


@dataclass(frozen=True)
class Around:
    """What the orders beside a statement want; `points`: the next one only says "it"."""

    points: bool
    creates: bool
    resizes: bool
    saves: bool
    # The words only explain: "because the disk is full".
    because: bool = False
    # An order follows.
    leads: bool = False
    # It names VMs that no order names, and the orders are complete without them.
    foreign: bool = False
    # Another part of the message names the VM that "it" is.
    anchored: bool = False
    # A sentence of its own: no list goes on in it.
    apart: bool = False
    # The order stands behind a colon.
    colon: bool = False


def is_noun(token: Token, before: Token | None) -> bool:
    """ "the update" is no order."""
    if (
        token.kind is K.OP
        and before is not None
        and before.low in ("big", "small", "huge", "nightly")
    ):
        return True
    if token.kind in (K.OP, K.SPLIT) and before is not None and before.kind is K.ORDINAL:
        return True
    if token.kind is K.SPLIT and before is not None:
        return before.kind in (K.DET, K.VAGUE, K.ROUGH)
    return token.kind is K.OP and before is not None and before.kind is K.DET and before.low != "a"


def has_subject(words: Sequence[Token]) -> bool:
    """ "the reports take …", "it keeps …": a statement's verb, not ours."""
    said = [t for t in words if t.kind not in (K.FILL, K.AND, K.THEN, K.SMALL, K.BUT)]
    if words and words[0].low in (
        "i have",
        "we have",
        "i've got",
        "we've got",
        "there's",
        "there is",
    ):
        return True
    if not said:
        return False
    first = head_word(said[0])
    if first in SUBJECTS and said[0].kind not in (K.WANT, K.POLITE, K.PLEASE):
        return True
    if first == "before" and len(said) > 1:
        return said[1].low in ("i", "we")
    return said[0].kind in (K.DET, K.WORD) and any(
        t.kind in (K.WORD, K.UNSUPPORTED, K.SAYS) for t in said
    )


def needs_room(words: Sequence[Token]) -> bool:
    """ "we need the disk space back": not a wish by itself."""
    kinds = {t.kind for t in words}
    if kinds & {K.VAGUE} and not kinds & (HEADS | {K.SIZE, K.NUMBER, K.SNAPSHOT}):
        return bool(kinds & {K.MEMORY, K.DISK, K.CPU, K.WORD})
    return not kinds & (
        HEADS | {K.SIZE, K.NUMBER, K.NAME, K.SNAPSHOT, K.PAST, K.STATE, K.PRONOUN}
    ) and bool(kinds & {K.MEMORY, K.DISK, K.CPU, K.WORD} or kinds == {K.FILL})


def harmless(words: Sequence[Token], around: Around) -> bool:
    for i, token in enumerate(words):
        closing = token.low == "done" and i > 0 and i + 1 == len(words)
        closing = closing or _asks_for(words, i)
        closing = closing or (token.low == "soon" and _happens_soon(words, i, around))
        closing = closing or refused_word(words, i)
        closing = closing or (token.kind is K.SHOULD and _quiet(words, i, around))
        closing = closing or token.low in _QUIET or _then_when(words, i, around)
        closing = closing or (token.kind is K.NEGATION and refuses_nothing(words, i))
        if (set(token.low.split()) & _TALK and token.low not in _BY_MISTAKE and not closing) or (
            token.kind in GRAVE and not _quiet(words, i, around)
        ):
            return False
        denied = any(t.kind in (K.NOT, K.NEGATION) for t in words[:i])
        broken = token.low == "half" and {t.kind for t in words[i + 1 : i + 2]} & {
            K.WORD,
            K.DET,
            K.TIME,
        }
        if token.low in _MORE and not (around.resizes or denied or broken):
            return False
        counts = token.kind is K.NUMBER and i + 1 < len(words) and words[i + 1].kind is K.WORD
        counts = counts or (
            token.kind is K.NUMBER and {t.low for t in words[i + 1 : i + 2]} == {"of us"}
        )
        plain = (
            token.low == "one"
            or _learns(words, i)
            or (around.leads and (token.low in _EVERYDAY or counts))
        )
        if token.kind in _CHANGES and around.creates and not plain:
            return False
        if _acts(words, i):
            return False
    return True


#: Of what is unsupported, what people do and have.
_EVERYDAY = frozenset(
    {"migrate", "move", "users", "user", "network", "access", "email", "password"}
)
_EVERYDAY |= {
    "go",
    "copy",
    "host",
    "private",
    "public",
    "database",
    "databases",
    "cluster",
    "install",
}
_EVERYDAY |= {
    "some",
    "few",
    "a few",
    "more",
    "many",
    "several",
    "a lot",
    "a lot of",
    "enough",
    "much",
}


def _then_when(words: Sequence[Token], i: int, around: Around) -> bool:
    """ "web gets busy before Christmas": when what is told happens, and not when to act."""
    told = i > 1 and any(t.kind is K.WORD for t in words[1:i])
    return (
        around.leads
        and told
        and words[i].low in ("before", "after", "during", "while", "when", "once")
    )


def _happens_soon(words: Sequence[Token], i: int, around: Around) -> bool:
    """ "class starts soon."."""
    last = i + 1 == len(words) and i > 1
    return last and around.leads and words[i - 1].kind is K.WORD and words[i - 1].low.endswith("s")


def _learns(words: Sequence[Token], i: int) -> bool:
    """ "I'm learning Python"."""
    return i > 0 and words[i].low in _LANGUAGES and words[i - 1].low in _LEARNS


_LANGUAGES = frozenset({"python", "java", "php", "ruby", "go", "docker", "kubernetes", "ssh"})
_LEARNS = frozenset({"learn", "learning", "study", "studying", "teach", "teaching", "learned"})
_BY_MISTAKE = frozenset({"by mistake", "in error", "by accident"})


def _asks_for(words: Sequence[Token], i: int) -> bool:
    """ "people are asking for it", "the boss asked about web"."""
    if words[i].low.endswith("asking for"):
        return i + 4 > len(words)
    asks = words[i].low in ("asking", "asks", "ask", "asked", "waiting", "calling")
    following = words[i + 1].low if i + 1 < len(words) else ""
    return asks and following in ("for", "about") and i + 4 > len(words)


_HAS = frozenset({"has", "have", "got", "is", "at", "with", "only"})


def _quiet(words: Sequence[Token], i: int, around: Around) -> bool:
    """Whether a word of a grave kind is only a word here."""
    token, before = words[i], words[i - 1] if i else None
    if token.kind is K.ORDINAL and i + 1 < len(words):  # "the last update"
        return words[i + 1].kind in (K.WORD, K.OP)
    if token.kind is K.SIZE:
        return around.points and around.resizes and _is_now(words, i)
    if before is None:
        return False
    if refused_word(words, i):
        return True
    if token.kind in (K.SHOULD, K.CREATE):
        return _told(words, i, around) or token.low in _QUIET
    if token.kind is K.PLEASE and token.low in ("look", "hurry", "urgent", "urgently"):
        return True
    if token.kind is K.QUESTION and token.low in ("who", "which"):
        return before.kind in HEADS | {K.WORD, K.NAME}
    if token.kind is K.SAYS and token.low in ("shows", "reports", "contains"):
        return not around.creates and not any(t.kind is K.QUOTE for t in words)
    if token.kind is K.CREATED:
        return around.leads and not around.points
    noun = token.kind is K.SAYS and before.kind is K.DET
    return noun or token.low in _QUIET or (token.kind is K.TITLE and not around.creates)


_HAVE = frozenset(
    {"i've", "we've", "i have", "we have", "have", "has", "already", "just", "they've", "he's"}
)


def _is_now(words: Sequence[Token], i: int) -> bool:
    """ "db only has 1 GB, raise it to 2 GB", "only 3 GB left on web"."""
    left = {t.low for t in words[i + 1 : i + 2]} & {"left", "free"}
    return bool(left) or any(t.low.split()[-1] in _HAS for t in words[:i])


def _told(words: Sequence[Token], i: int, around: Around) -> bool:
    """ "I've set up a better one", "our manuals should be readable"."""
    if words[i].kind is K.CREATE:
        return words[i - 1].low in _HAVE and not around.creates
    plain = not any(t.kind in HEADS | {K.NAME, K.PRONOUN} for t in words)
    firm = words[i].low == "should be" and around.leads
    return firm and plain and words[0].kind is K.DET


def _acts(words: Sequence[Token], i: int) -> bool:
    """Whether this word orders or refuses something."""
    token, before = words[i], words[i - 1] if i else None
    if token.kind in VERBS:
        refused = before is not None and before.kind in (K.NOT, K.NEGATION)
        return refused or not (is_noun(token, before) or has_subject(words[:i]))
    if token.kind is K.NEGATION:
        return token.low not in _SOFT_NO and not refuses_nothing(words, i)
    if token.kind is K.WANT:
        return i + 1 < len(words) and not (needs_room(words[i + 1 :]) or _needs_it(words, i))
    if token.kind is K.GERUND:
        return i == 0 or any(t.kind is K.NOT for t in words)
    counted = any(t.kind in HEADS or t.kind in (K.NAME, K.PRONOUN) for t in words[i + 1 : i + 3])
    return token.kind is K.ALL and token.low != "everything" and counted


def _needs_it(words: Sequence[Token], i: int) -> bool:
    """ "the sales people need it": nothing else is wanted."""
    rest = words[i + 1 :]
    told = {K.FILL, K.WORD, K.DET, K.TIME, K.PRONOUN, K.THANKS, K.PARTICLE}
    return bool(rest) and rest[0].low in ("it", "them", "that") and {t.kind for t in rest} <= told
