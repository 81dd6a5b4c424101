"""Plan: a Spec held against the host. A saved value; what was shown is what runs."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field

from fuyajo.domain.references import Reference
from fuyajo.domain.request import Strict
from fuyajo.domain.spec import Spec

Action = Literal[
    "create",
    "update",
    "start",
    "stop",
    "restart",
    "delete",
    "snapshot",
    "revert",
    "delete-snapshot",
    "backup",
    "restore",  # from a backup: over the machine, or where there is none
    "delete-backup",
    "copy-backup",  # encrypted, elsewhere
    "fetch-backup",
    "test-backup",  # started once, as a machine that is defined nowhere
    "recover",  # out of the trash
    "purge",  # out of the trash and gone
    "adopt",  # what is there becomes what was wanted
    "noop",
]
Risk = Literal["read", "start", "change", "destroy"]
RISK_OF: dict[str, Risk] = {
    "noop": "read",
    "create": "start",
    "start": "start",
    "update": "change",
    "stop": "change",
    "restart": "change",
    "snapshot": "change",
    "delete": "destroy",
    "revert": "destroy",
    "delete-snapshot": "destroy",
    "backup": "change",
    "restore": "start",  # over a machine its effect destroys
    "delete-backup": "destroy",
    "test-backup": "start",
    "copy-backup": "change",
    "fetch-backup": "change",
    "recover": "start",
    "purge": "destroy",
    "adopt": "change",
}
RISKS: tuple[Risk, ...] = ("read", "start", "change", "destroy")

FieldValue = str | int | bool | None
# Whether `fuyajo undo` can take a change back; `none`: there is nothing to take back, "": nobody looked.
Undoable = Literal["", "yes", "part", "no", "none"]
# What a change does to a machine that runs, the mildest first.
Effect = Literal["none", "live", "restart", "stop", "destroy"]
EFFECTS: tuple[Effect, ...] = ("none", "live", "restart", "stop", "destroy")


class FieldChange(Strict):
    """One value that moves. `live` tells whether it takes effect without a restart.

    `effect` is what it does to the machine; `why` is a text code (`why.CODE`) that says the reason.
    """

    path: str
    before: FieldValue
    after: FieldValue
    live: bool = True
    effect: Effect = "none"
    why: str = ""


class Change(Strict):
    """What happens to one object; `uuid` is the one that was found, None for something new.

    `effect` is the strongest of its fields' and its own, `why` the reason of that one.
    `owner` is whose machine it is, None for the plan's own owner.
    """

    object: Literal["vm", "network"]
    name: str
    action: Action
    uuid: str | None = None
    template: str | None = None
    fields: tuple[FieldChange, ...] = ()
    irreversible: bool = False
    effect: Effect = "none"
    why: str = ""
    owner: str | None = None
    # A `delete` that is kept in the trash: until when (UTC, ISO 8601).
    until: str | None = None
    # Whether it can be undone afterwards, and text codes (`undo.CODE`) of what stays.
    undo: Undoable = ""
    undo_why: tuple[str, ...] = ()


class PlannerNote(Strict):
    """Who read the words: backend, model, why it was asked, seconds, tokens and US dollars."""

    backend: str
    model: str | None = None
    why: str = ""
    seconds: float = 0.0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0
    #: The tools that a model looked with before it answered, and whether they told it what a guest wrote.
    looked: tuple[str, ...] = Field(default=(), strict=False, exclude_if=lambda value: not value)
    guest_text: bool = Field(default=False, exclude_if=lambda value: not value)


class Standing(Strict):
    """How one hypervisor stood when a plan was placed: chosen, beaten, or out because of `why`.

    `free` is the share of its memory (percent) that would be left; `why` and `params` are a problem's.
    """

    host: str
    chosen: bool = False
    free: int | None = None
    weight: float = 1.0
    why: str = ""
    params: dict[str, str | int | float | bool | None] = Field(default_factory=dict)


class Plan(Strict):
    """`created`/`expires` are UTC; `digest` covers everything else."""

    # Plans come back from their file as JSON, where tuples are lists.
    model_config = ConfigDict(strict=False, extra="forbid", frozen=True, defer_build=True)

    id: str
    owner: str
    created: datetime
    expires: datetime
    digest: str
    fingerprint: str
    taint: bool = False
    risk: Risk
    cost: dict[str, int]
    spec: Spec
    changes: tuple[Change, ...]
    reason: str
    references: tuple[Reference, ...] = ()
    planner: PlannerNote | None = None
    #: The conversation that it was asked for in, where there was one.
    conversation: str | None = None
    #: The definition and the state of every machine that the spec names, as they were found.
    seen: dict[str, dict[str, FieldValue]] = Field(default_factory=dict)
    #: Where there are several hypervisors: the one that this is about, and why new machines go there.
    host: str | None = Field(default=None, exclude_if=lambda value: value is None)
    placement: tuple[Standing, ...] = Field(default=(), exclude_if=lambda value: not value)

    @property
    def account(self) -> str:
        """Whose machines and whose quota this is about: the owner's of shared machines, else the plan's."""
        return next((change.owner for change in self.changes if change.owner), self.owner)

    @property
    def nothing_to_do(self) -> bool:
        return all(change.action == "noop" for change in self.changes)


def canonical(value: object) -> bytes:
    """JSON bytes that are equal exactly when the values are. ValueError for NaN and the infinities."""
    written = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    )
    return written.encode()


def sha256(value: object) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()


def plan_digest(plan: Plan) -> str:
    """What `digest` must be: risk and expiry count as much as the changes."""
    return sha256(plan.model_dump(mode="json", exclude={"digest"}))


def risk_of(changes: tuple[Change, ...]) -> Risk:
    found = {
        "destroy" if change.effect == "destroy" else RISK_OF[change.action] for change in changes
    }
    return max(found, key=RISKS.index, default="read")


def cost_of(changes: tuple[Change, ...]) -> dict[str, int]:
    """What the plan adds to the host: VMs, virtual CPUs, memory (MiB) and disk (GiB); may be negative."""
    total = {"vms": 0, "cpus": 0, "memory_mib": 0, "disk_gib": 0}
    for change in changes:
        if change.object != "vm":
            continue
        if change.action == "adopt" and not takes_over(change):
            continue  # the host holds it already
        added = {"create": 1, "recover": 1, "adopt": 1, "delete": -1}
        total["vms"] += added.get(change.action, 0) + (
            change.action == "restore" and not change.uuid
        )
        for item in change.fields:
            if item.path in total:
                total[item.path] += _number(item.after) - _number(item.before)
    return total


def takes_over(change: Change) -> bool:
    """Whether a machine that nobody owned becomes somebody's."""
    return change.action == "adopt" and any(item.path == "owner" for item in change.fields)


def _number(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
