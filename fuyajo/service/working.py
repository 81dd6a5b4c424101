"""A worker: takes jobs, gives each a process of its own, keeps the lease, writes down how it ended.

A job is started at most once. Whatever happens to worker or process, what they left is looked at and settled
(`settling.py`), and nothing runs a second time unless somebody asks for it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from fuyajo.domain.errors import FuyajoError, NotFound
from fuyajo.domain.jobs import State
from fuyajo.service.context import Actor, Settings
from fuyajo.service.runs import cancel_run, get_run
from fuyajo.store.database import Database
from fuyajo.store.jobs import Job, JobStore, LostLease

LEASE = timedelta(seconds=20)
RENEW_SECONDS = 2.0
IDLE_SECONDS = 0.5  # between two looks at an empty queue
PER_USER = 2
AT_ONCE = 4


@dataclass
class Worker:
    """`slots` jobs at a time. `stop` ends it: running jobs are cancelled when `stop(now=True)`."""

    settings: Settings
    database: Database
    name: str = field(default_factory=lambda: f"{os.uname().nodename}-{os.getpid()}")
    slots: int = AT_ONCE
    per_user: int = PER_USER
    _ending: threading.Event = field(default_factory=threading.Event)
    _wake: threading.Event = field(default_factory=threading.Event)
    _busy: dict[str, threading.Thread] = field(default_factory=dict)

    def wake(self) -> None:
        """There is something to do: a look now instead of in half a second."""
        self._wake.set()

    def stop(self) -> None:
        self._ending.set()
        self._wake.set()

    def run(self) -> None:
        """Until `stop`; then waits for what goes on."""
        while not self._ending.is_set():
            self.reconcile()
            while len(self._busy) < self.slots and self._next():
                pass
            self._wake.wait(IDLE_SECONDS)
            self._wake.clear()
            self._busy = {run: thread for run, thread in self._busy.items() if thread.is_alive()}
        for thread in self._busy.values():
            thread.join()

    def reconcile(self) -> None:
        """Jobs whose worker went silent become interrupted, and their runs are settled."""
        for job in self._store.expire(datetime.now(UTC)):
            with suppress(FuyajoError):
                get_run(self._actor(job), job.run)

    def _next(self) -> bool:
        job = self._store.claim(self.name, datetime.now(UTC), LEASE, self.per_user)
        if job is None:
            return False
        thread = threading.Thread(target=self._carry, args=(job,), name=job.run)
        self._busy[job.run] = thread
        thread.start()
        return True

    def _carry(self, job: Job) -> None:
        """From the claim to the end, in a thread that only waits."""
        actor = self._actor(job)
        process = start(actor, job)
        if not actor.jobs.move(job, "running", datetime.now(UTC)):
            _end(process)
        asked = False
        while process.poll() is None:
            try:
                wanted = actor.jobs.renew(job, datetime.now(UTC), LEASE)
            except LostLease:
                _end(process)
                return
            if (wanted == "cancel" and not asked) or self._ending.is_set():
                asked = True
                _cancel(actor, job, process)
            with suppress(subprocess.TimeoutExpired):
                process.wait(RENEW_SECONDS)
        state, failure = outcome(actor, job)
        actor.jobs.move(job, state, datetime.now(UTC), failure)
        self.wake()

    def _actor(self, job: Job) -> Actor:
        return Actor(job.owner, self.settings, door="worker", opened=self.database)

    @property
    def _store(self) -> JobStore:
        return JobStore(self.database)


def start(actor: Actor, job: Job) -> subprocess.Popen[bytes]:
    """The process of one job. It has nothing of this one but the environment."""
    return subprocess.Popen(
        [sys.executable, "-m", "fuyajo.service.job", job.owner, job.run, str(job.fence)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "FUYAJO_HOME": str(actor.settings.home)},
        start_new_session=True,
    )


def outcome(actor: Actor, job: Job) -> tuple[State, str | None]:
    """How it ended, by what it left."""
    known = actor.jobs.get(job.run)
    said = known.failure if known else None
    try:
        record = get_run(actor, job.run)
    except NotFound:
        return "failed", said or "it ended before it began"
    if record.status == "running":
        return "interrupted", None
    return record.status, record.failure or said


def _cancel(actor: Actor, job: Job, process: subprocess.Popen[bytes]) -> None:
    """Stop the playbook and everything it started; before there is one, the process itself."""
    try:
        cancel_run(actor, job.run)
    except FuyajoError:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
