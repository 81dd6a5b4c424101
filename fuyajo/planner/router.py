"""Which planner answers: the one that was asked for, or the best one that is set up here."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from fuyajo.domain.errors import Problem, Unavailable
from fuyajo.domain.texts import Lang, text
from fuyajo.planner.backend import Backend

if TYPE_CHECKING:  # a planner's modules are loaded only when it may be used
    from fuyajo.planner.backends.claude_cli.backend import ClaudeBackend
    from fuyajo.planner.backends.claude_cli.tokens import TokenSource

Name = Literal["auto", "rules", "claude"]


@dataclass(frozen=True)
class ClaudeSettings:
    """How to reach Claude. Times in seconds; `credential` says what the token file or variable holds."""

    binary: Path | None = None
    token_file: Path | None = None
    credential: Literal["oauth", "api_key"] = "oauth"
    model: str = "sonnet"
    deadline_s: float = 90.0
    base_url: str | None = None


def choose(
    name: Name,
    claude: ClaudeSettings | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    lang: Lang = "en",
) -> tuple[Backend, str]:
    """The backend and, as a sentence, why it was taken. Reads no network and starts no process.

    `auto` takes Claude when it is configured, else the rules; it never changes over later, when a call
    fails. Raises `Unavailable` with everything that is missing when `claude` is asked for by name.
    """
    if name == "rules":
        return _rules(), text("planner.rules_asked", lang)
    settings = claude or ClaudeSettings()
    token, missing = _looked(settings, os.environ if environ is None else environ)
    if not missing:
        why = text(f"planner.claude_{'auto' if name == 'auto' else 'asked'}", lang)
        return _claude(settings, token), why
    if name == "claude":
        raise Unavailable(missing)
    why = "; ".join(problem.message(lang) for problem in missing)
    return _rules(), text("planner.rules_auto", lang, why=why)


def _rules() -> Backend:
    from fuyajo.planner.backends.rules import RulesBackend

    return RulesBackend()


def _looked(
    settings: ClaudeSettings, environ: Mapping[str, str]
) -> tuple[TokenSource | None, tuple[Problem, ...]]:
    """The credential, and what is missing, without loading what a call would need."""
    from fuyajo.planner.backends.claude_cli.present import missing
    from fuyajo.planner.backends.claude_cli.tokens import find_token

    token = find_token(settings.credential, settings.token_file, environ)
    return token, missing(settings.binary, token, environ)


def _claude(settings: ClaudeSettings, token: TokenSource | None) -> ClaudeBackend:
    from fuyajo.planner.backends.claude_cli.backend import ClaudeBackend

    return ClaudeBackend(
        settings.binary,
        token,
        model=settings.model,
        deadline_s=settings.deadline_s,
        base_url=settings.base_url,
    )
