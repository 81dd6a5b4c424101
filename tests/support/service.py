"""The real service on loopback, in this process: its host is the one of `command_line.py`."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
from fastapi import FastAPI

from fuyajo.domain.people import scopes_of
from fuyajo.http.app import application, guarded
from fuyajo.http.limits import Limits, hosts_for
from fuyajo.http.server import Tls, config_for, listening, serving
from fuyajo.service.authenticating import add_user, new_token
from fuyajo.service.context import Actor, Settings

EVERYTHING = ("apply", "approve")
SECONDS = 30.0


@dataclass
class Service:
    app: FastAPI
    port: int
    client: httpx2.Client

    def actor(self, user: str) -> Actor:
        return Actor(user, self.app.state.settings, "test", self.app.state.database)

    def user(self, name: str, *, password: str | None = None, admin: bool = False) -> str:
        """A new one. Their name."""
        return add_user(self.actor("root"), name, password, admin=admin).name

    def token(
        self,
        user: str,
        *scopes: str,
        valid: timedelta | None = timedelta(hours=1),
        label: str = "test",
    ) -> dict[str, str]:
        """Headers of a new token."""
        wanted = scopes_of(scopes or EVERYTHING)
        secret, _ = new_token(self.actor(user), label, wanted, valid)
        return {"Authorization": f"Bearer {secret}"}

    def call(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: Any = None
    ) -> httpx2.Response:
        """`body` is sent as JSON."""
        return self.client.request(method, path, headers=headers, json=body)

    def raw(self, *pieces: bytes, timeout: float = SECONDS) -> bytes:
        """Bytes as they are, and everything that comes back until the connection is closed."""
        with socket.create_connection(("127.0.0.1", self.port), timeout) as connection:
            answer = b""
            try:
                for piece in pieces:
                    connection.sendall(piece)
                while piece := connection.recv(65536):
                    answer += piece
            except ConnectionError:  # it was closed while we went on sending
                answer += _rest(connection)
            return answer


def _rest(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65536)
    except ConnectionError:
        return b""


def settings_at(home: Path) -> Settings:
    return Settings(home, "qemu:///system", "p", Path("/p"), backend="rules")


@contextmanager
def service(
    home: Path,
    *,
    header_seconds: float = 5.0,
    heartbeat: float = 15.0,
    anonymous: bool = False,
    tls: Tls | None = None,
    settings: dict[str, Any] | None = None,
    names: Sequence[str] = (),
    port: int = 0,
    **limits: Any,
) -> Iterator[Service]:
    """Runs until the block is left; `limits` are those of `Limits`, `settings` go beside the usual ones.

    The client of the service speaks no TLS.
    """
    made = replace(settings_at(home), **(settings or {}))
    app = application(made, heartbeat=heartbeat, anonymous=anonymous)
    listener = listening("127.0.0.1", port)
    port = listener.getsockname()[1]
    config = config_for(listener, tls, header_seconds=header_seconds)
    inner = guarded(app, Limits(hosts_for("127.0.0.1", names), **limits))
    ready, ending = threading.Event(), asyncio.Event()
    loops: list[asyncio.AbstractEventLoop] = []

    async def run() -> None:
        loops.append(asyncio.get_running_loop())
        ready.set()
        await serving(inner, app.state.streams, config, ending)

    thread = threading.Thread(target=lambda: asyncio.run(run()), name="service")
    thread.start()
    assert ready.wait(SECONDS)
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=SECONDS) as client:
            yield Service(app, port, client)
    finally:
        loops[0].call_soon_threadsafe(ending.set)
        thread.join(SECONDS)
        assert not thread.is_alive()
