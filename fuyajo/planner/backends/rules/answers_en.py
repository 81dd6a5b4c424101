"""English short answers: "yes, go ahead", "sorry, I meant db", "db the same", "four"."""

from __future__ import annotations

import re
from dataclasses import replace

from fuyajo.domain.context import Turn
from fuyajo.planner.backend import PlannerRequest
from fuyajo.planner.backends.rules.tokens import Ask, K, Tokens
from fuyajo.planner.backends.rules.understand import Wish, understand

_AGREE = (
    "yes|yep|yup|yeah|aye|sure|ok|okay|correct|exactly|right|affirmative|absolutely|definitely|of course"
    "|certainly|please do|do it|do so|do that|go ahead|go for it|proceed|confirm|confirmed|all right|alright"
)
_MORE = (
    "sure thing|please|do|that's right|that is right|that's correct|you may|make it so|by all means|fine"
    "|great|perfect|thanks|thank you|thx|ty|pls|i am|i'm sure|and|it|that"
)
_YES = re.compile(rf"(?:(?:{_AGREE}|{_MORE})(?:[ ,.!]+|$))+")
#: One of these words at least is a yes.
_SURELY = re.compile(rf"\b(?:{_AGREE})\b")
_PROPOSES = re.compile(
    r"\b(?:shall i|should i|do you want|would you like|want me to|is that right|ok\?|okay\?)"
)
_MEANT = re.compile(r"“([^”“]{1,200})”\?")
_DOUBTS = frozenset(
    {"i guess", "i think", "i suppose", "i reckon", "i believe", "i'd say", "let's say"}
)
_INSTEAD = frozenset({"i meant", "i mean", "make that", "rather"})
_SAME = frozenset({"same", "the same"})
_SURE = 0.9


def agreed(request: PlannerRequest, before: Turn) -> Wish | None:
    """A yes to our own question: what was wanted then is wanted."""
    said = request.text.strip().lower().replace("’", "'")
    if before.about or not _YES.fullmatch(said) or not _SURELY.search(said):
        return None
    if _PROPOSES.search(before.reply.lower()):
        return _again(before.user, request)
    proposed = _MEANT.search(before.reply)
    return _again(proposed[1], request) if proposed and "Did you mean" in before.reply else None


def _again(words: str, request: PlannerRequest) -> Wish | None:
    try:
        wish = understand(words, request.vms, request.turns[:-1])
    except Ask:
        return None
    return replace(wish, sure=min(wish.sure, _SURE), in_context=True)


def without_doubt(tokens: Tokens) -> Tokens:
    """ "60 GB, I guess": an answer that somebody is not quite sure of is still the answer."""
    sized = any(t.kind in (K.SIZE, K.NUMBER) for t in tokens)
    kept = (t for t in tokens if not (sized and t.kind is K.IF and t.low in _DOUBTS))
    return tuple(kept)


def same_again(tokens: Tokens) -> Tokens | None:
    """ "do db too", "db the same", "sorry, I meant db": the names alone; None when it is none of these."""
    names = [t for t in tokens if t.kind is K.NAME]
    rest = [t for t in tokens if t.kind is not K.NAME]
    lows = {t.low for t in rest}
    again = lows & _SAME or any(t.kind in (K.TOO, K.SAME) for t in rest) or lows & _INSTEAD
    loose = {K.FILL, K.PLEASE, K.COMMA, K.STOP, K.DET, K.AND, K.SMALL, K.THANKS, K.TOO, K.THEN}
    strange = [
        t for t in rest if t.kind not in loose and t.low not in _SAME | _INSTEAD | {"do", "no"}
    ]
    return tuple(names) if names and again and not strange else None
