"""The trash, and what an undo leaves, as rows and as JSON data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from fuyajo.domain.machine import Machine
from fuyajo.domain.texts import Lang, text
from fuyajo.domain.trash import expired, old_name, trash_name
from fuyajo.domain.undo import Left
from fuyajo.views.inert import inert


def trash_json(machine: Machine, now: datetime) -> dict[str, Any]:
    """One machine of the trash; `name` is the one that it had, `kept_as` the one that it has there."""
    kept = machine.trashed
    return {
        "name": old_name(machine),
        "kept_as": trash_name(machine.uuid),
        "uuid": machine.uuid,
        "since": kept.since if kept else None,
        "until": kept.until if kept else None,
        "expired": expired(machine, now),
        "template": machine.template,
        "cpus": machine.cpus,
        "memory_mib": machine.memory_mib,
        "disk_gib": machine.disk_gib,
    }


def trash_rows(machines: list[Machine], now: datetime, lang: Lang) -> list[list[str]]:
    head = ["NAME", "KEPT AS", "TEMPLATE", "DISK", "SINCE", "UNTIL", ""]
    return [head] + [
        [
            inert(old_name(machine)),
            trash_name(machine.uuid),
            machine.template or "-",
            f"{machine.disk_gib} GiB",
            inert(machine.trashed.since if machine.trashed else "-"),
            inert(machine.trashed.until if machine.trashed else "-"),
            text("ui.expired", lang) if expired(machine, now) else "",
        ]
        for machine in machines
    ]


def left_lines(left: Iterable[Left], lang: Lang) -> list[str]:
    return [f"  {one.object} {one.name} ({one.action}): {_reason(one, lang)}" for one in left]


def left_json(one: Left, lang: Lang) -> dict[str, Any]:
    return {
        "object": one.object,
        "name": one.name,
        "action": one.action,
        "code": one.why,
        "message": _reason(one, lang),
        "params": dict(one.params),
    }


def _reason(one: Left, lang: Lang) -> str:
    return text(f"undo.{one.why}", lang, **one.params)
