"""One child process as one awaitable: bounded in time and output, gone with its whole group afterwards."""

from __future__ import annotations

import asyncio
import os
import signal
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping
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
            # A task of its own: asyncio, cancelled while it starts a child, kills that child alone.
            starting = asyncio.create_task(_start(command))
            try:
                return await _converse(await asyncio.shield(starting), command.stdin)
            finally:
                await _end(starting)
    except TimeoutError:
        raise DeadlinePassed from None


async def _start(command: Command) -> Process:
    return await asyncio.create_subprocess_exec(
        *command.argv,
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        env=command.env,
        cwd=command.cwd,
        pass_fds=command.pass_fds,
        start_new_session=True,
    )


async def _converse(process: Process, stdin: bytes) -> Completed:
    pipes = _pipes(process)
    _, stdout, stderr, code = await asyncio.gather(
        _feed(pipes[0], stdin),
        _read(pipes[1], MAX_STDOUT, lambda: _signal(process.pid, signal.SIGKILL)),
        _read(pipes[2], MAX_STDERR),
        process.wait(),
    )
    if len(stdout) > MAX_STDOUT:
        raise TooMuchOutput
    return Completed(code, stdout, stderr[:MAX_STDERR])


def _pipes(process: Process) -> tuple[StreamWriter, StreamReader, StreamReader]:
    assert process.stdin and process.stdout and process.stderr  # all three were asked for
    return process.stdin, process.stdout, process.stderr


async def _feed(pipe: StreamWriter, data: bytes) -> None:
    with suppress(BrokenPipeError, ConnectionResetError):  # it may leave without reading
        pipe.write(data)
        await pipe.drain()
        pipe.close()
        await pipe.wait_closed()


async def _read(
    pipe: StreamReader, limit: int, overflow: Callable[[], None] = lambda: None
) -> bytes:
    """Reads to the end, so that the child never blocks on us; keeps one byte more than `limit` at most."""
    kept = bytearray()
    while chunk := await pipe.read(_CHUNK):
        kept += chunk
        if len(kept) > limit:
            overflow()
            del kept[limit + 1 :]
    return bytes(kept)


async def _end(starting: asyncio.Task[Process]) -> None:
    """Sees `_stop` through. Cancelling again only takes the grace away, and is passed on afterwards."""
    stopping = asyncio.create_task(_stop(starting))
    cancelled: asyncio.CancelledError | None = None
    while not stopping.done():
        try:
            await asyncio.shield(stopping)
        except asyncio.CancelledError as again:
            cancelled = again
            if process := _started(starting):
                _signal(process.pid, signal.SIGKILL)
    if cancelled is not None:
        raise cancelled


async def _stop(starting: asyncio.Task[Process]) -> None:
    """SIGTERM, `GRACE_S`, SIGKILL to the group; when it has left by itself, SIGKILL to what it left."""
    await asyncio.wait([starting])
    process = _started(starting)
    if process is None:
        return
    if process.returncode is None:
        _signal(process.pid, signal.SIGTERM)
        await _gone(process)
    _signal(process.pid, signal.SIGKILL)
    await _gone(process)


def _started(starting: asyncio.Task[Process]) -> Process | None:
    if not starting.done() or starting.cancelled() or starting.exception() is not None:
        return None
    return starting.result()


async def _gone(process: Process) -> None:
    """Waits up to `GRACE_S` for the end of the process and of its pipes, which closes them on our side."""
    stdin, stdout, stderr = _pipes(process)
    stdin.close()
    with suppress(TimeoutError):
        async with asyncio.timeout(GRACE_S):
            await asyncio.gather(process.wait(), _read(stdout, 0), _read(stderr, 0))


def _signal(group: int, number: signal.Signals) -> None:
    with suppress(
        ProcessLookupError, PermissionError
    ):  # PermissionError: only zombies left (macOS)
        os.killpg(group, number)
