"""What a run that failed did, left and never began, and the commands that go on from there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fuyajo.domain.plan import Plan
from fuyajo.domain.remains import Remain, Standing
from fuyajo.domain.texts import Lang, text
from fuyajo.store.runs import RunRecord
from fuyajo.views.inert import inert, padded, width
from fuyajo.views.plan import MARKS

ORDER: tuple[Standing, ...] = ("done", "left", "undone", "unknown", "not_begun")


def remains_json(remains: Sequence[Remain]) -> list[dict[str, Any]]:
    return [
        {"object": r.object, "name": r.name, "action": r.action, "standing": r.standing}
        for r in remains
    ]


def remains_lines(
    plan: Plan, remains: Sequence[Remain], undone: RunRecord | None, lang: Lang
) -> list[str]:
    """Every change under how far it came; then how to continue, and how to remove what is there."""
    lines = [_undo(remains, undone, lang)] if undone else []
    lines += standing_lines(remains, lang)
    new = [r.name for r in remains if r.action == "create" and r.standing in ("done", "left")]
    machines = {c.name for c in plan.changes if c.object == "vm"}
    names = " ".join(inert(name) for name in new if name in machines)
    lines.append(text("ui.left.resume", lang, plan=plan.id))
    return lines + ([text("ui.left.remove", lang, names=names)] if names else [])


def standing_lines(remains: Sequence[Remain], lang: Lang) -> list[str]:
    lines: list[str] = []
    labels = {one: text(f"ui.left.{one}", lang) for one in ORDER}
    room = max(width(label) for label in labels.values())
    for standing in ORDER:
        for place, one in enumerate(r for r in remains if r.standing == standing):
            label = padded(labels[standing] if place == 0 else "", room)
            lines.append(f"  {label}   {MARKS[one.action]} {one.object} {inert(one.name)}")
    return lines


def _undo(remains: Sequence[Remain], undone: RunRecord, lang: Lang) -> str:
    if undone.status != "successful":
        detail = inert(undone.failure or undone.status)
        return text("ui.left.undo_failed", lang, id=undone.id, detail=detail)
    names = ", ".join(inert(r.name) for r in remains if r.standing == "undone")
    return text("ui.left.undoing", lang, id=undone.id, names=names)
