"""What the real CLI leaves behind and lets others see: no process, no file, no token."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fuyajo.planner.backend import Answer, BackendError
from fuyajo.planner.backends.claude_cli.call import arguments, environment, room, token_env
from fuyajo.planner.backends.claude_cli.outcome import judge
from fuyajo.planner.backends.claude_cli.process import Command, Ended, run
from fuyajo.planner.backends.tokens import TokenFd, TokenFile, token_pipe
from fuyajo.planner.dialogue import answer
from tests.support.claude import SECRET, alive_with, survivors
from tests.support.claude_planner import CHAT, Planner, Script, closing
from tests.support.messages_api import MessagesApi

pytestmark = pytest.mark.claude

HANG = {"hang": True}
WISH = "make a server called quokka-4711"
WAIT_S = 20


async def _in_flight(planner: Planner, api: MessagesApi, **options: Any) -> asyncio.Task[Answer]:
    """A call whose request has reached the API and gets no answer."""
    wish = answer(planner.backend(api, **options), planner.request(WISH))
    task = asyncio.create_task(wish)
    assert await asyncio.to_thread(api.arrived.wait, WAIT_S)
    return task


def test_own_deadline_ends_a_hanging_call(planner: Planner, scripted: Script) -> None:
    api = scripted(HANG)
    # Long enough for the CLI to have asked by then.
    error = planner.fail(api, deadline_s=8)
    assert error.kind == "timeout"
    assert len(api.messages) == 1
    assert survivors(str(planner.home)) == []
    assert planner.left_behind() == []


def test_cancelling_the_task_ends_the_process(planner: Planner, scripted: Script) -> None:
    async def cancel() -> None:
        task = await _in_flight(planner, scripted(HANG))
        assert alive_with(str(planner.home)) != []
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancel())
    assert survivors(str(planner.home)) == []
    assert planner.left_behind() == []


PROGRAM = """
import asyncio, sys
from pathlib import Path
from fuyajo.planner.backend import PlannerRequest
from fuyajo.planner.backends.claude_cli.backend import ClaudeBackend
from fuyajo.planner.backends.tokens import TokenFd
from fuyajo.planner.dialogue import answer
binary, url, home = sys.argv[1:]
backend = ClaudeBackend(Path(binary), TokenFd(0), base_url=url)
asyncio.run(answer(backend, PlannerRequest("hello", "en", Path(home))))
"""


def test_ctrl_c_ends_the_process(planner: Planner, scripted: Script) -> None:
    api = scripted(HANG)
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(planner.binary), api.url, str(planner.home)],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(planner.temp)},
    )
    with program:
        assert program.stdin is not None
        program.stdin.write(SECRET.encode())
        program.stdin.close()
        assert api.arrived.wait(WAIT_S)
        program.send_signal(signal.SIGINT)
        assert program.stderr is not None
        assert b"KeyboardInterrupt" in program.stderr.read()
        assert program.wait(WAIT_S) != 0
    assert survivors(str(planner.home)) == []
    assert planner.left_behind() == []


def _everything_in_proc(name: str) -> bytes:
    """One file of every process but this one, which has the token in its memory on purpose."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                found.append((entry / name).read_bytes())
            except OSError:  # it has just gone, or belongs to somebody else
                continue
    return b"\n".join(found)


def test_token_and_wish_are_not_to_be_seen_while_it_runs(
    planner: Planner, scripted: Script
) -> None:
    async def look() -> tuple[bytes, bytes]:
        task = await _in_flight(planner, scripted(HANG))
        seen = _everything_in_proc("cmdline"), _everything_in_proc("environ")
        task.cancel()
        await asyncio.wait([task])
        return seen

    cmdline, environ = asyncio.run(look())
    assert str(planner.binary).encode() in cmdline  # we did look at it
    assert str(planner.home).encode() in environ
    for secret in (SECRET.encode(), WISH.encode()):
        assert secret not in cmdline
        assert secret not in environ


def test_nothing_of_the_call_is_on_disk_afterwards(
    planner: Planner, scripted: Script, tmp_path: Path
) -> None:
    planner.ask(scripted(CHAT), text=WISH)
    assert planner.left_behind() == []
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files != []  # the CLI keeps a little state in its HOME
    for path in files:
        content = path.read_bytes()
        assert SECRET.encode() not in content, path
        assert WISH.encode() not in content, path
        assert b"hello there" not in content, path
    assert sum(path.stat().st_size for path in files) < 50_000


def test_token_from_a_file_and_from_a_descriptor(
    planner: Planner, scripted: Script, tmp_path: Path
) -> None:
    api = scripted(CHAT)
    file = tmp_path / "token"
    file.write_text(f"{SECRET}-file\n", encoding="utf-8")
    file.chmod(0o600)
    planner.ask(api, token=TokenFile(file))
    with token_pipe(f"{SECRET}-fd") as fd:
        planner.ask(api, token=TokenFd(fd))
    bearers = [call.headers["authorization"] for call in api.messages]
    assert bearers == [f"Bearer {SECRET}-file", f"Bearer {SECRET}-fd"]


def test_the_cli_itself_without_a_credential(planner: Planner, scripted: Script) -> None:
    """We refuse earlier; but should the pipe ever be empty, the CLI must find no other credential."""
    api = scripted(CHAT)
    with room(planner.home) as place, token_pipe("") as fd:
        env = {**environment(place, api.url), **token_env("oauth", fd)}
        argv = arguments(planner.binary, "sonnet", restricted=True)
        done = asyncio.run(run(Command(argv, env, place.cwd, b"hello", (fd,)), 30))
    with pytest.raises(BackendError) as caught:
        judge(closing(done), Ended(done.exit, done.stderr), SECRET)
    assert caught.value.kind == "auth"
    assert api.calls == []


def test_the_cli_rejects_an_unknown_option(planner: Planner, scripted: Script) -> None:
    with room(planner.home) as place, token_pipe(SECRET) as fd:
        env = {**environment(place, scripted(CHAT).url), **token_env("oauth", fd)}
        argv = (*arguments(planner.binary, "sonnet", restricted=True), "--no-such-option")
        done = asyncio.run(run(Command(argv, env, place.cwd, b"hello", (fd,)), 30))
    with pytest.raises(BackendError) as caught:
        judge(closing(done), Ended(done.exit, done.stderr), SECRET)
    assert caught.value.kind == "usage"
    assert "--no-such-option" in str(caught.value)
