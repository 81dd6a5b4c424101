"""What a statement is: words with a subject of their own that order, refuse, ask and report nothing."""

from __future__ import annotations

from collections.abc import Sequence

from fuyajo.planner.backends.rules.harmless_en import GRAVE, SUBJECTS, Around, harmless
from fuyajo.planner.backends.rules.loose_en import (
    assents,
    happens,
    intends,
    is_busy,
    is_news,
    is_occasion,
    needs_place,
    own_future,
    until_when,
    wants_kind,
)
from fuyajo.planner.backends.rules.reports_en import is_deadline, is_report
from fuyajo.planner.backends.rules.retractions_en import BACK, head_word, is_for, takes_back
from fuyajo.planner.backends.rules.tokens import HEADS, VERBS, K, Token
from fuyajo.planner.backends.rules.words import said_words

_CUES = said_words("cues")

_LEAD = frozenset({K.FILL, K.SMALL, K.THANKS, K.GREET})


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
        return harmless(words[1:], around)
    if needs_place(words) or (around.creates and wants_kind(words)):
        return not any(t.kind in GRAVE for t in words)
    if words and around.leads and not around.colon and is_busy(words):
        return harmless(until_when(words), around)
    if own_future(words) or (around.leads and intends(spoken)):
        return not any(t.kind in (K.NAME, K.NOT, K.QUESTION, K.IF) for t in spoken)
    if assents(words) or (around.leads and is_occasion(words, around.colon)):
        return True
    sound = (
        len(words) > 1
        and words[0].kind is not K.NOT
        and not takes_back(words)
        and harmless(words, around)
    )
    return sound and (_tells(words, around) or is_news(words, around))


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
    return _has_verb(words, subject, about, around)


#: "stop web, db has to go too": more of the wish.
_EXTENDS = frozenset({K.TOO, K.REMARK, K.SHOULD, K.WANT, K.KEEP, K.SAME, K.LIKE, K.PARTICLE})
_ALSO = frozenset({"also", "likewise", "same", "neither", "either"})


_SINGULAR = frozenset({"is", "was", "has", "isn't", "wasn't", "hasn't"})


def _has_verb(words: Sequence[Token], subject: str, about: bool, around: Around) -> bool:
    first = words[0]
    if first.kind is K.SIZE:  # "only 3 GB left on web"
        return words[1].low in ("left", "free")
    if first.low == "something" and len(words) > 2:
        return True
    if subject in SUBJECTS or (first.low in ("no", "nothing", "none") and len(words) > 2):
        return True
    if first.kind is K.PRONOUN:
        return any(t.tail for t in words[:3]) or _cue(words[1:5])
    if first.kind is K.NAME:
        verb = words[1].kind is K.WORD and words[1].low.endswith(("s", "ed"))
        return bool(first.tail) or verb or _cue(words[1:3])
    if first.kind not in (K.DET, K.WORD) or (around.points and not about):
        return False
    told = any(t.tail for t in words[:3]) or _cue(words[1:8])
    return told or ((around.leads or around.apart) and happens(words)) or _several(words)


def _without_lead(spoken: Sequence[Token]) -> list[Token]:
    words = list(spoken)
    while words and words[0].kind in _LEAD and head_word(words[0]) not in SUBJECTS:
        words = words[1:]
    return words


def _thanks(words: Sequence[Token]) -> bool:
    """ "thanks for all the help"."""
    quiet = {K.NAME, K.THANKS, K.FILL, K.ALL, K.DET, K.HELP, K.WORD, K.SMALL, K.PRONOUN, K.PLEASE}
    return any(t.kind is K.THANKS for t in words[:1]) and {t.kind for t in words} <= quiet


def _several(words: Sequence[Token]) -> bool:
    """ "the students arrive", "a colleague joins": a verb that no table knows."""
    subject, verb = words[1], words[2] if len(words) > 2 else None
    if verb is None or verb.kind is not K.WORD or words[0].kind is not K.DET:
        return False
    if subject.kind not in HEADS | {K.WORD, K.NAME, K.UNSUPPORTED}:
        return False
    return subject.low.endswith("s") != verb.low.endswith("s") and words[0].low != "another"


def _cue(words: Sequence[Token]) -> bool:
    told = (K.REMARK, K.PAST, K.SHOULD)
    return any(t.low.split()[0] in _CUES or t.kind in told for t in words)


def _prepares(words: Sequence[Token], saves: bool) -> bool:
    """ "before I break something": what a snapshot is for."""
    said = [t for t in words if t.kind is not K.FILL]
    if not saves or len(said) < 3 or said[0].low != "before":
        return False
    quiet = VERBS | {K.WORD, K.VAGUE, K.PARTICLE, K.PRONOUN, K.DET, K.NAME, K.UNSUPPORTED, K.GERUND}
    return said[1].low in ("i", "we") and all(
        t.kind in quiet | {K.FILL} for t in words[1:] if t is not said[0]
    )
