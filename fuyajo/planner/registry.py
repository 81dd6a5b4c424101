"""Every backend by name: how it is set up, what is missing of it here, and making it. Loads none before."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from fuyajo.domain.errors import Problem, Unavailable
from fuyajo.planner.backend import Backend

if TYPE_CHECKING:  # a planner's modules are loaded only when it may be used
    from fuyajo.planner.backends.claude_cli.tokens import TokenSource

# The cheapest first: the order in which `auto` prefers them.
NAMES = ("rules", "claude")
# These serve without an admission, under the canary alone.
TRUSTED = frozenset({"claude", "anthropic"})


@dataclass(frozen=True)
class ClaudeSettings:
    """How to reach Claude. Times in seconds; `credential` says what the token file or variable holds."""

    binary: Path | None = None
    token_file: Path | None = None
    credential: Literal["oauth", "api_key"] = "oauth"
    model: str = "sonnet"
    deadline_s: float = 90.0
    base_url: str | None = None


@dataclass(frozen=True)
class BackendSettings:
    """The settings of every backend that has any."""

    claude: ClaudeSettings = field(default_factory=ClaudeSettings)


def missing(
    name: str, settings: BackendSettings, environ: Mapping[str, str] | None = None
) -> tuple[Problem, ...]:
    """What has to be there before this backend can be tried. Reads no network, starts no process."""
    if name == "claude":
        return _looked(settings.claude, os.environ if environ is None else environ)[1]
    return ()


def set_up(settings: BackendSettings) -> list[str]:
    """The backends of which nothing is missing, the cheapest first."""
    return [name for name in NAMES if not missing(name, settings)]


def make(name: str, settings: BackendSettings, environ: Mapping[str, str] | None = None) -> Backend:
    """The backend. Raises `Unavailable` with everything that is missing."""
    environ = os.environ if environ is None else environ
    if name == "claude":
        return _claude(settings.claude, environ)
    return _rules()


def _rules() -> Backend:
    from fuyajo.planner.backends.rules import RulesBackend

    return RulesBackend()


def _looked(
    settings: ClaudeSettings, environ: Mapping[str, str]
) -> tuple[TokenSource | None, tuple[Problem, ...]]:
    """The credential, and what is missing, without loading what a call would need."""
    from fuyajo.planner.backends.claude_cli.present import missing as absent
    from fuyajo.planner.backends.claude_cli.tokens import find_token

    token = find_token(settings.credential, settings.token_file, environ)
    return token, absent(settings.binary, token, environ)


def _claude(settings: ClaudeSettings, environ: Mapping[str, str]) -> Backend:
    token, absent = _looked(settings, environ)
    if absent:
        raise Unavailable(absent)
    from fuyajo.planner.backends.claude_cli.backend import ClaudeBackend

    return ClaudeBackend(
        settings.binary,
        token,
        model=settings.model,
        deadline_s=settings.deadline_s,
        base_url=settings.base_url,
    )


# Names of variables that hold a credential, of whatever kind.
_SECRET = re.compile(r"(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)$", re.IGNORECASE)


def secrets(settings: BackendSettings, environ: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Every credential that a planner here could use: nothing of it may be written down.

    A source that cannot be read holds nothing that could leak.
    """
    from fuyajo.planner.backends.claude_cli.tokens import TokenProblem, find_token

    environ = os.environ if environ is None else environ
    found = [value for name, value in environ.items() if _SECRET.search(name)]
    # Only as it is configured: a descriptor gives its content to the first who reads it.
    source = find_token(settings.claude.credential, settings.claude.token_file, environ)
    with suppress(TokenProblem):
        found += [source.read()] if source else []
    return tuple(found)
