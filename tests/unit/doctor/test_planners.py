"""What `fuyajo doctor` says about planners that ask a server."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fuyajo.service.context import Actor, Settings
from fuyajo.service.doctor_planners import model_server, planner, price
from tests.support.messages_api import MessagesApi


@pytest.fixture
def actor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Actor:
    for name in ("ANTHROPIC_API_KEY", "FUYAJO_OPENAI_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    settings = Settings(home=tmp_path, uri="test:///default", pool="p", pool_path=tmp_path / "pool")
    return Actor("mika", settings)


def having(actor: Actor, **changes: Any) -> Actor:
    return replace(actor, settings=replace(actor.settings, **changes))


def test_no_server_is_named(actor: Actor) -> None:
    assert model_server(actor, "en") == []


def test_a_server_that_answers(actor: Actor) -> None:
    with MessagesApi({}, {"/v1/models": {"data": [{"id": "qwen"}]}}) as api:
        (found,) = model_server(having(actor, openai_base_url=api.url), "en")
    assert (found.status, found.code, found.params["model"]) == ("ok", "answers", "qwen")


def test_a_server_that_is_silent(actor: Actor) -> None:
    with MessagesApi({}) as api:
        silent = having(actor, openai_base_url=api.url)
    (found,) = model_server(silent, "en")
    assert (found.status, found.code) == ("warn", "silent")
    assert "openai_base_url" in str(found.params["why"])


def test_a_server_with_a_wrong_address(actor: Actor) -> None:
    (found,) = model_server(having(actor, openai_base_url="nonsense"), "ja")
    assert found.status == "warn"


@pytest.mark.parametrize(
    ("backend", "fix"),
    [
        ("openai", "export FUYAJO_OPENAI_BASE_URL=http://127.0.0.1:8080"),
        ("anthropic", "export ANTHROPIC_API_KEY=…"),
    ],
)
def test_what_to_type(actor: Actor, backend: str, fix: str) -> None:
    (found,) = planner(having(actor, backend=backend), "en")
    assert (found.status, found.fix) == ("fail", fix)


def test_a_price_that_nobody_knows(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    assert price(having(actor, anthropic_model="claude-next")) == []  # it is not set up
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-x")
    assert price(actor) == []
    (found,) = price(having(actor, anthropic_model="claude-next"))
    assert (found.status, found.code) == ("warn", "unknown")
