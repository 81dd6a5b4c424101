"""The one small interface behind which every planner stands: words in; pieces of a message, a reply out."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from fuyajo.domain.context import Quota, Turn, VmBrief
from fuyajo.domain.errors import Problem, Unavailable
from fuyajo.domain.references import Reference
from fuyajo.domain.request import Reply
from fuyajo.domain.texts import Lang


@dataclass(frozen=True)
class Repair:
    """The second and last try: what was said, and what was wrong with it."""

    said: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class PlannerRequest:
    """One wish. `text` is untrusted; `directory` is the user's own planner directory (0700).

    `turns` are the earlier exchanges of this conversation, the oldest first; `quota` is what is left.
    """

    text: str
    lang: Lang
    directory: Path
    vms: tuple[VmBrief, ...] = ()
    turns: tuple[Turn, ...] = ()
    quota: Quota = field(default_factory=Quota)
    repair: Repair | None = None


@dataclass(frozen=True)
class ToolServer:
    """Tools that only look, for a model that answers a question: a program that speaks MCP over stdio.

    `env` is its whole environment and may hold a credential; `tools` are the names that may be called.
    """

    command: tuple[str, ...]
    env: Mapping[str, str] = field(repr=False)
    tools: tuple[str, ...]


@dataclass(frozen=True)
class Usage:
    """Tokens (cached input counts as input) and US dollars."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cost_usd + other.cost_usd,
        )


@dataclass(frozen=True)
class Partial:
    """The next piece of `message`, while the reply is still arriving. Untrusted, and not yet checked.

    `restarts`: what was shown so far belongs to a try that came to nothing inside the backend; this piece
    begins the message anew. The last try's pieces together are the message of the `Completion`.
    """

    text: str
    restarts: bool = False


@dataclass(frozen=True)
class Completion:
    """A whole reply as it was given: JSON text or decoded data, checked by nobody yet.

    `kind` (a class of the gate) and `confidence` (0 to 1) are the backend's own view of the wish; only the
    rules have one.
    """

    said: Any
    model: str | None = None
    usage: Usage = field(default_factory=Usage)
    kind: str | None = None
    confidence: float = 1.0
    # The tools that were called on the way, in their order.
    looked: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """A reply that passed every check, with plain names, and what it cost.

    `attempts` are the replies as they were given, refused ones included. `unclear`: the reply is our own
    question about a reference that was not certain.
    """

    reply: Reply
    backend: str
    model: str | None = None
    usage: Usage = field(default_factory=Usage)
    references: tuple[Reference, ...] = ()
    seconds: float = 0.0
    kind: str | None = None
    confidence: float = 1.0
    attempts: tuple[Any, ...] = ()
    unclear: bool = False
    # The tools that were called on the way, in their order.
    looked: tuple[str, ...] = ()


class BackendError(Unavailable):
    """A backend gave no usable answer. `kind` is one of: not_installed, usage, crashed, no_structure, turns,
    budget, auth, quota, overloaded, refused, api, timeout, invalid_reply, tools."""

    # As in `Answer`.
    attempts: tuple[Any, ...] = ()

    def __init__(self, backend: str, kind: str, detail: str) -> None:
        self.backend = backend
        self.kind = kind
        super().__init__(Problem("", f"backend_{kind}", {"backend": backend, "detail": detail}))


class Backend(Protocol):
    """A planner. Stateless: calls may overlap, and everything it knows is in the request."""

    name: str
    # Whether `complete` ever suspends; one that does not needs no event loop.
    waits: bool
    # Whether telling it what was wrong with its reply could make a better one.
    repairs: bool
    # Seconds for one whole request, all tries included.
    deadline_s: float

    def complete(self, request: PlannerRequest) -> AsyncGenerator[Partial | Completion]:
        """Any number of `Partial`, then one `Completion`. Raises `BackendError`.

        Closing the generator, or cancelling the task that waits for it, leaves no process, file or socket.
        No `asyncio.timeout` may be held across a `yield`; the caller puts the deadline around all of it.
        """
        ...

    async def identity(self) -> dict[str, str]:
        """What a gate's result is bound to: adapter version, model, and binary or weights where reachable.

        Raises `BackendError` when it cannot be reached."""
        ...
