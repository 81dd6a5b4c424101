"""What an undo made as JSON data: the contract of `undo --json`, of every door."""

from __future__ import annotations

from typing import Any

from fuyajo.domain.errors import Problem
from fuyajo.domain.texts import Lang
from fuyajo.service.undoing import Undone
from fuyajo.views.plan import plan_json
from fuyajo.views.trash import left_json


def undone_json(undone: Undone, lang: Lang) -> dict[str, Any]:
    return {
        "run": undone.record.id,
        "plan": plan_json(undone.plan) if undone.plan else None,
        "left": [left_json(one, lang) for one in undone.left],
        "problems": [problem.as_json(lang) for problem in problems_of(undone)],
    }


def problems_of(undone: Undone) -> list[Problem]:
    """Nothing can be taken back, though there was something."""
    if undone.plan is None and undone.left:
        return [Problem("", "undo_impossible", {"value": undone.record.id})]
    return []
