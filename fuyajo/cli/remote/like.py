"""What stands in for a function takes what that takes and gives what that gives: a type checker sees to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from fuyajo.cli.remote.server import Server
from fuyajo.service.context import Actor

P = ParamSpec("P")
T = TypeVar("T")
Remote = Callable[Concatenate[Server, P], T]


def like(_local: Callable[Concatenate[Actor, P], T]) -> Callable[[Remote[P, T]], Remote[P, T]]:
    return lambda remote: remote
