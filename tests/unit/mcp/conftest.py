"""A home with a database that is there already, and a host that is a value."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.claims import home_with_database
from tests.support.command_line import World
from tests.support.command_line import world as make


@pytest.fixture
def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[World]:
    with make(home_with_database(tmp_path / "home"), monkeypatch, capsys) as made:
        yield made
