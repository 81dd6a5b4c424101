"""All machines at once, as rows and as JSON data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from fuyajo.domain.history import UNITS
from fuyajo.domain.texts import Lang, text
from fuyajo.service.fleet import SHOWN, Fleet, Row
from fuyajo.service.hosts import Host
from fuyajo.views.history import amount
from fuyajo.views.host import host_json
from fuyajo.views.inert import inert

MIB = 2**20
HEADS = ("VM", "STATE", "CPU", "MEMORY", "OF", "READ", "WRITTEN", "RECEIVED", "SENT")
#: What the machines can be sorted by, and whether the most comes first.
SORTS = ("cpu", "memory", "disk", "network", "name")


def fleet_json(found: Fleet) -> dict[str, Any]:
    return {
        "at": found.at.isoformat(),
        "measured": found.measured,
        "hosts": [host_json(host) for host in found.hosts],
        "machines": [asdict(row) for row in found.machines],
    }


def host_line(host: Host, lang: Lang) -> str:
    """What one hypervisor has and what of it is given away; why it says nothing."""
    name = inert(host.name)
    if host.memory_mib is None or host.memory_free_mib is None:
        return text("ui.top.silent", lang, host=name, detail=inert(host.detail or "-"))
    return text(
        "ui.top.host",
        lang,
        host=name,
        machines=host.machines or 0,
        cpus=host.cpus or 0,
        memory=amount(float(host.memory_mib * MIB), "B"),
        free=amount(float(host.memory_free_mib * MIB), "B"),
        disk=f"{host.disk_free_gib} GiB" if host.disk_free_gib is not None else "–",
    )


def machine_cells(row: Row, *, owner: bool = False) -> list[str]:
    values = [amount(row.values.get(name), UNITS[name]) for name in SHOWN]
    whole = amount(float(row.memory_mib * MIB), "B")
    name = f"{inert(row.owner or '-')}/{inert(row.vm)}" if owner else inert(row.vm)
    return [name, inert(row.state), values[0], values[1], whole, *values[2:]]


def chosen(rows: Iterable[Row], by: str, having: str = "") -> list[Row]:
    """Those whose name has these letters, the busiest first; who is not known to do anything comes last."""
    keys = {
        "cpu": ("cpu",),
        "memory": ("memory_used",),
        "disk": ("disk_read", "disk_written"),
        "network": ("net_received", "net_sent"),
    }.get(by, ())
    found = [row for row in rows if having.lower() in row.vm.lower()]
    return sorted(found, key=lambda row: (-sum(row.values.get(key, 0.0) for key in keys), row.vm))
