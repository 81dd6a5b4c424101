"""Approvals, the audit and the database, in Japanese."""

from __future__ import annotations

JA: dict[str, str] = {
    "problem.database": "データベースが応答しません: {detail}",
    "hint.database": "ディスクの空きと、ほかのプログラムがファイルを使っていないかを確かめてください",
    "problem.database_newer": "データベースは新しい版のものです (スキーマ {found}、この版は {known} まで)",
    "hint.database_newer": "Fuyajo を更新するか、別の FUYAJO_HOME を使ってください",
    "problem.needs_approval": "計画 {plan} の実行には承認が必要です",
    "hint.needs_approval": "内容を確かめてから `fuyajo approve {plan}`",
    "problem.approval_used": "計画 {plan} の承認はもう使われています",
    "hint.approval_used": "計画を作り直すか、もう一度承認してください: `fuyajo approve {plan}`",
    "problem.plan_rejected": "計画 {plan} は {by} が却下しました: {note}",
    "hint.plan_rejected": "計画を作り直してください",
    "problem.consent_kind": "「{kind}」による同意は計画 {plan} には使えません",
    "hint.consent_kind": "人が端末で承認してください: `fuyajo approve {plan}`",
}
