"""Passwords take 64 MiB and a tenth of a second each to check: not all who ask are let in at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from fuyajo.domain.errors import Problem, TooMany

AT_ONCE, WAITING = 2, 8


class Turnstile:
    """So many at work, so many waiting, everybody else is sent away at once."""

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._inside = threading.BoundedSemaphore(at_once)
        self._places = threading.BoundedSemaphore(at_once + waiting)

    @contextmanager
    def through(self) -> Iterator[None]:
        """Raises `TooMany`."""
        if not self._places.acquire(blocking=False):
            raise TooMany(Problem("", "too_many_signing"))
        try:
            with self._inside:
                yield
        finally:
            self._places.release()
