"""What goes wrong with an answer after its 200: functions from the right frames to wrong ones."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator

Frames = Iterator[bytes]


def reset(connection: socket.socket) -> None:
    """Breaks the connection off, so that the client sees a reset and not an end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _html(_frames: Frames, _closing: threading.Event) -> Frames:
    yield b"<!doctype html><title>Log in</title>"


def _empty(_frames: Frames, _closing: threading.Event) -> Frames:
    yield from ()


def _half(frames: Frames, _closing: threading.Event) -> Frames:
    """Half of an event's JSON, and its end as if it were whole."""
    yield next(frames)
    broken = next(frames)
    yield broken[: len(broken) // 2] + b"\n\n"


def _trickle(_frames: Frames, closing: threading.Event) -> Frames:
    """Something now and then, and never the reply."""
    while not closing.wait(0.05):
        yield b": still here\n\n"


def _huge(frames: Frames, closing: threading.Event) -> Frames:
    """Pieces of a reply without end."""
    every = list(frames)
    piece = next(frame for frame in every if b'"content": "' in frame or b"partial_json" in frame)
    yield from every[: every.index(piece) + 1]
    many = piece * 500
    while not closing.is_set():
        yield many


def _flood(frames: Frames, closing: threading.Event) -> Frames:
    """One event without end."""
    yield next(frames)
    yield b"data: "
    while not closing.is_set():
        yield b"x" * 65_536


FAULTS: dict[str, Callable[[Frames, threading.Event], Frames]] = {
    "html": _html,
    "empty": _empty,
    "half": _half,
    "trickle": _trickle,
    "huge": _huge,
    "flood": _flood,
}
