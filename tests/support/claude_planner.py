"""The Claude backend as the integration tests use it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest

from fuyajo.domain.context import VmBrief
from fuyajo.domain.texts import Lang
from fuyajo.planner.backend import Answer, BackendError, PlannerRequest
from fuyajo.planner.backends.claude_cli.backend import ClaudeBackend
from fuyajo.planner.backends.claude_cli.process import Completed
from fuyajo.planner.backends.claude_cli.stream import Transcript
from fuyajo.planner.backends.tokens import TokenEnv, TokenSource
from fuyajo.planner.dialogue import answer
from tests.support.claude import SECRET
from tests.support.messages_api import MessagesApi

TOKEN = TokenEnv({"CLAUDE_CODE_OAUTH_TOKEN": SECRET})
CHAT = {"structured": {"type": "chat", "message": "hello there", "config": None}}
Script = Callable[..., MessagesApi]


def missing(error: Exception, environ: Mapping[str, str]) -> NoReturn:
    """No CLI: a developer without network may skip the tests that need it; CI may not."""
    if environ.get("CI", "").lower() in {"1", "true"}:
        pytest.fail(f"CI needs the real Claude Code: {error}")
    pytest.skip(f"no Claude Code: {error}")


def closing(done: Completed) -> dict[str, Any] | None:
    """The closing object in a whole output."""
    transcript = Transcript()
    for line in done.stdout.splitlines():
        transcript.hear(line)
    return transcript.result


@dataclass(frozen=True)
class Planner:
    """The backend under test, with everything a test wants to look at afterwards."""

    binary: Path
    home: Path
    temp: Path

    def backend(
        self, api: MessagesApi, token: TokenSource | None = TOKEN, **options: Any
    ) -> ClaudeBackend:
        options = {"deadline_s": 30.0, **options}
        return ClaudeBackend(self.binary, token, base_url=api.url, **options)

    def request(self, text: str, lang: Lang = "en", *vms: VmBrief) -> PlannerRequest:
        return PlannerRequest(text, lang, self.home, vms)

    def ask(self, api: MessagesApi, text: str = "make a web server", **options: Any) -> Answer:
        return asyncio.run(answer(self.backend(api, **options), self.request(text)))

    def fail(self, api: MessagesApi, **options: Any) -> BackendError:
        with pytest.raises(BackendError) as caught:
            self.ask(api, **options)
        return caught.value

    def left_behind(self) -> list[Path]:
        """What a call should have removed: anything in the temp dir, any cwd."""
        return [*self.temp.iterdir(), *self.home.glob("call-*")]
