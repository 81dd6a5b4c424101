# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine's serial console, and a picture of its screen.

What the guest prints is always taken from libvirt at once, and the oldest of it thrown away when nobody
fetches it: a stream that is not read is kept by libvirt's client, in this process and without a limit.
"""

from __future__ import annotations

import contextlib
import threading
from typing import Any, Callable

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import (
    Calls,
    ours,
    translated,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    FAILED,
    FuyajoError,
)

KEPT_BYTES = 256 * 1024
PICTURE_BYTES = 16 * 1024 * 1024
_PIECE = 16 * 1024
_IN_USE = "Active console session exists"


class Console:
    """An open console. ``wake`` is called, by libvirt's own thread, when there is something to take."""

    def __init__(self, lib: Any, stream: Any, wake: Callable[[], None], kept: int) -> None:
        self._lib, self._stream, self._wake, self._kept = lib, stream, wake, kept
        self._lock = threading.Lock()
        self._printed = bytearray()
        self._left_out = 0
        self._watched = True
        self.over = False
        events = (
            lib.VIR_STREAM_EVENT_READABLE | lib.VIR_STREAM_EVENT_ERROR | lib.VIR_STREAM_EVENT_HANGUP
        )
        stream.eventAddCallback(events, self._happened, None)

    def take(self) -> tuple[bytes, int]:
        """Return what was printed since, and how many bytes before that were thrown away."""
        with self._lock:
            printed, left_out = bytes(self._printed), self._left_out
            self._printed.clear()
            self._left_out = 0
        return printed, left_out

    def send(self, typed: bytes) -> int:
        """Type; returns how many bytes were taken, 0 when there is no room now."""
        stream = self._stream
        if self.over or stream is None:
            return 0
        try:
            return max(0, int(stream.send(typed)))
        except self._lib.libvirtError:
            self._end()
            return 0

    def close(self) -> None:
        """Free the stream, whatever state it is in."""
        stream, self._stream = self._stream, None
        if stream is None:
            return
        self.over = True
        with contextlib.suppress(self._lib.libvirtError):
            self._unwatch(stream)
        with contextlib.suppress(self._lib.libvirtError):
            stream.abort()

    def _happened(self, stream: Any, _events: int, _more: Any) -> None:
        try:
            piece = stream.recv(_PIECE)
        except self._lib.libvirtError:
            piece = b""
        if piece == b"":
            with contextlib.suppress(self._lib.libvirtError):
                self._unwatch(stream)
            self._end()
        elif isinstance(piece, bytes):  # a number: there is nothing now
            self._keep(piece)

    def _keep(self, piece: bytes) -> None:
        with self._lock:
            self._printed += piece
            over = len(self._printed) - self._kept
            if over > 0:
                del self._printed[:over]
                self._left_out += over
        self._wake()

    def _unwatch(self, stream: Any) -> None:
        with self._lock:
            watched, self._watched = self._watched, False
        if watched:
            stream.eventRemoveCallback()

    def _end(self) -> None:
        self.over = True
        self._wake()


class ConsoleCalls(Calls):
    """What somebody at a machine's desk sees."""

    def console(
        self, handle: Any, wake: Callable[[], None], force: bool = False, kept: int = KEPT_BYTES
    ) -> Console:
        """Open it; ``force`` throws out whoever has it. When it is in use: FuyajoError(kind=conflict)."""
        flag = "FORCE" if force else "SAFE"
        stream = None
        try:
            stream = self.conn.newStream(self.lib.VIR_STREAM_NONBLOCK)
            handle.openConsole(None, stream, getattr(self.lib, f"VIR_DOMAIN_CONSOLE_{flag}"))
            return Console(self.lib, stream, wake, kept)
        except self.lib.libvirtError as error:
            # libvirt has no code of its own for this.
            if _IN_USE in str(error):
                raise FuyajoError(str(error), CONFLICT) from None
            raise ours(self.lib, error) from None

    @translated
    def picture(self, handle: Any) -> tuple[str, bytes]:
        """Return the screen as (media type, bytes)."""
        stream = self.conn.newStream(0)
        media = handle.screenshot(stream, 0, 0)
        found = bytearray()
        try:
            while piece := stream.recv(_PIECE):
                found += piece
                if len(found) > PICTURE_BYTES:
                    raise FuyajoError("the screen is too large", FAILED)
        except (FuyajoError, self.lib.libvirtError):
            with contextlib.suppress(self.lib.libvirtError):
                stream.abort()
            raise
        stream.finish()
        return str(media), bytes(found)
