"""One state of a home put in the place of another: noted down first, then each step again at will."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from fuyajo.domain.errors import Problem, Unavailable, shown
from fuyajo.store.files import private_directory, write_whole
from fuyajo.store.home import Home
from fuyajo.store.keeping import REPLACED

ROOM, NEW, KEPT = ".restore-", "new", "kept"
LOCK_SECONDS = 60.0


class Step(NamedTuple):
    """Where the new state is, all that is in it, and where the old one goes.

    `seq` and `hash`: the row of the server's audit that is there if it was decided; None: it is.
    """

    room: str
    before: str
    coming: tuple[str, ...]
    seq: int | None = None
    hash: str | None = None


def pending(root: Path) -> bool:
    return Home(root).restoring().exists()


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Raises `Unavailable` when somebody else is at it for longer than a minute."""
    from filelock import FileLock, Timeout

    lock = FileLock(root / "restore.lock", timeout=LOCK_SECONDS, mode=0o600)
    try:
        lock.acquire()
    except Timeout as error:
        params = {"value": shown(str(root), 200)}
        raise Unavailable(Problem("", "state_restoring", dict(params))) from error
    try:
        yield
    finally:
        lock.release()


def note(root: Path, step: Step) -> None:
    write_whole(Home(root).restoring(), json.dumps(step._asdict()).encode())
    _sync(root)


def finish(root: Path, decided: Callable[[Step], bool]) -> str | None:
    """Go on from wherever it stopped, or take it back. Returns where the old state is, None without any."""
    try:
        step = Step(**json.loads(Home(root).restoring().read_bytes()))
    except FileNotFoundError:
        return None  # somebody else was faster
    before = root / step.before
    if decided(step):
        _swap(root, step)
    shutil.rmtree(root / step.room, ignore_errors=True)
    Home(root).restoring().unlink()  # last: until then somebody looks after what is left
    _sync(root)
    return step.before if before.exists() else None


def _swap(root: Path, step: Step) -> None:
    """What is still in the room is not in its place yet; what has nothing to come after it only goes."""
    room, before = root / step.room, root / step.before
    for name in (*REPLACED, *sorted(set(step.coming) - set(REPLACED))):
        old, new = root / name, room / NEW / name
        if old.exists() and (new.exists() or name not in step.coming):
            old.rename(private_directory(before) / name)
        if new.exists():
            new.rename(old)
    for path in (room / KEPT).glob("*"):
        path.rename(private_directory(before) / path.name)
    if before.exists():
        _sync(before)
    _sync(root)


def clean(root: Path) -> None:
    """Rooms of a restore that died before it was decided."""
    for room in root.glob(f"{ROOM}*"):
        shutil.rmtree(room, ignore_errors=True)


def _sync(directory: Path) -> None:
    """Renames are on the disk when this returns."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
