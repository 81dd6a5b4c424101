"""How many CLIs may run at once: one per core. Each keeps one busy for most of a second, with 110 MB."""

from __future__ import annotations

import asyncio
import os

# One semaphore per event loop, since a semaphore cannot be waited for from two.
_slots: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = {}


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def slots() -> asyncio.Semaphore:
    """The running loop's semaphore. Who waits for it waits inside the caller's deadline."""
    loop = asyncio.get_running_loop()
    for other in list(_slots):
        if other.is_closed():
            _slots.pop(other, None)
    return _slots.setdefault(loop, asyncio.Semaphore(cores()))
