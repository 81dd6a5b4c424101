"""What no ASGI server does by itself: refuse endless bodies, and calls that are meant for another host."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fuyajo.http import problems

MAX_BODY = 1 << 20  # bytes; a request is text
BODY_SECONDS = 20.0


@dataclass(frozen=True)
class Limits:
    """`hosts` are the names this service goes by (without port); an Origin must be the host that is asked."""

    hosts: frozenset[str]
    max_body: int = MAX_BODY
    body_seconds: float = BODY_SECONDS


class Guard:
    """ASGI middleware. Refusals are small problem documents; the connection is closed after them."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app, self._limits = app, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and self._refused(scope) is not None:
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refused = self._refused(scope)
        if refused is None and _length(scope) > self._limits.max_body:
            refused = 413
        if refused is not None:
            await _refuse(send, refused)
            return
        body = _Body(receive, send, self._limits)
        try:
            await self._app(scope, body.receive, body.send)
        finally:
            if body.refused is not None and not body.answered:
                await _refuse(send, body.refused)

    def _refused(self, scope: Scope) -> int | None:
        """421: not for this host (DNS rebinding); 403: a page of somebody else's asks."""
        headers = {key: value.decode("latin-1") for key, value in scope["headers"]}
        host = _name(headers.get(b"host", ""))
        if host not in self._limits.hosts:
            return 421
        origin = headers.get(b"origin")
        if origin is not None and not _same(origin, headers[b"host"]):
            return 403
        return None


class _Body:
    """Counts and times what comes; an answer that has begun is not disturbed."""

    def __init__(self, receive: Receive, send: Send, limits: Limits) -> None:
        self._receive, self._send, self._limits = receive, send, limits
        self._seen, self._whole = 0, False
        self._until = asyncio.get_running_loop().time() + limits.body_seconds
        self.answered = False
        self.refused: int | None = None

    async def receive(self) -> Message:
        if self._whole:
            return await self._receive()  # waits for the client to go away
        left = self._until - asyncio.get_running_loop().time()
        try:
            message = await asyncio.wait_for(self._receive(), max(0.0, left))
        except TimeoutError:
            return self._end(408)
        self._seen += len(message.get("body", b""))
        if self._seen > self._limits.max_body:
            return self._end(413)
        self._whole = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    def _end(self, status: int) -> Message:
        """For the application the client went away; what it says to that is not sent."""
        self.refused, self._whole = status, True
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if self.refused is not None and not self.answered:
            return
        self.answered = True
        await self._send(message)


def _length(scope: Scope) -> int:
    said = next((value for key, value in scope["headers"] if key == b"content-length"), b"0")
    return int(said) if said.isdigit() and len(said) < 16 else 0


def _name(authority: str) -> str:
    """The host of `host:port`, `[::1]:port`."""
    try:
        return (urlsplit(f"//{authority}").hostname or "").lower()
    except ValueError:
        return ""


def _same(origin: str, host: str) -> bool:
    """Whether a page of that origin is one of ours: another port is another program."""
    try:
        page, ours = urlsplit(origin), urlsplit(f"{urlsplit(origin).scheme}://{host}")
        usual = {"http": 80, "https": 443}.get(page.scheme)
        if usual is None:
            return False
        ports = (page.port or usual, ours.port or usual)
        return ports[0] == ports[1] and page.hostname == ours.hostname
    except ValueError:
        return False


def hosts_for(bind: str, names: Sequence[str]) -> frozenset[str]:
    """What a service bound to that address goes by: loopback has three names, `0.0.0.0` what was said."""
    own = {name.lower() for name in names}
    try:
        address = ip_address(bind)
    except ValueError:
        return frozenset(own | {bind.lower()})
    if address.is_loopback or address.is_unspecified:
        own |= {"localhost", "127.0.0.1", "::1"}
    if not address.is_unspecified:
        own.add(str(address))
    return frozenset(own)


async def _refuse(send: Send, status: int) -> None:
    body = problems.plain(status)
    headers = [
        (b"content-type", problems.MEDIA.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
