"""Sizes that several new VMs share: "a web server and a VM, both with 2 GB"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fuyajo.planner.backends.rules.drafts import Clause, Sizes, VmDraft
from fuyajo.planner.backends.rules.tokens import Ask, K, Token, Tokens

_ALL_WITH = frozenset({"both with", "all with", "they each have", "both", "all"})
_EACH_WITH = frozenset(
    {"each with", "each having", "each gets", "each get", "each", "apiece", "for each"}
)


def for_all(pieces: Sequence[Tokens], found: list[VmDraft]) -> list[VmDraft]:
    """The drafts, each with what was said last of all of them; `Ask` where one has another size."""
    last = found[-1]
    said = {t.low for t in pieces[-1] if t.kind in (K.WITH, K.FILL, K.PRONOUN)}
    shared = said & _ALL_WITH or (said & _EACH_WITH and last.count == 1)
    if len(found) < 2 or len(pieces) != len(found) or not shared or not last.sizes:
        return found
    whole = last.sizes.said()
    if any(draft.sizes.said().keys() & whole.keys() for draft in found[:-1]):
        raise Ask("one_by_one")
    return [replace(d, sizes=Sizes(**{**whole, **d.sizes.said()})) for d in found[:-1]] + [last]


def makes_vms(clause: Clause) -> bool:
    verb = clause.verb
    made = verb is None or verb.kind in (K.CREATE, K.WANT, K.AMBIGUOUS)
    return made and not clause.no and not clause.has(K.SAME, K.LIKE, K.REMARK, K.SNAPSHOT)


def of_all(clause: Clause) -> bool:
    """ "both should have 4 GB", "each with 2 cores" behind several new VMs."""
    first = clause.body[0] if clause.body else None
    if first is None or clause.no or clause.heads or clause.names or first.tail:
        return False
    every = first.low.startswith(("both", "all", "each", "they", "these", "every"))
    every = every and first.kind in (K.WITH, K.PRONOUN, K.FILL)
    had = clause.verb is None or (
        clause.verb.value == "resize" and clause.verb.low in ("have", "resize")
    )
    return every and had and clause.has(K.SIZE, K.NUMBER) and first.text.isascii()


def all_with(before: Clause, clause: Clause) -> Clause:
    """The creation with what the clause says of all its VMs."""
    said = tuple(t for t in clause.body if t.kind not in (K.PRONOUN, K.WITH))
    return replace(
        before, body=(*before.body, Token(K.COMMA, ","), Token(K.WITH, "both with"), *said)
    )
