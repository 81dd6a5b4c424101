"""The fallback containment: a process that outlives its run only while it ends it."""

from __future__ import annotations

import os
import signal

from fuyajo.engine.box import process

KILL_SECONDS = 10.0
_WATCHED = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD})


def supervise(parent: int, events: int) -> int | None:
    """Split in two: returns None in the process that does the run, an exit code in its supervisor.

    The supervisor ends, and everything below it, when the run ends, when it is told to (SIGTERM) or
    when the thread that started it dies. `parent` is the process that must be above us, `events`
    the descriptor that only the run may hold (its closing is the end of the stream).
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
    process.become_subreaper()
    process.signal_on_parent_death(signal.SIGTERM)
    if os.getppid() != parent:  # it died before we asked to be told
        return 1
    child = os.fork()
    if child == 0:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return None
    os.close(events)
    code = _watch(child)
    process.kill_descendants(KILL_SECONDS)
    return code


def _watch(child: int) -> int:
    while signal.sigwait(_WATCHED) == signal.SIGCHLD:
        code = _collect(child)
        if code is not None:
            return code
    return 128 + signal.SIGTERM


def _collect(child: int) -> int | None:
    """Reap whatever has ended; the run's exit code once it is among them."""
    while True:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return None
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code
