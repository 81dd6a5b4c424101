"""The official inspector in its strict mode: what we list is portable between clients, in both revisions."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from fuyajo.domain.toolsets import TOOLSETS
from fuyajo.mcp.tool import Tool
from fuyajo.mcp.tools import TOOLS, offered
from tests.support.claims import home_with_database
from tests.support.mcp_suite.programs import INSPECTOR, run
from tests.support.service import Service
from tests.support.service_host import ME

pytestmark = pytest.mark.slow
ERAS = pytest.mark.parametrize("era", ["legacy", "modern"])
LOOK = ("--method", "tools/list", "--strict", "--format", "json")
#: A tool with a list of types, as ours had.
BROKEN = """
import anyio, mcp_types as types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

async def tools(ctx, params):
    schema = {"type": "object", "properties": {"a": {"type": ["string", "integer"]}}}
    return types.ListToolsResult(tools=[types.Tool(name="bad", input_schema=schema)])

async def main():
    server = Server("broken", on_list_tools=tools)
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())

anyio.run(main)
"""


def inspected(room: Path, *words: str, **environ: str) -> tuple[int, str, str]:
    """How it ended, what it told, what it complained of."""
    environ = {"MCP_INSPECTOR_SECRET_STORE": "memory", **environ}
    done = run(INSPECTOR, "--cli", *words, cwd=room, environ=environ)
    # What it says of its own keeping of secrets is no complaint.
    complaints = [
        line for line in done.stderr.splitlines() if not line.startswith("[mcp-inspector]")
    ]
    return done.returncode, done.stdout, "\n".join(complaints).strip()


def is_clean(found: tuple[int, str, str], wanted: Sequence[Tool[Any]] = TOOLS) -> None:
    code, told, complaints = found
    assert (code, complaints) == (0, ""), told + complaints
    listed: Any = json.loads(told)
    tools = (listed.get("result") or listed)["tools"]
    assert [tool["name"] for tool in tools] == [tool.name for tool in wanted]


@ERAS
def test_http(api: Service, tmp_path: Path, era: str) -> None:
    token = api.token(api.user("mika"), "apply")["Authorization"]
    url = f"http://127.0.0.1:{api.port}/mcp"
    words = ("--transport", "http", "--header", f"Authorization: {token}")
    is_clean(inspected(tmp_path, url, *words, "--protocol-era", era, *LOOK))


@ERAS
def test_stdio(tmp_path: Path, era: str) -> None:
    home = home_with_database(tmp_path / "home")
    environ = {"FUYAJO_HOME": str(home), "FUYAJO_URI": "qemu:///system", "LANG": "C.UTF-8"}
    config = tmp_path / "servers.json"
    server = {
        "command": sys.executable,
        "args": ["-m", ME[-1], "mcp", "--no-worker", "--toolset", "admin,alerts,ops"],
        "env": {**environ, "PYTHONPATH": str(Path.cwd())},
    }
    config.write_text(json.dumps({"mcpServers": {"fuyajo": server}}))
    words = ("--config", str(config), "--server", "fuyajo", "--protocol-era", era)
    is_clean(inspected(tmp_path, *words, *LOOK), offered(TOOLSETS))


def test_it_would_complain(tmp_path: Path) -> None:
    script = tmp_path / "broken.py"
    script.write_text(BROKEN)
    code, told, complaints = inspected(tmp_path, sys.executable, str(script), *LOOK)
    assert 'tool "bad"' in complaints and "1 warnings" in complaints.replace(
        "warning ", "warnings "
    )
    with pytest.raises(AssertionError):
        is_clean((code, told, complaints))
