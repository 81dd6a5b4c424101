"""Rules: measured series of a machine → suggestions. Pure; every threshold is in docs/suggestions.md.

Only what was measured at the size that a machine has now counts: whoever followed a suggestion does not get
it again, and a machine that is too young, or was seldom measured, gets none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil

from fuyajo.domain import expiry
from fuyajo.domain.catalogue import TEMPLATES
from fuyajo.domain.history import Series
from fuyajo.domain.machine import Machine
from fuyajo.domain.request import CPUS, DISK_GIB, MEMORY_MIB
from fuyajo.domain.suggestion import Rule, Suggestion, operation, order, possible
from fuyajo.domain.trends import DAY, Line, Point, Points, known, values

#: Days that a rule looks back, and per cent of them that have to be measured. `STEP`: seconds of a moment.
SHORT, LONG, LEAST_MEASURED, STEP = 3, 7, 60, 600
BUSY, MEMORY_BUSY, BUSY_SHARE, BUSY_DAYS, DAY_SHARE = 80.0, 90.0, 25.0, 2, 10.0
RISES_FIT, RISES_DAYS, RISES_FROM = 0.9, 7.0, 0.5
CALM, CALM_PEAK, CALM_RANK = 20.0, 50.0, 99.0
MEMORY_CALM, HOST_CALM, HOST_ROOM, LEAST_MIB, LEAST_GAIN_MIB = 0.4, 0.6, 1.3, 512, 256
DISK_FULL, DISK_FROM, DISK_FIT, DISK_DAYS, DISK_MEASURED = 0.85, 0.6, 0.8, 14.0, 14
IDLE_CPU, IDLE_RANK = 2.0, 95.0
IDLE_RATES = {"net_sent": 500.0, "disk_read": 16384.0, "disk_written": 16384.0}
SNAPSHOT_DAYS = 30
BACKUP_DAYS: dict[Rule, int] = {"no_backup": 14, "backup_old": 30}
#: What a guest calls its memory is less than what it was given, and a process is never asked for less.
GUEST_SAYS, SAME_SIZE = 0.995, (0.7, 1.01)
MIB, GIB = 1 << 20, 1 << 30


@dataclass(frozen=True)
class Load:
    """A host: what it has, and what all machines that run there were given (MiB)."""

    memory_mib: int
    given_mib: int


@dataclass(frozen=True)
class Seen:
    """One machine and what was measured of it, in moments of `step` seconds, until `now`."""

    machine: Machine
    series: Series
    now: int
    load: Load | None = None
    step: int = STEP
    # When each of its good backups was made (since 1970); None: nobody knows.
    backups: tuple[int, ...] | None = None


def suggest(seen: Seen) -> list[Suggestion]:
    """What is most urgent first; one rule is never there twice."""
    found = [possible(one, seen.machine) for one in _found(seen)]
    return sorted((one for one in found if one is not None), key=order)


def _found(seen: Seen) -> Iterator[Suggestion]:
    if seen.machine.running and seen.series.at:
        yield from _disk(seen)
        yield from _memory_up(seen)
        yield from _cpu_up(seen)
        idle = list(_idle(seen))
        yield from idle or (*_memory_down(seen), *_cpu_down(seen))
    yield from _backup(seen)
    yield from _snapshot_old(seen)


# --- what is measured --------------------------------------------------------------------------------


def _cpu(seen: Seen, days: int) -> Points:
    """Where it had as many vCPUs as now."""
    found = known(seen.series, "cpu", seen.now, days, seen.step)
    cpus = values(seen.series, "cpus")
    there = [p for p in found.known if cpus.get(p.at) == seen.machine.cpus]
    return replace(found, known=there)


def _memory(seen: Seen, days: int, *, guest: bool) -> Points:
    """Per cent of its memory that is in use, where it had as much as now.

    `guest`: only where the guest said it. Its process never gives anything back, and counts caches.
    """
    whole = seen.machine.memory_mib * MIB
    used = values(seen.series, "memory_used")
    low, high = (share * whole for share in SAME_SIZE)

    def share(point: Point) -> Point:
        total = used[point.at] + point.mean
        base = total if guest else whole
        three = (100 - 100 * min(1.0, left / base) for left in point[:0:-1])
        return Point(point.at, *three)

    found = known(seen.series, "memory_available", seen.now, days, seen.step)
    there = [p for p in found.known if p.at in used and low <= used[p.at] + p.mean <= high]
    if guest:
        there = [p for p in there if used[p.at] + p.mean < GUEST_SAYS * whole]
    return replace(found, known=[share(p) for p in there])


# --- more --------------------------------------------------------------------------------------------


def _busy(points: Points, least: float) -> dict[str, float] | None:
    """The evidence that it is, for long, and not on one day alone."""
    share = points.share(least)
    days = points.days_with(least, DAY_SHARE)
    if points.measured < LEAST_MEASURED or share < BUSY_SHARE or days < BUSY_DAYS:
        return None
    mean = sum(p.mean for p in points.known) / len(points.known)
    return {"limit_percent": least, "share_percent": round(share), "busy_days": days,
            "mean_percent": round(mean)}  # fmt: skip


def _cpu_up(seen: Seen) -> Iterator[Suggestion]:
    points, now = _cpu(seen, SHORT), seen.machine.cpus
    if (evidence := _busy(points, BUSY)) is not None:
        yield _resize(seen, "cpu_up", points, evidence, "cpus", now, min(CPUS[1], 2 * now))


def _memory_up(seen: Seen) -> Iterator[Suggestion]:
    points, now = _memory(seen, SHORT, guest=True), seen.machine.memory_mib
    if points.measured < LEAST_MEASURED:
        return
    rule: Rule = "memory_up"
    evidence = _busy(points, MEMORY_BUSY)
    if evidence is None:
        rule, evidence = "memory_rises", _rises(points.line())
    if evidence is not None:
        yield _resize(seen, rule, points, evidence, "memory_mib", now, _more_memory(now))


def _rises(line: Line) -> dict[str, float] | None:
    """Steadily, and it will be full soon."""
    left = line.days_to(100.0)
    if line.fits < RISES_FIT or left is None or left > RISES_DAYS or line.level < 100 * RISES_FROM:
        return None
    return {"now_percent": round(line.level), "a_day_percent": round(line.a_day, 1),
            "full_days": round(left, 1)}  # fmt: skip


def _more_memory(mib: int) -> int:
    """Twice as much; half as much again, in whole GiB, where that is a lot."""
    more = 2 * mib if mib <= 8192 else ceil(mib * 1.5 / 1024) * 1024
    return min(MEMORY_MIB[1], more)


def _disk(seen: Seen) -> Iterator[Suggestion]:
    """What its disk takes on the host: what was ever written and not given back."""
    now = seen.machine.disk_gib
    points = known(seen.series, "disk_taken", seen.now, LONG, seen.step)
    if not now or points.measured < DISK_MEASURED:
        return
    taken, line = points.known[-1].mean, points.line()
    left = line.days_to(now * GIB)
    evidence = {"taken_gib": round(taken / GIB, 1), "disk_gib": now}
    rule: Rule = "disk_full"
    if taken < DISK_FULL * now * GIB:
        soon = left is not None and left <= DISK_DAYS and line.fits >= DISK_FIT
        if not soon or left is None or taken < DISK_FROM * now * GIB:
            return
        rule = "disk_fills"
        evidence |= {"a_day_gib": round(line.a_day / GIB, 1), "full_days": round(left, 1)}
    after = min(DISK_GIB[1], now + max(5, ceil(now / 2)))
    yield _resize(seen, rule, points, evidence, "disk_gib", now, after)


# --- less --------------------------------------------------------------------------------------------


def _cpu_down(seen: Seen) -> Iterator[Suggestion]:
    points, now = _cpu(seen, LONG), seen.machine.cpus
    if now < 2 or points.measured < LEAST_MEASURED:
        return
    mean = points.rank(CALM_RANK, lambda p: p.mean)
    peak = points.rank(CALM_RANK, lambda p: p.high)
    if mean <= CALM and peak <= CALM_PEAK:
        evidence = {"mean_percent": round(mean, 1), "peak_percent": round(peak, 1)}
        yield _resize(seen, "cpu_down", points, evidence, "cpus", now, ceil(now / 2))


def _memory_down(seen: Seen) -> Iterator[Suggestion]:
    """Half of it; where the host gave away more than it has, what is left beside its own most."""
    now = seen.machine.memory_mib
    points = _memory(seen, LONG, guest=False)
    if points.measured < LEAST_MEASURED:
        return
    most = max(p.high for p in points.known) / 100
    template = TEMPLATES.get(seen.machine.template or "")
    least = max(LEAST_MIB, template.min_memory_mib if template else 0)
    evidence: dict[str, float] = {"most_mib": round(most * now), "memory_mib": now}
    if most <= MEMORY_CALM and now // 2 >= least:
        yield _resize(seen, "memory_down", points, evidence, "memory_mib", now, now // 2)
        return
    load, fits = seen.load, max(least, ceil(most * now * HOST_ROOM / 128) * 128)
    if load is None or load.given_mib <= load.memory_mib or most > HOST_CALM:
        return
    if fits <= now - LEAST_GAIN_MIB:
        evidence |= {"host_mib": load.memory_mib, "given_mib": load.given_mib}
        yield _resize(seen, "host_memory", points, evidence, "memory_mib", now, fits)


def _idle(seen: Seen) -> Iterator[Suggestion]:
    """All that is known of it is next to nothing. Without network and disk nobody can say that."""
    points = known(seen.series, "cpu", seen.now, LONG, seen.step)
    if points.measured < LEAST_MEASURED:
        return
    cpu = points.rank(IDLE_RANK, lambda p: p.mean)
    rates = {name: known(seen.series, name, seen.now, LONG, seen.step) for name in IDLE_RATES}
    told = {name: one.rank(IDLE_RANK, lambda p: p.mean)
            for name, one in rates.items() if one.measured >= LEAST_MEASURED}  # fmt: skip
    if cpu > IDLE_CPU or not told or any(rate > IDLE_RATES[name] for name, rate in told.items()):
        return
    evidence = {"rank_percent": IDLE_RANK, "cpu_percent": round(cpu, 1)}
    evidence |= {f"{name}_bytes": round(rate) for name, rate in told.items()}
    yield _made(seen, "idle", points, evidence, operation(seen.machine, "stop"))


# --- copies ---------------------------------------------------------------------------------------


def _backup(seen: Seen) -> Iterator[Suggestion]:
    """Of machines that are there for a while: none that is good, or the newest is old."""
    made = expiry.moment(seen.machine.created)
    if seen.backups is None or made is None:
        return
    rule: Rule = "backup_old" if seen.backups else "no_backup"
    begin = max(seen.backups) if seen.backups else int(made.timestamp())
    if seen.now - begin < BACKUP_DAYS[rule] * DAY:
        return
    evidence = {"age_days": (seen.now - begin) // DAY, "backups": len(seen.backups)}
    machine = seen.machine
    request = operation(machine, "backup")
    yield Suggestion(rule, machine.name, machine.uuid, request, begin, seen.now, numbers=evidence)


def _snapshot_old(seen: Seen) -> Iterator[Suggestion]:
    """Of machines whose owner takes any. Read only where somebody looks at one machine or asks for all."""
    taken = [expiry.moment(one.created) for one in seen.machine.snapshots]
    newest = max((int(at.timestamp()) for at in taken if at is not None), default=None)
    if newest is None or seen.now - newest < SNAPSHOT_DAYS * DAY:
        return
    evidence = {"age_days": (seen.now - newest) // DAY, "snapshots": len(seen.machine.snapshots)}
    machine = seen.machine
    request = operation(machine, "snapshot")
    yield Suggestion(
        "snapshot_old", machine.name, machine.uuid, request, newest, seen.now, numbers=evidence
    )


def _resize(
    seen: Seen, rule: Rule, points: Points, evidence: dict[str, float], size: str, now: int, to: int
) -> Suggestion:
    key = {"memory_mib": "memory", "disk_gib": "disk"}.get(size, size)
    request = operation(seen.machine, "resize", **{key: to})
    return replace(_made(seen, rule, points, evidence, request), step=(size, now, to))


def _made(
    seen: Seen, rule: Rule, points: Points, evidence: dict[str, float], request: dict[str, object]
) -> Suggestion:
    machine = seen.machine
    return Suggestion(
        rule, machine.name, machine.uuid, request,
        points.since, points.until, points.measured, evidence,
    )  # fmt: skip
