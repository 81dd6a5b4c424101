"""What a finished run left, for a person: where it answers, how to enter, how to remove it."""

from __future__ import annotations

from pathlib import Path

from fuyajo.domain.machine import Machine
from fuyajo.domain.texts import Lang, text
from fuyajo.store.runs import RunRecord
from fuyajo.views.machine import SSH, url


def result_lines(record: RunRecord, machines: list[Machine], keys: Path, lang: Lang) -> list[str]:
    seconds = f"{record.seconds or 0:.0f}"
    key = "ui.checked" if record.check else "ui.done"
    lines = [text(key, lang, seconds=seconds, changed=record.changed or 0)]
    stages = " · ".join(f"{stage} {spent:.1f} s" for stage, spent in record.stages.items())
    rows = [(text("ui.stages", lang), stages)]
    if not record.check:
        for machine in machines:
            rows += _machine(machine, keys, lang)
    return lines + [f"  {label}   {value}" for label, value in rows]


def _machine(machine: Machine, keys: Path, lang: Lang) -> list[tuple[str, str]]:
    rows = [("VM", text("ui.is", lang, name=machine.name, state=machine.state))]
    if machine.running:
        page = url(machine)
        if page:
            rows.append((text("ui.page", lang), page))
        forward = machine.forward(SSH)
        if forward:
            login = f"ssh -i {keys / 'id_ed25519'} -p {forward.host} fuyajo@{forward.address}"
            rows.append((text("ui.login", lang), login))
    rows.append((text("ui.remove", lang), f"fuyajo vm delete {machine.name}"))
    return rows
