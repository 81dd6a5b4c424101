"""A thread in which a worker is told at once that a job waits, where the database can tell."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

AGAIN_SECONDS = 1.0  # after the server was lost
_LOG = logging.getLogger("fuyajo.worker")


@contextmanager
def listening(url: str, told: Callable[[], None]) -> Iterator[None]:
    """Until the block is left. `told` may wait until there is room for another job.

    Without a server it tries again; meanwhile the worker looks by itself.
    """
    loop, ended = asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(target=_run, args=(loop, ended, url, told), name="listening")
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()


def _run(
    loop: asyncio.AbstractEventLoop, ended: asyncio.Event, url: str, told: Callable[[], None]
) -> None:
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(_until(ended, url, told))


async def _until(ended: asyncio.Event, url: str, told: Callable[[], None]) -> None:
    end = asyncio.create_task(ended.wait())
    while not ended.is_set():
        work = asyncio.create_task(_listen(url, told))
        await asyncio.wait((end, work), return_when=asyncio.FIRST_COMPLETED)
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(end), AGAIN_SECONDS)


async def _listen(url: str, told: Callable[[], None]) -> None:
    from fuyajo.store.messages import LOST, listener

    app, work = listener(url, told)
    try:
        async with app.open_async():
            await work()
    except LOST as error:
        _LOG.warning("not told of jobs", extra={"fuyajo": {"detail": str(error)}})
