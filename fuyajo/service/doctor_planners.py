"""What `fuyajo doctor` finds about the planners: who would answer, and whether a model server is there."""

from __future__ import annotations

from collections.abc import Mapping

from fuyajo.domain.errors import Param, Problem, Unavailable
from fuyajo.domain.texts import Lang, text
from fuyajo.engine.doctor.result import Result
from fuyajo.planner.registry import BackendSettings, make, missing, set_up
from fuyajo.planner.router import RULES, TRUSTED_ORDER
from fuyajo.service.backends import backend_settings
from fuyajo.service.context import Actor
from fuyajo.service.planning import BACKENDS

# Seconds; a server that runs tells at once what it has, also while it is busy with a reply.
SERVER_DEADLINE_S = 4.0
_NO_PLANNER = "export FUYAJO_BACKEND=auto"
# The command that mends what is missing, where one command does.
_FIXES: Mapping[str, str] = {
    "claude_no_token": "claude setup-token",
    "anthropic_no_package": "pip install 'fuyajo[anthropic]'",
    "anthropic_no_key": "export ANTHROPIC_API_KEY=…",
    "openai_no_url": "export FUYAJO_OPENAI_BASE_URL=http://127.0.0.1:8080",
}


def planner(actor: Actor, lang: Lang) -> list[Result]:
    """Which planner would answer. The rules need nothing, so only a planner asked for can be missing."""
    asked = actor.settings.backend
    if asked not in BACKENDS:
        return [Result("fail", "unknown", {"value": asked}, _NO_PLANNER)]
    try:
        why = _who_answers(asked, backend_settings(actor), lang)
    except Unavailable as error:
        why = "; ".join(problem.message(lang) for problem in error.problems)
        return [Result("fail", "missing", {"why": why}, _fix(error.problems))]
    return [Result("ok", "chosen", {"why": why})]


def _fix(problems: tuple[Problem, ...]) -> str:
    (first, *others) = {problem.code for problem in problems}
    return _FIXES.get(first, _NO_PLANNER) if not others else _NO_PLANNER


def _who_answers(asked: str, settings: BackendSettings, lang: Lang) -> str:
    """A sentence about the planner. Raises `Unavailable` when the one that was asked for is missing."""
    if asked != "auto":
        make(asked, settings)
        return text("planner.asked", lang, backend=asked)
    there = set_up(settings)
    if there != [RULES]:
        return text("planner.auto_from", lang, backends=", ".join(there))
    absent = missing(TRUSTED_ORDER[0], settings)
    why = "; ".join(problem.message(lang) for problem in absent)
    return text("planner.auto_alone", lang, why=why)


def model_server(actor: Actor, lang: Lang) -> list[Result]:
    """Whether the model server that is named answers, and with which model. Nothing when none is named."""
    url = actor.settings.openai_base_url
    if url is None:
        return []
    try:
        told = _identity(backend_settings(actor))
    except Unavailable as error:
        (problem, *_) = error.problems
        why: dict[str, Param] = {"why": f"{problem.message(lang)} ({problem.hint(lang)})"}
        return [Result("warn", "silent", why)]
    return [Result("ok", "answers", {"url": url, "model": told["model"]})]


def _identity(settings: BackendSettings) -> dict[str, str]:
    import asyncio

    from fuyajo.planner.backend import BackendError

    server = make("openai", settings)

    async def ask() -> dict[str, str]:
        try:
            async with asyncio.timeout(SERVER_DEADLINE_S):
                return await server.identity()
        except TimeoutError:
            raise BackendError(server.name, "timeout", f"{SERVER_DEADLINE_S:g} s") from None

    return asyncio.run(ask())


def price(actor: Actor) -> list[Result]:
    """A model of Anthropic's whose cost would be told as 0, because its price is not known here."""
    settings = backend_settings(actor)
    if missing("anthropic", settings):
        return []
    from fuyajo.planner.backends.anthropic_api.prices import price_of

    model = settings.anthropic.model
    return [] if price_of(model) else [Result("warn", "unknown", {"value": model})]
