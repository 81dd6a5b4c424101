"""The real Claude Code CLI with a scripted model: it finds our tools, and their answers reach the model."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from fuyajo.domain.consent import ASSISTANTS
from fuyajo.mcp.tools import TOOLS
from scripts.fetch_claude import FetchError, fetch
from tests.support import service_host
from tests.support.claims import home_with_database
from tests.support.claude_planner import missing
from tests.support.command_line import machine
from tests.support.file_host import FileHost
from tests.support.messages_api import Call, MessagesApi

pytestmark = pytest.mark.claude
QUESTION = "現在稼働しているVMって何がある？"
TOOL = "mcp__fuyajo__list_vms"
SECONDS = 90.0


@pytest.fixture(scope="module")
def binary() -> Path:
    try:
        return fetch()
    except FetchError as error:
        missing(error, os.environ)


def offered(call: Call) -> set[str]:
    return {tool["name"] for tool in call.json.get("tools") or ()}


def answers(call: Call) -> list[Any]:
    """What tools answered, as the model is told."""
    blocks = [
        block
        for message in call.json["messages"]
        if isinstance(message["content"], list)
        for block in message["content"]
    ]
    return [block for block in blocks if block["type"] == "tool_result"]


def model(call: Call) -> Mapping[str, Any]:
    """It looks, and then says that it did."""
    if TOOL in offered(call) and not answers(call):
        return {"name": TOOL, "structured": {"state": "running"}}
    return {"text": "looked"}


def settings(home: Path) -> dict[str, Any]:
    environ = {
        "FUYAJO_HOME": str(home),
        "FUYAJO_URI": "qemu:///system",
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "LANG": "C.UTF-8",
    }
    arguments = ["-m", service_host.ME[-1], "mcp", "--no-worker"]
    server = {"command": sys.executable, "args": arguments, "env": environ}
    return {"mcpServers": {"fuyajo": server}}


def asked(binary: Path, room: Path, api: MessagesApi, servers: dict[str, Any]) -> str:
    """What `claude -p` printed."""
    config = room / "servers.json"
    config.write_text(json.dumps(servers))
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
    command = [str(binary), "-p", QUESTION, "--mcp-config", str(config), "--strict-mcp-config"]
    command += ["--allowedTools", TOOL, "--model", "sonnet", "--output-format", "json"]
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
    return done.stdout


def test_claude_looks_at_what_runs(binary: Path, tmp_path: Path) -> None:
    home = home_with_database(tmp_path / "home")
    with FileHost(home.parent / "host.pickle").changed() as content:
        for name, state in (("hello", "running"), ("asleep", "stopped")):
            content.machines[name] = machine(name, owner="root", state=state)
    with MessagesApi(model) as api:
        told = asked(binary, tmp_path, api, settings(home))
    assert json.loads(told)["result"] == "looked"
    ours = [call for call in api.messages if TOOL in offered(call)]
    assert {f"mcp__fuyajo__{tool.name}" for tool in TOOLS} <= offered(ours[0])
    (answer,) = answers(ours[-1])
    said = json.dumps(answer, ensure_ascii=False)
    assert not answer.get("is_error")
    assert "hello" in said and "asleep" not in said
