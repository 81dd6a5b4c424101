"""Running hours: what two looks at a machine come to, month by month. Pure.

Nobody watches machines all the time. One that ran at the earlier look counts as running until the later one,
unless a run of ours stopped it between: what nobody saw stop counts, what nobody saw start does not.
Seconds are those of the clock on the wall, cut to whole ones where they begin and end, so that any number of
looks in between makes no difference. Months are calendar months in UTC.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from fuyajo.domain.effects import OFF
from fuyajo.domain.errors import Param, Problem
from fuyajo.domain.machine import HostView, Machine
from fuyajo.domain.plan import Change, Plan

HOUR = 3600
SECOND = timedelta(seconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Usage(NamedTuple):
    """One machine in one month (`2026-11`) on one account: seconds, and the last look that counted.

    Of all rows of a machine on a host at most the newest is `running`.
    """

    uuid: str
    month: str
    owner: str
    host: str
    seconds: int
    seen: datetime
    running: bool


class Found(NamedTuple):
    """A machine as a look found it: whose it is, and whether it is on."""

    owner: str
    running: bool


@dataclass(frozen=True)
class Between:
    """A run of ours between two looks, from when to when; UUIDs of what it was to start and to stop."""

    began: datetime
    ended: datetime
    started: Collection[str] = ()
    stopped: Collection[str] = ()


def month_of(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m}"


def next_month(month: str) -> datetime:
    """When the month after this one begins."""
    year, number = map(int, month.split("-"))
    return datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC)


def split(begin: datetime, end: datetime) -> dict[str, int]:
    """Whole seconds of each month between two moments; nothing where the end is not after the beginning."""
    found: dict[str, int] = {}
    while begin < end:
        month = month_of(begin)
        until = min(end, next_month(month))
        found[month] = (until - EPOCH) // SECOND - (begin - EPOCH) // SECOND
        begin = until
    return found


def is_on(machine: Machine) -> bool:
    """Paused ones as well: they have their memory."""
    return machine.state not in OFF


def found_on(host: HostView) -> dict[str, Found]:
    """Everybody's machines, by UUID; those that are nobody's count for nobody."""
    return {m.uuid: Found(m.owner, is_on(m)) for m in host.machines.values() if m.owner is not None}


# --- counting ----------------------------------------------------------------------------------------


def counted(
    rows: Iterable[Usage],
    found: Mapping[str, Found],
    host: str,
    at: datetime,
    run: Between | None = None,
) -> list[Usage]:
    """The rows that this look makes or changes. `rows` are those of this host that may matter.

    A machine that is not there any more was running until now, as far as anybody knows. A look that is not
    later than the last one says nothing: the clock was set back, or somebody else looked later and was here
    before us.
    """
    known: dict[str, dict[tuple[str, str], Usage]] = {}
    for row in rows:
        known.setdefault(row.uuid, {})[row.month, row.owner] = row
    changed: list[Usage] = []
    for uuid in sorted({*found, *known}):
        old = known.get(uuid, {})
        last = max(old.values(), key=lambda row: (row.seen, row.month, row.running), default=None)
        now = found.get(uuid) or (Found(last.owner, False) if last else None)
        if now is None or (last is not None and at <= last.seen):
            continue
        if now.running or (last is not None and last.running):
            changed += _machine(uuid, old, last, now, host, at, run)
    return changed


def _machine(
    uuid: str,
    old: Mapping[tuple[str, str], Usage],
    last: Usage | None,
    now: Found,
    host: str,
    at: datetime,
    run: Between | None,
) -> Iterator[Usage]:
    ran = last is not None and last.running
    # Until now it was on the account of whose it was then.
    owner = last.owner if last is not None and ran else now.owner
    spent = split(*_span(uuid, last, now, at, run))
    rows = {(month, owner): seconds for month, seconds in spent.items()}
    if last is not None and ran:
        rows.setdefault((last.month, last.owner), 0)  # it is not the newest any more
    here = (month_of(at), now.owner)
    rows.setdefault(here, 0)
    for key, seconds in rows.items():
        before = old[key].seconds if key in old else 0
        yield Usage(uuid, *key, host, before + seconds, at, key == here and now.running)


def _span(
    uuid: str, last: Usage | None, now: Found, at: datetime, run: Between | None
) -> tuple[datetime, datetime]:
    """From when to when it counts as running; nothing where these are the same."""
    if last is not None and last.running:
        stopped = run is not None and not now.running and uuid in run.stopped
        return last.seen, min(at, run.ended) if run is not None and stopped else at
    if run is not None and now.running and uuid in run.started:
        began = max(run.began, last.seen) if last is not None else run.began
        return min(began, at), at
    return at, at


def seconds_used(rows: Iterable[Usage], owner: str, month: str, now: datetime) -> int:
    """What an account has used of a month until now; who was on at the last look is on still."""
    total = 0
    for row in rows:
        if row.owner != owner:
            continue
        total += row.seconds if row.month == month else 0
        total += split(row.seen, now).get(month, 0) if row.running else 0
    return total


# --- what a run does ---------------------------------------------------------------------------------


def between(plan: Plan, host: HostView, began: datetime, ended: datetime) -> Between:
    """What this plan's run was to do, in the words of a look at the host after it."""
    by_name = {machine.name: machine.uuid for machine in host.owned(plan.account).values()}

    def named(changes: Iterable[Change]) -> frozenset[str]:
        found = (change.uuid or by_name.get(change.name) for change in changes)
        return frozenset(uuid for uuid in found if uuid is not None)

    started = named(c for c in plan.changes if _power(c) == "on")
    stopped = named(c for c in plan.changes if _power(c) == "off")
    return Between(began, ended, started, stopped)


_ACTIONS = {"start": "on", "restart": "on", "stop": "off", "delete": "off", "purge": "off"}


def _power(change: Change) -> str:
    """`on`, `off`, or nothing that this change says about it. What is adopted stays as it is."""
    after = next((field.after for field in change.fields if field.path == "state"), None)
    if change.object != "vm" or change.action in ("adopt", "noop"):
        return ""
    said = "" if after is None else "off" if after in OFF else "on"
    return _ACTIONS.get(change.action, said)


# --- the limit ---------------------------------------------------------------------------------------


def starting(changes: Iterable[Change], host: HostView | None) -> list[str]:
    """Names of the machines that are off, or not there, and are left running; `host` None: nobody knows."""
    machines = host.machines.values() if host is not None else ()
    on = {m.uuid for m in machines if is_on(m)}
    return [c.name for c in changes if _power(c) == "on" and c.uuid not in on]


def hours(seconds: int) -> str:
    """As it is shown: hours with one digit, never more than there were."""
    return f"{seconds * 10 // HOUR / 10:.1f}"


def hours_problems(
    plan: Plan, host: HostView, seconds: int, limit: int | None, now: datetime
) -> list[Problem]:
    """The account's hours of this month are used up, and this plan wants more of them."""
    if limit is None or seconds < limit * HOUR:
        return []
    names = starting(plan.changes, host)
    if not names:
        return []
    month = month_of(now)
    params: dict[str, Param] = {"used": hours(seconds), "limit": limit, "month": month}
    params |= {"value": ", ".join(names), "plan": plan.id, "next": f"{next_month(month):%Y-%m-%d}"}
    return [Problem("", "hours_used_up", params)]
