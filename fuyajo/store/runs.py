"""Run records: the state of every run, in its own directory beside what Ansible left there."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, Field, ValidationError

from fuyajo.domain.errors import NotFound, Problem, shown
from fuyajo.domain.request import Strict
from fuyajo.store.files import outdated, write_whole
from fuyajo.store.home import Home

RUN_ID = re.compile(r"r-[0-9]{8}-[0-9]{6}-[0-9a-f]{4}")
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


@dataclass(frozen=True)
class RunStore:
    home: Home

    def directory(self, owner: str, run_id: str) -> Path:
        """Where the run's files are (the runner makes it). Raises NotFound for a malformed id."""
        if not RUN_ID.fullmatch(run_id):
            raise _not_found(run_id)
        return self.home.runs(owner) / run_id

    def save(self, record: RunRecord) -> None:
        # Beside the directory, not in it: the runner insists on making that one itself, fresh.
        path = self._record(record.owner, record.id)
        write_whole(path, record.model_dump_json(indent=1).encode())

    @contextmanager
    def hold(self, owner: str, run_id: str) -> Iterator[bool]:
        """Be the one who finishes that run's record; False when somebody else is.

        A lock of the kernel's: it ends with its holder, however that ends.
        """
        path = self._lock(owner, run_id)
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
        """Forget a run that never began."""
        self._record(record.owner, record.id).unlink(missing_ok=True)
        self._lock(record.owner, record.id).unlink(missing_ok=True)

    def prune(self, owner: str) -> None:
        """Remove old records with their directories, never those of a run that may still go on."""
        import shutil  # only when a run starts

        for path in outdated(self.home.runs(owner).glob("r-*.json")):
            record = _read(path)
            if record is None or record.status != "running":
                shutil.rmtree(path.with_suffix(""), ignore_errors=True)
                path.with_suffix(".lock").unlink(missing_ok=True)
                path.unlink(missing_ok=True)

    def load(self, owner: str, run_id: str) -> RunRecord:
        """The record of that owner's run; anything else is not found."""
        record = _read(self._record(owner, run_id))
        if record is None or record.owner != owner or record.id != run_id:
            raise _not_found(run_id)
        return record

    def _record(self, owner: str, run_id: str) -> Path:
        return self.directory(owner, run_id).with_suffix(".json")

    def _lock(self, owner: str, run_id: str) -> Path:
        return self.directory(owner, run_id).with_suffix(".lock")

    def list(self, owner: str) -> list[RunRecord]:
        """All runs of that owner, newest first; a damaged record is left out."""
        paths = sorted(self.home.runs(owner).glob("r-*.json"), reverse=True)
        return [record for record in map(_read, paths) if record is not None]


def _read(path: Path) -> RunRecord | None:
    try:
        return RunRecord.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def _not_found(run_id: str) -> NotFound:
    return NotFound(Problem("", "run_not_found", {"value": shown(run_id)}))
