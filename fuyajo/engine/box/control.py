"""A run as seen from another process: is it over, how did it end, stop it.

Three small files in the run's directory carry this: `job.json` (who started it), `run.pid` (the
tree) and `canceled` (somebody asked for the end). None of them is trusted to name a process: the
pid's start time, the boot and the run's own directory on its command line must all agree.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import cast

from fuyajo.engine.box import contain, outcome, process
from fuyajo.engine.box.contain import STOP_SECONDS, Containment, Tree
from fuyajo.engine.box.outcome import RunOutcome, Status
from fuyajo.engine.box.process import Identity

PIDS = "run.pid"
JOB = "job.json"
CANCELED = "canceled"
_PAUSE = 0.02  # seconds between two looks while a run is starting or settling


def record(directory: Path, tree: Tree) -> None:
    """Write `run.pid`."""
    write_json(
        directory / PIDS,
        {"kind": tree.kind, "first": asdict(tree.first) if tree.first else None},
    )


def owner() -> dict[str, object]:
    """This process, for `job.json`."""
    mine = process.identify(os.getpid())
    return asdict(mine) if mine else {}


def canceled(directory: Path) -> bool:
    """Whether somebody asked for the end of this run."""
    return (directory / CANCELED).exists()


def read_outcome(directory: Path) -> RunOutcome | None:
    """How a run ended, None while its owner still works on it.

    A run whose owner was killed has no result file; its events tell how far it came, and it counts
    as interrupted (or canceled, when that was asked for). Raises FileNotFoundError when this is no
    run.
    """
    found = outcome.load(directory)
    if found:
        return found
    job = _read_json(directory / JOB)
    if job is None:
        raise FileNotFoundError(directory / JOB)
    master = _identity(job.get("owner"))
    if master and process.alive(master):
        return None
    status: Status = "canceled" if canceled(directory) else "interrupted"
    # Looked for once more: the owner may have written it just before it ended.
    return outcome.load(directory) or outcome.replay(directory).outcome(status, None, 0.0)


def cancel(directory: Path, seconds: float = STOP_SECONDS) -> bool:
    """Stop a run from any process and wait, at most `seconds`, until nothing of it is left.

    True when the run ended because of a cancel, False when there was nothing to stop (it had ended
    already, or never existed) or, with every signal sent, something still runs after that time.
    """
    deadline = time.monotonic() + seconds
    if not directory.is_dir() or outcome.load(directory):
        return False
    with suppress(FileExistsError):
        os.close(outcome.private(str(directory / CANCELED), os.O_WRONLY | os.O_CREAT))
    while time.monotonic() < deadline:
        if not _kill(directory, deadline - time.monotonic()):
            return False
        ended = read_outcome(directory)
        if ended:
            return ended.status == "canceled"
        time.sleep(_PAUSE)  # not started yet (its owner sees the mark), or its owner is settling it
    return False


def reap(directory: Path, seconds: float = STOP_SECONDS) -> bool:
    """End whatever outlived the run's owner; False when something still runs after that time.

    For a run that nobody finishes any more: after this, nothing more comes of it.
    """
    return not directory.is_dir() or _kill(directory, seconds)


def _kill(directory: Path, seconds: float) -> bool:
    """Kill the recorded tree if there is one; False when it outlives `seconds`."""
    pids = _read_json(directory / PIDS)
    first = _identity(pids.get("first")) if pids else None
    if pids is None or first is None or not process.has_argument(first.pid, str(directory)):
        return True
    handle = process.open_pidfd(first)
    if handle is None:
        return True
    try:
        return contain.end(handle, first, cast("Containment", pids.get("kind")), seconds)
    finally:
        os.close(handle)


def write_json(path: Path, value: Mapping[str, object]) -> None:
    """A 0600 file that appears complete or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with open(part, "w", encoding="utf-8", opener=outcome.private) as stream:
        json.dump(value, stream)
    part.replace(path)


def _read_json(path: Path) -> Mapping[str, object] | None:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return value if isinstance(value, Mapping) else None


def _identity(value: object) -> Identity | None:
    if not isinstance(value, Mapping):
        return None
    pid, start, boot = value.get("pid"), value.get("start"), value.get("boot")
    if isinstance(pid, int) and isinstance(start, int) and isinstance(boot, str) and pid > 1:
        return Identity(pid, start, boot)
    return None
