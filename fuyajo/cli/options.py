"""Options that every command has, and the context they make."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import click

from fuyajo.cli.output import locale_language
from fuyajo.domain.texts import Lang
from fuyajo.service.context import Actor, local_actor


@dataclass(frozen=True)
class Call:
    """One call of a command: who, in which language, how to print."""

    actor: Actor
    lang: Lang
    as_json: bool
    verbose: int


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
        call = Call(
            actor=local_actor(os.environ),
            lang=lang or locale_language(os.environ),
            as_json=as_json,
            verbose=verbose,
        )
        return function(call, *args, **kwargs)

    return wrapper
