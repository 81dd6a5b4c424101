"""`ClaudeBackend`: one wish, one process, one judged answer."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator
from pathlib import Path

from fuyajo.domain.errors import Problem
from fuyajo.planner.backend import Completion, Partial, PlannerRequest
from fuyajo.planner.backends.claude_cli.call import (
    Room,
    arguments,
    environment,
    room,
    token_env,
)
from fuyajo.planner.backends.claude_cli.outcome import NAME, fail, judge
from fuyajo.planner.backends.claude_cli.present import find_binary, missing
from fuyajo.planner.backends.claude_cli.process import (
    Command,
    Completed,
    DeadlinePassed,
    TooMuchOutput,
    run,
)
from fuyajo.planner.backends.claude_cli.tokens import TokenSource, token_pipe
from fuyajo.planner.prompt import frame

# Raised with every change of how the CLI is called; the gate's result is bound to it.
ADAPTER_VERSION = 1
PROBE_DEADLINE_S = 20.0

# What each binary's `--help` told, by (path, mtime in ns, bytes). A memo, never invalid: a new binary has a
# new key.
_restricted: dict[tuple[str, int, int], bool] = {}


class ClaudeBackend:
    """The Claude Code CLI as a planner. Stateless; calls may overlap (about 0.7 s and 110 MB each)."""

    name = NAME
    waits = True
    repairs = True

    def __init__(
        self,
        binary: Path | None,
        token: TokenSource | None,
        model: str = "sonnet",
        deadline_s: float = 90.0,
        base_url: str | None = None,
    ) -> None:
        """`binary` None: looked up (`find_binary`). `deadline_s`: seconds for one whole request."""
        self._binary = binary
        self._token = token
        self._model = model
        self.deadline_s = deadline_s
        self._base_url = base_url

    def missing(self) -> tuple[Problem, ...]:
        """What has to be there before this backend can be tried; empty when nothing is missing."""
        return missing(self._binary, self._token, os.environ)

    def configured(self) -> bool:
        return not self.missing()

    async def complete(self, request: PlannerRequest) -> AsyncGenerator[Partial | Completion]:
        """Plans one wish. Raises `BackendError`, or `InvalidInput` when the wish is too long."""
        yield await self._complete(request)

    async def identity(self) -> dict[str, str]:
        binary = find_binary(self._binary, os.environ)
        if binary is None:
            fail("not_installed", str(self._binary or NAME))
        found = binary.stat()
        return {
            "adapter": f"claude-{ADAPTER_VERSION}",
            "binary": f"{found.st_size}-{found.st_mtime_ns}",
            "model": self._model,
        }

    async def _complete(self, request: PlannerRequest) -> Completion:
        prompt = frame(request)
        binary = find_binary(self._binary, os.environ)
        if binary is None:
            fail("not_installed", str(self._binary or NAME))
        if self._token is None:
            fail("auth", "no credential is configured")
        # A descriptor may be slow to deliver; the loop must not wait for it.
        secret = await asyncio.to_thread(self._token.read)
        try:
            with room(request.directory) as place, token_pipe(secret) as fd:
                completed = await self._call(binary, place, fd, prompt)
        except DeadlinePassed:
            fail("timeout", f"{self.deadline_s:g} s")
        except TooMuchOutput:
            fail("crashed", "too much output")
        except OSError as error:
            fail("not_installed" if error.filename == str(binary) else "crashed", _reason(error))
        return judge(completed, secret)

    async def _call(self, binary: Path, place: Room, fd: int, prompt: bytes) -> Completed:
        assert self._token is not None  # complete() looked
        env = environment(place, self._base_url)
        restricted = await _knows_restricted(binary, env, place.cwd)
        command = Command(
            argv=arguments(binary, self._model, restricted),
            env={**env, **token_env(self._token.kind, fd)},
            cwd=place.cwd,
            stdin=prompt,
            pass_fds=(fd,),
        )
        return await run(command, self.deadline_s)


async def _knows_restricted(binary: Path, env: dict[str, str], cwd: Path) -> bool:
    """Whether this binary has `--restricted` (2.1.330 does, 2.1.197 exits on it). Asked once per binary."""
    found = binary.stat()
    key = (str(binary), found.st_mtime_ns, found.st_size)
    if key not in _restricted:
        told = await run(Command((str(binary), "--help"), env, cwd), PROBE_DEADLINE_S)
        if told.exit != 0:
            fail("crashed", f"--help: exit {told.exit}")
        _restricted[key] = b"--restricted" in told.stdout
    return _restricted[key]


def _reason(error: OSError) -> str:
    return f"{error.strerror}: {error.filename}" if error.filename else str(error.strerror)
