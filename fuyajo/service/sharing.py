"""Sharing: an owner lets another user, or a group of the operating system, see or operate a machine."""

from __future__ import annotations

from typing import NamedTuple

from fuyajo.domain.access import Right, grantee, grantee_shown, not_yours
from fuyajo.domain.errors import InvalidInput, NotFound, Problem, Refused, shown
from fuyajo.domain.machine import Machine
from fuyajo.domain.ours import missing
from fuyajo.service import auditing, granted, planning
from fuyajo.service.context import Actor


class Shown(NamedTuple):
    """One share for a person. `vm` is None when the machine is not on this host now."""

    vm: str | None
    uuid: str
    owner: str
    grantee: str
    rights: Right
    given: bool


def share(actor: Actor, vm: str, with_whom: str, rights: Right) -> Shown:
    """Give, or change what was given. Only the owner's; raises `NotFound`, `Refused` or `InvalidInput`."""
    machine = _own(actor, vm)
    name = _grantee(actor, with_whom, known=True)
    about = {"vm": machine.name, "uuid": machine.uuid, "grantee": with_whom, "rights": rights}
    auditing.note(actor, "vm.shared", None, **about)
    actor.shares.put(machine.uuid, actor.user, name, rights)
    return Shown(machine.name, machine.uuid, actor.user, with_whom, rights, given=True)


def unshare(actor: Actor, vm: str, with_whom: str) -> None:
    """Take it back. Plans that rest on it are refused from now on; a run that goes on is not stopped."""
    machine = _own(actor, vm)
    name = _grantee(actor, with_whom, known=False)
    if not actor.shares.take_back(machine.uuid, actor.user, name):
        raise NotFound(Problem("", "not_shared", {"value": shown(vm), "grantee": with_whom}))
    about = {"vm": machine.name, "uuid": machine.uuid, "grantee": with_whom}
    auditing.note(actor, "vm.unshared", None, **about)


def list_shares(actor: Actor) -> list[Shown]:
    """What this user gave, and what others gave them; nothing of anybody else."""
    rows = granted.given(actor)
    if not rows:
        return []
    names = {m.uuid: m.name for m in planning.look(actor).machines.values()}
    mine = {f"user:{actor.user}", *(f"group:{name}" for name in granted.groups_of(actor.user))}
    return sorted(
        (
            Shown(
                names.get(row.uuid),
                row.uuid,
                row.owner,
                grantee_shown(row.grantee),
                row.rights,
                row.owner == actor.user,
            )
            for row in rows
            if row.owner == actor.user or row.grantee in mine
        ),
        key=lambda one: (not one.given, one.vm or "", one.grantee),
    )


def _own(actor: Actor, name: str) -> Machine:
    host = planning.look(actor)
    machine = host.visible(actor.user).get(name)
    if machine is None:
        raise missing("vm", name)
    found = host.may(actor.user, name)
    if found != "own":
        raise Refused(not_yours(machine, "", found, "share"))
    return machine


def _grantee(actor: Actor, text: str, *, known: bool) -> str:
    name = grantee(text)
    if name is None:
        raise InvalidInput(Problem("", "grantee", {"value": shown(text)}))
    if name == f"user:{actor.user}":
        raise InvalidInput(Problem("", "grantee_self", {"value": shown(text)}))
    if known and not _exists(actor, name):
        raise InvalidInput(Problem("", "grantee_unknown", {"value": shown(text)}))
    return name


def _exists(actor: Actor, name: str) -> bool:
    """A group of this machine; an account of it, a user of the service, or somebody who used this home."""
    import grp
    import pwd

    kind, _, rest = name.partition(":")
    try:
        if kind == "group":
            grp.getgrnam(rest)
        else:
            pwd.getpwnam(rest)
    except KeyError:
        return kind == "user" and (actor.plans.knows(rest) or actor.people.user(rest) is not None)
    return True
