"""What a wish is for: "for the demo", "for our new trainee", "to save costs". It changes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from fuyajo.planner.backends.rules.tokens import HEADS, VERBS, K, Token, Tokens
from fuyajo.planner.backends.rules.words import said_words

_WHOSE = frozenset({"the", "our", "my", "a", "an", "this", "his", "her", "their", "your", "some"})
_ENDS = frozenset(
    {K.COMMA, K.STOP, K.QUESTION_MARK, K.NAMED, K.WITH, K.PLEASE, K.THANKS, K.WANT, K.COLON}
)
_ENDS |= {K.POLITE, K.REASON, K.BECAUSE, K.THEN, K.AND, K.TITLE}
_WORDS = frozenset({K.WORD, K.ROUGH, K.DET, K.FILL})
#: For whom or what, without an article.
_KNOWN = said_words("purposes")
_AIMS = said_words("aims")
_MOST = 4


def without_purposes(tokens: Tokens) -> tuple[Tokens, bool]:
    """The tokens without purposes, and whether any was left out."""
    kept: list[Token] = []
    skipped = False
    at = 0
    while at < len(tokens):
        end = _for(tokens, at) or _to(tokens, at)
        if end and _wanted_elsewhere(tokens, at, end):
            colon = not kept and end < len(tokens) and tokens[end].kind is K.COLON
            at, skipped = end + colon, True
            continue
        kept.append(tokens[at])
        at += 1
    return tuple(kept), skipped


def _for(tokens: Sequence[Token], at: int) -> int | None:
    """Where "for the demo" ends."""
    if tokens[at].low != "for" or tokens[at].kind is not K.FILL:
        return None
    first = at + 1
    while first < len(tokens) and tokens[first].low.split()[-1] in _WHOSE | {"new"}:
        first += 1
    end = first
    while end < len(tokens) and end - first < _MOST and _ordinary(tokens, end, first):
        end += 1
    words = tokens[first:end]
    if not words or not (end == len(tokens) or tokens[end].kind in _ENDS):
        return None
    owned = first > at + 1 or (len(words) > 1 and bool(words[0].tail))
    return end if owned or all(t.low in _KNOWN for t in words) else None


def _ordinary(tokens: Sequence[Token], i: int, first: int) -> bool:
    if tokens[i].kind in (K.OP, K.AMBIGUOUS) and i > first:
        following = tokens[i + 1].kind if i + 1 < len(tokens) else None
        return following is None or following in _ENDS
    return tokens[i].kind in _WORDS and tokens[i].low != "for"


def _to(tokens: Sequence[Token], at: int) -> int | None:
    """Where "to save costs" ends."""
    if tokens[at].low not in ("to", "in order to", "so as to") or at + 1 >= len(tokens):
        return None
    if tokens[at + 1].low not in _AIMS or any(t.value in ("revert", "snapshot") for t in tokens):
        return None
    end = at + 2
    while end < len(tokens) and end - at < _MOST + 2 and _aimed(tokens[end]):
        end += 1
    alone = tokens[at + 1].low in ("play", "test", "practise", "practice", "experiment", "learn")
    if (end == at + 2 and not alone) or not (end == len(tokens) or tokens[end].kind in _ENDS):
        return None
    return end


def _aimed(token: Token) -> bool:
    kinds = _WORDS | {K.WITH, K.SPLIT, K.MEMORY, K.DISK, K.CPU, K.PARTICLE, K.VAGUE, K.UNSUPPORTED}
    return token.kind in kinds


def _wanted_elsewhere(tokens: Sequence[Token], at: int, end: int) -> bool:
    """Without the purpose it is still said what, or which VM, is meant."""
    rest = {t.kind for t in (*tokens[:at], *tokens[end:])}
    whom = rest & (HEADS | {K.NAME, K.PRONOUN, K.CREATED, K.ALL})
    return bool(whom) and bool(rest & (VERBS | {K.WANT, K.SNAPSHOT, K.NAMED, K.SIZE}))
