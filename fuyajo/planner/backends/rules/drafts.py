"""What a clause was understood as, before it is a Config."""

from __future__ import annotations

from dataclasses import dataclass, field

from fuyajo.domain.request import Selector
from fuyajo.planner.backends.rules.tokens import HEADS, K, Token, Tokens


@dataclass(frozen=True)
class Sizes:
    """Only what was said; MiB and GiB."""

    cpus: int | None = None
    memory: int | None = None
    disk: int | None = None

    def __bool__(self) -> bool:
        return (self.cpus, self.memory, self.disk) != (None, None, None)

    def said(self) -> dict[str, int]:
        pairs = (("cpus", self.cpus), ("memory", self.memory), ("disk", self.disk))
        return {key: value for key, value in pairs if value is not None}


@dataclass(frozen=True)
class VmDraft:
    """One wanted kind of VM: no name, one name, or one name per VM. `template` is None with `like`."""

    template: str | None
    names: tuple[str, ...] = ()
    count: int = 1
    sizes: Sizes = field(default_factory=Sizes)
    variables: tuple[tuple[str, str], ...] = ()
    stopped: bool = False
    like: Selector | None = None


@dataclass(frozen=True)
class OpDraft:
    """One operation on one of the user's own VMs, or on those that `select` means."""

    op: str
    vm: str | None = None
    sizes: Sizes = field(default_factory=Sizes)
    select: Selector | None = None
    snapshot: str | None = None


@dataclass(frozen=True)
class Clause:
    """A verb (or none) and the words that belong to it; `no` forbids instead of asking for it."""

    verb: Token | None
    body: Tokens
    no: bool = False
    # The word that forbids.
    said: str = ""

    def has(self, *kinds: K) -> bool:
        return any(token.kind in kinds for token in self.body)

    @property
    def heads(self) -> int:
        return sum(token.kind in HEADS for token in self.body)

    @property
    def names(self) -> tuple[str, ...]:
        """The user's own VMs that it names."""
        return tuple(dict.fromkeys(t.low for t in self.body if t.kind is K.NAME))
