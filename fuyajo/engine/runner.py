"""One run: a playbook of ours, one document, one contained process tree, a stream of events.

`run` and `cancel` are for the owner's side and never import ansible-runner (0.15 s); `play` is
called inside the box (`fuyajo.engine.box`) and is the only place that does.

A run that talks to a user's session libvirt daemon must not be the one that starts it: the daemon
would live inside the run's pid namespace and die with it. The caller opens its own connection first
and keeps it; inside a run libvirt's automatic start is switched off.
"""

from __future__ import annotations

import json
import math
import os
import select
import stat
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fuyajo.engine import paths
from fuyajo.engine.box import contain, control, environ, outcome, process
from fuyajo.engine.box.contain import Containment, Tree, containment
from fuyajo.engine.box.control import cancel, read_outcome, reap
from fuyajo.engine.box.events import Event, clean
from fuyajo.engine.box.hiding import known
from fuyajo.engine.box.narrator import Narrator
from fuyajo.engine.box.outcome import Failure, RunOutcome, Status, Tally

__all__ = [
    "Event",
    "Failure",
    "RunInterrupted",
    "RunOutcome",
    "RunRequest",
    "Status",
    "cancel",
    "containment",
    "play",
    "read_outcome",
    "reap",
    "run",
]

IDENT = "run"
SPEC = "spec.json"
LOG = "box.log"
POLL_SECONDS = 0.25  # how often the box looks whether its owner is still there
EXIT_SECONDS = 10.0  # how long a box may take to end after its last event
BACKSTOP_SECONDS = 5  # after `timeout`, for an owner that is busy in its callback
_LOG_TAIL = 4000  # bytes
_ORPHANED = 75  # exit code of a box that found itself without an owner
_CHUNK = 65536


@dataclass(frozen=True)
class RunRequest:
    """What to run. `directory` must not exist yet, or be an empty one of ours; `timeout` is in
    seconds.

    `document` is the run document (docs/design/0001-main-job.md); `containment` is for tests, None
    means what this machine can do. All paths are absolute and ours: no caller passes a user's words
    here.
    """

    directory: Path
    document: Mapping[str, object]
    playbook: Path
    inventory: Path = field(default_factory=paths.inventory)
    ansible_cfg: Path = field(default_factory=paths.ansible_cfg)
    check: bool = False
    timeout: float | None = None
    containment: Containment | None = None


class RunInterrupted(KeyboardInterrupt):
    """Ctrl-C during a run. Its tree has been stopped and `outcome` recorded."""

    def __init__(self, ended: RunOutcome) -> None:
        self.outcome = ended
        super().__init__("the run was interrupted and stopped")


def run(request: RunRequest, on_event: Callable[[Event], None]) -> RunOutcome:
    """Run it, tell every event, return how it ended. When this returns or raises, no process of it
    is left.

    Raises ValueError (a path that is not absolute or missing), FileExistsError (a directory in
    use), OSError (nothing could be started), RunInterrupted (Ctrl-C), and whatever `on_event`
    raises.
    """
    _check(request)
    _prepare(request)
    tally = Tally()
    started = time.monotonic()

    def settle(status: Status) -> RunOutcome:
        return _settle(request.directory, status, tally, time.monotonic() - started)

    try:
        status = _contained(request, tally, on_event)
    except KeyboardInterrupt as stop:
        raise RunInterrupted(settle("canceled")) from stop
    except BaseException:
        settle("interrupted")
        raise
    return settle(status)


def play(directory: Path, events: int) -> None:
    """Inside the box: let ansible-runner run the job of `directory`, write its end to
    `result.json`.
    """
    import ansible_runner

    job = json.loads((directory / control.JOB).read_text(encoding="utf-8"))
    parent = os.getppid()
    document = json.loads((directory / SPEC).read_text(encoding="utf-8"))
    with Narrator(directory, events, known(document, os.environ)) as narrator:

        def owner_gone() -> bool:
            if narrator.abandoned() or os.getppid() != parent:
                # ansible-runner's own way of stopping leaves modules running on ansible-core 2.19+.
                process.kill_descendants(contain.STOP_SECONDS)
                sys.exit(_ORPHANED)
            return False

        result = ansible_runner.run(
            private_data_dir=str(directory),
            ident=IDENT,
            playbook=job["playbook"],
            inventory=job["inventory"],
            # The only extra variable there ever is; see "Ansible: the safe route".
            extravars={"fuyajo_spec_path": str(directory / SPEC)},
            cmdline="--check" if job["check"] else None,
            # No output file: what was printed is in the events, bounded.
            settings={"pexpect_timeout": POLL_SECONDS, "suppress_output_file": True},
            timeout=job["backstop"],
            quiet=True,
            event_handler=narrator.handle,
            # Also keeps ansible-runner from installing signal handlers that outlive the call.
            cancel_callback=owner_gone,
        )
    status: Status = result.status if result.status in ("successful", "timeout") else "failed"
    seconds = time.monotonic() - job["started"]
    outcome.save(directory, narrator.tally.outcome(status, result.rc, seconds))


