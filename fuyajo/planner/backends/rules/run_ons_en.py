"""Statements that follow an order without a comma: "restart web its lagging", "stop web before we sink"."""

from __future__ import annotations

from collections.abc import Sequence

from fuyajo.planner.backends.rules.tokens import VERBS, K, Token
from fuyajo.planner.backends.rules.words import said_words

_CUES = said_words("cues")
#: What an order is complete with.
_COMPLETE = frozenset({K.NAME, K.SIZE, K.PLEASE, K.THANKS, K.PARTICLE, K.PRONOUN, K.CPU, K.MEMORY})
_COMPLETE |= {K.DISK, K.FILL, K.SNAPSHOT}
_PEOPLE = frozenset({"i", "we", "he", "she", "they", "nobody", "someone", "somebody", "everyone"})
_SHORT = frozenset(
    {"its", "im", "i'm", "he's", "she's", "we're", "they're", "ive", "i've", "we've"}
)
_SHORT |= {"it's", "hes", "shes", "theyre", "weve", "everybody's", "nobody's", "that's", "thats"}
_OWNED = frozenset({"the", "my", "our", "his", "her", "their"})

_BEGIN = _PEOPLE | _SHORT | _OWNED | {"it", "before"}


def runs_on(tokens: Sequence[Token], i: int, words: Sequence[Token]) -> bool:
    """Whether a statement begins here, behind the words of a whole order."""
    token = tokens[i]
    if token.low not in _BEGIN or not words:
        return False
    if not any(t.kind in VERBS or t.kind is K.SNAPSHOT for t in words):
        return False
    if token.tail and token.low == "it":
        return True
    if words[-1].kind not in _COMPLETE:
        return False
    following = tokens[i + 1] if i + 1 < len(tokens) else None
    if following is None or following.kind in VERBS:
        return False
    if token.low == "before":
        return following.low in _PEOPLE | _SHORT
    if any(t.kind is K.TIME for t in words[-2:]):
        return False
    if token.low in _SHORT:
        return following.kind in _SPOKEN
    if token.low in _PEOPLE:
        return words[-1].kind is not K.FILL and following.kind in _SPOKEN | {K.WITH, K.REMARK}
    return _of_somebody(tokens, i)


_SPOKEN = frozenset({K.WORD, K.PAST, K.FILL, K.DET, K.VAGUE, K.UNSUPPORTED, K.ROUGH, K.SMALL})


def _of_somebody(tokens: Sequence[Token], i: int) -> bool:
    """ "the boys are waiting", "my brother needs it"."""
    if tokens[i].low not in _OWNED or i + 2 >= len(tokens) or tokens[i - 1].kind is K.FILL:
        return False
    subject = tokens[i + 1]
    said = tokens[i + 2].low.split()[0]
    return subject.kind is K.WORD and said in _CUES and tokens[i + 2].kind is not K.SHOULD
