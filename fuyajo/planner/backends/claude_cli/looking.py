"""A question answered from facts: the same CLI with tools that look, and a schema that plans nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fuyajo.domain.errors import shown
from fuyajo.domain.request import Reply
from fuyajo.planner.backend import Completion, Partial, PlannerRequest, ToolServer
from fuyajo.planner.backends.claude_cli.backend import ClaudeBackend
from fuyajo.planner.backends.claude_cli.call import (
    LOOKING_ENV,
    PREFIX,
    SERVER,
    Room,
    looking,
    server_file,
)
from fuyajo.planner.backends.claude_cli.outcome import fail
from fuyajo.planner.backends.claude_cli.stream import Transcript
from fuyajo.planner.backends.claude_cli.version import Cli
from fuyajo.planner.backends.tokens import TokenSource
from fuyajo.planner.prompt import ANSWER, frame

#: What a completion is called that turned out to be a wish: nothing was looked at, and it is to be planned.
WISH = "wish"
MOST_TOOLS = 50


class LookingClaude(ClaudeBackend):
    """Answers one question. It never plans: its reply has no place for a config."""

    repairs = False

    def __init__(
        self,
        binary: Path | None,
        token: TokenSource | None,
        server: ToolServer,
        model: str = "sonnet",
        deadline_s: float = 90.0,
        base_url: str | None = None,
    ) -> None:
        super().__init__(binary, token, model, deadline_s, base_url)
        self._server = server

    def _prompt(self, request: PlannerRequest) -> bytes:
        return frame(request, task=ANSWER)

    def _transcript(self) -> Transcript:
        return _Looked()

    def _call(self, binary: Path, cli: Cli, place: Room) -> tuple[tuple[str, ...], dict[str, str]]:
        config = server_file(place, self._server)
        argv = looking(binary, self._model, cli.restricted, config, self._server.tools)
        return argv, LOOKING_ENV

    def _judged(self, transcript: Transcript, completion: Completion) -> Completion:
        """A reply of our own making, so that nothing in it can be anything but words."""
        assert isinstance(transcript, _Looked)
        if transcript.server != "connected":
            fail("tools", transcript.server or "not named")
        said = completion.said if isinstance(completion.said, dict) else {}
        message, wish = said.get("message"), said.get("wish")
        if not isinstance(message, str) or not isinstance(wish, bool):
            fail("invalid_reply", shown(json.dumps(said, default=str), 200))
        return Completion(
            Reply(type="chat", message=message[:20_000]),
            completion.model,
            completion.usage,
            WISH if wish else "question",
            looked=tuple(transcript.looked),
        )


class _Looked(Transcript):
    """Which of our tools were called, and whether their server was there at all: the CLI goes on without."""

    def __init__(self) -> None:
        super().__init__()
        self.server = ""
        self.looked: list[str] = []

    def hear(self, line: bytes) -> Partial | None:
        body = self.read(line)
        if body.get("type") == "system" and body.get("subtype") == "init":
            self.server = _status(body.get("mcp_servers"))
        if body.get("type") == "assistant":
            self.looked += _called(body.get("message"))[: MOST_TOOLS - len(self.looked)]
        return super().hear(line)


def _status(servers: Any) -> str:
    """Of ours: `connected`, `failed`, …"""
    for one in servers if isinstance(servers, list) else ():
        if isinstance(one, dict) and one.get("name") == SERVER:
            return shown(str(one.get("status")), 40)
    return ""


def _called(message: Any) -> list[str]:
    content = message.get("content") if isinstance(message, dict) else None
    blocks = [one for one in content if isinstance(one, dict)] if isinstance(content, list) else []
    names = [str(one.get("name")) for one in blocks if one.get("type") == "tool_use"]
    return [shown(name.removeprefix(PREFIX), 60) for name in names if name.startswith(PREFIX)]
