"""Everybody at once, for administrators: who there is, and what each of them has on the host."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fuyajo.domain.people import User
from fuyajo.service import accounts, planning
from fuyajo.service.context import Actor


@dataclass(frozen=True)
class Holder:
    """A user, an account that owns machines, or both; what is in the trash is not counted."""

    name: str
    user: User | None = None
    vms: int = 0
    running: int = 0
    cpus: int = 0
    memory_mib: int = 0
    disk_gib: int = 0


def overview(actor: Actor) -> list[Holder]:
    """By name. Whoever asks is an administrator: the door sees to that."""
    known = accounts.users(actor) if actor.database.exists else []
    found = {user.name: Holder(user.name, user) for user in known}
    for machine in planning.look(actor).machines.values():
        if machine.owner is None or machine.trashed is not None:
            continue
        before = found.get(machine.owner, Holder(machine.owner))
        found[machine.owner] = replace(
            before,
            vms=before.vms + 1,
            running=before.running + machine.running,
            cpus=before.cpus + machine.cpus,
            memory_mib=before.memory_mib + machine.memory_mib,
            disk_gib=before.disk_gib + machine.disk_gib,
        )
    return [found[name] for name in sorted(found)]
