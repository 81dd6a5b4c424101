"""Which planner answered, why, how long it took and what it cost."""

from __future__ import annotations

from typing import Any

from fuyajo.domain.plan import PlannerNote
from fuyajo.domain.texts import Lang, text
from fuyajo.views.inert import inert


def planner_json(note: PlannerNote | None) -> dict[str, Any] | None:
    return note.model_dump(mode="json") if note else None


def planner_lines(note: PlannerNote, lang: Lang, verbose: bool) -> list[str]:
    """One line; with `verbose` the reason and what was spent as well."""
    if not verbose:
        return [text("ui.planner", lang, backend=note.backend)]
    spent = text(
        "ui.planner_spent",
        lang,
        model=inert(note.model or note.backend),
        seconds=f"{note.seconds:.2f}",
        input=note.input_tokens,
        output=note.output_tokens,
        cost=f"{note.cost_usd:.4f}",
    )
    return [
        text("ui.planner_why", lang, backend=note.backend, why=inert(note.why)),
        f"  {spent}",
    ]
