"""`--record` and `--replay`: what a planner said, kept in a file, and played back without an account."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from fuyajo.planner.backend import Backend
from fuyajo.planner.recording import Recorder, Redactor, ReplayBackend
from fuyajo.planner.registry import BackendSettings, secrets


class Tape:
    """A recording that is made, or one that is played; both for a copy of it."""

    def __init__(self, record: Path | None = None, replay: Path | None = None) -> None:
        self.record, self.replay = record, replay

    @cached_property
    def player(self) -> Backend:
        """What stands in for every planner. Raises `InvalidInput` for a file that is no recording."""
        assert self.replay is not None
        return ReplayBackend(self.replay)

    def around(self, backend: Backend, settings: BackendSettings) -> Backend:
        """The backend, with what it says written down when that is wanted; secrets never are."""
        if self.record is None:
            return backend
        return Recorder(backend, self.record, Redactor(secrets(settings)))


def tape_for(record: str | None, replay: str | None) -> Tape | None:
    """The tape that two options ask for."""
    if record is None and replay is None:
        return None
    return Tape(Path(record) if record else None, Path(replay) if replay else None)
