"""What a user has of what they may have, as one list of figures."""

from __future__ import annotations

from typing import NamedTuple

from fuyajo.domain.machine import Machine
from fuyajo.domain.quota import KEYS, used
from fuyajo.service.context import Actor
from fuyajo.service.machines import list_vms
from fuyajo.service.policing import quota_of


class Share(NamedTuple):
    """`key`: vms, cpus, memory_mib or disk_gib. `limit` None: none."""

    key: str
    used: int
    limit: int | None


def shares(actor: Actor, machines: list[Machine] | None = None) -> list[Share]:
    """Of own machines; `machines` are those of `list_vms` where somebody has them already.

    Raises `Unavailable` where the host does not answer.
    """
    seen = list_vms(actor) if machines is None else machines
    quota = quota_of(actor)
    taken = used(machine for machine in seen if machine.owner == actor.user)
    return [Share(key, taken[key], getattr(quota, key)) for key in KEYS]
