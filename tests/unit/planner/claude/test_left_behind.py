"""Two hundred calls cancelled at every moment: not a process, descriptor, socket, file or task is left."""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fuyajo.planner.backend import Completion, PlannerRequest
from fuyajo.planner.backends.claude_cli import process
from fuyajo.planner.backends.claude_cli.backend import ClaudeBackend
from fuyajo.planner.dialogue import answer
from tests.support.claude import result, survivors, tried
from tests.support.remains import remains

# Half of those that are cancelled late have answered by then; the others make two hundred and more.
CALLS = 400
AT_ONCE = 20
# Fewer than that, so that some are cancelled while they wait for a core, and more than this machine has.
RUNNING = 12
MOMENTS = ("before", "starting", "later", "mid-stream", "at the end")
SAID = tried({"type": "chat", "message": "hello there", "config": None})

Make = Callable[..., ClaudeBackend]


@pytest.fixture
def temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    directory = tmp_path / "temp"
    directory.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(directory))
    return directory


class Storm:
    """Calls that are cancelled, each at a moment drawn from a fixed seed."""

    def __init__(self, quick: ClaudeBackend, stuck: ClaudeBackend, wish: PlannerRequest) -> None:
        # Whether a call may come to its end, or says half and waits for ever.
        self.quick, self.stuck, self.wish = quick, stuck, wish
        self.random = random.Random(4711)
        self.ended: Counter[tuple[str, str]] = Counter()

    async def one(self, moment: str) -> None:
        backend = self.stuck if moment == "mid-stream" else self.quick
        heard = asyncio.Event()
        call = asyncio.create_task(
            answer(backend, self.wish, on_event=lambda _event: heard.set()), name=moment
        )
        if moment == "starting":
            for _ in range(self.random.randrange(1, 40)):
                await asyncio.sleep(0)
        elif moment == "later":
            await asyncio.wait([call], timeout=self.random.uniform(0, 0.1))
        elif moment in ("mid-stream", "at the end"):
            hearing = asyncio.create_task(heard.wait())
            await asyncio.wait([call, hearing], return_when=asyncio.FIRST_COMPLETED)
            hearing.cancel()
        if moment == "at the end":  # the message is there, and the process about to leave
            for _ in range(self.random.randrange(20)):
                await asyncio.sleep(0)
        call.cancel()
        (outcome,) = await asyncio.gather(call, return_exceptions=True)
        self.ended[moment, type(outcome).__name__] += 1

    async def all(self) -> None:
        moments = [MOMENTS[number % len(MOMENTS)] for number in range(CALLS)]
        self.random.shuffle(moments)
        for begin in range(0, CALLS, AT_ONCE):
            await asyncio.gather(*map(self.one, moments[begin : begin + AT_ONCE]))


def test_two_hundred_cancelled_calls(
    temp: Path, stub: Any, backend: Make, wish: PlannerRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _pid: set(range(RUNNING)))
    started = _count_starts(monkeypatch)
    quick = backend(_program(stub, "quick", "\n".join([*SAID, result()])))
    stuck = backend(_program(stub, "stuck", "\n".join([*SAID[:8], ""]), last="exec sleep 60"))
    storm = Storm(quick, stuck, wish)

    async def compare() -> None:
        await answer(quick, wish)  # threads and the planner's directory exist from now on
        before = remains(temp, wish.directory)
        await storm.all()
        assert remains(temp, wish.directory) == before
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(compare())
    assert survivors(str(wish.directory)) == []
    told = {moment: storm.ended[moment, "CancelledError"] for moment in MOMENTS}
    assert storm.ended.total() == CALLS
    # Only one that was cancelled late may have come to its answer, and none to anything else.
    assert {name for _, name in storm.ended} <= {"CancelledError", "Answer"}
    assert all(told[moment] == CALLS // len(MOMENTS) for moment in ("before", "mid-stream"))
    assert sum(told.values()) >= 200, storm.ended
    assert len(started) >= 200


def _count_starts(monkeypatch: pytest.MonkeyPatch) -> list[process.Command]:
    """Every command whose process is begun, be it cancelled right then."""
    begun: list[process.Command] = []
    start = process._start

    async def counted(command: process.Command) -> asyncio.subprocess.Process:
        begun.append(command)
        return await start(command)

    monkeypatch.setattr(process, "_start", counted)
    return begun


def _program(stub: Any, name: str, *output: str, **more: Any) -> Path:
    path: Path = stub(*output, **more)
    return path.rename(path.with_name(name))


def test_what_is_left_would_be_seen(tmp_path: Path) -> None:
    """The comparison fires: for a process that nobody waited for, a descriptor, a file."""

    async def leave() -> None:
        before = remains(tmp_path)
        child = await asyncio.create_subprocess_exec("sleep", "60")
        assert remains(tmp_path).children - before.children == {child.pid}
        child.kill()
        await child.wait()
        assert remains(tmp_path) == before
        with (tmp_path / "file").open("w"):
            found = remains(tmp_path)
        assert found.descriptors != before.descriptors
        assert found.files - before.files == {str(tmp_path / "file")}

    asyncio.run(leave())


async def _overlap(backend: ClaudeBackend, wish: PlannerRequest, log: Path, calls: int) -> int:
    """The largest number of programs that ran at the same time, from the log they write."""
    wishes = (replace(wish, text=f"wish {number}") for number in range(calls))
    await asyncio.gather(*(answer(backend, each) for each in wishes))
    running = most = 0
    for line in log.read_text(encoding="utf-8").split():
        running += 1 if line == "begin" else -1
        most = max(most, running)
    assert running == 0
    return most


@pytest.mark.parametrize("cores", [1, 2, 5])
def test_as_many_at_once_as_there_are_cores(
    stub: Any,
    backend: Make,
    wish: PlannerRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    cores: int,
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _pid: set(range(cores)))
    log = tmp_path / "log"
    binary = stub(last=f"echo begin >> {log}; sleep {0.1 * cores}; echo end >> {log}; exit 0")
    assert asyncio.run(_overlap(backend(binary), wish, log, 8)) == cores


def test_waiting_for_a_core_ends_with_the_deadline_and_lets_the_next_one_in(
    stub: Any, backend: Make, wish: PlannerRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _pid: {0})
    stuck = backend(_program(stub, "stuck", "\n".join([*SAID[:8], ""]), last="exec sleep 60"))
    quick = backend(stub(), deadline_s=0.2)

    async def wait() -> str:
        heard = asyncio.Event()
        running = asyncio.create_task(answer(stuck, wish, on_event=lambda _event: heard.set()))
        await heard.wait()
        (waited,) = await asyncio.gather(answer(quick, wish), return_exceptions=True)
        assert getattr(waited, "kind", "") == "timeout"
        running.cancel()
        await asyncio.wait([running])
        quick.deadline_s = 10
        return (await answer(quick, wish)).reply.message

    assert asyncio.run(wait()) == "hello there"


def test_a_stream_that_is_closed_early_leaves_nothing(
    stub: Any, backend: Make, wish: PlannerRequest, temp: Path
) -> None:
    stuck = backend(stub("\n".join([*SAID[:8], ""]), last="exec sleep 60"))

    async def close() -> None:
        before = remains(temp)
        stream = stuck.complete(wish)
        assert not isinstance(await anext(stream), Completion)
        await stream.aclose()
        assert remains(temp) == before
        assert list(wish.directory.iterdir()) == []

    asyncio.run(close())
