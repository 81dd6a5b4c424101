"""English orders that only confirm what was said before: "… Please do it.", "Could you change that?"."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from fuyajo.planner.backends.rules.letters_en import letters, op, r
from fuyajo.planner.backends.rules.tokens import K, Token, Tokens

#: Verbs that say nothing about what is to be done.
_GENERIC = frozenset(
    {"do", "change", "set", "apply", "make", "update", "adjust", "fix", "arrange", "sort", "handle"}
) | {"execute", "perform", "implement", "process", "action", "modify", "resize", "sort out", "do a"}
_GENERIC |= {"configure", "carry out", "take", "please do", "see to", "proceed", "alter", "edit"}
_CONFIRM = r(
    r"(?P<joint>[.,]a?|a|R)(?P<lead>[pf]*)(?P<verb>[OMcfUKSp])(?P<what>P|Df?U|Df?O|fPU?|PU)(?P<end>[pfY]*)"
    r"(?P<stop>[.?]*)$"
)
#: "these changes", "that change", "the following".
_THINGS = frozenset({"changes", "change", "update", "updates", "resize", "work", "job", "both"})
#: A statement whose size is meant: "needs less RAM now: 1536 MiB", "two are enough".
_SIZED = r(r"^[pf]*(?:D?L?f)?D?N[H]*(?:[dxwfYDoULPiRM,:.]|#|s)*[.,]?$")
_ENOUGH = ("enough", "plenty", "do", "suffice", "sufficient", "fine", "ideal", "perfect")


def without_confirmation(tokens: Tokens, known: Collection[str]) -> Tokens:
    """The tokens without a last clause that says "do that"; what it confirms is an order then."""
    listed = list(tokens)
    found = _CONFIRM.search(letters(listed, known))
    if found is None or not _confirms(listed, found.start("verb"), found.start("end")):
        return tokens
    kept = listed[: found.start()]
    return (*(_as_order(kept, known) or kept), Token(K.STOP, "."))


def _confirms(tokens: list[Token], verb: int, end: int) -> bool:
    said = tokens[verb]
    what = [t for t in tokens[verb + 1 : end] if t.kind not in (K.DET, K.FILL)]
    things = all(t.kind is K.PRONOUN or t.low in _THINGS for t in what)
    return said.low in _GENERIC and bool(what) and things


def _as_order(kept: list[Token], known: Collection[str]) -> list[Token] | None:
    """ "db needs less RAM now: 2 GB": what it needs is the order."""
    if not _SIZED.match(letters(kept, known)):
        return None
    sizes = [i for i, t in enumerate(kept) if t.kind in (K.SIZE, K.NUMBER)]
    labels = [t for t in kept if t.kind in (K.MEMORY, K.DISK, K.CPU)]
    names = [t for t in kept if t.kind is K.NAME]
    if len(sizes) != 1 or len(names) != 1 or len({t.kind for t in labels}) != 1:
        return None
    at = sizes[0]
    enough = any(t.low.split()[-1] in _ENOUGH for t in kept[at + 1 :] if t.kind is K.FILL)
    needs = any(t.kind in (K.SHOULD, K.WANT) for t in kept[:at])
    if not (enough or needs) or any(t.kind in (K.QUESTION, K.NEGATION, K.TIME) for t in kept):
        return None
    who = replace(names[0], tail="")
    return [op("resize", []), who, Token(K.FILL, "to"), kept[at], labels[0]]
