"""Whose something is: the one question that every way to a thing with an owner asks. Pure.

What is not there and what is somebody else's end in the same error, made here, after the same look-up.
"""

from __future__ import annotations

from typing import Literal, Protocol, TypeVar

from fuyajo.domain.errors import NotFound, Problem, shown

Kind = Literal["plan", "run", "vm", "token", "schedule", "conversation", "turn", "backup", "alert"]


class Owned(Protocol):
    @property
    def owner(self) -> str: ...


OwnedT = TypeVar("OwnedT", bound=Owned)


def ours(user: str, kind: Kind, said: object, found: OwnedT | None) -> OwnedT:
    """What was found, for its owner. Raises `NotFound` for everybody else, as for what is not there."""
    if found is None or found.owner != user:
        raise missing(kind, said)
    return found


def missing(kind: Kind, said: object) -> NotFound:
    """The error about an id that means nothing to whoever said it."""
    return NotFound(unknown_id(kind, said))


def unknown_id(kind: Kind, said: object) -> Problem:
    return Problem("", f"{kind}_not_found", {"value": shown(str(said))})
