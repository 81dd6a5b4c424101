"""What a finished run left, for a person: where it answers, how to enter, how to remove it."""

from __future__ import annotations

from pathlib import Path

from fuyajo.domain.machine import Machine
from fuyajo.domain.plan import Change
from fuyajo.domain.texts import Lang, text
from fuyajo.store.runs import RunRecord
from fuyajo.views.inert import inert, padded, width
from fuyajo.views.machine import login, url
from fuyajo.views.run import stages_line


def result_lines(
    record: RunRecord, machines: list[Machine], gone: list[Change], keys: Path, lang: Lang
) -> list[str]:
    """`machines` are those of the plan that are there now, `gone` the changes that took others away."""
    seconds = f"{record.seconds or 0:.0f}"
    key = "ui.checked" if record.check else "ui.done"
    lines = [text(key, lang, seconds=seconds, changed=record.changed or 0)]
    rows = [(text("ui.stages", lang), stages_line(record.stages))]
    if not record.check:
        for machine in machines:
            rows += _machine(machine, keys, lang)
        rows += [("VM", _gone(change, lang)) for change in gone]
    room = max(width(label) for label, _ in rows)
    return lines + [f"  {padded(label, room)}   {value}" for label, value in rows]


def state_lines(machines: list[Machine], lang: Lang) -> list[str]:
    """Which machines are there, for a run that did not come to its end."""
    return [f"  VM   {text('ui.is', lang, name=m.name, state=m.state)}" for m in machines]


def _gone(change: Change, lang: Lang) -> str:
    if change.until is None:
        return text("ui.gone", lang, name=inert(change.name))
    return text("ui.trashed", lang, name=inert(change.name), until=change.until)


def _machine(machine: Machine, keys: Path, lang: Lang) -> list[tuple[str, str]]:
    rows = [("VM", text("ui.is", lang, name=machine.name, state=machine.state))]
    if machine.running:
        page = url(machine)
        if page:
            rows.append((text("ui.page", lang), page))
        into = login(machine, keys)
        if into:
            rows.append((text("ui.login", lang), into))
    rows.append((text("ui.remove", lang), f"fuyajo vm delete {machine.name}"))
    return rows
