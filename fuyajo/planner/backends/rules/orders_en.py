"""What the last reading of orders to own VMs makes of a text that every other one asks about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fuyajo.planner.backends.rules.consistent import require_consistent
from fuyajo.planner.backends.rules.drafts import OpDraft
from fuyajo.planner.backends.rules.residue_ops_en import residue
from fuyajo.planner.backends.rules.scene import Scene
from fuyajo.planner.backends.rules.tokens import Ask

if TYPE_CHECKING:
    from fuyajo.planner.backends.rules.understand import Wish

#: Whatever the words, what was asked about is no wish, or was understood and cannot be.
_STANDS = frozenset(
    {
        "bye",
        "smalltalk",
        "too_long",
        "unsafe",
        "name_exists",
        "vm_twice",
        "absolute",
    }
) | {
    "range_cpus",
    "range_memory",
    "range_disk",
    "range_count",
    "memory_small",
    "no_variable",
    "list",
    "list_none",
    "help",
}


def left_over(text: str, scene: Scene, asked: str) -> Wish | None:
    """The wish, or None where anything is uncertain."""
    from fuyajo.planner.backends.rules.understand import Wish

    found = _operations(text, scene, asked)
    return Wish([], found, sure=0.7, clauses=len({draft.op for draft in found})) if found else None


def _operations(text: str, scene: Scene, asked: str) -> list[OpDraft]:
    from fuyajo.planner.backends.rules.understand import read

    if asked in _STANDS:
        return []
    found: list[OpDraft] = []
    for vm, order in residue(text, scene) or ():
        try:
            wish = read(order, Scene(scene.vms, (), False, surely=frozenset({vm.lower()})))
        except Ask:
            return []
        if wish.wanted or [draft.vm for draft in wish.operations] != [vm.lower()]:
            return []
        found += wish.operations
    try:
        require_consistent([], found, scene)
    except Ask:
        return []
    return found
