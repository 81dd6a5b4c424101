"""What a statement is: words with a subject of their own that order, refuse, ask and report nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fuyajo.planner.backends.rules.reports_en import is_deadline, is_report
from fuyajo.planner.backends.rules.retractions_en import BACK, head_word, is_for, takes_back
from fuyajo.planner.backends.rules.tokens import HEADS, VERBS, K, Token
from fuyajo.planner.backends.rules.words import said_words

_SUBJECTS = frozenset(
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
        "everybody",
        "everyone",
        "somebody",
        "someone",
        "there",
        "people",
    }
)
_CUES = said_words("cues")
#: Kinds that a statement may not hold: they could be, or govern, what is wanted.
_GRAVE = frozenset(
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
_GRAVE |= {K.QUESTION_MARK, K.NOT_OP, K.CREATE, K.ODD, K.HELP, K.GREET, K.TOO, K.ORDINAL}
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


_LEAD = frozenset({K.FILL, K.SMALL, K.THANKS, K.GREET})


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


def is_noun(token: Token, before: Token | None) -> bool:
    """ "the update" is no order."""
    if (
        token.kind is K.OP
        and before is not None
        and before.low in ("big", "small", "huge", "nightly")
    ):
        return True
    return token.kind is K.OP and before is not None and before.kind is K.DET and before.low != "a"


def has_subject(words: Sequence[Token]) -> bool:
    """ "the reports take …", "it keeps …": a statement's verb, not ours."""
    said = [t for t in words if t.kind not in (K.FILL, K.AND, K.THEN, K.SMALL, K.BUT)]
    if words and words[0].low in ("i have", "we have", "i've got", "we've got"):
        return True
    if not said:
        return False
    first = head_word(said[0])
    if first in _SUBJECTS and said[0].kind not in (K.WANT, K.POLITE, K.PLEASE):
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


def is_statement(spoken: Sequence[Token], around: Around) -> bool:
    """Whether these words may be left out beside such orders."""
    if _prepares(spoken, around.saves) or _thanks(spoken):
        return True
    words = _without_lead(spoken)
    if around.because:
        words = [Token(K.PRONOUN, "it"), *words]
    while words and words[-1].kind is K.SMALL:
        words = words[:-1]
    if is_deadline(words, around.saves):
        return _harmless(words[1:], around)
    sound = (
        len(words) > 1
        and words[0].kind is not K.NOT
        and not takes_back(words)
        and _harmless(words, around)
    )
    return sound and _tells(words, around)


def _tells(words: Sequence[Token], around: Around) -> bool:
    """Whether harmless words are a sentence of their own, about something that is not wanted."""
    if words[0].low == "all" and len(words) > 2:
        words = words[1:]
    first = words[0]
    subject = head_word(first)
    about = any(t.kind in HEADS or t.kind is K.NAME for t in words)
    if around.creates and is_for(words):
        return True
    if around.creates and (subject in BACK or (about and not around.leads)):
        return False
    if around.foreign and any(
        t.kind in _EXTENDS or t.low in _ALSO or (t.kind is K.PAST and t.value) for t in words
    ):
        return False
    if around.points and first.tail and {t.low for t in words[2:3]} & _SINGULAR:
        return False  # "web's radio is loud, turn it down"
    if is_report(words) and (about or around.anchored or not around.points):
        return True
    return _has_verb(words, subject, about, around.points)


#: "stop web, db has to go too": more of the wish.
_EXTENDS = frozenset({K.TOO, K.REMARK, K.SHOULD, K.WANT, K.KEEP, K.SAME, K.LIKE, K.PARTICLE})
_ALSO = frozenset({"also", "likewise", "same", "neither", "either"})


_SINGULAR = frozenset({"is", "was", "has", "isn't", "wasn't", "hasn't"})


def _has_verb(words: Sequence[Token], subject: str, about: bool, points: bool) -> bool:
    first = words[0]
    if subject in _SUBJECTS or (first.low in ("no", "nothing", "none") and len(words) > 2):
        return True
    if first.kind is K.PRONOUN:
        return any(t.tail for t in words[:3]) or _cue(words[1:5])
    if first.kind is K.NAME:
        verb = words[1].kind is K.WORD and words[1].low.endswith(("s", "ed"))
        return bool(first.tail) or verb or _cue(words[1:3])
    if first.kind not in (K.DET, K.WORD) or (points and not about):
        return False
    told = any(t.tail for t in words[:3]) or _cue(words[1:5])
    return told or (first.kind is K.DET and _several(words))


