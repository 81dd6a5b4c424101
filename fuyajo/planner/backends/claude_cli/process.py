"""One child process, line by line: bounded in output, gone with its whole group afterwards.

When this process is killed nobody can see to that any more, so the kernel does: it kills the child with its
parent (Linux; asked for by `setpriv`, since code between fork and exec is not safe where there are threads).
"""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import signal
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

# Bytes, one line or all of them. Every piece of a reply is wrapped in 300 bytes, and the budget of a call
# buys some 30,000 pieces.
MAX_STDOUT = 16 * 1024 * 1024
MAX_STDERR = 64 * 1024
# Seconds between SIGTERM and SIGKILL; the CLI needs 0.05 to 0.4 s to leave.
GRACE_S = 3.0
_CHUNK = 65_536

# Exit codes of `setpriv` when there is no such program, or it cannot be run.
_NOT_STARTED = {127: errno.ENOENT, 126: errno.EACCES}

# What runs beside the reading of stdout: feeding stdin, reading stderr.
_Beside = list[asyncio.Task[None] | asyncio.Task[bytes]]


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
class Ended:
    """Exit code (negative: killed by that signal) and the first `MAX_STDERR` bytes of stderr."""

    exit: int
    stderr: bytes


@dataclass(frozen=True)
class Completed:
    """The same with all of stdout."""

    exit: int
    stdout: bytes
    stderr: bytes


async def lines(command: Command) -> AsyncGenerator[bytes | Ended]:
    """Each line of stdout, its end included, as it comes, then `Ended` when everything is gone.

    Raises `TooMuchOutput`, or `OSError` when it cannot be started. Has no deadline: that is the caller's.
    Whatever happens, closing and cancellation included, no process of its group is left: cancelling a task
    that waits for a child does not stop the child, so it is done here.
    """
    # A task of its own: asyncio, cancelled while it starts a child, kills that child alone.
    starting = asyncio.create_task(_start(command))
    beside: _Beside = []
    try:
        process = await asyncio.shield(starting)
        stdin, stdout, stderr = _pipes(process)
        complaints = asyncio.create_task(_read(stderr, MAX_STDERR))
        feeding = asyncio.create_task(_feed(stdin, command.stdin))
        beside += [complaints, feeding]
        cutter = _Cutter()
        while chunk := await stdout.read(_CHUNK):
            if cutter.total + len(chunk) > MAX_STDOUT:
                _signal(process.pid, signal.SIGKILL)
                raise TooMuchOutput
            for line in cutter.cut(chunk):
                yield line
        if cutter.rest:
            yield bytes(cutter.rest)
        code, said, _ = await asyncio.gather(process.wait(), complaints, feeding)
    finally:
        await _end(starting, beside)
    if code in _NOT_STARTED and said.startswith(b"setpriv: failed to execute"):
        raise OSError(_NOT_STARTED[code], os.strerror(_NOT_STARTED[code]), command.argv[0])
    yield Ended(code, said)


async def run(command: Command, deadline_s: float) -> Completed:
    """Runs to the end. Raises `DeadlinePassed`, and as `lines`."""
    stdout = bytearray()
    try:
        async with asyncio.timeout(deadline_s), aclosing(lines(command)) as coming:
            async for item in coming:
                if isinstance(item, Ended):
                    return Completed(item.exit, bytes(stdout), item.stderr)
                stdout += item
    except TimeoutError:
        raise DeadlinePassed from None
    raise AssertionError("the last item is the end")


@dataclass
class _Cutter:
    """Cuts what comes into lines, in time linear in it."""

    total: int = 0
    rest: bytearray = field(default_factory=bytearray)

    def cut(self, chunk: bytes) -> list[bytes]:
        """The lines that this chunk completed."""
        self.total += len(chunk)
        first, *others = chunk.split(b"\n")
        self.rest += first
        if not others:
            return []
        whole = [bytes(self.rest), *others[:-1]]
        self.rest = bytearray(others[-1])
        return [line + b"\n" for line in whole]


@cache
def _bound() -> tuple[str, ...]:
    """What makes the program behind it end with this process; nothing where the system does not have it."""
    found = shutil.which("setpriv", path="/usr/bin:/bin")
    # BusyBox's own does not know the option.
    if found is None or Path(found).resolve().name != "setpriv":
        return ()
    return (found, "--pdeathsig", "KILL", "--")


async def _start(command: Command) -> Process:
    return await asyncio.create_subprocess_exec(
        *_bound(),
        *command.argv,
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        env=command.env,
        cwd=command.cwd,
        pass_fds=command.pass_fds,
        start_new_session=True,
    )


def _pipes(process: Process) -> tuple[StreamWriter, StreamReader, StreamReader]:
    assert process.stdin and process.stdout and process.stderr  # all three were asked for
    return process.stdin, process.stdout, process.stderr


async def _feed(pipe: StreamWriter, data: bytes) -> None:
    with suppress(BrokenPipeError, ConnectionResetError):  # it may leave without reading
        pipe.write(data)
        await pipe.drain()
        pipe.close()
        await pipe.wait_closed()


async def _read(pipe: StreamReader, limit: int) -> bytes:
    """Reads to the end, so that the child never blocks on us; keeps `limit` bytes at most."""
    kept = bytearray()
    while chunk := await pipe.read(_CHUNK):
        kept += chunk[: limit - len(kept)]
    return bytes(kept)


async def _end(starting: asyncio.Task[Process], beside: _Beside) -> None:
    """Sees `_stop` through. Cancelling again only takes the grace away, and is passed on afterwards."""
    stopping = asyncio.create_task(_stop(starting, beside))
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


async def _stop(starting: asyncio.Task[Process], beside: _Beside) -> None:
    """SIGTERM, `GRACE_S`, SIGKILL to the group; when it has left by itself, SIGKILL to what it left."""
    for task in beside:
        task.cancel()
    # Only one may read a pipe at a time, and `_gone` will.
    await asyncio.gather(*beside, return_exceptions=True)
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
