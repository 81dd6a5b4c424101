"""What stands in for a function takes and gives what that does: a type checker sees to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from fuyajo.cli.remote import STAND_INS
from fuyajo.cli.remote.server import Server
from fuyajo.service.context import Actor

P = ParamSpec("P")
T = TypeVar("T")
Remote = Callable[Concatenate[Server, P], T]


def like(local: Callable[Concatenate[Actor, P], T]) -> Callable[[Remote[P, T]], Remote[P, T]]:
    def mark(remote: Remote[P, T]) -> Remote[P, T]:
        STAND_INS[local.__module__, local.__name__] = remote
        return remote

    return mark
