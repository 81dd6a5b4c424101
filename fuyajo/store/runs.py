"""Run records: the state of every run, in its own directory beside what Ansible left there.

Where several machines share them they are rows (`shared_runs.py`) that keep the same promises.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

from pydantic import ConfigDict, Field, ValidationError

from fuyajo.domain.errors import NotFound, Problem, shown
from fuyajo.domain.request import Strict
from fuyajo.store.files import outdated, write_whole
from fuyajo.store.home import Home
from fuyajo.store.tails import FileTail, Tail

RUN_ID = re.compile(r"r-[0-9]{8}-[0-9]{6}-[0-9a-f]{4}")
EVENTS = "events.jsonl"
Status = Literal["running", "successful", "failed", "canceled", "timeout", "interrupted"]


class RunRecord(Strict):
    """`seconds` is wall time; `stages` are seconds per stage; `failure` is the first failing task."""

    model_config = ConfigDict(strict=False, extra="forbid", frozen=True, defer_build=True)

    id: str
    owner: str
    plan: str | None
    check: bool = False
    status: Status
    started: datetime
    finished: datetime | None = None
    seconds: float | None = None
    stages: dict[str, float] = Field(default_factory=dict)
    changed: int | None = None
    failure: str | None = None
    vms: tuple[str, ...] = ()
    reason: str = ""
    # UUIDs of the machines that it made, by name: what an undo may take away again.
    made: dict[str, str] = Field(default_factory=dict)
    # False until claims, objects and audit know how it ended (see service/settling.py).
    settled: bool = True


class Runs(Protocol):
    """What both kinds promise."""

    def directory(self, owner: str, run_id: str) -> Path:
        """Where the run's files are, on the machine that carries it out (the runner makes it).

        Raises `NotFound` for a malformed id.
        """

    def save(self, record: RunRecord) -> None:
        """The record as it is now."""

    def hold(self, owner: str, run_id: str) -> AbstractContextManager[bool]:
        """Be the one who finishes that run's record; False when somebody else is. It ends with its holder."""

    def discard(self, record: RunRecord) -> None:
        """Forget a run that never began."""

    def prune(self, owner: str) -> None:
        """Remove old records with their directories, never those of a run that may still go on."""

    def load(self, owner: str, run_id: str) -> RunRecord:
        """The record of that owner's run; anything else is not found."""

    def list(self, owner: str) -> list[RunRecord]:
        """All runs of that owner, newest first; a damaged record is left out."""

    def tail(self, owner: str, run_id: str, after: int = 0) -> Tail:
        """Its events, from the one behind `after` on, as they come."""

    def telling(self, owner: str, run_id: str) -> AbstractContextManager[None]:
        """While its events are written on this machine: they reach everybody, and have when this is left."""


@dataclass(frozen=True)
class RunStore:
    home: Home

    def directory(self, owner: str, run_id: str) -> Path:
        if not RUN_ID.fullmatch(run_id):
            raise not_found(run_id)
        return self.home.runs(owner) / run_id

    def save(self, record: RunRecord) -> None:
        # Beside the directory, not in it: the runner insists on making that one itself, fresh.
        path = self._record(record.owner, record.id)
        write_whole(path, record.model_dump_json(indent=1).encode())

    @contextmanager
    def hold(self, owner: str, run_id: str) -> Iterator[bool]:
        """A lock of the kernel's."""
        path = self.lock(owner, run_id)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True
        finally:
            os.close(descriptor)

    def discard(self, record: RunRecord) -> None:
        self._record(record.owner, record.id).unlink(missing_ok=True)
        self.lock(record.owner, record.id).unlink(missing_ok=True)

    def prune(self, owner: str) -> None:
        import shutil  # only when a run starts

        for path in outdated(self.home.runs(owner).glob("r-*.json")):
            record = _read(path)
            if record is None or record.status != "running":
                shutil.rmtree(path.with_suffix(""), ignore_errors=True)
                path.with_suffix(".lock").unlink(missing_ok=True)
                path.unlink(missing_ok=True)

    def load(self, owner: str, run_id: str) -> RunRecord:
        record = _read(self._record(owner, run_id))
        if record is None or record.owner != owner or record.id != run_id:
            raise not_found(run_id)
        return record

    def _record(self, owner: str, run_id: str) -> Path:
        return self.directory(owner, run_id).with_suffix(".json")

    def lock(self, owner: str, run_id: str) -> Path:
        """There as soon as this machine had anything to do with that run."""
        return self.directory(owner, run_id).with_suffix(".lock")

    def list(self, owner: str) -> list[RunRecord]:
        paths = sorted(self.home.runs(owner).glob("r-*.json"), reverse=True)
        return [record for record in map(_read, paths) if record is not None]

    def tail(self, owner: str, run_id: str, after: int = 0) -> FileTail:
        return FileTail(self.directory(owner, run_id) / EVENTS, after)

    def telling(self, _owner: str, _run_id: str) -> AbstractContextManager[None]:
        return nullcontext()  # who listens reads the file


def _read(path: Path) -> RunRecord | None:
    try:
        return RunRecord.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def not_found(run_id: str) -> NotFound:
    return NotFound(Problem("", "run_not_found", {"value": shown(run_id)}))
