"""Hypervisors as rows and as JSON data, and why a plan goes to the one it is about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from fuyajo.domain.errors import Problem
from fuyajo.domain.machine import Silent
from fuyajo.domain.plan import Plan, Standing
from fuyajo.domain.texts import Lang, text
from fuyajo.views.inert import inert

SHOWN = 4

if TYPE_CHECKING:
    from fuyajo.service.hosts import Host


def where_lines(plan: Plan, lang: Lang) -> list[str]:
    """The hypervisor of a plan with the reason; nothing where there is one alone."""
    if plan.host is None:
        return []
    lines = [text("ui.host", lang, host=inert(plan.host))]
    if plan.placement:
        lines[0] += "   " + placement_line(plan.placement, lang)
    return lines


def silent_lines(silent: Iterable[Silent], lang: Lang) -> list[str]:
    """A sentence for each hypervisor that did not answer."""
    return [
        text("ui.host.silent", lang, host=inert(one.name), detail=inert(one.why)) for one in silent
    ]


def placement_line(standings: tuple[Standing, ...], lang: Lang) -> str:
    """`kvm2: 41 % of its memory is free after this, kvm1: 20 %; kvm3: lacks the label ssd`.

    Of many the best and a few that are out; the JSON has all of them.
    """
    fit = [one for one in standings if not one.why]
    out = [one for one in standings if one.why]
    told = [", ".join(_fit(one, lang) for one in fit[:SHOWN])]
    told += [
        text("ui.place.out", lang, host=inert(one.host), why=inert(_why(one, lang)))
        for one in out[:SHOWN]
    ]
    rest = len(fit[SHOWN:]) + len(out[SHOWN:])
    return "; ".join(told + ([text("ui.place.more", lang, count=rest)] if rest else []))


def _fit(one: Standing, lang: Lang) -> str:
    code = "ui.place.chosen" if one.chosen else "ui.place.beaten"
    weight = text("ui.place.weight", lang, weight=f"{one.weight:g}") if one.weight != 1 else ""
    return text(code, lang, host=inert(one.host), free=one.free) + weight


def _why(one: Standing, lang: Lang) -> str:
    return Problem("", one.why, dict(one.params)).message(lang)


def host_json(host: Host) -> dict[str, Any]:
    """Sizes in MiB and GiB. Of one that does not answer only what the inventory says, and why."""
    return {
        "name": host.name,
        "state": host.state,
        "uri": host.uri,
        "labels": sorted(host.labels),
        "weight": host.weight,
        "drain": host.drain,
        "detail": host.detail,
        "machines": host.machines,
        "cpus": host.cpus,
        "memory_mib": host.memory_mib,
        "memory_free_mib": host.memory_free_mib,
        "disk_free_gib": host.disk_free_gib,
        "accelerator": host.accelerator,
    }


def host_rows(hosts: list[Host], lang: Lang) -> list[list[str]]:
    keys = ("host", "state", "machines", "cpus", "memory", "free", "disk", "accelerator")
    head = [text(f"ui.hosts.{key}", lang) for key in (*keys, "labels", "uri")]
    return [head, *(_row(host, lang) for host in hosts)]


def _row(host: Host, lang: Lang) -> list[str]:
    sizes = [(host.machines, ""), (host.cpus, ""), (host.memory_mib, " MiB")]
    sizes += [(host.memory_free_mib, " MiB"), (host.disk_free_gib, " GiB")]
    return [
        host.name,
        text(f"ui.hosts.{host.state}", lang),
        *("-" if size is None else f"{size}{unit}" for size, unit in sizes),
        host.accelerator or "-",
        ", ".join(sorted(host.labels)) or "-",
        host.uri,
    ]
