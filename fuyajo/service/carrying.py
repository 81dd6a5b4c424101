"""The processes of a worker: one that is ready beforehand, its job, its end, and what the end means.

Starting Python and reading the modules takes longer than everything else between a submit and its playbook.
So there is always a process that has done that and waits for a line. What it waits on is a pipe from its
worker: when that breaks, the worker is gone, and so is the process.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock

from fuyajo.domain.errors import NotFound, Problem
from fuyajo.domain.jobs import State
from fuyajo.service.context import Actor
from fuyajo.service.runs import failed_problem, get_run
from fuyajo.store.jobs import Job

COMMAND = (sys.executable, "-m", "fuyajo.service.job")
Process = subprocess.Popen[bytes]


@dataclass
class Processes:
    """`environment` is what they have beside this process's own."""

    command: Sequence[str] = COMMAND
    environment: Mapping[str, str] = field(default_factory=dict)
    _spare: Process | None = None
    _lock: Lock = field(default_factory=Lock)

    def prepare(self) -> None:
        """One that waits. Raises `OSError` when none can be started."""
        with self._lock:
            if self._spare is None or self._spare.poll() is not None:
                self._spare = self._start()

    def give(self, job: Job) -> Process:
        """The process of this job, told so. Raises `OSError`: then nothing began."""
        with self._lock:
            process, self._spare = self._spare, None
        if process is not None and process.poll() is None and _tell(process, job):
            return process
        process = self._start()
        if not _tell(process, job):
            raise BrokenPipeError("the process of a job ended before it began")
        return process

    def close(self) -> None:
        with self._lock:
            process, self._spare = self._spare, None
        if process is not None:
            end(process, at_once=True)
            finish(process)

    def _start(self) -> Process:
        return subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            env={**os.environ, **self.environment},
            start_new_session=True,
        )


def _tell(process: Process, job: Job) -> bool:
    assert process.stdin is not None
    try:
        process.stdin.write(f"{job.owner} {job.run} {job.fence}\n".encode())
        process.stdin.flush()
    except OSError:
        end(process, at_once=True)
        finish(process)
        return False
    return True


def end(process: Process, *, at_once: bool = False) -> None:
    """Ask it to stop what it runs and to write that down; `at_once`: it is asked nothing."""
    if process.poll() is not None:
        return
    with suppress(ProcessLookupError):
        if at_once:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.send_signal(signal.SIGTERM)


def finish(process: Process) -> int:
    """Its exit code, once it has ended."""
    code = process.wait()
    if process.stdin is not None:
        with suppress(OSError):  # what was never read
            process.stdin.close()
    return code


def outcome(
    actor: Actor, job: Job, code: int, *, cut: bool = False
) -> tuple[State, tuple[Problem, ...]]:
    """How it ended, by what it left: looked at, settled, and whatever outlived it is stopped.

    `code` is the exit code of its process; `cut`: its worker made it end.
    """
    known = actor.jobs.get(job.run) or job
    canceled = cut or known.wanted == "cancel"
    try:
        record = get_run(actor, job.run)
    except NotFound:
        if known.problems:
            return "failed", ()
        if code == 0:  # there was nothing to do
            return "successful", ()
        return ("canceled" if canceled else "interrupted"), ()
    if record.status in ("running", "interrupted"):
        # Still running: somebody else settles it at this moment, and it can only have been stopped.
        return ("canceled" if canceled else "interrupted"), ()
    failed = record.status in ("failed", "timeout")
    return record.status, ((failed_problem(record),) if failed and not known.problems else ())
