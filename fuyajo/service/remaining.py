"""What is left to do of a plan whose run is over."""

from __future__ import annotations

from collections.abc import Container, Set

from fuyajo.domain.machine import HostView
from fuyajo.domain.plan import Plan
from fuyajo.domain.remains import unseen_left
from fuyajo.domain.spec import OperationSpec, Spec
from fuyajo.domain.trash import on_its_way


def remaining(plan: Plan, host: HostView, *, whole: bool, finished: Set[str] = frozenset()) -> Spec:
    """Without the removals that are done: what is gone is as wished. `whole`: the run did all of it.
    `finished` are the names of its tasks that went well: nothing is done twice that shows no trace.

    A machine that is in the trash is not asked for again, so nobody has to agree to that twice; one that a
    cut off run left on its way there is, by its UUID. A machine that was made under its name since has
    nothing to fear.
    """
    there = {machine.uuid: machine for machine in host.trash(plan.owner).values()}
    binned = {c.name: there[c.uuid] for c in plan.changes if c.until and c.uuid in there}
    if whole:  # what was done is looked at as it is now
        binned = {}
    moving = [
        OperationSpec(op="delete", vm=name, uuid=machine.uuid)
        for name, machine in binned.items()
        if on_its_way(machine)
    ]
    left = (
        _left(o, plan, host, there) for o in unseen_left(plan.spec, finished) if o.vm not in binned
    )
    operations = [o for o in left if o is not None]
    vms = tuple(vm for vm in plan.spec.vms if vm.state != "absent" or vm.name not in binned)
    rest = {"vms": vms, "operations": (*operations, *moving), "kept": {}}
    return plan.spec.model_copy(update=rest)


def _left(
    operation: OperationSpec, plan: Plan, host: HostView, there: Container[str]
) -> OperationSpec | None:
    """What is still to be done of one operation."""
    machine = host.owned(plan.owner).get(operation.vm)
    if operation.op == "delete":
        return operation if machine else None
    if operation.op not in ("recover", "purge") or operation.uuid in there:
        return operation
    if operation.op == "recover" and operation.power and machine and machine.uuid == operation.uuid:
        return OperationSpec(
            op="start" if operation.power == "running" else "stop", vm=machine.name
        )
    return None
