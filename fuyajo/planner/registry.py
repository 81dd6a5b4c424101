"""Every backend by name: how it is set up, what is missing of it here, and making it. Loads none before."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from fuyajo.domain.errors import Problem, Unavailable
from fuyajo.planner.backend import Backend, ToolServer

if TYPE_CHECKING:  # a planner's modules are loaded only when it may be used
    from fuyajo.planner.backends.tokens import TokenSource

# The cheapest first: the order in which `auto` prefers them.
NAMES = ("rules", "openai", "claude", "anthropic")
# These serve without an admission, under the canary alone.
TRUSTED = frozenset({"claude", "anthropic"})

_Looked = tuple["TokenSource | None", tuple[Problem, ...]]


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
class AnthropicSettings:
    """How to reach Anthropic's API with a key of one's own. Times in seconds."""

    token_file: Path | None = None
    model: str = "claude-sonnet-5-5"
    deadline_s: float = 60.0
    base_url: str = "https://api.anthropic.com"


@dataclass(frozen=True)
class OpenAiSettings:
    """How to reach a model server with the OpenAI API. Times in seconds.

    `model` None: the only one that the server has. A model on a CPU takes its time, hence the deadline.
    """

    base_url: str | None = None
    model: str | None = None
    token_file: Path | None = None
    deadline_s: float = 180.0


@dataclass(frozen=True)
class BackendSettings:
    """The settings of every backend that has any."""

    claude: ClaudeSettings = field(default_factory=ClaudeSettings)
    anthropic: AnthropicSettings = field(default_factory=AnthropicSettings)
    openai: OpenAiSettings = field(default_factory=OpenAiSettings)


def missing(
    name: str, settings: BackendSettings, environ: Mapping[str, str] | None = None
) -> tuple[Problem, ...]:
    """What has to be there before this backend can be tried. Reads no network, starts no process."""
    return _look(name, settings, os.environ if environ is None else environ)[1]


def set_up(settings: BackendSettings) -> list[str]:
    """The backends of which nothing is missing, the cheapest first."""
    return [name for name in NAMES if not missing(name, settings)]


def make(name: str, settings: BackendSettings, environ: Mapping[str, str] | None = None) -> Backend:
    """The backend. Raises `Unavailable` with everything that is missing."""
    token, absent = _look(name, settings, os.environ if environ is None else environ)
    if absent:
        raise Unavailable(absent)
    makers: Mapping[str, Callable[[BackendSettings, TokenSource | None], Backend]] = {
        "claude": _claude,
        "anthropic": _anthropic,
        "openai": _openai,
    }
    return makers.get(name, _rules)(settings, token)


def _look(name: str, settings: BackendSettings, environ: Mapping[str, str]) -> _Looked:
    """The credential, and what is missing, without loading what a call would need."""
    if name == "claude":
        return _look_claude(settings.claude, environ)
    if name == "anthropic":
        return _look_anthropic(settings.anthropic, environ)
    if name == "openai":
        return _look_openai(settings.openai, environ)
    return None, ()


def _look_claude(settings: ClaudeSettings, environ: Mapping[str, str]) -> _Looked:
    from fuyajo.planner.backends.claude_cli.present import missing as absent
    from fuyajo.planner.backends.tokens import find_token

    token = find_token(settings.credential, settings.token_file, environ)
    return token, absent(settings.binary, token, environ)


def _look_anthropic(settings: AnthropicSettings, environ: Mapping[str, str]) -> _Looked:
    from fuyajo.planner.backends.anthropic_api.present import missing as absent
    from fuyajo.planner.backends.tokens import TOKEN_ENV, find_key

    token = find_key("anthropic", TOKEN_ENV["api_key"], settings.token_file, environ)
    return token, absent(settings.base_url, token)


def _look_openai(settings: OpenAiSettings, environ: Mapping[str, str]) -> _Looked:
    from fuyajo.planner.backends.openai_compatible.present import KEY_ENV
    from fuyajo.planner.backends.openai_compatible.present import missing as absent
    from fuyajo.planner.backends.tokens import find_key

    token = find_key("openai", KEY_ENV, settings.token_file, environ)
    return token, absent(settings.base_url, token)


def _rules(_settings: BackendSettings, _token: TokenSource | None) -> Backend:
    from fuyajo.planner.backends.rules import RulesBackend

    return RulesBackend()


def _claude(every: BackendSettings, token: TokenSource | None) -> Backend:
    from fuyajo.planner.backends.claude_cli.backend import ClaudeBackend

    settings = every.claude
    return ClaudeBackend(
        settings.binary,
        token,
        model=settings.model,
        deadline_s=settings.deadline_s,
        base_url=settings.base_url,
    )


def make_looking(
    settings: BackendSettings, server: ToolServer, environ: Mapping[str, str] | None = None
) -> Backend:
    """Claude with tools that look, for a question. Raises `Unavailable` with everything that is missing."""
    token, absent = _look("claude", settings, os.environ if environ is None else environ)
    if absent:
        raise Unavailable(absent)
    from fuyajo.planner.backends.claude_cli.looking import LookingClaude

    mine = settings.claude
    return LookingClaude(
        mine.binary, token, server, mine.model, deadline_s=mine.deadline_s, base_url=mine.base_url
    )


def _anthropic(every: BackendSettings, token: TokenSource | None) -> Backend:
    from fuyajo.planner.backends.anthropic_api.backend import AnthropicBackend

    settings = every.anthropic
    return AnthropicBackend(
        token, model=settings.model, deadline_s=settings.deadline_s, base_url=settings.base_url
    )


def _openai(every: BackendSettings, token: TokenSource | None) -> Backend:
    from fuyajo.planner.backends.openai_compatible.backend import OpenAiBackend

    settings = every.openai
    assert settings.base_url is not None  # it would be missing
    return OpenAiBackend(settings.base_url, settings.model, token, deadline_s=settings.deadline_s)


# Names of variables that hold a credential, of whatever kind.
SECRET_NAME = re.compile(r"(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)$", re.IGNORECASE)


def secrets(settings: BackendSettings, environ: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Every credential that a planner here could use: nothing of it may be written down.

    A source that cannot be read holds nothing that could leak.
    """
    from fuyajo.planner.backends.tokens import TokenProblem

    environ = os.environ if environ is None else environ
    found = [value for name, value in environ.items() if SECRET_NAME.search(name)]
    for name in NAMES:
        # Each as it is configured: a descriptor gives its content to the first who reads it.
        source, _ = _look(name, settings, environ)
        with suppress(TokenProblem):
            found += [source.read()] if source else []
    return tuple(found)
