"""How clients are told of this server: which file, which words. Nothing is written unless somebody asks."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from fuyajo.domain.errors import InvalidInput, Problem, shown
from fuyajo.domain.toolsets import TOOLSETS, Toolset
from fuyajo.store.files import write_whole

NAME = "fuyajo"
KEPT = ("FUYAJO_HOME", "FUYAJO_URI", "FUYAJO_POOL", "FUYAJO_POOL_PATH")
TOKEN = "FUYAJO_TOKEN"  # noqa: S105 - the name of a variable
#: The key of the servers in the file, by client; codex has TOML.
_KEYS = {"vscode": "servers"}
_PLACES = {
    "claude": ".mcp.json",
    "vscode": ".vscode/mcp.json",
    "claude-desktop": ".config/Claude/claude_desktop_config.json",
    "codex": ".codex/config.toml",
    "cursor": ".cursor/mcp.json",
    "gemini": ".gemini/settings.json",
}
_OF_PROJECT = {"claude", "vscode"}


def place(client: str, home: Path, project: Path) -> Path:
    """The file: of this directory for clients that know projects, of the account for others."""
    return (project if client in _OF_PROJECT else home) / _PLACES[client]


def entry(
    client: str,
    environ: Mapping[str, str],
    *,
    url: str | None = None,
    read_only: bool = False,
    toolsets: Collection[Toolset] = (),
) -> dict[str, Any]:
    """What stands behind the name. A client gives its servers little of the environment: ours is said."""
    if url is not None:
        return _remote(client, _asking(url, toolsets))
    more = ["--toolset", _joined(toolsets)] if toolsets else []
    found: dict[str, Any] = {"type": "stdio"} if client == "vscode" else {}
    found |= {
        "command": shutil.which(NAME) or sys.argv[0],
        "args": ["mcp", *(["--read-only"] if read_only else []), *more],
    }
    kept = {key: environ[key] for key in KEPT if environ.get(key)}
    return found | ({"env": kept} if kept else {})


def _joined(toolsets: Collection[Toolset]) -> str:
    return ",".join(one for one in TOOLSETS if one in toolsets)


def _asking(url: str, toolsets: Collection[Toolset]) -> str:
    if not toolsets:
        return url
    return f"{url}{'&' if '?' in url else '?'}toolset={_joined(toolsets)}"


def _remote(client: str, url: str) -> dict[str, Any]:
    """The token stays out of the file."""
    if client == "codex":
        return {"url": url, "bearer_token_env_var": TOKEN}
    named = f"${{env:{TOKEN}}}" if client in ("vscode", "cursor") else f"${{{TOKEN}}}"
    where = {"httpUrl": url} if client == "gemini" else {"type": "http", "url": url}
    return {**where, "headers": {"Authorization": f"Bearer {named}"}}


def snippet(client: str, said: Mapping[str, Any]) -> str:
    """The same as it stands in the file."""
    if client == "codex":
        return _toml(said)
    return json.dumps({_KEYS.get(client, "mcpServers"): {NAME: said}}, indent=2)


def write(client: str, said: Mapping[str, Any], path: Path) -> bool:
    """Put it in beside everything else. False where it is there already. Raises `InvalidInput`."""
    old = _read(path)
    new = _with_toml(old, said, path) if client == "codex" else _with_json(client, old, said, path)
    if new == old:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, new.encode())
    return True


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise _broken(path, "text", error) from error


def _with_json(client: str, old: str, said: Mapping[str, Any], path: Path) -> str:
    try:
        data = json.loads(old) if old.strip() else {}
    except ValueError as error:
        raise _broken(path, "JSON", error) from error
    key = _KEYS.get(client, "mcpServers")
    if not isinstance(data, dict) or not isinstance(data.get(key, {}), dict):
        raise _broken(path, "JSON", key)
    if data.get(key, {}).get(NAME) == said:
        return old
    data[key] = {**data.get(key, {}), NAME: dict(said)}
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _with_toml(old: str, said: Mapping[str, Any], path: Path) -> str:
    """Appended. What somebody wrote about this server stays as it is."""
    import tomllib

    try:
        data = tomllib.loads(old)
    except tomllib.TOMLDecodeError as error:
        raise _broken(path, "TOML", error) from error
    if NAME in data.get("mcp_servers", {}):
        return old
    gap = "\n" if old and not old.endswith("\n\n") else ""
    return f"{old}{gap}{_toml(said)}"


def _toml(said: Mapping[str, Any]) -> str:
    """Strings and lists of them are the same in JSON."""
    plain = {key: value for key, value in said.items() if not isinstance(value, dict)}
    lines = [f"[mcp_servers.{NAME}]"]
    lines += [f"{key} = {json.dumps(value)}" for key, value in plain.items()]
    for key, table in said.items():
        if isinstance(table, dict):
            lines += ["", f"[mcp_servers.{NAME}.{key}]"]
            lines += [f"{name} = {json.dumps(value)}" for name, value in table.items()]
    return "\n".join(lines) + "\n"


def _broken(path: Path, kind: str, error: object) -> InvalidInput:
    params = {"value": shown(str(path), 200), "kind": kind, "detail": shown(str(error), 200)}
    return InvalidInput(Problem("", "mcp_config", dict(params)))
