"""A WebSocket client for the tests of consoles: one handshake, messages as they come."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Ping,
    RejectConnection,
    Request,
    TextMessage,
)

SECONDS = 30.0


@dataclass
class Wire:
    """`printed` is all output so far, `told` every text of the service; `ended` the code of the close."""

    sock: socket.socket
    ws: WSConnection
    printed: bytearray = field(default_factory=bytearray)
    told: list[dict[str, Any]] = field(default_factory=list)
    status: int = 0
    ended: int | None = None
    shows: bool = True
    answers: bool = True

    def send(self, typed: bytes) -> None:
        self.sock.sendall(self.ws.send(BytesMessage(data=typed)))

    def say(self, text: str) -> None:
        self.sock.sendall(self.ws.send(TextMessage(data=text)))

    def until(self, condition: Callable[[], bool]) -> Wire:
        """Read until that is so; the wire may not end before."""
        while not condition():
            assert self.read(), (self.told, self.ended, bytes(self.printed[-200:]))
        return self

    def rest(self) -> Wire:
        """Read to the end."""
        while self.read():
            pass
        return self

    def read(self) -> bool:
        """One piece; False at the end."""
        piece = self.sock.recv(65536)
        self.ws.receive_data(piece or None)
        for event in self.ws.events():
            self._take(event)
        return bool(piece) and self.ended is None

    def _take(self, event: Event) -> None:
        if isinstance(event, AcceptConnection):
            self.status = 101
        elif isinstance(event, RejectConnection):
            self.status, self.ended = event.status_code, 0
        elif isinstance(event, BytesMessage):
            self.printed += event.data
            if self.shows:
                self.say(str(len(event.data)))
        elif isinstance(event, TextMessage):
            self.told.append(json.loads(event.data))
            if self.answers and self.told[-1]["kind"] == "beat":
                self.say("0")
        elif isinstance(event, Ping):
            self.sock.sendall(self.ws.send(event.response()))
        elif isinstance(event, CloseConnection):
            self.ended = event.code


@contextmanager
def wire(port: int, path: str, secret: str | None, origin: str | None = "") -> Iterator[Wire]:
    """`origin`: "" for the service's own, None for none at all."""
    host = f"127.0.0.1:{port}"
    headers = [] if secret is None else [(b"Cookie", f"fuyajo_session={secret}".encode())]
    if origin is not None:
        headers.append((b"Origin", (origin or f"http://{host}").encode()))
    with socket.create_connection(("127.0.0.1", port), SECONDS) as sock:
        ws = WSConnection(ConnectionType.CLIENT)
        sock.sendall(ws.send(Request(host=host, target=path, extra_headers=headers)))
        made = Wire(sock, ws)
        while not made.status and made.read():
            pass
        yield made
