"""Workers and the processes of their jobs, on a host that is a file. Run as a program:

    python -m tests.support.service_host worker HOME SLOTS LEASE_SECONDS
    python -m tests.support.service_host job            (by a worker alone)
    python -m tests.support.service_host serve OPTIONS  (of `fuyajo serve`; it needs --no-worker)
    python -m tests.support.service_host mcp OPTIONS    (of `fuyajo mcp`)

`FUYAJO_TEST_DRAW` (a file) lets some jobs draw a named moment at which they are killed; `FUYAJO_TEST_HOLD`
(a file) lets runs wait in their middle for as long as it is there; `FUYAJO_TEST_EVENTS` (a number) lets them
tell so many events before that; with `FUYAJO_TEST_BUILD` builds of images wait for ever in a child of theirs,
whose id is the step that they tell; `FUYAJO_TEST_LEASE` (seconds) is the lease of a service on its answers;
`FUYAJO_TEST_TOLD` (seconds) is how rarely a worker looks by itself where the database tells it of jobs.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Event as Moment
from typing import Any

import pytest

from fuyajo.cli.main import run
from fuyajo.engine.images.process import stream
from fuyajo.engine.runner import Event
from fuyajo.service import applying, building, tracing, working
from fuyajo.service import job as job_process
from fuyajo.service.carrying import Processes
from fuyajo.service.context import load_settings
from fuyajo.service.failpoints import VARIABLE
from fuyajo.service.tending import Tender
from fuyajo.service.working import Worker
from fuyajo.store.database import Database
from fuyajo.store.home import Home
from tests.support.file_host import POINTS, FileHost, file_host

DRAW, HOLD, EVENTS = "FUYAJO_TEST_DRAW", "FUYAJO_TEST_HOLD", "FUYAJO_TEST_EVENTS"
LEASE, BUILD, TOLD = "FUYAJO_TEST_LEASE", "FUYAJO_TEST_BUILD", "FUYAJO_TEST_TOLD"
ME = (sys.executable, "-m", "tests.support.service_host")
#: Seconds of a lease that no busy machine lets run out, where a test waits for no lease's end.
LONG = 30.0
#: Moments of a job's process, in their order, and those of its worker.
OF_JOB = ("job-began", *(point for point in POINTS if point != "binned"), "job-done")
OF_WORKER = ("job-claimed", "job-spawned", "job-running", "job-ended")


@contextmanager
def worker(
    home: Path, slots: int = 3, lease: float = LONG, **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A worker in a process of its own; killed at the end if it still runs."""
    with start(home, slots, lease, **environment) as process:
        try:
            yield process
        finally:
            process.kill()


def start(home: Path, slots: int, lease: float, **environment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*ME, "worker", str(home), str(slots), str(lease)],
        env={**os.environ, "FUYAJO_URI": "qemu:///system", **environment},
        stdin=subprocess.DEVNULL,
    )


def children(pid: int) -> list[int]:
    """The processes of jobs of that worker, and the one that waits."""
    try:
        threads = os.listdir(f"/proc/{pid}/task")
        found = [Path(f"/proc/{pid}/task/{t}/children").read_text().split() for t in threads]
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [int(child) for mine in found for child in mine]


def _worker(home: Path, slots: int, lease: float) -> None:
    settings = load_settings({**os.environ, "FUYAJO_HOME": str(home)})
    database = Database(Home(home), settings.database)
    made = Worker(settings, database, slots=slots, lease=timedelta(seconds=lease))
    made.processes = Processes((*ME, "job"), {"FUYAJO_HOME": str(home)})
    signal.signal(signal.SIGTERM, lambda *_: made.stop())
    signal.signal(signal.SIGINT, lambda *_: made.stop(now=True))
    with tracing.on(False, os.environ):
        made.run()


def _job() -> int:
    draw = os.environ.get(DRAW)
    if draw and random.random() < 0.95:
        os.environ[VARIABLE] = random.choice(OF_JOB)
        _note(Path(draw))
    hold = os.environ.get(HOLD)
    if hold:
        applying.run = _held(applying.run, Path(hold))  # type: ignore[assignment]
    if told := os.environ.get(EVENTS):
        applying.run = _telling(applying.run, int(told))  # type: ignore[assignment]
    if os.environ.get(BUILD):
        building.build_image = _waiting  # type: ignore[assignment]
    return job_process.main()


def _waiting(_actor: Any, _name: str, progress: Any) -> None:
    progress("starting", 0.0)
    code = "import os, signal; print(os.getpid(), flush=True); signal.pause()"
    stream([sys.executable, "-c", code], lambda pid: progress(pid, 0.25), deadline_seconds=60)


def _note(draws: Path) -> None:
    """The draw counts when its moment has come: this process may be killed before, or never be needed."""
    kill = os.kill

    def counted(pid: int, number: int) -> None:
        if pid == os.getpid() and number == signal.SIGKILL:
            with draws.open("a") as file:
                file.write(f"{os.environ[VARIABLE]}\n")
        kill(pid, number)

    os.kill = counted


def _held(run: Any, hold: Path) -> Any:
    def wait(request: Any, on_event: Any) -> Any:
        (hold.parent / f"holding-{request.document['run_id']}").touch()
        while hold.exists():
            Moment().wait(0.02)
        return run(request, on_event)

    return wait


def _telling(run: Any, count: int) -> Any:
    def tell(request: Any, on_event: Any) -> Any:
        request.directory.mkdir(mode=0o700)
        with (request.directory / "events.jsonl").open("w") as file:
            for number in range(1, count + 1):
                told = Event(number, "2026-11-23T09:00:00+00:00", "note", message=f"n{number}")
                file.write(f"{told.to_json()}\n")
                file.flush()
        return run(request, on_event)

    return tell


def main(kind: str, *words: str) -> int:
    with ExitStack() as stack:
        home = Path(words[0] if kind == "worker" else os.environ["FUYAJO_HOME"])
        host: FileHost = stack.enter_context(file_host(home, pytest.MonkeyPatch()))
        del host
        if kind == "job":
            return _job()
        if kind == "mcp":
            # Its own worker, where it has one, has processes on the same host.
            working.Processes = partial(Processes, (*ME, "job"))  # type: ignore[misc]
            return run(["mcp", *words])
        if kind == "serve":
            if lease := os.environ.get(LEASE):
                Tender.lease = timedelta(seconds=float(lease))
            return run(["serve", *words])
        if told := os.environ.get(TOLD):
            working.TOLD_SECONDS = float(told)
        _worker(home, int(words[1]), float(words[2]))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
