"""Reads of snapshots. A module of its own: few plans are about any, and this loads what writes them."""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.reading import ReadHost
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.snapshots import SnapshotCalls
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import snapshot as _snapshot

from fuyajo.domain.machine import Snapshot


class _Reads(SnapshotCalls):
    """The calls about snapshots on a connection that is open already."""

    def __init__(self, host: ReadHost) -> None:
        self.conn, self.lib, self.uri = host.conn, host.lib, host.uri

    def of(self, handle: object) -> list[_snapshot.Snapshot]:
        """None where the machine went away meanwhile."""
        return self._if_there(self.snapshots, handle) or []


def snapshots_by_name(host: ReadHost, names: Iterable[str]) -> dict[str, tuple[Snapshot, ...]]:
    """{machine: its snapshots, the oldest first} of those machines that are there."""
    reads = _Reads(host)
    handles = {name: host.lookup(name) for name in names}
    return {name: _in_order(reads.of(h)) for name, h in handles.items() if h is not None}


def _in_order(found: list[_snapshot.Snapshot]) -> tuple[Snapshot, ...]:
    """libvirt counts whole seconds: within one, what was taken on top of another came later."""
    parents = {each.name: each.parent for each in found}
    ordered = sorted(found, key=lambda s: (s.created or 0, _depth(s.name, parents), s.name))
    facts = (_snapshot.snapshot_facts(each, found) for each in ordered)
    return tuple(
        Snapshot(
            f["name"],
            f["created"],
            _state(f["state"]),
            parents.get(f["name"]),
            bool(f["current"]),
            bool(f["memory"]),
        )
        for f in facts
    )


def _depth(name: str, parents: dict[str, str | None]) -> int:
    above: list[str] = []
    parent = parents.get(name)
    while parent is not None and parent not in above:
        above.append(parent)
        parent = parents.get(parent)
    return len(above)


def _state(state: str) -> str:
    """What a machine is after going back: whatever is neither running nor paused comes back off."""
    return state if state in ("running", "paused") else "stopped"
