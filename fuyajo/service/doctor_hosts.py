"""Whether the hypervisors of the inventory answer."""

from __future__ import annotations

from fuyajo.domain.errors import InvalidInput, shown
from fuyajo.engine.doctor.result import Result, Status
from fuyajo.service.context import Actor
from fuyajo.service.hosts import Host, list_hosts


def hosts(actor: Actor) -> list[Result]:
    """One finding for each; the problems of an inventory that cannot be read."""
    try:
        return [_result(host) for host in list_hosts(actor)]
    except InvalidInput as error:
        said = [f"{p.path}: {p.message()}" for p in error.problems]
        return [Result("fail", "inventory", {"detail": shown(one, 300)}) for one in said]


def _result(host: Host) -> Result:
    status: Status = "warn" if host.state == "silent" else "ok"
    fix = f"virsh -c '{host.uri}' version" if host.state == "silent" else None
    params = {"host": host.name, "detail": host.detail or ""}
    return Result(status, host.state, dict(params), fix)
