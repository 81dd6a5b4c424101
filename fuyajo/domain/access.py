"""Who may do what with a machine: the one place where an owner is compared. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from fuyajo.domain.errors import Problem

if TYPE_CHECKING:
    from fuyajo.domain.machine import Machine

# Each contains those before it. `own` is never given away: delete, revert, purge and share stay the owner's.
Right = Literal["none", "read", "operate", "own"]
RIGHTS: tuple[Right, ...] = ("none", "read", "operate", "own")
#: What whoever operates a machine may ask for; every other operation is its owner's.
OPERATIONS = frozenset({"start", "stop", "restart", "resize", "snapshot"})
#: As the operating system writes them; a group begins with `@`.
_GRANTEE = re.compile(r"@?[a-z_][a-z0-9_.-]{0,63}")


class Share(NamedTuple):
    """What `owner` gave away of the machine `uuid`: `read` or `operate`."""

    uuid: str
    owner: str
    rights: Right


@dataclass(frozen=True)
class Shares:
    """What is shared with `user`, by UUID. It says nothing about anybody else."""

    user: str = ""
    by_uuid: Mapping[str, Share] = field(default_factory=dict)


def right(machine: Machine, user: str, shares: Shares) -> Right:
    """What this user may do with that machine. A share ends where the machine changes hands."""
    if machine.owner is None:
        return "none"
    if machine.owner == user:
        return "own"
    share = shares.by_uuid.get(machine.uuid) if shares.user == user else None
    if share is None or share.owner != machine.owner or machine.trashed is not None:
        return "none"
    return share.rights


def at_least(found: Right, wanted: Right) -> bool:
    return RIGHTS.index(found) >= RIGHTS.index(wanted)


def needed(op: str) -> Right:
    """What an operation, or the action of a change, takes."""
    return "operate" if op in OPERATIONS or op == "update" else "own"


def combined(shares: list[Share]) -> dict[str, Share]:
    """By UUID; of a share with a user and one with a group of theirs the larger counts."""
    found: dict[str, Share] = {}
    for share in sorted(shares, key=lambda one: RIGHTS.index(one.rights)):
        found[share.uuid] = share
    return found


def grantee(text: str) -> str | None:
    """`user:NAME` or `group:NAME` of `NAME` or `@NAME`; None for anything else."""
    if not _GRANTEE.fullmatch(text):
        return None
    return f"group:{text[1:]}" if text.startswith("@") else f"user:{text}"


def grantee_shown(name: str) -> str:
    """As it is typed."""
    kind, _, rest = name.partition(":")
    return f"@{rest}" if kind == "group" else rest


def not_yours(machine: Machine, path: str, found: Right, op: str) -> Problem:
    """For somebody who sees the machine, but may not do that with it."""
    params = {"value": machine.name, "owner": machine.owner or "-", "op": op}
    return Problem(path, f"shared_{found}", dict(params))
