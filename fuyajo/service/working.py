"""A worker: takes jobs, gives each a process of its own, keeps the lease, writes down how it ended.

A job is started at most once. Whatever happens to worker or process, what they left is looked at and settled
(`settling.py`), and nothing runs a second time unless somebody asks for it.
"""

from __future__ import annotations

import logging
import math
import os
import secrets
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from fuyajo.domain.errors import FuyajoError, Problem, shown
from fuyajo.engine.runner import reap
from fuyajo.service import tracing
from fuyajo.service.carrying import Process, Processes, end, finish, outcome
from fuyajo.service.context import Actor, Settings
from fuyajo.service.failpoints import reached
from fuyajo.service.listening import listening
from fuyajo.service.scheduling import run_due
from fuyajo.store.database import Database
from fuyajo.store.jobs import Job, JobStore, LostLease
from fuyajo.store.shared_runs import Carried
from fuyajo.store.workers import WorkerStore

LEASE = timedelta(seconds=20)
RENEWALS = 8  # in one lease
IDLE_SECONDS = 0.2  # between two looks at an empty queue
TOLD_SECONDS = 2.0  # the same where the database tells of a job
NOTE_SECONDS = 5.0  # between two notes that this worker is here
LOOK_SECONDS = 0.4  # between two looks at a job that goes on: whether somebody wants its end
KILL_SECONDS = 2.5  # after it was asked to stop
TIDY_SECONDS = 30.0  # the same for a build of an image: what it unpacked has to go
PER_USER = 2
AT_ONCE = 4
_LOG = logging.getLogger("fuyajo.worker")


