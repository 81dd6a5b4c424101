"""The planners that ask a server, each set up against the scripted one."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from fuyajo.domain.texts import Lang
from fuyajo.planner.backend import Answer, Backend, BackendError, PlannerRequest
from fuyajo.planner.dialogue import Again, OnEvent, answer
from fuyajo.planner.registry import (
    AnthropicSettings,
    BackendSettings,
    ClaudeSettings,
    OpenAiSettings,
    make,
)
from tests.support.messages_api import MessagesApi

SECRET = "sk-only-a-test-4711"
ENVIRON = {
    "ANTHROPIC_API_KEY": SECRET,
    "FUYAJO_OPENAI_API_KEY": SECRET,
    "CLAUDE_CODE_OAUTH_TOKEN": SECRET,
}
MESSAGE = 'Hello! こんにちは 🦊 — what shall I "plan"?'
CHAT: dict[str, Any] = {"structured": {"type": "chat", "message": MESSAGE, "config": None}}
# Fits every schema, and is no reply all the same: talk with a config.
WRONG: dict[str, Any] = {
    "structured": {"type": "chat", "message": "hm", "config": {"vms": [{"name": "web"}]}}
}


def backend(
    name: str, api: MessagesApi, deadline_s: float = 20.0, binary: Path | None = None
) -> Backend:
    """`openai`, `anthropic`, or `claude` with the real CLI, all asking that server."""
    settings = BackendSettings(
        claude=ClaudeSettings(binary=binary, base_url=api.url, deadline_s=deadline_s),
        anthropic=AnthropicSettings(base_url=api.url, deadline_s=deadline_s),
        openai=OpenAiSettings(base_url=api.url, model="test-model", deadline_s=deadline_s),
    )
    environ = ENVIRON if name != "claude" else {**ENVIRON, "PATH": "/usr/bin:/bin"}
    return make(name, settings, environ)


def request(home: Path, text: str = "hello", lang: Lang = "en") -> PlannerRequest:
    return PlannerRequest(text, lang, home / "planner")


def ask(asked: Backend, wish: PlannerRequest, on_event: OnEvent = lambda _event: None) -> Answer:
    return asyncio.run(answer(asked, wish, on_event=on_event))


def failure(asked: Backend, wish: PlannerRequest) -> BackendError:
    with pytest.raises(BackendError) as caught:
        ask(asked, wish)
    return caught.value


def last_message(heard: list[Any]) -> str:
    """The pieces of the last try, as a person would see them in the end."""
    text = ""
    for event in heard:
        if isinstance(event, Again) or event.restarts:
            text = ""
        text += getattr(event, "text", "")
    return text
