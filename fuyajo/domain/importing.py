"""Machines that exist as entries of a request, or why one cannot say them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from fuyajo.domain.adopting import IMPORTED, vm_spec
from fuyajo.domain.catalogue import TEMPLATES
from fuyajo.domain.errors import Param, Problem, shown
from fuyajo.domain.machine import Machine
from fuyajo.domain.planning import guest_digest
from fuyajo.domain.request import CPUS, DISK_GIB, MAX_VMS, MEMORY_MIB, NAME_PATTERN
from fuyajo.domain.spec import VmSpec

#: What a machine that nobody made from a template goes by.
DEFAULT_TEMPLATE = "basic-server"


@dataclass(frozen=True)
class Entry:
    """One machine of the file. `vars`: options were said and are not kept; `disks`, `nics`: how many more
    it has than a request can say; `imported`: its guest is not ours to configure."""

    spec: VmSpec
    vars: bool = False
    imported: bool = False
    disks: int = 0
    nics: int = 0


def entry_of(machine: Machine) -> Entry:
    """For a machine without problems."""
    spec = vm_spec(machine, machine.template or DEFAULT_TEMPLATE)
    imported = machine.configured == IMPORTED
    said = machine.configured is not None and machine.configured != guest_digest(_defaults(spec))
    disks, nics = _devices(machine)
    return Entry(spec, said and not imported, imported, disks, nics)


def _defaults(spec: VmSpec) -> VmSpec:
    return spec.model_copy(update={"vars": {}})


def _devices(machine: Machine) -> tuple[int, int]:
    """Disks besides the first that can be written to, and cards besides the user network."""
    fields = machine.document()
    disks = [
        path
        for path, value in fields.items()
        if re.fullmatch(r"disks\[.*\]\.device", path)
        and value == "disk"
        and not fields.get(path.removesuffix("device") + "readonly")
    ]
    cards = [p for p, v in fields.items() if re.fullmatch(r"nics\[.*\]\.kind", p) and v != "user"]
    return max(0, len(disks) - 1), len(cards)


def import_problems(machine: Machine) -> list[Problem]:
    """Everything about a machine that a request cannot say; the path is its name."""
    name = shown(machine.name)
    found: list[Problem] = []
    if not re.fullmatch(NAME_PATTERN, machine.name):
        found.append(Problem(name, "import_name", {"value": name}))
    if machine.state not in ("running", "stopped"):
        found.append(Problem(name, "import_state", {"state": machine.state}))
    if machine.template is not None and machine.template not in TEMPLATES:
        found.append(Problem(name, "import_template", {"value": shown(machine.template)}))
    if machine.owner is not None and machine.running and machine.configured is None:
        found.append(Problem(name, "import_configured"))
    bounds = {"cpus": CPUS, "memory_mib": MEMORY_MIB, "disk_gib": DISK_GIB}
    for key, (low, high) in bounds.items():
        value = getattr(machine, key)
        if not low <= value <= high:
            params: dict[str, Param] = {"key": key, "value": value, "low": low, "high": high}
            found.append(Problem(name, "import_size", params | {"vm": name}))
    return found


def too_many(machines: Iterable[Machine]) -> list[Problem]:
    count = len(list(machines))
    params: dict[str, Param] = {"value": count, "limit": MAX_VMS}
    return [Problem("", "import_many", params)] if count > MAX_VMS else []