@dataclass
class Worker:
    """`slots` jobs at a time; `per_user` of one user, over all workers.

    With `hosts` only jobs about these hypervisors, and it is beside them: it reaches them by their local URI.
    """

    settings: Settings
    database: Database
    name: str = field(default_factory=lambda: _name())
    slots: int = AT_ONCE
    per_user: int = PER_USER
    lease: timedelta = LEASE
    processes: Processes | None = None
    hosts: frozenset[str] = frozenset()
    _noted: float = -math.inf
    _looked: float = 0.0
    _ending: threading.Event = field(default_factory=threading.Event)
    _cutting: threading.Event = field(default_factory=threading.Event)
    _wake: threading.Event = field(default_factory=threading.Event)
    _room: threading.Event = field(default_factory=threading.Event)
    _busy: dict[str, threading.Thread] = field(default_factory=dict)

    def wake(self) -> None:
        """There is something to do: a look now instead of in a moment."""
        self._wake.set()

    def told(self) -> None:
        """That a job waits. Comes back when there was room for it: nobody else is told meanwhile."""
        self._room.wait()
        self.wake()

    def stop(self, *, now: bool = False) -> None:
        """No more jobs. What goes on comes to its end, or is stopped and counts as canceled with `now`."""
        if now:
            self._cutting.set()
        self._ending.set()
        self._wake.set()

    def run(self) -> None:
        """Until `stop`; then waits for what goes on."""
        if self.processes is None:
            home = {"FUYAJO_HOME": str(self.settings.home)}
            if self.hosts:
                home["FUYAJO_NEAR"] = " ".join(sorted(self.hosts))
            self.processes = Processes(environment=home)
        try:
            self._work()
            for thread in list(self._busy.values()):
                thread.join()
        finally:
            self.processes.close()
            if self.settings.inventory is not None:
                self._quietly(lambda: self._workers.gone(self.name))

    def _work(self) -> None:
        """Rounds, until `stop`."""
        url = self.settings.database
        idle = TOLD_SECONDS if url else IDLE_SECONDS
        self._quietly(self._round)  # also brings a new database to its newest schema
        with listening(url, self.told) if url else nullcontext():
            while not self._ending.is_set():
                self._wake.clear()
                self._quietly(self._round)
                self._wake.wait(idle)
            self._room.set()  # nobody waits for it any more

    def reconcile(self) -> None:
        """Jobs whose worker went silent are brought to their end: what they left is looked at and settled.

        Should this worker die meanwhile, their new lease runs out as well, and the next one does it.
        """
        for job in self._store.take_over(self.name, self.database.now(), self.lease):
            _LOG.warning("its worker went silent", extra={"fuyajo": {"run": job.run}})
            actor = self._actor(job)
            # Whoever holds it may be stopped, not gone: nothing of it may go on all the same.
            reap(actor.runs.directory(job.owner, job.run))
            reached("job-reaped")
            self._write_end(actor, job, -signal.SIGKILL)

    def _round(self) -> None:
        self._busy = {run: thread for run, thread in self._busy.items() if thread.is_alive()}
        self.reconcile()
        self._running.prepare()
        self._note()
        self._schedules()
        while len(self._busy) < self.slots and not self._ending.is_set() and self._next():
            pass
        if len(self._busy) < self.slots:
            self._room.set()
        else:
            self._room.clear()

    def _note(self) -> None:
        """That it is here: who waits for a hypervisor without any worker is told so."""
        if self.settings.inventory is None:
            return
        if time.monotonic() - self._noted > NOTE_SECONDS:
            self._workers.note(self.name, self.hosts, datetime.now(UTC))
            self._noted = time.monotonic()

    def _schedules(self) -> None:
        """Looked at when a second has gone by: there is nothing shorter than a minute."""
        if time.monotonic() - self._looked < 1:
            return
        self._looked = time.monotonic()
        mine = Actor("worker", self.settings, door="worker", opened=self.database)
        run_due(mine, datetime.now(UTC))

    def _next(self) -> bool:
        now = self.database.now()
        job = self._store.claim(self.name, now, self.lease, self.per_user, self.hosts)
        if job is None:
            return False
        reached("job-claimed")
        thread = threading.Thread(target=self._carry, args=(job,), name=job.run)
        self._busy[job.run] = thread
        thread.start()
        return True

    def _carry(self, job: Job) -> None:
        """From the claim to the end, in a thread that only waits."""
        actor = self._actor(job)
        try:
            with tracing.span("job", job.trace, run=job.run, user=job.owner, worker=self.name):
                self._follow(actor, job)
        except LostLease:
            _LOG.warning("lost", extra={"fuyajo": {"run": job.run}})
        except FuyajoError as error:  # the database: the lease runs out, and that is the end of it
            _LOG.exception("gave up", extra={"fuyajo": {"run": job.run, "detail": str(error)}})
        finally:
            self.wake()

    def _follow(self, actor: Actor, job: Job) -> None:
        try:
            process = self._running.give(job)
        except OSError as error:
            problem = Problem("", "job_process", {"detail": shown(error.strerror or error, 200)})
            actor.jobs.move(job, "failed", datetime.now(UTC), [problem])
            return
        try:
            reached("job-spawned")
            if not actor.jobs.move(job, "running", datetime.now(UTC)):
                raise LostLease(job.run)
            reached("job-running")
            with tracing.span("run", run=job.run) as told:
                cut = self._watch(actor, job, process)
                told.note("fuyajo.exit", process.returncode)
        finally:
            end(process, at_once=True)  # on the way of an error; it has ended otherwise
            code = finish(process)
        reached("job-ended")
        self._conclude(actor, job, code, cut)

    def _watch(self, actor: Actor, job: Job, process: Process) -> bool:
        """Until the process ends; it is made to when somebody wants that, or, True then, when this worker
        stops at once."""
        renewed, asked = time.monotonic(), 0.0
        until = renewed + self.lease.total_seconds()
        patience = TIDY_SECONDS if job.image else KILL_SECONDS
        while process.poll() is None:
            now = time.monotonic()
            if now - renewed > self.lease.total_seconds() / RENEWALS:
                try:
                    actor.jobs.renew(job, self.database.now(), self.lease)
                    renewed, until = now, now + self.lease.total_seconds()
                except FuyajoError:  # the database is away: the lease says how long that may last
                    if now > until:
                        raise
            if asked and now - asked > patience:
                end(process, at_once=True)
            elif not asked and (self._cutting.is_set() or _unwanted(actor, job)):
                end(process)
                asked = now
            with suppress(subprocess.TimeoutExpired):
                process.wait(LOOK_SECONDS)
        return bool(asked) and self._cutting.is_set()

    def _conclude(self, actor: Actor, job: Job, code: int, cut: bool) -> None:
        """Settle and write the end down; the database may be away for as long as the lease lasts."""
        until = time.monotonic() + self.lease.total_seconds()
        while True:
            try:
                self._write_end(actor, job, code, cut)
                return
            except FuyajoError:
                if time.monotonic() > until:
                    raise
            self._cutting.wait(LOOK_SECONDS)

    def _write_end(self, actor: Actor, job: Job, code: int, cut: bool = False) -> None:
        state, problems = outcome(actor, job, code, cut=cut)
        if cut and state == "canceled":
            problems = (Problem("", "job_service_stopped", {"value": self.name}),)
        # Its worker may have died before it could say that it runs: no state is left out.
        actor.jobs.move(job, "running", datetime.now(UTC))
        if actor.jobs.move(job, state, datetime.now(UTC), problems):
            _LOG.info("over", extra={"fuyajo": {"run": job.run, "state": state}})

    def _quietly(self, step: Callable[[], None]) -> None:
        """A database that does not answer for a while is no end: the next round asks again."""
        try:
            step()
        except (FuyajoError, OSError) as error:
            _LOG.warning("round failed", extra={"fuyajo": {"detail": str(error)}})

    def _actor(self, job: Job) -> Actor:
        mine = Carried(job.run, job.fence)
        settings = replace(self.settings, near=self.settings.near | self.hosts)
        return Actor(job.owner, settings, "worker", opened=self.database, carries=mine)

    @property
    def _running(self) -> Processes:
        assert self.processes is not None
        return self.processes

    @property
    def _store(self) -> JobStore:
        return JobStore(self.database)

    @property
    def _workers(self) -> WorkerStore:
        return WorkerStore(self.database)


def _unwanted(actor: Actor, job: Job) -> bool:
    """Whether somebody asked for its end. A database that does not answer asks for nothing."""
    try:
        known = actor.jobs.get(job.run)
    except FuyajoError:
        return False
    return known is not None and known.wanted == "cancel"


def _name() -> str:
    """Of this process and no other one, however numbers are used again."""
    return f"{os.uname().nodename}-{os.getpid()}-{secrets.token_hex(2)}"
