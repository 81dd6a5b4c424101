"""Jobs, calls with a key, users and tokens at the terminal, schedules, in Japanese."""

from __future__ import annotations

JA: dict[str, str] = {
    "problem.job_process": "この実行のプロセスを起動できませんでした: {detail}",
    "hint.job_process": "何も変更していません。マシンに余裕ができたら計画をもう一度適用してください",
    "problem.job_broken": "Fuyajo の内部でエラーが起きました ({detail})",
    "hint.job_broken": "詳しくはワーカーのログにあります。実行済みの内容は `fuyajo run show` で確認できます",
    "problem.job_service_stopped": "ワーカー {value} が停止されました",
    "hint.job_service_stopped": "続きは計画をもう一度適用してください",
    "problem.user_disabled": "ユーザー {value} は無効になっています",
    "hint.user_disabled": "有効に戻すには `fuyajo user enable {value}`",
}
