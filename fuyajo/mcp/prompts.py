"""Prompts: four errands, each told so that the tools are used in the right order."""

from __future__ import annotations

from collections.abc import Mapping

import mcp_types as types

from fuyajo.domain.errors import InvalidInput, NotFound, Problem, shown
from fuyajo.domain.texts import Lang, text
from fuyajo.mcp.identity import Identity
from fuyajo.views.inert import inert

LONGEST = 2000  # characters of an argument
#: Name → its arguments; `True`: it has to be said.
PROMPTS: Mapping[str, Mapping[str, bool]] = {
    "provision": {"purpose": True, "template": False},
    "diagnose": {"vm": True},
    "delete_safely": {"vm": True},
    "fleet_audit": {},
}


def listed(lang: Lang) -> list[types.Prompt]:
    return [
        types.Prompt(
            name=name,
            title=text(f"mcp.prompt.{name}.title", lang),
            description=text(f"mcp.prompt.{name}.about", lang),
            arguments=[
                types.PromptArgument(
                    name=key, description=text(f"mcp.prompt.arg.{key}", lang), required=needed
                )
                for key, needed in arguments.items()
            ],
        )
        for name, arguments in PROMPTS.items()
    ]


def filled(identity: Identity, name: str, arguments: Mapping[str, str]) -> types.GetPromptResult:
    """Raises `NotFound` for an unknown prompt, `InvalidInput` for arguments that are not its own."""
    if name not in PROMPTS:
        raise NotFound(Problem("", "mcp_prompt", {"value": shown(name)}))
    known = PROMPTS[name]
    problems = [
        Problem(shown(key), "unknown_key", {"key": shown(key), "known": ", ".join(known) or "-"})
        for key in arguments
        if key not in known
    ]
    problems += [
        Problem(key, "missing", {"key": key})
        for key, needed in known.items()
        if needed and not arguments.get(key, "").strip()
    ]
    problems += [
        Problem(key, "too_long", {"limit": LONGEST})
        for key, value in arguments.items()
        if len(value) > LONGEST
    ]
    if problems:
        raise InvalidInput(problems)
    said = {key: inert(arguments.get(key, "")).strip() or "-" for key in known}
    words = text(f"mcp.prompt.{name}", identity.lang, **said)
    message = types.PromptMessage(role="user", content=types.TextContent(text=words))
    about = text(f"mcp.prompt.{name}.about", identity.lang)
    return types.GetPromptResult(description=about, messages=[message])
