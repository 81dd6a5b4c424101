"""A child and everything it started is gone after success, failure, deadline and cancellation."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tracemalloc
from contextlib import aclosing
from pathlib import Path

import pytest

from fuyajo.planner.backends.claude_cli import process
from fuyajo.planner.backends.claude_cli.process import (
    Command,
    Completed,
    DeadlinePassed,
    Ended,
    TooMuchOutput,
    lines,
    run,
)
from tests.support.claude import alive_with, survivors

# A parent that ignores SIGTERM, with a child that does so, too; both hold the pipes open.
STUBBORN = "trap '' TERM; (trap '' TERM; echo > child; exec sleep 60) & echo > parent; wait; wait"


@pytest.fixture
def marker(tmp_path: Path) -> str:
    return f"FUYAJO_TEST_MARKER={tmp_path}"


def _shell(script: str, cwd: Path, stdin: bytes = b"") -> Command:
    env = {"PATH": "/usr/bin:/bin", "FUYAJO_TEST_MARKER": str(cwd)}
    return Command(("/bin/sh", "-c", script), env, cwd, stdin)


def test_talks_and_returns(tmp_path: Path) -> None:
    done = asyncio.run(run(_shell("cat; echo no >&2; exit 3", tmp_path, b"hello"), 10))
    assert done == Completed(3, b"hello", b"no\n")


def test_a_child_that_reads_nothing(tmp_path: Path) -> None:
    done = asyncio.run(run(_shell("exit 0", tmp_path, b"x" * 1_000_000), 10))
    assert done.exit == 0


def test_killed_by_a_signal(tmp_path: Path) -> None:
    assert asyncio.run(run(_shell("kill -9 $$", tmp_path), 10)).exit == -signal.SIGKILL


def test_deadline_ends_the_whole_tree(
    tmp_path: Path, marker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "GRACE_S", 0.1)
    with pytest.raises(DeadlinePassed):
        asyncio.run(run(_shell(STUBBORN, tmp_path), 0.5))
    assert (tmp_path / "child").exists()
    assert survivors(marker) == []


def test_sigterm_comes_first(tmp_path: Path) -> None:
    script = "trap 'echo > polite; exit 0' TERM; echo > ready; while :; do sleep 0.05; done"
    with pytest.raises(DeadlinePassed):
        asyncio.run(run(_shell(script, tmp_path), 0.5))
    assert (tmp_path / "polite").exists()


def test_a_helper_left_behind_is_ended_too(tmp_path: Path, marker: str) -> None:
    script = "(exec sleep 60) >/dev/null 2>&1 </dev/null & echo done"
    assert asyncio.run(run(_shell(script, tmp_path), 10)).stdout == b"done\n"
    assert survivors(marker) == []


async def _cancel_when_ready(tmp_path: Path, times: int) -> None:
    ready = tmp_path / "fifo"
    os.mkfifo(ready)
    task = asyncio.create_task(run(_shell(f"echo > fifo; {STUBBORN}", tmp_path), 30))
    await asyncio.to_thread(ready.read_bytes)  # returns when the child has written
    for _ in range(times):
        task.cancel()
        await asyncio.sleep(0)  # let it begin to clean up before it is cancelled again
    await task


@pytest.mark.parametrize("times", [1, 3])
def test_cancellation_ends_the_whole_tree(
    tmp_path: Path, marker: str, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    monkeypatch.setattr(process, "GRACE_S", 0.1)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(_cancel_when_ready(tmp_path, times))
    assert survivors(marker) == []


def test_too_much_output_is_stopped(
    tmp_path: Path, marker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "MAX_STDOUT", 1000)
    with pytest.raises(TooMuchOutput):
        asyncio.run(run(_shell("yes; sleep 60", tmp_path), 10))
    assert survivors(marker) == []


def test_too_much_on_stderr_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "MAX_STDERR", 1000)
    done = asyncio.run(run(_shell("yes | head -c 500000 >&2; echo ok", tmp_path), 10))
    assert (done.exit, done.stdout, len(done.stderr)) == (0, b"ok\n", 1000)


def test_no_such_program(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        asyncio.run(run(Command((str(tmp_path / "none"),), {}, tmp_path), 1))


def test_what_cannot_be_run(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text("no program")
    with pytest.raises(PermissionError) as caught:
        asyncio.run(run(Command((str(program),), {}, tmp_path), 5))
    assert caught.value.filename == str(program)


def test_a_child_ends_with_a_parent_that_is_killed(tmp_path: Path, marker: str) -> None:
    """Also one that says nothing and so never finds out that nobody listens."""
    code = (
        "import asyncio, pathlib, sys\n"
        "from fuyajo.planner.backends.claude_cli.process import Command, run\n"
        "here = pathlib.Path(sys.argv[1])\n"
        "env = {'PATH': '/usr/bin:/bin', 'FUYAJO_TEST_MARKER': str(here)}\n"
        "script = 'echo > ready; exec sleep 60'\n"
        "asyncio.run(run(Command(('/bin/sh', '-c', script), env, here), 50))\n"
    )
    os.mkfifo(tmp_path / "ready")
    parent = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)])
    (tmp_path / "ready").read_bytes()
    assert len(alive_with(marker)) == 1
    parent.kill()
    parent.wait()
    assert survivors(marker) == []


async def _lines(command: Command, stop_after: int = -1) -> list[bytes | Ended]:
    seen: list[bytes | Ended] = []
    async with asyncio.timeout(20), aclosing(lines(command)) as coming:
        async for item in coming:
            seen.append(item)
            if len(seen) == stop_after:
                break
    return seen


def test_lines_of_any_length(tmp_path: Path) -> None:
    script = "printf 'a\\n\\n'; yes | tr -d '\\n' | head -c 3000000; printf '\\nb\\r\\nc'"
    seen = asyncio.run(_lines(_shell(script, tmp_path)))
    assert seen == [b"a\n", b"\n", b"y" * 3_000_000 + b"\n", b"b\r\n", b"c", Ended(0, b"")]


def test_a_line_is_given_as_soon_as_it_is_there(tmp_path: Path, marker: str) -> None:
    seen = asyncio.run(_lines(_shell("echo one; exec sleep 60", tmp_path), stop_after=1))
    assert seen == [b"one\n"]
    assert survivors(marker) == []


def test_closing_in_the_middle_ends_the_whole_tree(
    tmp_path: Path, marker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "GRACE_S", 0.1)
    script = f"yes >&2 & yes | head -c 100000; {STUBBORN}"
    asyncio.run(_lines(_shell(script, tmp_path, b"x" * 1_000_000), stop_after=3))
    assert survivors(marker) == []


def test_who_reads_slowly_holds_the_child_back(tmp_path: Path) -> None:
    """Nothing piles up on our side: what is not asked for stays in the pipe."""

    async def look() -> int:
        async with aclosing(lines(_shell("yes; sleep 60", tmp_path))) as coming:
            await anext(coming)
            begin = tracemalloc.get_traced_memory()[0]
            for _ in range(100_000):
                await anext(coming)
            return tracemalloc.get_traced_memory()[0] - begin

    tracemalloc.start()
    try:
        assert asyncio.run(look()) < 8_000_000
    finally:
        tracemalloc.stop()
