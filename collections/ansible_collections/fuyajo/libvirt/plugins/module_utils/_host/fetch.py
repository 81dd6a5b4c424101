# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Downloads that end: by a number of bytes, by a time, and only where the address said."""

from __future__ import annotations

import hashlib
import http.client
import socket
import threading
import time
import urllib.error
import urllib.request
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    FAILED,
    INVALID,
    FuyajoError,
)

_STALL_SECONDS = 30.0
_CHUNK = 1 << 18


def download(url: str, out: BinaryIO, most: int, seconds: float) -> str:
    """Write what an http or https address holds to ``out``; return its SHA-256.

    Raises FuyajoError when there are more than ``most`` bytes, when ``seconds`` are over, or when
    the server leads anywhere but to the same scheme or to https.
    """
    deadline = time.monotonic() + seconds
    response = _answer(url, seconds)
    try:
        announced = response.headers.get("Content-Length", "")
        if announced.isdigit() and int(announced) > most:
            raise _too_much(url, most)
        return _pour(url, response, out, most, deadline)
    except (http.client.HTTPException, OSError) as error:
        raise FuyajoError(f"cannot fetch {url}: {_said(error)}") from None
    finally:
        response.close()


def _pour(url: str, response: Any, out: BinaryIO, most: int, deadline: float) -> str:
    digest, count = hashlib.sha256(), 0
    # read1: a server that drips single bytes comes back here after each of them.
    while chunk := response.read1(_CHUNK):
        count += len(chunk)
        if count > most:
            raise _too_much(url, most)
        if time.monotonic() > deadline:
            raise FuyajoError(f"cannot fetch {url}: not finished in time ({count} bytes so far)")
        digest.update(chunk)
        out.write(chunk)
    out.flush()
    return digest.hexdigest()


def _answer(url: str, seconds: float) -> Any:
    """Return the open response; headers that never end are left behind in their thread."""
    box: list[Any] = []
    worker = threading.Thread(target=_open, args=(url, seconds, box), daemon=True)
    worker.start()
    worker.join(seconds)
    # The socket has a clock of its own, which may be the first to ring.
    if not box or isinstance(getattr(box[0], "reason", box[0]), socket.timeout):
        raise FuyajoError(f"cannot fetch {url}: no answer within {seconds:g} s")
    if isinstance(box[0], FuyajoError):
        raise box[0]
    if isinstance(box[0], BaseException):
        raise FuyajoError(f"cannot fetch {url}: {_said(box[0])}", FAILED)
    return box[0]


def _open(url: str, seconds: float, box: list[Any]) -> None:
    opener = urllib.request.build_opener(_Redirects)
    try:
        request = urllib.request.Request(url, headers={"User-Agent": "fuyajo.libvirt"})  # noqa: S310 - checked
        box.append(opener.open(request, timeout=min(seconds, _STALL_SECONDS)))
    except Exception as error:  # noqa: BLE001 - handed to the thread that waits, nothing is lost
        box.append(error)


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follow a few redirects, never to a weaker or to an entirely different scheme."""

    max_redirections = 5

    def redirect_request(
        self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Any:
        before, after = urlsplit(req.full_url).scheme, urlsplit(newurl).scheme
        if after not in (before, "https"):
            raise FuyajoError(
                f"cannot fetch {req.full_url}: it leads from {before} to {after or 'nowhere'}",
                INVALID,
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _too_much(url: str, most: int) -> FuyajoError:
    return FuyajoError(f"cannot fetch {url}: it has more than {most} bytes", INVALID)


def _said(error: BaseException) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"the server said {error.code}"
    reason = getattr(error, "reason", None) or error
    text = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
    return ascii(text)[1:-1][:200]
