"""Whatever waits for a planner can be ended from another thread, at any moment."""

from __future__ import annotations

import asyncio
import threading

import pytest

from fuyajo.planner.stopping import Stop, Stopped, run, stoppable

WAIT = 20


class Waiting:
    """Something that never ends by itself, as a planner that hangs."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self.ended = threading.Event()

    async def __call__(self) -> str:
        self.began.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ended.set()
        return "never"


def test_it_is_ended_from_outside() -> None:
    stop, waiting = Stop(), Waiting()
    presser = threading.Thread(target=lambda: waiting.began.wait(WAIT) and stop.press())
    presser.start()
    with stoppable(stop), pytest.raises(Stopped):
        run(waiting())
    presser.join()
    assert waiting.ended.is_set()


def test_pressed_before_it_begins() -> None:
    stop, waiting = Stop(), Waiting()
    stop.press()
    with stoppable(stop), pytest.raises(Stopped):
        run(waiting())
    with pytest.raises(Stopped):
        stop.check()


def test_pressed_after_the_end_it_does_nothing() -> None:
    async def four() -> int:
        return 4

    stop = Stop()
    with stoppable(stop):
        assert run(four()) == 4
    stop.press()
    assert run(four()) == 4  # nobody's any more


def test_what_was_cancelled_by_something_else_is_not_swallowed() -> None:
    with pytest.raises(asyncio.CancelledError):
        run(cancelled())


async def cancelled() -> None:
    raise asyncio.CancelledError


def test_a_planner_is_no_failure_when_it_is_stopped() -> None:
    assert not issubclass(Stopped, Exception)
