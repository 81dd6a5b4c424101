"""What one message is read against, and what its clauses said so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from fuyajo.domain.context import Turn, VmBrief
from fuyajo.planner.backends.rules.drafts import OpDraft, VmDraft

Vms = tuple[VmBrief, ...]


@dataclass
class Scene:
    """`mentioned` are the own VMs of the last clause that named any; `spared` may not be touched."""

    vms: Vms
    turns: tuple[Turn, ...]
    japanese: bool
    wanted: list[VmDraft] = field(default_factory=list)
    operations: list[OpDraft] = field(default_factory=list)
    mentioned: tuple[str, ...] = ()
    # The topic of a refusal or a remark: Japanese does not repeat it.
    topic: tuple[str, ...] = ()
    spared: set[str] = field(default_factory=set)
    # (operation, name); the name is "" for whatever the message is about.
    refused: set[tuple[str, str]] = field(default_factory=set)
    # Whatever is made is not to be started.
    stays_off: bool = False
    # Own VMs whose names mean something else in a sentence, and that only a name can have been meant by.
    surely: frozenset[str] = frozenset()
    # Own VMs that have to go, as a remark says; an order must say it of them too.
    to_go: set[str] = field(default_factory=set)
    surely_go: bool = False
    # The words that refused, for the question when nothing else was said.
    refusal: str = ""

    @property
    def known(self) -> dict[str, VmBrief]:
        return {vm.name: vm for vm in self.vms}

    @property
    def names(self) -> list[str]:
        return [vm.name for vm in self.vms]

    @property
    def singled_out(self) -> set[str]:
        """The own VMs that the message set apart: "keep web, stop the others"."""
        refused = {name for _, name in self.refused if name}
        return self.spared | refused | {draft.vm for draft in self.operations if draft.vm}

    @property
    def spoken_of(self) -> bool:
        """Whether an earlier turn was about any VM."""
        return any(turn.about for turn in self.turns)

    @property
    def made_last(self) -> bool:
        """Whether the last turn that was about any VM made some."""
        return next((bool(turn.made) for turn in reversed(self.turns) if turn.about), False)
