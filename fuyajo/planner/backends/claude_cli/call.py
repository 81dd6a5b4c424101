"""The one command line and environment with which the CLI may be started, and the room it runs in."""

from __future__ import annotations

import json
import os
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fuyajo.planner.backend import ToolServer
from fuyajo.planner.backends.tokens import Kind
from fuyajo.planner.prompt import LOOKING_SCHEMA, looking_prompt, schema_json, system_prompt

MAX_TURNS = 6
# Of a call that may look: each round of tools is one.
MAX_LOOKS = 14
# Our server, and what the CLI puts before the names of its tools.
SERVER = "fuyajo"
PREFIX = f"mcp__{SERVER}__"
MAX_BUDGET_USD = "0.50"
API_TIMEOUT_MS = 60_000
# Retries inside the CLI; its default of 10 keeps an overloaded API busy for three minutes.
MAX_RETRIES = 2
SCHEMA_RETRIES = 3
# `--json-schema` offers the schema as one tool. Words beside it cost a second call, or the whole answer.
_AFTER = "\n\nWhen you know enough, answer by calling the StructuredOutput tool, exactly once.\n"
_HOW = "\n\nAnswer only by calling the StructuredOutput tool, exactly once.\n"

_FIXED_ENV = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    # One connection, to the API; no telemetry files under HOME.
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    "DISABLE_AUTOUPDATER": "1",
    "DISABLE_TELEMETRY": "1",
    "DISABLE_ERROR_REPORTING": "1",
    # `@path` in a prompt must read no file (the framing is the other half of this).
    "CLAUDE_CODE_DISABLE_ATTACHMENTS": "1",
    "CLAUDE_CODE_DISABLE_FILE_MENTIONS": "1",
    "CLAUDE_CODE_DISABLE_CLAUDE_MDS": "1",
    "CLAUDE_CODE_DISABLE_AUTO_MEMORY": "1",
    "CLAUDE_CODE_MCP_ALLOWLIST_ENV": "1",
    "CLAUDE_CODE_MAX_RETRIES": str(MAX_RETRIES),
    "API_TIMEOUT_MS": str(API_TIMEOUT_MS),
    "MAX_STRUCTURED_OUTPUT_RETRIES": str(SCHEMA_RETRIES),
}
#: Of a call that may look: all tools are told at once, and their server is a program that has to start.
LOOKING_ENV = {"ENABLE_TOOL_SEARCH": "false", "MCP_TIMEOUT": "30000", "MCP_TOOL_TIMEOUT": "60000"}
_TOKEN_FD_ENV: dict[Kind, str] = {
    "oauth": "CLAUDE_CODE_OAUTH_TOKEN_FILE_DESCRIPTOR",
    "api_key": "CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR",
}


@dataclass(frozen=True)
class Room:
    """Directories of one call: the user's planner HOME (kept), an empty cwd and a temp dir (removed)."""

    home: Path
    cwd: Path
    temp: Path


@contextmanager
def room(home: Path) -> Iterator[Room]:
    """A fresh room under the user's own planner directory. Raises `OSError` when it is not ours.

    The cwd lies below HOME, not in the shared temp dir: the CLI looks for instructions in every parent.
    The temp dir is short because the CLI binds sockets there (a socket's path has about 100 bytes).
    """
    _private(home)
    with (
        tempfile.TemporaryDirectory(prefix="call-", dir=home, ignore_cleanup_errors=True) as cwd,
        tempfile.TemporaryDirectory(prefix="fy-", ignore_cleanup_errors=True) as temp,
    ):
        yield Room(home, Path(cwd), Path(temp))


def _private(directory: Path) -> None:
    """Makes it a directory (not a symlink) of ours, with mode 0700."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if stat.S_IMODE(os.fstat(fd).st_mode) != 0o700:
            os.fchmod(fd, 0o700)  # fails, as it should, when somebody else owns it
    finally:
        os.close(fd)


def environment(place: Room, base_url: str | None = None) -> dict[str, str]:
    """The child's whole environment without a credential; nothing of ours is inherited.

    HOME must be set: without it the CLI takes the account's real one from passwd, credentials included.
    """
    env = {
        **_FIXED_ENV,
        "HOME": str(place.home),
        "CLAUDE_CONFIG_DIR": str(place.home / ".claude"),
        "TMPDIR": str(place.temp),
        "XDG_RUNTIME_DIR": str(place.temp),
        "CLAUDE_CODE_TMPDIR": str(place.temp),
        # The CLI runs `git ls-files`; it must not find a repository (and its hooks) above the cwd.
        "GIT_CEILING_DIRECTORIES": str(place.home),
    }
    if base_url is not None:
        env["ANTHROPIC_BASE_URL"] = base_url
    return env


def token_env(kind: Kind, fd: int) -> dict[str, str]:
    """Which descriptor holds the credential. Exactly one kind: with both the CLI takes the key."""
    return {_TOKEN_FD_ENV[kind]: str(fd)}


def arguments(binary: Path, model: str, restricted: bool) -> tuple[str, ...]:
    """argv of a call that plans. World-readable in /proc, so nothing of the user's is in it; the prompt goes
    to stdin."""
    asked = (*("--json-schema", schema_json()), *("--system-prompt", system_prompt() + _HOW))
    return _argv(binary, model, restricted, (*asked, *("--max-turns", str(MAX_TURNS))))


def looking(
    binary: Path, model: str, restricted: bool, config: Path, tools: Iterable[str]
) -> tuple[str, ...]:
    """argv of a call that answers a question with tools; `config` names their server."""
    allowed = ",".join(f"{PREFIX}{name}" for name in tools)
    asked = (*("--json-schema", LOOKING_SCHEMA), *("--system-prompt", looking_prompt() + _AFTER))
    found = (*("--mcp-config", str(config)), *("--allowedTools", allowed))
    return _argv(binary, model, restricted, (*asked, *found, *("--max-turns", str(MAX_LOOKS))))


def server_file(place: Room, server: ToolServer) -> Path:
    """The CLI's configuration of that server, for this account alone: there may be a credential in it."""
    program, *rest = server.command
    entry = {"type": "stdio", "command": program, "args": rest, "env": dict(server.env)}
    path = place.temp / "tools.json"
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(json.dumps({"mcpServers": {SERVER: entry}}))
    return path


def _argv(binary: Path, model: str, restricted: bool, more: tuple[str, ...]) -> tuple[str, ...]:
    options = (
        "-p",
        "--no-session-persistence",
        # One JSON object a line, every piece of the reply as it comes; it insists on `--verbose`.
        *("--output-format", "stream-json"),
        "--verbose",
        "--include-partial-messages",
        *more,
        *("--model", model),
        *("--tools", ""),
        *("--setting-sources", ""),
        "--strict-mcp-config",
        "--disable-slash-commands",
        *("--permission-mode", "dontAsk"),
        *("--max-budget-usd", MAX_BUDGET_USD),
    )
    return (str(binary), *options, *(("--restricted",) if restricted else ()))
