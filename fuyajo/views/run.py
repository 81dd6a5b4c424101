"""One run for a person: its state, and its story line by line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fuyajo.domain.errors import Problem
from fuyajo.domain.text_rules import told_once
from fuyajo.domain.texts import Lang, known, text
from fuyajo.store.runs import RunRecord
from fuyajo.views.inert import inert

if TYPE_CHECKING:
    from fuyajo.service.following import Seen
    from fuyajo.store.jobs import Job

MAX_LINES = 6  # of one message
MAX_WIDTH = 200  # characters of one line


def run_json(seen: Seen) -> dict[str, Any]:
    """The record as `run show --json` has it, and `job` beside it; what waits has a record to come."""
    job, record = seen.job, seen.record
    if record is not None:
        facts = record.model_dump(mode="json")
    else:
        facts = dict.fromkeys(RunRecord.model_fields) | {"id": seen.id, "check": False}
        facts |= {"stages": {}, "vms": [], "made": {}, "settled": False, "reason": ""}
    if job is not None and record is None:
        facts |= {"owner": job.owner, "plan": job.plan, "vms": list(job.machines)}
        facts |= {"reason": job.reason, "failure": job.failure}
    return {**facts, "status": seen.status, "job": job_json(job, seen.unattended) if job else None}


def job_json(job: Job, unattended: Problem | None = None) -> dict[str, Any]:
    """What the service knows of it; where there are several hypervisors, whether anybody works for this."""
    several = {"host": job.host, "waiting": unattended.message() if unattended else None}
    return {
        **(several if job.host else {}),
        "state": job.state,
        "priority": job.priority,
        "created": job.created.isoformat(),
        "started": job.started.isoformat() if job.started else None,
        "finished": job.finished.isoformat() if job.finished else None,
        "canceling": job.wanted == "cancel",
        "failure": job.failure,
        "problems": [problem.as_json() for problem in job.problems],
    }


def queued_fields(seen: Seen, lang: Lang) -> list[list[str]]:
    """(key, value) of a run that only a job knows yet."""
    facts, job = run_json(seen), seen.job
    rows = [[key, str(facts[key])] for key in ("id", "plan", "status", "reason", "failure")]
    if job is not None:
        rows += [["created", _local(job.created)], ["host", job.host or ""]]
        rows += [["vms", ", ".join(inert(name) for name in job.machines)]]
    if seen.unattended is not None:
        rows += [["waiting", seen.unattended.message(lang)]]
    return [row for row in rows if row[1] not in ("", "None")]


def stages_line(stages: dict[str, float]) -> str:
    return " · ".join(f"{stage} {spent:.1f} s" for stage, spent in stages.items())


def run_fields(record: RunRecord) -> list[list[str]]:
    """(key, value) of everything that is known of a run."""
    values = {
        "id": record.id,
        "plan": record.plan,
        "status": record.status + (" (check)" if record.check else ""),
        "started": _local(record.started),
        "finished": _local(record.finished) if record.finished else None,
        "seconds": None if record.seconds is None else f"{record.seconds:.1f}",
        "stages": stages_line(record.stages),
        "changed": record.changed,
        "vms": ", ".join(record.vms),
        "reason": record.reason,
        "failure": record.failure,
    }
    return [[key, str(value)] for key, value in values.items() if value not in (None, "")]


def _local(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"


def event_lines(events: Iterable[dict[str, Any]], lang: Lang, verbose: bool = False) -> list[str]:
    """Every stage and every result; the tasks that lead to them with `verbose`."""
    return [line for event in events for line in _event(event, lang, verbose)]


def _event(event: dict[str, Any], lang: Lang, verbose: bool) -> list[str]:
    kind, message = str(event.get("kind")), str(event.get("message") or "")
    if kind == "stage":
        return [f"{_clock(event)}  {stage_label(event.get('stage'), lang)}"]
    if kind == "recap" or (kind == "task" and not verbose) or (kind == "note" and not message):
        return []
    mark = "changed" if kind == "result" and event.get("changed") else kind
    mark = "ok" if mark == "result" else mark
    who = " ".join(str(event[key]) for key in ("host", "task") if event.get(key))
    first, *more = _bounded(message, kind in {"failed", "unreachable"} or verbose)
    head = f"{_clock(event)}    {mark:<8}  {inert(who)}"
    joined = f"{head}: {first}" if who and first else f"{head}{first}"
    return [joined.rstrip(), *(" " * 22 + line for line in more)]


def _bounded(message: str, whole: bool) -> list[str]:
    """The lines of a message, at least one; a result that went well has one."""
    lines = [inert(line)[:MAX_WIDTH] for line in told_once(message)] or [""]
    if not whole:
        return lines[:1]
    return lines if len(lines) <= MAX_LINES else [*lines[:MAX_LINES], "…"]


def _clock(event: dict[str, Any]) -> str:
    try:
        return f"{datetime.fromisoformat(str(event.get('time'))).astimezone():%H:%M:%S}"
    except ValueError:
        return "--:--:--"


def stage_label(stage: object, lang: Lang) -> str:
    """What a stage is called in a sentence."""
    key = f"ui.stage.{stage}"
    return text(key, lang) if known(key) else inert(str(stage or ""))
