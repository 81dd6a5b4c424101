"""What a wish is read against: the user's own VMs, what was said before, and what is left to use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class VmBrief:
    """A VM that the user may operate. `created` is UTC, ISO 8601.

    `owner` is None for the user's own; another user's is here only where it is shared to be operated.
    """

    name: str
    state: str  # running | stopped | …, as libvirt's words in `machine.py`
    template: str | None
    cpus: int
    memory_mib: int
    disk_gib: int
    uuid: str = ""
    created: str | None = None
    owner: str | None = None


@dataclass(frozen=True)
class Turn:
    """One earlier exchange: what was said, and the names of VMs that its plan made or touched.

    `unmade` and `gone` are those of them that are not there (any more): planned but never made, deleted, or
    another machine of the same name. Nothing can mean them, and nothing else is meant in their place.
    """

    user: str
    reply: str = ""
    made: tuple[str, ...] = ()
    touched: tuple[str, ...] = ()
    unmade: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def about(self) -> tuple[str, ...]:
        """Every VM of this turn, once, in order."""
        return tuple(dict.fromkeys((*self.made, *self.touched)))


@dataclass(frozen=True)
class Quota:
    """What one user may have in total, or has left. None: no limit."""

    vms: int | None = None
    cpus: int | None = None
    memory_mib: int | None = None
    disk_gib: int | None = None
