"""Making what is there what was wanted: the drift of an own machine, or a machine that nobody owned. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from fuyajo.domain.drift import power
from fuyajo.domain.machine import HostView, Machine, Moved
from fuyajo.domain.plan import Change, FieldChange, sha256
from fuyajo.domain.spec import OperationSpec, VmSpec

#: What a run writes into the metadata of an adopted machine.
ADOPTED_KEYS = ("template", "configured", "spec_digest")
#: In place of a digest: no template was ever applied in this guest, and none is to be.
IMPORTED = "imported"


def ownerless(operation: OperationSpec, host: HostView) -> Machine | None:
    """The machine that an `adopt` with a template is about, when really nobody owns it."""
    machine = host.machines.get(operation.vm)
    if operation.op != "adopt" or operation.template is None or machine is None:
        return None
    return machine if machine.owner is None and machine.trashed is None else None


def is_imported(seen: Mapping[str, object] | None) -> bool:
    return seen is not None and seen.get("metadata.configured") == IMPORTED


def vm_spec(machine: Machine, template: str) -> VmSpec:
    """What a request for exactly this machine says."""
    return VmSpec(
        name=machine.name,
        template=template,
        state="running" if power(machine) == "running" else "stopped",
        cpus=machine.cpus,
        memory_mib=machine.memory_mib,
        disk_gib=machine.disk_gib or None,
    )


def adopt_change(
    operation: OperationSpec, machine: Machine, drift: tuple[Moved, ...], owner: str
) -> Change:
    """`noop` where there is nothing to adopt."""
    taken = machine.owner is None
    template = machine.template or operation.template
    fields = [FieldChange(path=m.path, before=m.before, after=m.after) for m in drift]
    if taken:
        fields = _takeover(machine, owner, template)
    if fields and template is not None:
        digest = sha256(vm_spec(machine, template).model_dump(mode="json"))
        if digest != machine.spec_digest:
            before = machine.spec_digest
            fields.append(FieldChange(path="spec_digest", before=before, after=digest))
    return Change(
        object="vm",
        name=machine.name,
        action="adopt" if fields else "noop",
        uuid=machine.uuid,
        template=template,
        fields=tuple(fields),
    )


def _takeover(machine: Machine, owner: str, template: str | None) -> list[FieldChange]:
    """Its sizes count against the owner's quota from now on."""
    said: dict[str, str | int | None] = {
        "owner": owner,
        "template": template,
        "configured": IMPORTED,
        "cpus": machine.cpus,
        "memory_mib": machine.memory_mib,
        "disk_gib": machine.disk_gib or None,
    }
    return [FieldChange(path=k, before=None, after=v) for k, v in said.items() if v is not None]
