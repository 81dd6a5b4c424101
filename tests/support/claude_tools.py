"""The real Claude Code CLI with our server, driven by a model that follows a script of calls."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fuyajo.domain.consent import ASSISTANTS
from tests.support import service_host
from tests.support.messages_api import Call, MessagesApi

PREFIX = "mcp__fuyajo__"
SECONDS = 150.0
Told = Sequence[Any]


def offered(call: Call) -> set[str]:
    """The names of the tools that the model may call."""
    return {tool["name"] for tool in call.json.get("tools") or ()}


def answers(call: Call) -> list[dict[str, Any]]:
    """What tools answered so far, as the model is told."""
    blocks = [
        block
        for message in call.json["messages"]
        if isinstance(message["content"], list)
        for block in message["content"]
    ]
    return [block for block in blocks if block["type"] == "tool_result"]


def words_of(answer: Mapping[str, Any]) -> str:
    said = answer["content"]
    return said if isinstance(said, str) else "\n".join(one["text"] for one in said)


def told(answer: Mapping[str, Any]) -> Any:
    """The structured content, or the words of an answer that has none."""
    words = words_of(answer)
    try:
        return json.loads(words)
    except ValueError:
        return words


@dataclass(frozen=True)
class Step:
    """A call of a tool: what is asked may hang on what was answered before; then the answer is looked at."""

    tool: str
    arguments: Mapping[str, Any] | Callable[[Told], Mapping[str, Any]]
    check: Callable[[Any], object]

    def said(self, before: Told) -> Mapping[str, Any]:
        return self.arguments(before) if callable(self.arguments) else self.arguments


@dataclass
class Script:
    """A model that makes these calls, one after the other, and then says that it did.

    It stops at the first answer that is not as expected, and says which one that was.
    """

    steps: Sequence[Step]
    calls: list[Call] = field(default_factory=list)

    def __call__(self, call: Call) -> Mapping[str, Any]:
        if not any(name.startswith(PREFIX) for name in offered(call)):
            return {"text": "ok"}  # the CLI asks other things, too
        self.calls.append(call)
        done = answers(call)
        try:
            return self._next(done)
        except (AssertionError, LookupError, TypeError) as error:
            said = [words_of(one) for one in done]
            return {"text": f"{error!r} after {len(said)} calls: {said[-2:]}"}

    def _next(self, done: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        if done:
            before, answer = self.steps[len(done) - 1], done[-1]
            assert not answer.get("is_error"), before.tool
            assert before.check(told(answer)), before.tool
        if len(done) == len(self.steps):
            return {"text": "done"}
        step = self.steps[len(done)]
        given = step.said([told(one) for one in done])
        return {"name": PREFIX + step.tool, "structured": given}


def stdio_server(home: Path, *options: str, real: bool = False, **environ: str) -> dict[str, Any]:
    """`fuyajo mcp` as the CLI starts it; not `real`: its host is a file."""
    env = {
        "FUYAJO_HOME": str(home),
        "FUYAJO_URI": "qemu:///system",
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "LANG": "C.UTF-8",
        **environ,
    }
    program = ["-c", "import sys; from fuyajo.cli.main import main; sys.exit(main())"]
    program = program if real else ["-m", service_host.ME[-1]]
    return {"command": sys.executable, "args": [*program, "mcp", *options], "env": env}


def http_server(address: str, secret: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {secret}"}
    return {"type": "http", "url": f"{address}/mcp", "headers": headers}


def ask(
    binary: Path,
    room: Path,
    api: MessagesApi,
    server: Mapping[str, Any],
    question: str,
    allowed: Sequence[str],
) -> str:
    """What Claude answered a person in the end."""
    config = room / "servers.json"
    config.write_text(json.dumps({"mcpServers": {"fuyajo": server}}))
    environ = {k: v for k, v in os.environ.items() if k in ("PATH", "LANG")}
    environ |= {
        "HOME": str(room),
        "CLAUDE_CONFIG_DIR": str(room / "claude"),
        "ANTHROPIC_BASE_URL": api.url,
        "ANTHROPIC_API_KEY": "sk-ant-only-a-test",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "DISABLE_AUTOUPDATER": "1",
        "ENABLE_TOOL_SEARCH": "false",
        "MCP_TIMEOUT": "60000",
    }
    assert not environ.keys() & set(ASSISTANTS)
    command = [str(binary), "-p", question, "--mcp-config", str(config), "--strict-mcp-config"]
    command += ["--allowedTools", ",".join(PREFIX + name for name in allowed)]
    command += ["--model", "sonnet", "--output-format", "json"]
    done = subprocess.run(
        command,
        env=environ,
        cwd=room,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    result: str = json.loads(done.stdout)["result"]
    return result
