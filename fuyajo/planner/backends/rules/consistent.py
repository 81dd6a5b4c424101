"""Whether the drafts of one message fit together: no VM and no name twice, not too many."""

from __future__ import annotations

from collections.abc import Sequence

from fuyajo.domain.request import MAX_VMS
from fuyajo.planner.backends.rules.drafts import OpDraft, VmDraft
from fuyajo.planner.backends.rules.scene import Scene
from fuyajo.planner.backends.rules.tokens import Ask


def require_consistent(wanted: list[VmDraft], operations: list[OpDraft], scene: Scene) -> None:
    """Raises `Ask` where two wishes of one message contradict each other."""
    _no_twice([draft.vm for draft in operations if draft.vm], "vm_twice")
    names = [name for draft in wanted for name in _expanded(draft)]
    _no_twice(names, "name_twice")
    taken = [name for name in names if name in scene.known]
    if taken:
        raise Ask("name_exists", name=taken[0])
    total = sum(draft.count if draft.count > 1 else max(1, len(draft.names)) for draft in wanted)
    if total > MAX_VMS:
        raise Ask("range_count", low=1, high=MAX_VMS)


def _expanded(draft: VmDraft) -> list[str]:
    """The names that will exist: web with count 3 is web-1 … web-3."""
    if len(draft.names) == 1 and draft.count > 1:
        return [f"{draft.names[0]}-{i}" for i in range(1, draft.count + 1)]
    return list(draft.names)


def _no_twice(names: Sequence[str], key: str) -> None:
    twice = next((name for i, name in enumerate(names) if name in names[:i]), None)
    if twice is not None:
        raise Ask(key, name=twice)
