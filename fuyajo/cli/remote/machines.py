"""Machines of a service: `fuyajo.service.machines`."""

from __future__ import annotations

from fuyajo.cli.remote.address import segment
from fuyajo.cli.remote.like import like
from fuyajo.cli.remote.server import Server
from fuyajo.domain.errors import Problem, Refused
from fuyajo.domain.machine import Machine
from fuyajo.domain.plan import Plan
from fuyajo.service import machines


@like(machines.list_vms)
def list_vms(server: Server, everyone: bool = False) -> list[Machine]:
    if everyone:
        raise Refused(Problem("", "everyone_here"))
    return server.parsed(list[Machine], server.get("/vms"))


@like(machines.get_vm)
def get_vm(server: Server, name: str) -> Machine:
    return server.parsed(Machine, server.get(f"/vms/{segment(name, 'vm_not_found')}"))


@like(machines.plan_operation)
def plan_operation(
    server: Server, op: str, names: tuple[str, ...], *, purge: bool = False, force: bool = False
) -> Plan:
    body: dict[str, object] = {"op": op, "names": list(names), "purge": purge}
    if force:  # a service of before knows nothing of it
        body["force"] = True
    return server.parsed(Plan, server.post("/operations", body))
