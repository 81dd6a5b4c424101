"""Whether the hypervisors of the inventory answer."""

from __future__ import annotations

import shlex

from fuyajo.domain.errors import InvalidInput, shown
from fuyajo.engine.doctor.result import Result
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
    if host.state == "silent":
        params = {"host": host.name, "detail": host.detail}
        return Result("warn", "silent", params, f"virsh -c {shlex.quote(host.uri)} version")
    if host.state == "drained":
        return Result("ok", "drained", {"host": host.name})
    return Result("ok", "ready", {"host": host.name})
