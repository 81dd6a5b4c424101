"""From an async caller to the service, which blocks: a thread for each call, so many at once, with an end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import anyio
import anyio.to_thread

from fuyajo.domain.errors import Problem, Unavailable

T = TypeVar("T")
AT_ONCE = 16
DEADLINE = 60.0  # seconds for one call of the service


@dataclass
class Bridge:
    """A caller who goes away, or for whom it takes too long, waits no longer. What the thread does is whole:
    a plan that was saved, a run that was queued stay."""

    deadline: float = DEADLINE
    at_once: int = AT_ONCE
    _room: anyio.CapacityLimiter | None = field(default=None, repr=False)

    async def ask(self, service: Callable[..., T], /, *args: Any, **more: Any) -> T:
        """The answer of the service. Raises what it raises, and `Unavailable` after the deadline."""
        if self._room is None:  # it belongs to the loop that asks first
            self._room = anyio.CapacityLimiter(self.at_once)
        try:
            with anyio.fail_after(self.deadline):
                return await anyio.to_thread.run_sync(
                    partial(service, *args, **more), abandon_on_cancel=True, limiter=self._room
                )
        except TimeoutError:
            problem = Problem("", "mcp_deadline", {"seconds": round(self.deadline)})
            raise Unavailable(problem) from None