def _check(request: RunRequest) -> None:
    for path in (request.playbook, request.inventory, request.ansible_cfg):
        if not path.is_absolute() or not path.exists():
            raise ValueError(f"not an absolute path to something that exists: {path}")
    if not request.directory.is_absolute():
        raise ValueError(f"not an absolute path: {request.directory}")
    if request.timeout is not None and not 0 < request.timeout < threading.TIMEOUT_MAX:
        raise ValueError("a timeout is a positive number of seconds")


def _prepare(request: RunRequest) -> None:
    """Everything the box reads. ansible-runner never overwrites `env/*`: an old directory leaks old
    runs.
    """
    directory = request.directory
    try:
        directory.mkdir(mode=0o700)
    except FileExistsError:
        found = directory.lstat()
        private = stat.S_ISDIR(found.st_mode) and not stat.S_IMODE(found.st_mode) & 0o077
        if not private or found.st_uid != os.geteuid() or any(directory.iterdir()):
            raise
    (directory / "home").mkdir(mode=0o700)
    (directory / "ansible").mkdir(mode=0o700)
    control.write_json(directory / SPEC, request.document)
    timeout = request.timeout
    control.write_json(
        directory / control.JOB,
        {
            "owner": control.owner(),
            "started": time.monotonic(),
            "playbook": str(request.playbook),
            "inventory": str(request.inventory),
            "check": request.check,
            "backstop": None if timeout is None else math.ceil(timeout) + BACKSTOP_SECONDS,
        },
    )


def _contained(request: RunRequest, tally: Tally, on_event: Callable[[Event], None]) -> Status:
    """Start the tree, follow it to its end, leave nothing. The status counts if the box wrote no
    result.
    """
    directory = request.directory
    with environ.control_directory(directory) as control_path:
        environment = environ.scrubbed(
            directory,
            ansible_cfg=request.ansible_cfg,
            collections=paths.collections_path(),
            control=control_path,
            session=environ.wants_session(request.document),
        )
        deadline = None if request.timeout is None else time.monotonic() + request.timeout
        tree, reader = _launch(request, environment)
        try:
            control.record(directory, tree)
            # A cancel that came before there was anything to kill has left its mark.
            in_time = control.canceled(directory) or _follow(
                tree, reader, deadline, _deliver(tally, on_event)
            )
        finally:
            os.close(reader)
            if not tree.stop():
                tally.notes.append("ERROR: some processes of this run could not be ended")
    if not in_time:
        return "timeout"
    code = tree.outer.returncode
    return "failed" if code is not None and 0 <= code < 128 else "interrupted"


def _launch(request: RunRequest, environment: dict[str, str]) -> tuple[Tree, int]:
    """The tree and the reading end of its events."""
    reader, writer = os.pipe()
    log = os.open(request.directory / LOG, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        tree = contain.launch(
            [str(request.directory), str(writer)],
            kind=request.containment or containment(),
            environment=environment,
            directory=request.directory,
            log=log,
            events=writer,
        )
    except BaseException:
        os.close(reader)
        raise
    finally:
        os.close(log)
        os.close(writer)
    return tree, reader


def _deliver(tally: Tally, on_event: Callable[[Event], None]) -> Callable[[bytes], None]:
    """Takes the stream in pieces, hands on whole events."""
    rest = b""

    def take(chunk: bytes) -> None:
        nonlocal rest
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            event = outcome.add_line(tally, line)
            if event:
                on_event(event)

    return take


def _follow(tree: Tree, reader: int, deadline: float | None, take: Callable[[bytes], None]) -> bool:
    """Read events until the stream ends and the tree is gone; False when `deadline` came first."""
    poller = select.poll()
    poller.register(reader, select.POLLIN)
    while True:
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            return False
        if not poller.poll(None if left is None else left * 1000 + 1):
            continue
        chunk = os.read(reader, _CHUNK)
        if not chunk:
            return tree.wait(EXIT_SECONDS)
        take(chunk)


def _settle(directory: Path, status: Status, tally: Tally, seconds: float) -> RunOutcome:
    """The box's own result when it got that far, whoever killed it afterwards; ours otherwise."""
    ended = outcome.load(directory)
    if ended is None:
        if control.canceled(directory):
            status = "canceled"
        if status == "failed" and not tally.failure():
            tally.notes.append(_log_tail(directory))
        ended = tally.outcome(status, None, seconds)
        outcome.save(directory, ended)
    return ended


def _log_tail(directory: Path) -> str:
    """The last words of a box that could not run its job."""
    with (directory / LOG).open("rb") as stream:
        stream.seek(max(0, stream.seek(0, os.SEEK_END) - _LOG_TAIL))
        return clean(stream.read().decode("utf-8", "replace"))
