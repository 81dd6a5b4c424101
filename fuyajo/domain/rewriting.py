"""A plan's spec as the request that it could have been made of: to be changed by somebody. Pure."""

from __future__ import annotations

from typing import Any, get_args

from fuyajo.domain.request import OperationRequest
from fuyajo.domain.spec import NetworkSpec, OperationSpec, Spec, VmSpec

#: What a request can say; a plan of an undo, of the trash or of a drift may be about more.
OPS = frozenset(get_args(OperationRequest.model_fields["op"].annotation))


def request_of(spec: Spec) -> dict[str, Any] | None:
    """The data of a request; None where no request says what this spec says."""
    operations = [o for o in spec.operations if o.op != "purge" or o.uuid not in _given_up(spec)]
    if any(o.op not in OPS or o.purge or o.uuid or o.power for o in operations):
        return None
    return _said(
        name=spec.environment,
        host=spec.host,
        labels=list(spec.labels),
        networks=[_network(one) for one in spec.networks],
        vms=[_vm(one) for one in spec.vms],
        operations=[_operation(one) for one in operations],
    )


def _given_up(spec: Spec) -> frozenset[str | None]:
    """What the trash had to give up for the deletions of then: the trash of now is looked at anew."""
    if not spec.kept:
        return frozenset()
    return frozenset(o.uuid for o in spec.operations if o.op == "purge")


def _vm(vm: VmSpec) -> dict[str, Any]:
    return _said(
        name=vm.name,
        template=vm.template,
        cpus=vm.cpus,
        memory=vm.memory_mib,
        disk=vm.disk_gib,
        state=vm.state if vm.state != "running" else None,
        network=vm.network if vm.network != "default" else None,
        vars=dict(vm.vars),
        after=list(vm.after),
        ready=vm.ready if vm.ready != "configured" else None,
        expires=vm.expires or vm.lasts,
    )


def _network(network: NetworkSpec) -> dict[str, Any]:
    return {"name": network.name, "mode": network.mode, "cidr": network.cidr}


def _operation(operation: OperationSpec) -> dict[str, Any]:
    return _said(
        op=operation.op,
        vm=operation.vm,
        cpus=operation.cpus,
        memory=operation.memory_mib,
        disk=operation.disk_gib,
        snapshot=operation.snapshot,
        expires=operation.expires,
    )


def _said(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in (None, [], {})}
