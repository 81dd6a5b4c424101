"""Against an assistant that runs in circles: the same call again and again, and too many calls."""

from __future__ import annotations

import hashlib
import json
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from fuyajo.domain.errors import Problem, TooMany

WINDOW = 60.0  # seconds
MOST_CALLS = 240  # of one caller in a window
MOST_SAME_READS = 40  # somebody may look at a run every other second
MOST_SAME_WRITES = 5
MOST_CALLERS = 1000


@dataclass
class Breaker:
    """`clock` counts seconds. Refused calls do not count: who waits as long as told gets through."""

    clock: Callable[[], float] = time.monotonic
    _calls: dict[str, deque[tuple[float, str]]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def check(self, caller: str, tool: str, arguments: Mapping[str, Any], *, writes: bool) -> None:
        """Raises `TooMany`, with the seconds to wait."""
        said, now = _mark(tool, arguments), self.clock()
        most = MOST_SAME_WRITES if writes else MOST_SAME_READS
        with self._lock:
            calls = self._of(caller, now)
            same = [when for when, mark in calls if mark == said]
            if len(same) >= most:
                params = {"limit": most, "seconds": _left(same[-most], now)}
                raise TooMany(Problem("", "mcp_same", {"tool": tool, **params}))
            if len(calls) >= MOST_CALLS:
                params = {"limit": MOST_CALLS, "seconds": _left(calls[0][0], now)}
                raise TooMany(Problem("", "mcp_rate", dict(params)))
            calls.append((now, said))

    def _of(self, caller: str, now: float) -> deque[tuple[float, str]]:
        calls = self._calls.pop(caller, None) or deque()
        while calls and now - calls[0][0] >= WINDOW:
            calls.popleft()
        self._calls[caller] = calls  # at the end: the first one was here longest ago
        if len(self._calls) > MOST_CALLERS:
            del self._calls[next(iter(self._calls))]
        return calls


def _mark(tool: str, arguments: Mapping[str, Any]) -> str:
    said = json.dumps([tool, arguments], sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()


def _left(since: float, now: float) -> int:
    return max(1, round(WINDOW - (now - since)))
