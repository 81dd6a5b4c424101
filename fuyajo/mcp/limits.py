"""Against an assistant that runs in circles: the same call again and again, and too many calls.

The count is in the database: it holds for all processes and services of a home together.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fuyajo.domain.errors import Problem, TooMany
from fuyajo.service.assisting import TAINT_FOR
from fuyajo.service.context import Actor
from fuyajo.store.assistants import AssistantStore, Past

WINDOW = 60.0  # seconds
MOST_CALLS = 240  # of one caller in a window
MOST_SAME_READS = 40  # somebody may look at a run every other second
MOST_SAME_WRITES = 5


@dataclass(frozen=True)
class Breaker:
    """`clock` counts seconds instead of the database's. Refused calls do not count."""

    clock: Callable[[], float] | None = None

    def check(
        self, actor: Actor, caller: str, tool: str, arguments: Mapping[str, Any], *, writes: bool
    ) -> None:
        """Raises `TooMany`, with the seconds to wait. Of two at once the second sees the first."""
        mark = mark_of(tool, arguments)
        most = MOST_SAME_WRITES if writes else MOST_SAME_READS

        def judge(calls: list[Past]) -> None:
            same = [one for one in calls if one.mark == mark]
            if len(same) >= most:
                params = {"limit": most, "seconds": _left(same[-most])}
                raise TooMany(Problem("", "mcp_same", {"tool": tool, **params}))
            if len(calls) >= MOST_CALLS:
                params = {"limit": MOST_CALLS, "seconds": _left(calls[-MOST_CALLS])}
                raise TooMany(Problem("", "mcp_rate", dict(params)))

        AssistantStore(actor.database, self.clock).call(caller, mark, WINDOW, judge)


def note_read(actor: Actor, caller: str) -> None:
    """What a guest wrote is about to be told."""
    AssistantStore(actor.database).note_read(caller, TAINT_FOR.total_seconds())


def is_tainted(actor: Actor, caller: str) -> bool:
    """Whether this caller has read lately what a guest wrote."""
    return AssistantStore(actor.database).has_read(caller, TAINT_FOR.total_seconds())


def mark_of(tool: str, arguments: Mapping[str, Any]) -> str:
    """The same for the same call; what was said cannot be read from it."""
    said = json.dumps([tool, arguments], sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()


def _left(past: Past) -> int:
    return max(1, round(WINDOW - past.age))
