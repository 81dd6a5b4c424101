"""Whether the SDK and a key are here. Light: every `--backend auto` call asks it."""

from __future__ import annotations

from importlib.util import find_spec

from fuyajo.domain.errors import Problem
from fuyajo.planner.backends.address import address_problem
from fuyajo.planner.backends.tokens import TokenSource

NAME = "anthropic"


def missing(base_url: str, token: TokenSource | None) -> tuple[Problem, ...]:
    """What has to be there before the API can be tried; empty when nothing is missing."""
    problems = []
    if find_spec(NAME) is None:
        problems.append(Problem("", "anthropic_no_package"))
    if token is None or not token.present():
        problems.append(Problem("", "anthropic_no_key"))
    if wrong := address_problem("anthropic_base_url", base_url, secret=True):
        problems.append(wrong)
    return tuple(problems)
