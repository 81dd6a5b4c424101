"""What the gate keeps of backends: small files, each written whole, readable by their owner alone.

An admission, the time of the last canary and a demotion are three files, so that no two processes ever write
back what the other one has just changed: a demotion stays until an admission lifts it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fuyajo.domain.admission import Admission, Demotion, Record, admission, demotion, plain
from fuyajo.store.files import private_directory, write_whole
from fuyajo.store.home import Home

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")


@dataclass(frozen=True)
class AdmissionStore:
    home: Home

    def load(self, backend: str) -> Record:
        """What is kept. A damaged admission is none; a damaged demotion is one: both fail closed."""
        return Record(
            backend=backend,
            admission=self._admission(backend),
            canary_at=self._canary(backend),
            demoted=self._demotion(backend),
        )

    def admit(self, record: Admission) -> None:
        """Keep the admission; it was measured just now, so it lifts a demotion."""
        self._write(record.backend, "admission", plain(record))
        self.readmit(record.backend)

    def revoke(self, backend: str) -> None:
        """Forget the admission."""
        self._path(backend, "admission").unlink(missing_ok=True)

    def readmit(self, backend: str) -> None:
        self._path(backend, "demoted").unlink(missing_ok=True)

    def demote(self, backend: str, why: Demotion) -> None:
        self._write(backend, "demoted", plain(why))

    def canary_passed(self, backend: str, now: datetime) -> None:
        self._write(backend, "canary", now.isoformat())

    def _write(self, backend: str, what: str, data: object) -> None:
        path = self._path(backend, what)
        private_directory(path.parent)
        write_whole(path, json.dumps(data, ensure_ascii=True, indent=1).encode())

    def _path(self, backend: str, what: str) -> Path:
        if not _NAME.fullmatch(backend):
            raise ValueError(f"not a backend: {backend!r}")
        return self.home.gate() / f"{backend}.{what}.json"

    def _admission(self, backend: str) -> Admission | None:
        try:
            found = admission(json.loads(self._path(backend, "admission").read_bytes()))
        except (OSError, ValueError):
            return None
        return found if found.backend == backend else None

    def _canary(self, backend: str) -> datetime | None:
        try:
            moment = datetime.fromisoformat(json.loads(self._path(backend, "canary").read_bytes()))
        except (OSError, ValueError, TypeError):
            return None
        return moment if moment.tzinfo else None

    def _demotion(self, backend: str) -> Demotion | None:
        path = self._path(backend, "demoted")
        try:
            return demotion(json.loads(path.read_bytes()))
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            return Demotion(datetime.now(UTC).replace(microsecond=0), "the record is damaged")
