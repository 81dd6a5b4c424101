"""Reports of the gate, in Japanese."""

from __future__ import annotations

JA: dict[str, str] = {
    "page.gate.reports": "レポート",
    "page.gate.planner": "プランナー",
    "page.gate.verdict": "判定",
    "page.gate.failing": "失敗した事例",
    "page.gate.admitted": "合格",
    "page.gate.refused": "不合格",
    "page.gate.no_reports": "レポートはまだありません。`fuyajo eval admit` を実行するたびに 1 件残ります。",
    "page.gate.title": "{name} のレポート",
    "page.gate.took": "{n} 分",
    "page.gate.compare": "比較する相手",
    "page.gate.compare_now": "比較する",
    "page.gate.figures": "分類ごとの成績",
    "page.gate.moved": "そのときからの差 (ポイント)",
    "page.gate.below": "{value} (基準未満)",
    "page.gate.passes": "{of} 回中 {n} 回成功",
}
