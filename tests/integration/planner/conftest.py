"""Planners that ask a server, against the scripted one on loopback."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fuyajo.planner.backends.openai_compatible import forms
from scripts.fetch_claude import FetchError, fetch
from tests.support.claude_planner import Script, missing
from tests.support.messages_api import MessagesApi


@pytest.fixture(scope="session")
def claude_binary() -> Path:
    """The pinned CLI. A developer without network may skip these tests; CI may not."""
    try:
        return fetch()
    except FetchError as error:
        missing(error, os.environ)


@pytest.fixture(autouse=True)
def fresh() -> None:
    """Ports are used again, and what one test's server could do says nothing about the next."""
    forms.forget()


@pytest.fixture
def scripted() -> Iterator[Script]:
    """Starts servers; all of them are stopped at the end of the test."""
    running: list[MessagesApi] = []

    def start(*script: Any, pages: Any = None) -> MessagesApi:
        api = MessagesApi(script[0] if len(script) == 1 else script, pages)
        running.append(api)
        return api.__enter__()

    yield start
    for api in running:
        api.__exit__(None, None, None)
