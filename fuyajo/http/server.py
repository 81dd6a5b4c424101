"""The service as a process: one for each home, drained by SIGTERM, with its worker inside."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config
from starlette.types import ASGIApp

from fuyajo.domain.errors import InvalidInput, Problem, Unavailable, shown
from fuyajo.http.logs import say
from fuyajo.http.stream import Streams
from fuyajo.service.working import Worker

MAX_HEADERS = 64 * 1024  # bytes
HEADER_SECONDS = 5.0  # to the end of the headers, and between two calls of one connection
TLS_END_SECONDS = 1.0
DRAIN_SECONDS = 10.0  # for calls that are being answered
MAX_MESSAGE = 64 * 1024  # bytes of a WebSocket's


@dataclass(frozen=True)
class Tls:
    """PEM files."""

    certificate: Path
    key: Path


def listening(host: str, port: int) -> socket.socket:
    """The socket; port 0 takes any that is free. Raises `InvalidInput` or `Unavailable`."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, address = found[0][0], found[0][4]
        return socket.create_server((str(address[0]), port), family=family, backlog=256)
    except (socket.gaierror, UnicodeError) as error:
        raise InvalidInput(Problem("--host", "serve_host", {"value": shown(host)})) from error
    except (OSError, OverflowError) as error:
        params = {"value": f"{shown(host)}:{port}", "detail": shown(str(error), 200)}
        raise Unavailable(Problem("", "serve_port", dict(params))) from error


def config_for(
    listener: socket.socket, tls: Tls | None = None, header_seconds: float = HEADER_SECONDS
) -> Config:
    """What the ASGI server may take and how long it waits."""
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.errorlog = logging.getLogger("hypercorn")
    config.accesslog = None
    config.h11_max_incomplete_size = MAX_HEADERS
    config.h2_max_header_list_size = MAX_HEADERS
    config.keep_alive_timeout = header_seconds
    config.ssl_handshake_timeout = header_seconds
    config.graceful_timeout = DRAIN_SECONDS
    config.include_server_header = False
    config.websocket_max_message_size = MAX_MESSAGE
    if tls is not None:
        config.certfile, config.keyfile = str(tls.certificate), str(tls.key)
    return config


class Loop(asyncio.SelectorEventLoop):
    """A caller that does not answer the end of TLS holds a service up for half a minute, unless told here."""

    async def create_server(self, *args: Any, **more: Any) -> asyncio.Server:
        if more.get("ssl") is not None:
            more.setdefault("ssl_shutdown_timeout", TLS_END_SECONDS)
        return await super().create_server(*args, **more)


async def serving(app: ASGIApp, streams: Streams, config: Config, ending: asyncio.Event) -> None:
    """Until `ending`: then streams are closed, calls that go on get their time, and it is over."""

    async def end() -> None:
        await ending.wait()
        streams.end()

    await hypercorn_serve(app, config, shutdown_trigger=end)  # type: ignore[arg-type]


@dataclass
class Process:
    """All of it together; `run` returns when it was told to stop and is done."""

    app: FastAPI
    guarded: ASGIApp
    config: Config
    worker: Worker | None
    failed: bool = False

    def run(self) -> int:
        """Exit code."""
        thread = threading.Thread(target=self._work, name="worker") if self.worker else None
        with asyncio.Runner(loop_factory=Loop) as runner:
            runner.run(self._serve(thread))
        say("draining" if thread else "stopped")
        if thread is not None and self.worker is not None:
            self._twice(self.worker)
            self.worker.stop()
            thread.join()
            say("stopped")
        return 1 if self.failed else 0

    @staticmethod
    def _twice(worker: Worker) -> None:
        """Runs that go on come to their end; told a second time, they are canceled."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop(now=True))

    async def _serve(self, thread: threading.Thread | None) -> None:
        self._ending, self._loop = asyncio.Event(), asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            self._loop.add_signal_handler(number, self._ending.set)
        if thread is not None:
            thread.start()
        await serving(self.guarded, self.app.state.streams, self.config, self._ending)

    def _work(self) -> None:
        """A worker that dies takes the service with it: who watches over it starts both again."""
        assert self.worker is not None
        try:
            self.worker.run()
        except Exception:
            logging.getLogger("fuyajo.worker").exception("worker died")
            self.failed = True
            self._loop.call_soon_threadsafe(self._ending.set)
