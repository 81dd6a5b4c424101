"""News told beside an order: "client went bust", "Christmas is over", "api-2 wedged", "migration done"."""

from __future__ import annotations

from collections.abc import Sequence

from fuyajo.planner.backends.rules.tokens import HEADS, K, Token
from fuyajo.planner.backends.rules.words import said_words

_CUES = said_words("cues")
_ENDINGS = said_words("endings")
#: A report begins with what it is about, and never with when or how.
_FIRST = frozenset({K.WORD, K.DET, K.NAME, K.TIME, K.UNSUPPORTED, K.MEMORY, K.DISK, K.CPU}) | HEADS
_LEADS = frozenset({K.FILL, K.SMALL, K.THANKS, K.GREET, K.PLEASE})
_WHEN = said_words("whens")
#: What a day or a feast may do: "Christmas is over", and no "Christmas comes".
_STANDS = frozenset({"is", "was", "has"})
_PEOPLE = frozenset({"i", "we", "he", "she", "they", "someone", "somebody", "nobody", "anyone"})
_BEFORE = (
    frozenset({K.MEMORY, K.DISK, K.CPU, K.NAME, K.WORD, K.PAST, K.REMARK, K.PRONOUN, K.DET}) | HEADS
)


def is_report(words: Sequence[Token]) -> bool:
    """Whether harmless words tell something; what they tell does not matter."""
    said = list(words)
    while said and (said[0].kind in _LEADS or (said[0].low == "some" and len(said) > 3)):
        said = said[1:]
    if len(said) < 2 or said[0].kind not in _FIRST or _tells_when(said[0]):
        return False
    if said[0].kind is K.DET and said[1].kind is K.TIME:
        return False
    at = next((i for i in range(1, len(said)) if _finite(said, i)), None)
    if said[0].kind is K.TIME and (at is None or said[at].low.split()[0] not in _STANDS):
        return False
    if at is not None and at <= 5 and (at + 1 < len(said) or said[at].kind is K.REMARK):
        return _subject(said[:at])
    return _ends_it(said) and said[0].kind is not K.TIME


def _tells_when(token: Token) -> bool:
    return token.low.split()[0] in _WHEN


def _finite(words: Sequence[Token], i: int) -> bool:
    token, before = words[i], words[i - 1]
    first = token.low.split()[0]
    if first in _CUES or first.partition("'")[0] in _CUES or token.kind is K.REMARK:
        return True
    if i == 1 and before.kind in (K.UNSUPPORTED, K.NAME) and token.kind is K.WORD:
        return token.low.endswith("s")
    past = token.kind is K.WORD and len(token.low) > 4 and token.low.endswith("ed")
    return past and before.kind is K.WORD and i < 4  # "HR changed their minds"


def _subject(words: Sequence[Token]) -> bool:
    """ "the load test", "web and db", "Christmas", and no "delete the web server that"."""
    quiet = _FIRST | {K.AND, K.FILL, K.PRONOUN, K.ROUGH, K.SNAPSHOT, K.OP, K.PARTICLE}
    return all(t.kind in quiet for t in words) and not any(_tells_when(t) for t in words)


def _ends_it(words: Sequence[Token]) -> bool:
    """ "incident closed", "cert rotated on web": a noun or a VM, and what became of it."""
    if not all(t.kind in _BEFORE | {K.FILL, K.TIME, K.PARTICLE, K.UNSUPPORTED} for t in words):
        return False
    for i, token in enumerate(words[1:4], 1):
        become = token.low in _ENDINGS or (
            token.kind is K.WORD and len(token.low) > 4 and token.low.endswith("ed")
        )
        if become and words[i - 1].kind in (K.WORD, K.NAME, K.FILL, K.UNSUPPORTED):
            return True
    return False


def is_deadline(words: Sequence[Token], saves: bool) -> bool:
    """ "before I weep": done now, it is done before; a snapshot is for "before the auditors land"."""
    if len(words) < 3 or words[0].low != "before":
        return False
    somebody = words[1].kind is K.DET and words[2].kind in (K.WORD, K.OP)
    return words[1].low.partition("'")[0] in _PEOPLE or (saves and somebody)
