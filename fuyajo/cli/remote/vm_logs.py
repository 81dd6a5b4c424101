"""What was written about a machine of a service: `fuyajo.service.vm_logs`."""

from __future__ import annotations

from fuyajo.cli.remote.address import segment
from fuyajo.cli.remote.like import like
from fuyajo.cli.remote.server import Server
from fuyajo.domain.vm_logs import VmLog, Wanted
from fuyajo.service import vm_logs


@like(vm_logs.vm_log)
def vm_log(server: Server, name: str, wanted: Wanted) -> VmLog:
    one, two = (at.isoformat() if at else None for at in (wanted.since, wanted.until))
    path = f"/vms/{segment(name, 'vm_not_found')}/logs"
    more = {"source": wanted.source, "grep": wanted.grep, "lines": wanted.lines}
    return server.parsed(VmLog, server.get(path, since=one, until=two, **more))
