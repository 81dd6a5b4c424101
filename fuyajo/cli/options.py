"""Options that every command has, and the context they make."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import click

from fuyajo.cli.output import locale_language
from fuyajo.domain.errors import InvalidInput, Problem
from fuyajo.domain.texts import Lang
from fuyajo.service.context import Actor, local_actor

if TYPE_CHECKING:
    from fuyajo.cli.remote.server import Server

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Call:
    """One call of a command: who, in which language, how to print, and which service answers.

    `local` is the person at this machine; without a `server` that is who asks.
    """

    local: Actor
    lang: Lang
    as_json: bool
    verbose: int
    server: Server | None = None

    @property
    def actor(self) -> Actor:
        """For what only this machine can do. Raises `InvalidInput` where a server is meant."""
        if self.server is not None:
            raise only_here(self.server.url)
        return self.local

    @property
    def user(self) -> str:
        return self.server.user if self.server is not None else self.local.user

    def ask(
        self,
        service: Callable[Concatenate[Actor, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """The service's answer: of the function itself, or of what stands in for it at a server.

        Raises `InvalidInput` where nothing does.
        """
        if self.server is None:
            return service(self.local, *args, **kwargs)
        from fuyajo.cli.remote import stand_in

        found = stand_in(service)
        if found is None:
            raise only_here(self.server.url)
        answer: T = found(self.server, *args, **kwargs)
        return answer


def only_here(url: str) -> InvalidInput:
    """The command that runs works on the machine of the service alone."""
    words = click.get_current_context().command_path.removeprefix("fuyajo ")
    return InvalidInput(Problem("", "only_here", {"command": words, "server": url}))


def common(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add --json, --lang and -v; the function takes a `Call` as its first argument."""

    @click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")
    @click.option(
        "--lang",
        type=click.Choice(["en", "ja"]),
        default=None,
        help="Language; default: the locale's.",
    )
    @click.option("-v", "--verbose", count=True, help="Say more.")
    @wraps(function)
    def wrapper(*args: Any, as_json: bool, lang: Lang | None, verbose: int, **kwargs: Any) -> Any:
        local = local_actor(os.environ)
        language = lang or locale_language(os.environ)
        server = _server(local, language)
        return function(Call(local, language, as_json, verbose, server), *args, **kwargs)

    return wrapper


def _server(local: Actor, lang: Lang) -> Server | None:
    """The one that is meant: `--server`, the environment, the settings, in this order; "" is this machine."""
    url = meant_server(local)
    if not url:
        return None
    from fuyajo.cli.remote.server import at

    return at(url, local, lang)


def meant_server(local: Actor) -> str:
    """As it was said; "" for none."""
    said: str | None = click.get_current_context().find_root().params.get("server")
    return said if said is not None else local.settings.server or ""
