"""Alerts, in Japanese."""

from __future__ import annotations

JA: dict[str, str] = {
    "problem.alert_per_cent": "{value} は割合ではありません（0〜100 %）",
    "hint.alert_per_cent": "例: 90",
    "problem.alert_seconds": "{value} 秒は範囲外です（0〜{limit}）",
    "hint.alert_seconds": "例: 300",
    "problem.alert_clear": "{value} では条件がまだ成り立ち、発報と解除を繰り返します（しきい値 {threshold}）",
    "hint.alert_clear": "しきい値の反対側の値にするか、省いてください",
    "problem.alert_not_found": "アラート {value} はありません",
    "hint.alert_not_found": "一覧は `fuyajo alert list`",
    "problem.too_many_alerts": "アラートは {limit} 件までです",
    "hint.too_many_alerts": "一件で複数または全部の VM を対象にできます",
    "problem.unknown_channel": "通知先 {value} はありません",
    "hint.unknown_channel": "使えるもの: {known}",
}
