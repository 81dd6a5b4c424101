"""Drift as lines and as JSON data, and an env.yml of machines that exist."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from fuyajo.domain.drift import Drifted, MachineDrift
from fuyajo.domain.errors import Problem
from fuyajo.domain.importing import Entry
from fuyajo.domain.texts import Lang, known, text
from fuyajo.service.drifting import Report
from fuyajo.service.importing import Imported
from fuyajo.views.inert import inert, padded, width
from fuyajo.views.plan import UNITS
from fuyajo.views.problem import problem_lines

MARKS = {"same": "=", "drift": "≠", "new": "?", "gone": "✗"}


def report_json(report: Report) -> dict[str, Any]:
    return {"drift": report.drifted, "vms": [asdict(machine) for machine in report.machines]}


def report_lines(report: Report, lang: Lang) -> list[str]:
    if not report.machines:
        return [text("ui.drift.empty", lang)]
    lines = [line for machine in report.machines for line in _machine(machine, lang)]
    names = " ".join(machine.name for machine in report.machines if machine.status == "drift")
    if names:
        lines += ["", text("ui.drift.next", lang, names=names)]
    elif all(machine.status == "same" for machine in report.machines):
        lines += ["", text("ui.drift.none", lang)]
    return lines


def _machine(machine: MachineDrift, lang: Lang) -> list[str]:
    since = ""
    if machine.since:
        local = datetime.fromisoformat(machine.since).astimezone()
        since = "   " + text("ui.drift.since", lang, time=f"{local:%Y-%m-%d %H:%M}")
    status = text(f"ui.drift.{machine.status}", lang)
    lines = [f"{MARKS[machine.status]} {machine.name}   {status}{since}"]
    room = max((width(label(one, lang)) for one in machine.fields), default=0)
    return lines + [f"    {_field(one, room, lang)}" for one in machine.fields]


def label(one: Drifted, lang: Lang) -> str:
    """What the value is called; a path, where nothing of ours is."""
    key = f"ui.field.{one.path}"
    return text(key, lang) if known(key) else inert(one.path)


def _field(one: Drifted, room: int, lang: Lang) -> str:
    """`was → is (kind; now …; how to put it back)`."""
    was, after = moved(one, lang)
    return f"{padded(label(one, lang), room)}   {was} → {after}   ({'; '.join(remarks(one, lang))})"


def moved(one: Drifted, lang: Lang) -> tuple[str, str]:
    """What it was, and what it is."""
    after = one.live if one.kind == "live_only" else one.persistent
    return field_value(one, one.was, lang), field_value(one, after, lang)


def remarks(one: Drifted, lang: Lang) -> list[str]:
    """What kind of change it is, what it is meanwhile, and what puts it back."""
    said = [text(f"ui.drift.{one.kind}", lang)]
    if one.kind == "pending":
        said.append(text("ui.drift.now", lang, value=field_value(one, one.live, lang)))
    return [*said, text(f"ui.drift.way.{one.way}", lang)]


def field_value(one: Drifted, value: str | int | bool | None, lang: Lang) -> str:
    """A value of that field as it is shown; untrusted."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return text("ui.yes" if value else "ui.no", lang)
    unit = UNITS.get(one.path, "") if isinstance(value, int) else ""
    printable = "".join(c if c.isprintable() else "\ufffd" for c in str(value))
    return f"{printable} {unit}".rstrip()


def left_lines(left: tuple[Problem, ...], lang: Lang) -> list[str]:
    return ["", text("ui.drift.left", lang), *problem_lines(left, lang)] if left else []


def env_text(imported: Imported, lang: Lang) -> str:
    """YAML of a request. Every text in it is a name that was checked, and quoted all the same."""
    lines = [f"# {text('ui.import.comment', lang)}", "version: 1"]
    if imported.environment:
        lines.append(f"name: {json.dumps(imported.environment)}")
    lines.append("vms:")
    for entry in imported.entries:
        lines += _entry(entry, lang)
    return "\n".join(lines) + "\n"


def _entry(entry: Entry, lang: Lang) -> list[str]:
    spec = entry.spec
    comments = [text("ui.import.imported", lang)] if entry.imported else []
    if entry.vars:
        comments.append(text("ui.import.vars", lang))
    more = [f"{kind} ×{n}" for kind, n in (("disks", entry.disks), ("nics", entry.nics)) if n]
    if more:
        comments.append(text("ui.import.more", lang, what=", ".join(more)))
    return [
        f"  - name: {json.dumps(spec.name)}",
        *(f"    # {comment}" for comment in comments),
        f"    template: {json.dumps(spec.template)}",
        f"    cpus: {spec.cpus}",
        f"    memory: {spec.memory_mib}MiB",
        f"    disk: {spec.disk_gib}GiB",
        f"    state: {spec.state}",
    ]
