from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command_line import World, machine
from tests.support.command_line import world as make


@pytest.fixture
def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[World]:
    with make(tmp_path / "a home 家", monkeypatch, capsys) as made:
        yield made


@pytest.fixture
def deletion(world: World) -> str:
    """A plan that destroys."""
    world.have(machine("shop"))
    return world.plan("delete shop")
