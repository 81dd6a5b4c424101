"""Snapshots as rows and as JSON data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from fuyajo.domain.machine import Snapshot
from fuyajo.domain.snapshots import in_branches
from fuyajo.domain.texts import Lang, text
from fuyajo.service.snapshots import Tree
from fuyajo.views.inert import inert

NOW = "* "


def tree_json(tree: Tree) -> dict[str, Any]:
    return asdict(tree)


def tree_rows(trees: Iterable[Tree], lang: Lang) -> list[list[str]]:
    """A fork is indented; `*` marks the one that the machine goes on from."""
    rows = [["VM", "SNAPSHOT", "TAKEN", "STATE", "ON TOP OF"]]
    for tree in trees:
        if not tree.snapshots:
            rows.append([inert(tree.vm), "-", "-", "-", "-"])
        for depth, one in in_branches(tree.snapshots):
            mark = NOW if one.current else "  "
            rows.append(
                [
                    inert(tree.vm),
                    f"{mark}{'  ' * depth}{inert(one.name)}",
                    _time(one.created),
                    _state(one, lang),
                    inert(one.parent or "-"),
                ]
            )
    return rows


def _state(one: Snapshot, lang: Lang) -> str:
    state = inert(one.state or "-")
    return text("ui.snapshot_memory", lang, state=state) if one.memory else state


def _time(created: str | None) -> str:
    try:
        moment = datetime.fromisoformat(created or "")
    except ValueError:
        return "-"
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"
