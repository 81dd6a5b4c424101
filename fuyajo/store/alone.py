"""Who is at work on a home. Locks of the kernel's: each ends with its holder, however that ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from fuyajo.domain.errors import Conflict, Problem, shown
from fuyajo.store.files import private_directory

SERVICE, WORKERS = "service.lock", "workers.lock"


@contextmanager
def service(home: Path) -> Iterator[None]:
    """The only service of this home. Raises `Conflict` when there is another."""
    with _lock(home / SERVICE, fcntl.LOCK_EX, "service_running", home):
        yield


@contextmanager
def worker(home: Path) -> Iterator[None]:
    """One of many that carry runs out. Raises `Conflict` while the state is being replaced."""
    with _lock(home / WORKERS, fcntl.LOCK_SH, "state_restoring", home):
        yield


@contextmanager
def nobody_else(home: Path) -> Iterator[None]:
    """No service, no worker, no run. Raises `Conflict` naming who there is; keeps the first two away."""
    with service(home), _lock(home / WORKERS, fcntl.LOCK_EX, "worker_running", home):
        with ExitStack() as runs:
            for path in sorted(home.glob("runs/*/r-*.lock")):
                runs.enter_context(_lock(path, fcntl.LOCK_EX, "run_going", path.stem))
        yield


@contextmanager
def _lock(path: Path, kind: int, code: str, value: object) -> Iterator[None]:
    private_directory(path.parent)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(Problem("", code, {"value": shown(str(value), 200)})) from None
        yield
    finally:
        os.close(descriptor)
