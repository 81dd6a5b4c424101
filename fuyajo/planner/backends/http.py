"""The one HTTP client with which model servers are asked. Loaded with the first call, never before.

It follows no redirect, waits no longer than it is told, and takes no more than `MAX_BYTES`. Proxies of the
environment count for other machines only.
"""

from __future__ import annotations

import email.utils
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx2

from fuyajo.planner.backends.address import loopback
from fuyajo.planner.backends.failing import fail

CONNECT_S = 10.0
# Bytes of one answer as they arrive, event by event; a reply itself is far smaller.
MAX_BYTES = 8 * 1024 * 1024
# Characters of a whole reply; 50 VMs with options stay far below.
MAX_REPLY_CHARS = 262_144
# Seconds. A server that asks for more is not waited for: the person is told instead.
PATIENCE_S = 20.0


class TooMuch(Exception):
    """More came than a reply can be."""


def client(base_url: str, deadline_s: float) -> httpx2.AsyncClient:
    """A fresh client; close it. `deadline_s` bounds each single wait."""
    verify = True if base_url.startswith("https:") else _no_authorities()
    return httpx2.AsyncClient(
        verify=verify,
        trust_env=not loopback(base_url),
        follow_redirects=False,
        timeout=httpx2.Timeout(deadline_s, connect=min(CONNECT_S, deadline_s)),
        # What is not packed cannot unpack to more than was counted.
        headers={"accept-encoding": "identity"},
        event_hooks={"response": [_bound]},
    )


def _no_authorities() -> ssl.SSLContext:
    """Trusts nobody; plain http needs none, and reading the system's certificates takes 30 ms."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


async def _bound(response: httpx2.Response) -> None:
    assert isinstance(response.stream, httpx2.AsyncByteStream)
    response.stream = _Bounded(response.stream)


class _Bounded(httpx2.AsyncByteStream):
    """Passes `MAX_BYTES` on, then raises `TooMuch`."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = MAX_BYTES
        async for chunk in self._stream:
            left -= len(chunk)
            if left < 0:
                raise TooMuch
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


def asked_to_wait(headers: httpx2.Headers) -> float | None:
    """Seconds that the server asks for (`retry-after`: a number or a date); None when it does not."""
    said = headers.get("retry-after", "").strip()
    if not said:
        return None
    with suppress(ValueError):
        return max(0.0, float(said))
    with suppress(ValueError):
        return max(0.0, email.utils.parsedate_to_datetime(said).timestamp() - time.time())
    return None


def expect_events(backend: str, response: httpx2.Response) -> None:
    """Raises `BackendError` for anything else than a stream of events, such as a login page."""
    found = content_type(response)
    if found != "text/event-stream":
        fail(backend, "api", f"answered with {found or 'no content type'} instead of a reply")


def content_type(response: httpx2.Response) -> str:
    """In small letters and without its parameters; empty when nothing was told."""
    told: str = response.headers.get("content-type", "")
    return told.partition(";")[0].strip().lower()


async def small_body(response: httpx2.Response, limit: int = 65_536) -> bytes:
    """The first `limit` bytes of a body, for what is said about an error. Closes the response."""
    body = b""
    try:
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) >= limit:
                break
    except (httpx2.HTTPError, TooMuch):
        pass  # half an explanation is better than none
    finally:
        await response.aclose()
    return body[:limit]
