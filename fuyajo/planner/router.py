"""Which planner answers: the one that was asked for, or the best one that is set up here."""

from __future__ import annotations

from collections.abc import Mapping

from fuyajo.domain.texts import Lang, text
from fuyajo.planner.backend import Backend
from fuyajo.planner.registry import BackendSettings, make, missing


def choose(
    name: str,
    settings: BackendSettings | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    lang: Lang = "en",
) -> tuple[Backend, str]:
    """The backend and, as a sentence, why it was taken. Reads no network and starts no process.

    `auto` takes Claude when it is configured, else the rules; it never changes over later, when a call
    fails. Raises `Unavailable` with everything that is missing when one is asked for by name.
    """
    settings = settings or BackendSettings()
    if name != "auto":
        return make(name, settings, environ), text(f"planner.{name}_asked", lang)
    absent = missing("claude", settings, environ)
    if not absent:
        return make("claude", settings, environ), text("planner.claude_auto", lang)
    why = "; ".join(problem.message(lang) for problem in absent)
    return make("rules", settings, environ), text("planner.rules_auto", lang, why=why)
