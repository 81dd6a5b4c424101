"""One child process as one awaitable: bounded in time and output, gone with its whole group afterwards."""

from __future__ import annotations

import asyncio
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

# Bytes. An answer holds the reply twice (text and object); 50 VMs with options stay far below this.
MAX_STDOUT = 2 * 1024 * 1024
MAX_STDERR = 64 * 1024
# Seconds between SIGTERM and SIGKILL; the CLI needs 0.05 to 0.4 s to leave.
GRACE_S = 3.0
_CHUNK = 65_536


class DeadlinePassed(Exception):
    """The process did not finish in time; it and its group are gone."""


class TooMuchOutput(Exception):
    """The process wrote more than `MAX_STDOUT`; it and its group are gone."""


@dataclass(frozen=True)
class Command:
    """What to run. `env` is the whole environment; `pass_fds` stay open in the child under their numbers."""

    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path
    stdin: bytes = field(default=b"", repr=False)
    pass_fds: tuple[int, ...] = ()


@dataclass(frozen=True)
class Completed:
    """Exit code (negative: killed by that signal), stdout, and the first `MAX_STDERR` bytes of stderr."""

    exit: int
    stdout: bytes
    stderr: bytes


async def run(command: Command, deadline_s: float) -> Completed:
    """Runs to the end. Raises `DeadlinePassed`, `TooMuchOutput`, `OSError` when it cannot be started.

    Whatever happens, cancellation included, no process of its group is left: cancelling a task that waits
    for a child does not stop the child, so it is done here.
    """
    try:
        async with asyncio.timeout(deadline_s):
            process = await asyncio.create_subprocess_exec(
                *command.argv,
                stdin=PIPE,
                stdout=PIPE,
                stderr=PIPE,
                env=command.env,
                cwd=command.cwd,
                pass_fds=command.pass_fds,
                start_new_session=True,
            )
            try:
                return await _converse(process, command.stdin)
            finally:
                await _stop(process)
    except TimeoutError:
        raise DeadlinePassed from None


async def _converse(process: Process, stdin: bytes) -> Completed:
    assert process.stdin and process.stdout and process.stderr  # all three are pipes
    _, stdout, stderr, code = await asyncio.gather(
        _feed(process.stdin, stdin),
        _read(process.stdout, MAX_STDOUT, strict=True),
        _read(process.stderr, MAX_STDERR),
        process.wait(),
    )
    return Completed(code, stdout, stderr)


async def _feed(pipe: asyncio.StreamWriter, data: bytes) -> None:
    with suppress(BrokenPipeError, ConnectionResetError):  # it may leave without reading
        pipe.write(data)
        await pipe.drain()
        pipe.close()
        await pipe.wait_closed()


async def _read(pipe: asyncio.StreamReader, limit: int, strict: bool = False) -> bytes:
    """At most `limit` bytes. What follows is an error, or read and dropped so that the child can go on."""
    kept = bytearray()
    while chunk := await pipe.read(_CHUNK):
        kept += chunk
        if strict and len(kept) > limit:
            raise TooMuchOutput
        del kept[limit:]
    return bytes(kept)


async def _stop(process: Process) -> None:
    """SIGTERM, `GRACE_S`, SIGKILL to the group. The last step also happens when we are cancelled again."""
    try:
        if process.returncode is None:
            _signal(process.pid, signal.SIGTERM)
            with suppress(TimeoutError):
                async with asyncio.timeout(GRACE_S):
                    await process.wait()
    finally:
        _signal(process.pid, signal.SIGKILL)  # also helpers that outlived their parent
    with suppress(TimeoutError):
        async with asyncio.timeout(GRACE_S):
            await process.wait()


def _signal(group: int, number: signal.Signals) -> None:
    with suppress(
        ProcessLookupError, PermissionError
    ):  # PermissionError: only zombies left (macOS)
        os.killpg(group, number)