def _without_lead(spoken: Sequence[Token]) -> list[Token]:
    words = list(spoken)
    while words and words[0].kind in _LEAD and head_word(words[0]) not in _SUBJECTS:
        words = words[1:]
    return words


def _thanks(words: Sequence[Token]) -> bool:
    """ "thanks for all the help"."""
    quiet = {K.NAME, K.THANKS, K.FILL, K.ALL, K.DET, K.HELP, K.WORD, K.SMALL, K.PRONOUN, K.PLEASE}
    return any(t.kind is K.THANKS for t in words[:1]) and {t.kind for t in words} <= quiet


def _several(words: Sequence[Token]) -> bool:
    """ "the students arrive", "a colleague joins": a verb that no table knows."""
    subject, verb = words[1], words[2] if len(words) > 2 else None
    if verb is None or verb.kind is not K.WORD:
        return False
    if subject.kind not in HEADS | {K.WORD, K.NAME, K.UNSUPPORTED}:
        return False
    return subject.low.endswith("s") != verb.low.endswith("s") and words[0].low != "another"


def _cue(words: Sequence[Token]) -> bool:
    told = (K.REMARK, K.PAST, K.SHOULD)
    return any(t.low.split()[0] in _CUES or t.kind in told for t in words)


def _harmless(words: Sequence[Token], around: Around) -> bool:
    for i, token in enumerate(words):
        closing = token.low == "done" and i > 0 and i + 1 == len(words)
        closing = closing or _asks_for(words, i)
        closing = closing or token.low in _QUIET or _then_when(words, i, around)
        if (set(token.low.split()) & _TALK and token.low not in _BY_MISTAKE and not closing) or (
            token.kind in _GRAVE and not _quiet(words, i, around)
        ):
            return False
        denied = any(t.kind in (K.NOT, K.NEGATION) for t in words[:i])
        if token.low in _MORE and not (around.resizes or denied):
            return False
        counts = token.kind is K.NUMBER and i + 1 < len(words) and words[i + 1].kind is K.WORD
        plain = token.low == "one" or (around.leads and (token.low in _EVERYDAY or counts))
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


_BY_MISTAKE = frozenset({"by mistake", "in error", "by accident"})


def _asks_for(words: Sequence[Token], i: int) -> bool:
    """ "people are asking for it", "the boss asked about web"."""
    asks = words[i].low in ("asking", "asks", "ask", "asked", "waiting", "calling")
    following = words[i + 1].low if i + 1 < len(words) else ""
    return asks and following in ("for", "about") and i + 4 > len(words)


_HAS = frozenset({"has", "have", "got", "is", "at", "with", "only"})


def _quiet(words: Sequence[Token], i: int, around: Around) -> bool:
    """Whether a word of a grave kind is only a word here."""
    token, before = words[i], words[i - 1] if i else None
    if before is None:
        return False
    if token.kind is K.SIZE:  # "db only has 1 GB, raise it to 2 GB"
        has = any(t.low.split()[-1] in _HAS for t in words[:i])
        return around.points and around.resizes and has
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


def _acts(words: Sequence[Token], i: int) -> bool:
    """Whether this word orders or refuses something."""
    token, before = words[i], words[i - 1] if i else None
    if token.kind in VERBS:
        refused = before is not None and before.kind in (K.NOT, K.NEGATION)
        return refused or not (is_noun(token, before) or has_subject(words[:i]))
    if token.kind is K.NEGATION:
        return token.low not in _SOFT_NO
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


def _prepares(words: Sequence[Token], saves: bool) -> bool:
    """ "before I break something": what a snapshot is for."""
    said = [t for t in words if t.kind is not K.FILL]
    if not saves or len(said) < 3 or said[0].low != "before":
        return False
    quiet = VERBS | {K.WORD, K.VAGUE, K.PARTICLE, K.PRONOUN, K.DET, K.NAME, K.UNSUPPORTED, K.GERUND}
    return said[1].low in ("i", "we") and all(
        t.kind in quiet | {K.FILL} for t in words[1:] if t is not said[0]
    )
