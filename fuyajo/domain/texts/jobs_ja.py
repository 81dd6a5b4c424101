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
    "problem.call_key": "「{value}」は呼び出しのキーにできません",
    "hint.call_key": "表示できる ASCII 文字で 1 文字以上 128 文字以下、呼び出しごとに新しい値にしてください",
    "problem.call_other": "キー {value} は別の呼び出しで使われています",
    "hint.call_other": "呼び出しごとに新しいキーを使ってください。同じキーは同じ呼び出しの再送だけに使います",
    "problem.call_in_flight": "この呼び出しは処理中です",
    "hint.call_in_flight": "{seconds} 秒後に同じキーでもう一度呼び出してください",
    "problem.call_secret": "この呼び出しにはすでに回答しました。回答の秘密は一度しか表示されません",
    "hint.call_secret": "回答を失った場合は、作られたものを取り消して新しく作ってください",
}
