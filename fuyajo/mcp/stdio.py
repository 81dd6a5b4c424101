"""`fuyajo mcp`: one client, over standard input and output. Nothing but the protocol is written to stdout."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import ExitStack
from dataclasses import dataclass, field

import anyio
import anyio.to_thread
from mcp.server.stdio import stdio_server

from fuyajo.mcp.application import Application
from fuyajo.service.context import Actor
from fuyajo.service.working import Worker
from fuyajo.store import alone


@dataclass
class Helper:
    """A worker that starts with the first run: most sessions only look."""

    actor: Actor
    _worker: Worker | None = None
    _thread: threading.Thread | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> None:
        """There is something to do."""
        with self._lock:
            if self._worker is None:
                self._worker = Worker(self.actor.settings, self.actor.database)
                self._thread = threading.Thread(target=self._work, args=(self._worker,))
                self._thread.start()
            self._worker.wake()

    def _work(self, worker: Worker) -> None:
        with ExitStack() as stack:
            stack.enter_context(alone.worker(self.actor.settings.home))
            worker.run()

    def rest(self, *, now: bool = False) -> None:
        """What goes on comes to its end, or is stopped and counts as canceled with `now`."""
        with self._lock:
            if self._worker is None or self._thread is None:
                return
            self._worker.stop(now=now)
        self._thread.join()


def serve(application: Application, helper: Helper | None) -> None:
    """Until the client closes our standard input; TERM and INT cancel what goes on."""

    async def run() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_ended, helper)
            server = application.server()
            async with stdio_server() as (reading, writing):
                await server.run(reading, writing, server.create_initialization_options())
            tasks.cancel_scope.cancel()

    anyio.run(run)
    if helper is not None:
        helper.rest()


async def _ended(helper: Helper | None) -> None:
    """A thread waits for the client's next line and cannot be asked to stop: the process ends around it."""
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async for number in signals:
            if helper is not None:
                await anyio.to_thread.run_sync(lambda: helper.rest(now=True))
            os._exit(128 + number)
