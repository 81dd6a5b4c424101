"""Drift and import, in Japanese."""

from __future__ import annotations

JA: dict[str, str] = {
    "problem.plan_stale_added": "{key} は計画を見せたときはありませんでしたが、今は {after} です",
    "hint.plan_stale_added": "計画をもう一度作って確かめてください",
    "problem.plan_stale_removed": "{key} は計画を見せたとき {before} でしたが、今はありません",
    "hint.plan_stale_removed": "計画をもう一度作って確かめてください",
}
