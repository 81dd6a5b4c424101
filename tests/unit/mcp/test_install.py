"""What clients are told: as each of them reads it, beside everything that is there already."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from fuyajo.cli.commands.mcp import CLIENTS
from fuyajo.domain.errors import InvalidInput
from fuyajo.domain.toolsets import TOOLSETS
from fuyajo.mcp import install
from tests.support.command_line import World

ENVIRON = {"FUYAJO_HOME": "/var/lib/fuyajo", "FUYAJO_MCP_TOKEN": "fuyajo_secret", "PATH": "/bin"}


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("url", [None, "https://fuyajo.example.org/mcp"])
def test_what_is_printed_is_what_is_written(client: str, url: str | None, tmp_path: Path) -> None:
    said = install.entry(client, ENVIRON, url=url)
    path = install.place(client, tmp_path / "home", tmp_path / "project")
    assert install.write(client, said, path)
    written = path.read_text()
    assert "fuyajo_secret" not in written
    parse = tomllib.loads if client == "codex" else json.loads
    assert parse(written) == parse(install.snippet(client, said))
    assert not install.write(client, said, path)
    assert path.read_text() == written


def test_by_client() -> None:
    plain = install.entry("claude", ENVIRON, read_only=True)
    assert plain["args"] == ["mcp", "--read-only"]
    assert plain["env"] == {"FUYAJO_HOME": "/var/lib/fuyajo"}
    far = install.entry("claude", ENVIRON, url="https://a/mcp")
    assert far["headers"] == {"Authorization": "Bearer ${FUYAJO_TOKEN}"}
    assert install.entry("codex", ENVIRON, url="https://a/mcp") == {
        "url": "https://a/mcp",
        "bearer_token_env_var": "FUYAJO_TOKEN",
    }
    servers = json.loads(install.snippet("vscode", plain))["servers"]
    assert list(servers) == ["fuyajo"]


def test_with_more_tools() -> None:
    both = frozenset(TOOLSETS)
    assert install.entry("claude", {}, toolsets=both)["args"] == [
        "mcp",
        "--toolset",
        "ops,alerts,admin",
    ]
    far = install.entry("claude", {}, url="https://a/mcp", toolsets={"ops"})
    assert far["url"] == "https://a/mcp?toolset=ops"
    more = install.entry("gemini", {}, url="https://a/mcp?x=1", toolsets=both)
    assert more["httpUrl"] == "https://a/mcp?x=1&toolset=ops,alerts,admin"


def test_a_set_that_there_is_not(world: World) -> None:
    code, answer = world.json("mcp", "install", "claude", "--toolset", "ops,everything")
    assert (code, answer["problems"][0]["code"]) == (2, "choice")
    assert "ops, alerts, admin" in answer["problems"][0]["hint"]


def test_what_was_there_stays(tmp_path: Path) -> None:
    path = tmp_path / ".mcp.json"
    path.write_text('{"mcpServers": {"other": {"command": "x"}}, "more": [1]}')
    install.write("claude", install.entry("claude", {}), path)
    data = json.loads(path.read_text())
    assert (data["mcpServers"]["other"], data["more"]) == ({"command": "x"}, [1])
    config = tmp_path / "config.toml"
    config.write_text('model = "x"  # mine\n')
    install.write("codex", install.entry("codex", {}), config)
    assert config.read_text().startswith('model = "x"  # mine\n\n[mcp_servers.fuyajo]')


@pytest.mark.parametrize(
    ("client", "text"),
    [("claude", "{,"), ("claude", "[]"), ("claude", '{"mcpServers": 1}'), ("codex", "= 1")],
)
def test_a_broken_file_is_left_alone(client: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text(text)
    with pytest.raises(InvalidInput):
        install.write(client, install.entry(client, {}), path)
    assert path.read_text() == text


def test_the_command_writes_only_when_told(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = world.call("mcp", "install", "claude")
    assert (code, json.loads(out)["mcpServers"]["fuyajo"]["args"]) == (0, ["mcp"])
    assert "--write" in err
    assert not (tmp_path / ".mcp.json").exists()
    code, out, _ = world.call("mcp", "install", "claude", "--write")
    assert code == 0
    assert (tmp_path / ".mcp.json").exists()
    code, data = world.json("mcp", "install", "claude", "--write")
    assert (code, data["changed"]) == (0, False)
