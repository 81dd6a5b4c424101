"""The VMs that a user may see: reads go straight to libvirt, every change is a plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fuyajo.domain.errors import Param, Problem, Refused, Unavailable
from fuyajo.domain.machine import HostFacts, HostView, Machine
from fuyajo.domain.ours import missing
from fuyajo.domain.parse import parse_config
from fuyajo.domain.plan import Plan
from fuyajo.service.context import Actor, Settings
from fuyajo.service.granted import granted
from fuyajo.service.planning import from_config, look

if TYPE_CHECKING:
    from fuyajo.engine.index import Index


def list_vms(actor: Actor, everyone: bool = False) -> list[Machine]:
    """This user's VMs and those shared with them, by name.

    `everyone` adds the host's other domains, for who sits at it: another door raises `Refused`.
    """
    if everyone and actor.door != "cli":
        raise Refused(Problem("", "everyone_here"))
    host = listed(actor)
    found = (host.machines if everyone else host.visible(actor.user)) | host.remembered(actor.user)
    return _kept(found)


def list_more(actor: Actor, within: float) -> list[Machine]:
    """The same for further pages of one list: the index may have looked so many seconds ago."""
    host = listed(actor, within)
    return _kept(host.visible(actor.user) | host.remembered(actor.user))


def _kept(found: Mapping[str, Machine]) -> list[Machine]:
    return [found[name] for name in sorted(found) if found[name].trashed is None]


def index_of(settings: Settings) -> Index | None:
    """For a service that goes on; None where there are several hypervisors."""
    from fuyajo.engine.index import Index

    return None if settings.several else Index(settings.reached_by)


def listed(actor: Actor, within: float = 0.0) -> HostView:
    """The host as the service has it in its index, where it has one: who lists asks again and again."""
    if actor.index is None:
        return look(actor)
    settings = actor.settings
    return HostView(HostFacts(settings.uri, 0), actor.index.machines(within), shares=granted(actor))


def get_vm(actor: Actor, name: str) -> Machine:
    """One's own, or one that is shared. Raises `NotFound`; any other looks exactly like none."""
    return one_of(look(actor), actor.user, name)


def one_of(host: HostView, user: str, name: str) -> Machine:
    """The same in what was looked at already."""
    machine = host.visible(user).get(name)
    if machine is None and name in (known := host.remembered(user)):
        where = next(one for one in host.silent if one.name == known[name].host)
        params: dict[str, Param] = {"value": name, "host": where.name, "detail": where.why}
        raise Unavailable(Problem("", "vm_silent", params))
    if machine is None:
        raise missing("vm", name)
    return machine


def plan_operation(
    actor: Actor, op: str, names: tuple[str, ...], *, purge: bool = False, force: bool = False
) -> Plan:
    """A plan that does one operation to each of these VMs.

    `purge`: what it deletes is gone at once; `force`: what it restarts loses its power.
    """
    more: dict[str, Any] = {"force": True} if force else {}
    operations = [{"op": op, "vm": name, **more} for name in dict.fromkeys(names)]
    config = parse_config({"operations": operations})
    plan = from_config(actor, config, f"vm {op}", purge=purge).plan
    if plan is None:
        raise AssertionError("a config always makes a plan")
    return plan


def plan_for(actor: Actor, op: str, name: str, *, purge: bool = False, **more: Any) -> Plan:
    """The same for one VM, with sizes or the name of a snapshot. Raises `NotFound` for one not seen."""
    get_vm(actor, name)
    wanted = {key: value for key, value in more.items() if value is not None}
    config = parse_config({"operations": [{"op": op, "vm": name, **wanted}]})
    plan = from_config(actor, config, f"vm {op}", purge=purge).plan
    if plan is None:
        raise AssertionError("a config always makes a plan")
    return plan
