"""The one small interface behind which every planner stands: words in, a validated Reply out."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from fuyajo.domain.errors import Problem, Unavailable
from fuyajo.domain.request import Reply
from fuyajo.domain.texts import Lang


@dataclass(frozen=True)
class VmBrief:
    """What a planner may know of one of the user's own VMs. Never another user's."""

    name: str
    state: str  # running | stopped
    template: str | None
    cpus: int
    memory_mib: int
    disk_gib: int


@dataclass(frozen=True)
class PlannerRequest:
    """One wish. `text` is untrusted; `directory` is the user's own planner directory (0700)."""

    text: str
    lang: Lang
    directory: Path
    vms: tuple[VmBrief, ...] = ()


@dataclass(frozen=True)
class Usage:
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0


@dataclass(frozen=True)
class Answer:
    """A reply that passed `fuyajo.domain.parse.parse_reply`, and what it cost."""

    reply: Reply
    backend: str
    model: str | None = None
    usage: Usage = field(default_factory=Usage)


class BackendError(Unavailable):
    """A backend gave no usable answer. `kind` is one of the kinds of the design's failure table:
    not_installed, usage, crashed, no_structure, turns, budget, auth, quota, overloaded, refused,
    api, timeout, invalid_reply."""

    def __init__(self, backend: str, kind: str, detail: str) -> None:
        self.backend = backend
        self.kind = kind
        super().__init__(Problem("", f"backend_{kind}", {"backend": backend, "detail": detail}))


class Backend(Protocol):
    """A planner. `complete` raises `BackendError`, and never leaves a process behind."""

    name: str
    # Whether `complete` ever suspends; one that does not needs no event loop.
    waits: bool

    def configured(self) -> bool:
        """Whether this backend could be tried at all (cheap; no network)."""
        ...

    def complete(self, request: PlannerRequest) -> Coroutine[Any, Any, Answer]: ...
