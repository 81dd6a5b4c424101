"""Fixtures for a `conftest.py`: one service for each test; the host, the runs and the users are values."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command_line import World
from tests.support.command_line import world as make
from tests.support.service import Service, service


@pytest.fixture
def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[World]:
    with make(tmp_path / "a home 家", monkeypatch, capsys) as made:
        yield made


@pytest.fixture
def api(world: World) -> Iterator[Service]:
    with service(world.home) as running:
        yield running
