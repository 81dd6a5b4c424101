"""Whether a model server is named, with its key if it has one. Light: `--backend auto` always asks it."""

from __future__ import annotations

from fuyajo.domain.errors import Problem
from fuyajo.planner.backends.address import address_problem
from fuyajo.planner.backends.tokens import TokenSource

NAME = "openai"
# Not OPENAI_API_KEY: that one is for OpenAI's own servers, and this backend may talk to any.
KEY_ENV = "FUYAJO_OPENAI_API_KEY"


def missing(base_url: str | None, token: TokenSource | None) -> tuple[Problem, ...]:
    """What has to be there before the server can be tried; empty when nothing is missing."""
    problems = []
    if not base_url:
        problems.append(Problem("", "openai_no_url"))
    elif wrong := address_problem("openai_base_url", base_url):
        problems.append(wrong)
    if token is not None and not token.present():
        problems.append(Problem("", "openai_no_key"))
    return tuple(problems)


def api_url(base_url: str) -> str:
    """Where the API is: servers are named with or without their `/v1`. No slash at the end."""
    url = base_url.rstrip("/")
    return url if url.count("/") > 2 else f"{url}/v1"
