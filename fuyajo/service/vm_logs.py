"""What was written about a machine, for whoever may see it: by its runs, by QEMU, by its guest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from fuyajo.domain.errors import InvalidInput, Problem
from fuyajo.domain.machine import Machine
from fuyajo.domain.vm_logs import (
    OF_GUESTS,
    LogLine,
    VmLog,
    Wanted,
    chosen,
    journal_lines,
    plain,
    qemu_lines,
)
from fuyajo.service import hosting
from fuyajo.service.consoling import operable
from fuyajo.service.context import Actor
from fuyajo.service.machines import get_vm
from fuyajo.service.runs import events, list_runs

MOST_RUNS = 20
MOST_EVENTS = 2000  # of one run


def vm_log(actor: Actor, name: str, wanted: Wanted) -> VmLog:
    """Raises as `get_vm` does, `InvalidInput` for a time that ends before it begins, and `Unavailable`."""
    if wanted.since is not None and wanted.until is not None and wanted.since >= wanted.until:
        raise InvalidInput(Problem("since", "history_times"))
    machine = get_vm(actor, name)
    found: Iterable[LogLine]
    if wanted.source in OF_GUESTS:
        found = _of_guest(actor, name, wanted)
    elif wanted.source == "qemu":
        found = _of_qemu(actor, machine)
    else:
        found = _of_runs(actor, machine.name)
    lines, more = chosen(found, wanted)
    return VmLog(machine.name, machine.uuid, wanted.source, lines, more)


def _of_guest(actor: Actor, name: str, wanted: Wanted) -> list[LogLine]:
    """Like a console: it is asked inside of the guest, so whoever may only look has no business there."""
    from fuyajo.engine.guest_log import read_journal

    machine, _ = operable(actor, name)
    there = hosting.on(actor, machine.host).settings.reached_by
    cloud_init = wanted.source == "cloud-init"
    return journal_lines(read_journal(there, machine.uuid, cloud_init, wanted.since))


def _of_qemu(actor: Actor, machine: Machine) -> list[LogLine]:
    from fuyajo.engine.qemu_log import read_log  # only who asks for it

    there = hosting.on(actor, machine.host)
    return qemu_lines(read_log(there.settings.reached_by, machine.name), machine.uuid)


def _of_runs(actor: Actor, name: str) -> Iterator[LogLine]:
    """Own runs alone, the oldest of the newest ones first."""
    about = [record.id for record in list_runs(actor) if name in record.vms][:MOST_RUNS]
    for run in reversed(about):
        for event in islice(events(actor, run), MOST_EVENTS):
            yield from _told(run, name, event)


def _told(run: str, name: str, event: dict[str, Any]) -> Iterator[LogLine]:
    """Its message line by line; nothing of what was done to another machine in the same run."""
    if event.get("host") not in (None, "", "localhost", name) or event.get("kind") == "recap":
        return
    what = str(event.get("stage") if event.get("kind") == "stage" else event.get("task") or "")
    head = " ".join(part for part in (run, str(event.get("kind")), what) if part)
    first, *more = str(event.get("message") or "").splitlines() or [""]
    yield LogLine(_moment(event.get("time")), plain(f"{head}: {first}" if first else head))
    yield from (LogLine(None, plain(line)) for line in more)


def _moment(said: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return found if found.tzinfo else None
