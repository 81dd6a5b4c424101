"""A plan is carried out by the service, and followed from here: `fuyajo.service.applying`."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from fuyajo.cli.remote.address import segment
from fuyajo.cli.remote.following import followed
from fuyajo.cli.remote.like import like
from fuyajo.cli.remote.records import problems_of, record_of
from fuyajo.cli.remote.remains import Left, left_of
from fuyajo.cli.remote.server import Server
from fuyajo.domain.consent import Consent
from fuyajo.domain.errors import Conflict, FuyajoError
from fuyajo.domain.plan import Plan
from fuyajo.engine.box.events import Event
from fuyajo.service import applying
from fuyajo.service.applying import Applied, OnEvent
from fuyajo.store.runs import RunRecord

_FIELDS = ("seq", "time", "kind", "stage", "host", "task", "changed", "message")


@like(applying.resolve)
def resolve(server: Server, plan_id: str) -> Plan:
    path = f"/plans/{segment(plan_id, 'plan_not_found')}/resolve"
    plan: Plan = server.parsed(Plan, server.post(path))
    server.resolved[plan.id] = plan_id
    return plan


@like(applying.apply)
def apply(
    server: Server,
    plan: Plan,
    on_event: OnEvent,
    *,
    check: bool = False,
    consent: Consent | None = None,
    on_start: Callable[[RunRecord], None] | None = None,
    run_id: str | None = None,  # noqa: ARG001 - whoever queues it names it
) -> Applied:
    """Ctrl-C cancels the run, waits for its end and is raised again."""
    if plan.nothing_to_do and not check:
        return Applied(plan, None)
    body = {
        "check": check,
        "yes": consent is not None,
        "assistant": consent is not None and consent.kind == "assistant",
    }
    # A rest with nothing in it was never saved: what is left of the first plan is looked for again.
    meant = server.resolved.get(plan.id, plan.id) if plan.nothing_to_do else plan.id
    said: dict[str, Any] = server.parsed(dict[str, Any], server.post(f"/plans/{meant}/apply", body))
    if said.get("run") is None:
        return Applied(plan, None)
    started = record_of(server, said["run"])
    if on_start is not None:
        on_start(started)
    try:
        end = followed(server, started.id, lambda line: on_event(_event(server, line)))
    except KeyboardInterrupt:
        _cancel(server, started.id)
        raise
    problems = problems_of(end)
    if problems:
        raise Conflict(problems)
    return _applied(server, plan, record_of(server, end))


def _applied(server: Server, plan: Plan, record: RunRecord) -> Applied:
    if record.status == "successful" or record.check:
        return Applied(plan, record)
    left: Left = left_of(server, record.id)
    return Applied(plan, record, remains=left.remains, undone=left.undone)


def _event(server: Server, line: dict[str, Any]) -> Event:
    return server.parsed(Event, {key: line[key] for key in _FIELDS if key in line})


def _cancel(server: Server, run_id: str) -> None:
    """What cannot be canceled is over by itself; what is seen next says so."""
    with _undisturbed(), suppress(FuyajoError):
        server.post(f"/runs/{run_id}/cancel")
        followed(server, run_id, lambda _line: None)


@contextmanager
def _undisturbed() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
