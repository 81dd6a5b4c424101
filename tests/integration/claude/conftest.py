"""The real Claude Code CLI against a scripted API on loopback, each test in rooms of its own."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.fetch_claude import FetchError, fetch
from tests.support.claude_planner import Planner, Script, missing
from tests.support.messages_api import MessagesApi


@pytest.fixture(scope="session")
def claude_binary() -> Path:
    """The pinned CLI. A developer without network may skip these tests; CI may not."""
    try:
        return fetch()
    except FetchError as error:
        missing(error, os.environ)


@pytest.fixture
def temp(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The system's temp dir for this test: short, as the CLI's sockets need it, and empty."""
    directory = Path(tempfile.mkdtemp(prefix="fyt-"))
    monkeypatch.setattr(tempfile, "tempdir", str(directory))
    yield directory
    shutil.rmtree(directory)


@pytest.fixture
def planner(claude_binary: Path, tmp_path: Path, temp: Path) -> Planner:
    return Planner(claude_binary, tmp_path / "planner", temp)


@pytest.fixture
def scripted() -> Iterator[Script]:
    """Starts servers; all of them are stopped at the end of the test."""
    running: list[MessagesApi] = []

    def start(*script: Any) -> MessagesApi:
        api = MessagesApi(script[0] if len(script) == 1 else script)
        running.append(api)
        return api.__enter__()

    yield start
    for api in running:
        api.__exit__(None, None, None)
