"""Shared by the unit and the integration tests of the Claude planner."""

from __future__ import annotations

import json
import os
import select
from pathlib import Path
from typing import Any

SECRET = "sk-ant-oat01-only-a-test"
# Prints what it is told, keeps what it was given.
STUB = """\
#!/bin/sh
if [ "$1" = --version ]; then
    echo asked >> {seen}/versions
    echo "{version}"
    exit {help_exit}
fi
if [ "$1" = --help ]; then
    echo asked >> {seen}/helps
    echo "options: {help}"
    exit {help_exit}
fi
printf '%s\\n' "$@" > {seen}/argv
env > {seen}/env
pwd > {seen}/cwd
ls -A > {seen}/files
fd=$CLAUDE_CODE_OAUTH_TOKEN_FILE_DESCRIPTOR$CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR
cat "/dev/fd/$fd" > {seen}/token
cat > {seen}/stdin
printf '%s' {stdout}
printf '%s' {stderr} >&2
{last}
"""


def result(**changes: Any) -> str:
    """A closing object as 2.1.330 prints it, shortened; `type` comes late there."""
    body = {
        "subtype": "success",
        "is_error": False,
        "api_error_status": None,
        "num_turns": 2,
        "stop_reason": "tool_use",
        "type": "result",
        "result": "",
        "structured_output": {"type": "chat", "message": "hello there", "config": None},
        "total_cost_usd": 0.0004,
        "usage": {
            "input_tokens": 100,
            "cache_creation_input_tokens": 20,
            "cache_read_input_tokens": 3,
            "output_tokens": 20,
        },
        "modelUsage": {"claude-sonnet-5-5": {"costUSD": 0.0004}},
        "permission_denials": [],
    }
    body.update(changes)
    return json.dumps({key: value for key, value in body.items() if value is not ...})


def failure(**changes: Any) -> str:
    return result(is_error=True, structured_output=..., **changes)


def tried(reply: Any, tool: str = "StructuredOutput") -> list[str]:
    """The lines of one try: the reply as a call of the tool, in pieces of eight characters."""
    whole = json.dumps(reply)
    block = {"type": "tool_use", "id": "toolu_1", "name": tool, "input": {}}
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": {}},
        {"type": "content_block_start", "index": 0, "content_block": block},
    ]
    for start in range(0, len(whole), 8):
        delta = {"type": "input_json_delta", "partial_json": whole[start : start + 8]}
        events.append({"type": "content_block_delta", "index": 0, "delta": delta})
    events.append({"type": "content_block_stop", "index": 0})
    return [json.dumps({"type": "stream_event", "event": event}) for event in events]


def alive_with(marker: str) -> list[int]:
    """Processes whose environment holds the marker; ours excluded."""
    return [pid for pid in _pids() if marker.encode() in _environ(pid)]


def survivors(marker: str) -> list[int]:
    """Those of them that do not end within half a second: SIGKILL takes a moment to be carried out."""
    return [pid for pid in alive_with(marker) if not _ends(pid, 0.5)]


def _pids() -> list[int]:
    numbers = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [pid for pid in numbers if pid != os.getpid()]


def _environ(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:  # it has just gone, or is not ours
        return b""


def _ends(pid: int, seconds: float) -> bool:
    try:
        fd = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([fd], [], [], seconds)[0])
    finally:
        os.close(fd)
