"""Running hours: what is written down of a look at the host, and what an account has used.

A look is counted where the database is open anyway and the host was just read: before a run that adds
something, after each run, and by `fuyajo doctor`. What only plans or lists never does.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

from fuyajo.domain.machine import HostView
from fuyajo.domain.policy import Role
from fuyajo.domain.usage import Between, counted, found_on, month_of, seconds_used
from fuyajo.service.context import Actor


def observe(actor: Actor, host: HostView, at: datetime, run: Between | None = None) -> None:
    """Count this look; `at` is when it began, `run` one of ours that is over since the look before."""
    since = month_of(min(at, run.began) if run is not None else at)
    for view in host.each():
        place, found = _place(actor, view), found_on(view)
        actor.usage.change(place, since, partial(counted, found=found, host=place, at=at, run=run))


def used(actor: Actor, account: str, now: datetime) -> int:
    """Seconds of this calendar month (UTC), on all hosts."""
    month = month_of(now)
    return seconds_used(actor.usage.of(account, month), account, month, now)


class Spent(NamedTuple):
    """Of one calendar month (UTC, `2026-11`): seconds that machines ran, and the limit in hours."""

    month: str
    seconds: int
    limit: int | None


def usage_of(actor: Actor, role: Role) -> Spent:
    """What this user has used of this month, machines that ran at the last look until now."""
    now = datetime.now(UTC)
    return Spent(month_of(now), used(actor, actor.user, now), role.limits.hours)


def _place(actor: Actor, host: HostView) -> str:
    """Every user has a session daemon of their own, all of the same URI."""
    uri = host.facts.uri
    return f"{uri}#{actor.user}" if uri.endswith("/session") else uri
