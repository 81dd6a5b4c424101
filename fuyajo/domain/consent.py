"""How somebody agreed to a plan, as the door that was used saw it. A value; what it is worth is policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["terminal", "flag", "assistant", "web", "elicitation", "schedule"]
KINDS: tuple[Kind, ...] = get_args(Kind)
#: Set by assistants in the shells that they run commands in: nobody at a keyboard typed `--yes` there.
ASSISTANTS = (
    "CLAUDECODE",
    "CODEX_SANDBOX",
    "CODEX_THREAD_ID",
    "GEMINI_CLI",
    "CURSOR_AGENT",
    "OPENCODE",
)


@dataclass(frozen=True)
class Consent:
    """`by` is the principal, never a model. `terminal`: typed at a question; `flag`: `--yes`."""

    by: str
    kind: Kind
    door: str = "cli"


def assistant_in(environ: Mapping[str, str]) -> str | None:
    """The variable that gives an assistant's shell away, or None."""
    return next((name for name in ASSISTANTS if environ.get(name)), None)
