"""The process of one job: `python -m fuyajo.service.job`, started by a worker alone.

It waits for a line (`OWNER RUN FENCE`) on its standard input, a pipe from that worker. It dies by itself, as
by `kill -9`, when that pipe breaks or when its lease is about to run out: then somebody else may soon be at
work on the same machines. What is left of the run is settled by whoever looks next.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from time import monotonic
from types import FrameType
from typing import NoReturn, cast

from fuyajo.domain.consent import Consent, Kind
from fuyajo.domain.errors import FuyajoError, Problem, Refused, shown
from fuyajo.domain.jobs import HELD
from fuyajo.service.applying import apply, resolve
from fuyajo.service.context import Actor, load_settings
from fuyajo.service.failpoints import reached
from fuyajo.service.warming import warm
from fuyajo.store.jobs import Job, LostLease
from fuyajo.store.shared_runs import Carried

CHECK_SECONDS = 1.0
STDIN = 0
DONE, FAILED, NOT_OURS, STOPPED = 0, 1, 3, 130


def main() -> int:
    """Exit code 0 when the run came to an end, whichever that was."""
    signal.signal(signal.SIGTERM, _stopped)
    try:
        settings = load_settings(os.environ)
        database = warm(settings)
        line = _line()
        if not line:
            return NOT_OURS  # it was never needed
        owner, run, fence = line.split()
        return perform(Actor(owner, settings, "worker", opened=database), run, int(fence))
    except KeyboardInterrupt:
        return STOPPED
    except LostLease:
        return NOT_OURS
    except FuyajoError:  # the database is away: who comes after this knows what was written before
        return FAILED


def perform(actor: Actor, run: str, fence: int, *, watched: bool = True) -> int:
    """The job, if that number still holds it. `watched`: this process ends with its worker or its lease."""
    job = actor.jobs.get(run)
    if job is None or (job.owner, job.fence) != (actor.user, fence) or job.state not in HELD:
        return NOT_OURS
    actor = replace(actor, carries=Carried(run, fence))
    if watched:
        assert job.lease is not None
        left = job.lease - actor.database.now()
        threading.Thread(target=_watch, args=(actor, job, left), daemon=True).start()
    reached("job-began")
    try:
        carry(actor, job)
    except FuyajoError as error:
        actor.jobs.tell(job, error.problems)
        return FAILED
    except LostLease:
        raise
    except Exception as error:
        detail = shown(f"{type(error).__name__}: {error}", 200)
        actor.jobs.tell(job, [Problem("", "job_broken", {"detail": detail})])
        raise
    reached("job-done")
    return DONE


def carry(actor: Actor, job: Job) -> None:
    """Everything is asked again: the world and the policy may have moved while it waited."""
    user = actor.people.user(job.owner)
    if user is not None and user.disabled:
        raise Refused(Problem("", "user_disabled", {"value": job.owner}))
    if job.image is not None:
        from fuyajo.service import building  # few jobs need it

        building.carry(actor, job)
        return
    assert job.plan is not None
    kind = cast("Kind", job.consent) if job.consent else None
    consent = Consent(job.owner, kind, job.door or "http") if kind else None
    plan = resolve(actor, job.plan)
    apply(actor, plan, lambda _event: None, check=job.check, consent=consent, run_id=job.run)


def _line() -> str:
    """One line, byte by byte: what follows it belongs to the watch."""
    said = b""
    while not said.endswith(b"\n") and len(said) < 512:
        byte = os.read(STDIN, 1)
        if not byte:
            return ""
        said += byte
    return said.decode("ascii", "replace")


def _watch(actor: Actor, job: Job, left: timedelta) -> None:
    """A thread that ends this process when it must not go on. `left` is what there is of the lease.

    Between two looks the own clock counts, and only how much of it goes by.
    """
    assert job.lease is not None and job.started is not None
    reserve = (job.lease - job.started) / 4  # for whatever it started to end
    until = monotonic() + left.total_seconds()
    pipe = select.poll()
    pipe.register(STDIN, select.POLLIN)
    while True:
        if pipe.poll(CHECK_SECONDS * 1000):
            _die()
        with suppress(FuyajoError):  # not known; the last that was heard counts
            asked = monotonic()
            held = actor.jobs.held_until(job.run, job.fence)
            if held is None:
                _die()
            until = asked + (held - actor.database.now()).total_seconds()
        if until - monotonic() < reserve.total_seconds():
            _die()


def _die() -> NoReturn:
    """What it runs notices that its owner is gone (see engine/runner.py) and ends as well."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("killed")


def _stopped(_number: int, _frame: FrameType | None) -> None:
    """The first request ends the run as Ctrl-C at a terminal does; more of them add nothing."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
