"""Machines and runs as rows and as JSON data."""

from __future__ import annotations

import shlex
from dataclasses import asdict, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fuyajo.domain.catalogue import TEMPLATES
from fuyajo.domain.expiry import moment, over
from fuyajo.domain.machine import Machine
from fuyajo.store.runs import RunRecord
from fuyajo.views.inert import padded, width

SSH = 22
_UNTOLD = {"snapshots", "document", "live"}
_TOLD = tuple(field.name for field in fields(Machine) if field.name not in _UNTOLD)


def machine_json(machine: Machine) -> dict[str, Any]:
    """All facts, with the page's address where the template serves one.

    Without the snapshots and the definition: a look that is not about them does not read them,
    and `[]` would be a lie.
    """
    facts = {key: getattr(machine, key) for key in _TOLD}
    if machine.host is None:
        del facts["host"]  # there is one alone
    return {
        **facts,
        "trashed": asdict(machine.trashed) if machine.trashed else None,
        "forwards": [asdict(f) for f in machine.forwards],
        "url": url(machine),
    }


def url(machine: Machine) -> str | None:
    """Where the template's page answers on this host, if it serves one."""
    template = TEMPLATES.get(machine.template or "")
    forward = machine.forward(template.page) if template and template.page else None
    return f"http://{forward.address}:{forward.host}/" if forward else None


def login(machine: Machine, keys: Path) -> str | None:
    """The command that enters it on its hypervisor, with the key that lies in `keys`."""
    forward = machine.forward(SSH)
    if forward is None:
        return None
    key = shlex.quote(str(keys / "id_ed25519"))
    return f"ssh -i {key} -p {forward.host} fuyajo@{forward.address}"


def machine_rows(machines: list[Machine], user: str) -> list[list[str]]:
    """With a column of owners where any is not this user's, and of hosts where there are several."""
    head = ["NAME", "STATE", "TEMPLATE", "CPUS", "MEMORY", "DISK", "ADDRESS"]
    rows = [head] + [
        [
            machine.name,
            machine.state,
            machine.template or "-",
            str(machine.cpus),
            f"{machine.memory_mib} MiB",
            f"{machine.disk_gib} GiB",
            url(machine) or _ssh(machine),
        ]
        for machine in machines
    ]
    if any(machine.expires for machine in machines):
        ends = ["EXPIRES", *(_end(machine.expires) for machine in machines)]
        rows = [[*row, cell] for row, cell in zip(rows, ends, strict=True)]
    if any(machine.host for machine in machines):
        rows = _beside_name(rows, ["HOST", *(machine.host or "-" for machine in machines)])
    if all(machine.owner == user for machine in machines):
        return rows
    return _beside_name(rows, ["OWNER", *(machine.owner or "-" for machine in machines)])


def _end(expires: str | None) -> str:
    at = moment(expires)
    if at is None:
        return "-"
    return f"{at.astimezone():%Y-%m-%d %H:%M}" + (
        " (expired)" if over(expires, datetime.now(UTC)) else ""
    )


def _beside_name(rows: list[list[str]], column: list[str]) -> list[list[str]]:
    return [[row[0], cell, *row[1:]] for row, cell in zip(rows, column, strict=True)]


def _ssh(machine: Machine) -> str:
    forward = machine.forward(SSH)
    return f"{forward.address}:{forward.host} (ssh)" if forward else "-"


def run_rows(runs: list[RunRecord]) -> list[list[str]]:
    head = ["RUN", "STATUS", "STARTED", "SECONDS", "CHANGED", "VMS"]
    return [head] + [
        [
            run.id,
            run.status + (" (check)" if run.check else ""),
            f"{run.started.astimezone():%Y-%m-%d %H:%M:%S}",
            "-" if run.seconds is None else f"{run.seconds:.0f}",
            "-" if run.changed is None else str(run.changed),
            ", ".join(run.vms),
        ]
        for run in runs
    ]


def columns(rows: list[list[str]]) -> list[str]:
    """Rows as aligned lines; control characters of foreign names are replaced."""
    clean = [["".join(c if c.isprintable() else "?" for c in cell) for cell in row] for row in rows]
    widths = [max(width(row[i]) for row in clean) for i in range(len(clean[0]))]
    return [
        "   ".join(padded(cell, room) for cell, room in zip(row, widths, strict=True)).rstrip()
        for row in clean
    ]
