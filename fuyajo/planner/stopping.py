"""Planning that somebody else may end: whatever waits for a planner in this thread can be cancelled.

A planner that is cancelled leaves no process, file or socket (see `Backend.complete`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

ResultT = TypeVar("ResultT")


class Stopped(BaseException):
    """Planning was ended from outside. No `Exception`: it is no failure of any planner."""


class Stop:
    """One switch, pressed once, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pressed = False
        self._cancel: Callable[[], object] | None = None

    @property
    def pressed(self) -> bool:
        return self._pressed

    def press(self) -> None:
        """What is waited for is cancelled; what begins later does not begin."""
        with self._lock:
            self._pressed = True
            if self._cancel is not None:
                self._cancel()

    def check(self) -> None:
        """Raises `Stopped` once it is pressed."""
        if self._pressed:
            raise Stopped

    @contextmanager
    def cancelling(self, cancel: Callable[[], object]) -> Iterator[None]:
        """`cancel` is called, by whoever presses it inside this block; at once if it was pressed before."""
        with self._lock:
            self._cancel = cancel
            if self._pressed:
                cancel()
        try:
            yield
        finally:
            with self._lock:
                self._cancel = None


_STOP: ContextVar[Stop | None] = ContextVar("stop", default=None)


@contextmanager
def stoppable(stop: Stop) -> Iterator[None]:
    """Everything that plans inside this block, in this thread, ends with `Stopped` when it is pressed."""
    token = _STOP.set(stop)
    try:
        yield
    finally:
        _STOP.reset(token)


def run(coming: Coroutine[Any, Any, ResultT]) -> ResultT:
    """`asyncio.run` that can be stopped. Raises `Stopped`."""
    import asyncio

    stop = _STOP.get()
    if stop is None:
        return asyncio.run(coming)

    async def stopped_or_done() -> ResultT:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        with stop.cancelling(lambda: loop.call_soon_threadsafe(task.cancel)):
            return await coming

    try:
        return asyncio.run(stopped_or_done())
    except asyncio.CancelledError:
        raise Stopped from None
    finally:
        coming.close()
