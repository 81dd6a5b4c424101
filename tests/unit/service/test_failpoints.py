"""No moment is named at which no test lets a process die, and no test waits for one that is not there."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest

from fuyajo.service.failpoints import reached
from tests.support.file_host import POINTS, in_a_process
from tests.support.service_host import OF_JOB, OF_WORKER

ROOT = Path(__file__).parents[3]
REACHED = re.compile(r'reached\("([a-z-]+)"\)')


def named(*places: str) -> set[str]:
    files = (file for place in places for file in (ROOT / place).rglob("*.py"))
    return {name for file in files for name in REACHED.findall(file.read_text(encoding="utf-8"))}


def test_every_point_is_somewhere_died_at() -> None:
    texts = [file.read_text(encoding="utf-8") for file in (ROOT / "tests").rglob("*.py")]
    untested = {n for n in named("fuyajo") if not any(f'"{n}"' in text for text in texts)}
    assert untested == set()


def test_every_point_that_is_died_at_is_there() -> None:
    there = named("fuyajo", "tests/support")
    assert {*POINTS, *OF_JOB, *OF_WORKER} <= there


def test_it_ends_there_and_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FUYAJO_FAILPOINT", raising=False)
    assert in_a_process(lambda: reached("taken"), "taken") == -signal.SIGKILL
    assert in_a_process(lambda: reached("taken"), "claimed") == 0
    assert in_a_process(lambda: reached("taken")) == 0
    assert "FUYAJO_FAILPOINT" not in os.environ
