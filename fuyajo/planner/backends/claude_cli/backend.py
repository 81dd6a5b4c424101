"""`ClaudeBackend`: one wish, one process; the message while it arrives, then one judged reply."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
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
from fuyajo.planner.backends.claude_cli.process import Command, Ended, TooMuchOutput, lines
from fuyajo.planner.backends.claude_cli.slots import slots
from fuyajo.planner.backends.claude_cli.stream import Transcript
from fuyajo.planner.backends.claude_cli.version import Cli, learn
from fuyajo.planner.backends.tokens import TokenSource, token_pipe
from fuyajo.planner.prompt import frame

# Raised with every change of how the CLI is called; the gate's result is bound to it.
ADAPTER_VERSION = 2


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
        """Plans one wish. Raises `BackendError`, or `InvalidInput` when the wish is too long.

        Waits while as many CLIs are running as there are cores.
        """
        prompt = self._prompt(request)
        binary = self._found()
        if self._token is None:
            fail("auth", "no credential is configured")
        # A descriptor may be slow to deliver; the loop must not wait for it.
        secret = await asyncio.to_thread(self._token.read)
        transcript = self._transcript()
        with _told(binary):
            async with slots(), aclosing(self._lines(binary, request, secret, prompt)) as coming:
                async for item in coming:
                    if isinstance(item, Ended):
                        ended = item
                    elif partial := transcript.hear(item):
                        yield partial
        yield self._judged(transcript, judge(transcript.result, ended, secret))

    async def identity(self) -> dict[str, str]:
        """Adapter, the CLI's version (its file's size and time when it tells none), and the model's name."""
        binary = self._found()
        with (
            _told(binary),
            tempfile.TemporaryDirectory(prefix="fy-", ignore_cleanup_errors=True) as home,
            room(Path(home)) as place,
        ):
            cli = await learn(binary, place)
        return {"adapter": f"claude-{ADAPTER_VERSION}", "cli": cli.version, "model": self._model}

    # --- what another kind of call does otherwise ---------------------------------------------------

    def _prompt(self, request: PlannerRequest) -> bytes:
        return frame(request)

    def _transcript(self) -> Transcript:
        return Transcript()

    def _call(self, binary: Path, cli: Cli, _place: Room) -> tuple[tuple[str, ...], dict[str, str]]:
        """argv, and what its environment has besides."""
        return arguments(binary, self._model, cli.restricted), {}

    def _judged(self, _transcript: Transcript, completion: Completion) -> Completion:
        return completion

    # ------------------------------------------------------------------------------------------------

    def _found(self) -> Path:
        binary = find_binary(self._binary, os.environ)
        if binary is None:
            fail("not_installed", str(self._binary or NAME))
        return binary

    async def _lines(
        self, binary: Path, request: PlannerRequest, secret: str, prompt: bytes
    ) -> AsyncGenerator[bytes | Ended]:
        """What the CLI prints, in a room that is gone before the end is told."""
        assert self._token is not None  # complete() looked
        with room(request.directory) as place, token_pipe(secret) as fd:
            cli = await learn(binary, place)
            argv, more = self._call(binary, cli, place)
            command = Command(
                argv=argv,
                env={
                    **environment(place, self._base_url),
                    **more,
                    **token_env(self._token.kind, fd),
                },
                cwd=place.cwd,
                stdin=prompt,
                pass_fds=(fd,),
            )
            async with aclosing(lines(command)) as coming:
                async for item in coming:
                    if isinstance(item, Ended):
                        ended = item
                    else:
                        yield item
        yield ended


@contextmanager
def _told(binary: Path) -> Iterator[None]:
    """Turns what can go wrong around a process into `BackendError`."""
    try:
        yield
    except TooMuchOutput:
        fail("crashed", "too much output")
    except OSError as error:
        fail("not_installed" if error.filename == str(binary) else "crashed", _reason(error))


def _reason(error: OSError) -> str:
    return f"{error.strerror}: {error.filename}" if error.filename else str(error.strerror)
