"""Reports of the gate that decided about a planner: one private file each, the newest are kept.

What a planner was asked and what it replied is in them: untrusted text, for administrators alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fuyajo.store.files import private_directory, write_whole
from fuyajo.store.home import Home

MOST = 20  # of each planner
ID = re.compile(r"[a-z][a-z0-9_-]{0,31}-[0-9]{8}-[0-9]{6}")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Score(_Part):
    n: int
    pass_at_1: float
    pass_k: float | None
    wilson: tuple[float, float]


class Shortfall(_Part):
    """A bar that was not reached; `kind` is a class or "wishes"."""

    kind: str
    measure: str
    value: float | None
    bar: float


class Verdict(_Part):
    passed: bool
    shortfalls: tuple[Shortfall, ...] = ()
    stopped: bool = False


class Case(_Part):
    """For each run why it did not pass ("" where it did), and what was replied."""

    id: str
    kind: str = Field(validation_alias="class")
    words: str = ""
    runs: int
    passes: int
    why: tuple[str, ...] = ()
    replies: tuple[tuple[str, ...], ...] = ()


class Kept(_Part):
    """As `planner/gate/report.py` writes it; `id` is where it is kept. Seconds."""

    id: str = ""
    backend: str
    admitted: bool
    model: str | None = None
    k: int
    begun: datetime
    seconds: float
    verdict: Verdict
    classes: Mapping[str, Score]
    wishes: Score | None = None
    overall: Score | None = None
    cases: tuple[Case, ...] = ()

    @property
    def failing(self) -> tuple[Case, ...]:
        return tuple(case for case in self.cases if case.passes < case.runs)


@dataclass(frozen=True)
class ReportStore:
    home: Home

    def keep(self, report: Mapping[str, Any], *, admitted: bool) -> None:
        """A report as JSON data; of this planner the oldest go."""
        begun = datetime.fromisoformat(report["begun"])
        name = f"{report['backend']}-{begun:%Y%m%d-%H%M%S}"
        content = json.dumps({**report, "admitted": admitted}, ensure_ascii=True).encode()
        write_whole(private_directory(self._directory) / f"{name}.json", content)
        mine = [path for path in self._paths() if path.stem[:-16] == report["backend"]]
        for path in mine[MOST:]:
            path.unlink(missing_ok=True)

    def get(self, report_id: str) -> Kept | None:
        if not ID.fullmatch(report_id):
            return None
        try:
            found = Kept.model_validate_json((self._directory / f"{report_id}.json").read_bytes())
        except (OSError, ValidationError):
            return None
        return found.model_copy(update={"id": report_id})

    @property
    def _directory(self) -> Path:
        return self.home.gate() / "reports"

    def _paths(self) -> list[Path]:
        found = (path for path in self._directory.glob("*.json") if ID.fullmatch(path.stem))
        return sorted(found, key=lambda path: path.stem[-15:], reverse=True)

    def list(self) -> list[Kept]:
        """The newest first; a damaged one is left out."""
        return [found for path in self._paths() if (found := self.get(path.stem)) is not None]
