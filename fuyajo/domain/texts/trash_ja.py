"""The trash and undo, in Japanese."""

from __future__ import annotations

JA: dict[str, str] = {
    # --- problems --------------------------------------------------------------------------------
    "problem.not_in_trash": "ごみ箱に {value} はありません",
    "hint.not_in_trash": "`fuyajo trash list` で中身を確認できます",
    "problem.trash_many": "ごみ箱に {value} が複数あります: {known}",
    "hint.trash_many": "この名前でどれかを指定してください",
    "problem.recover_taken": "{value} は戻せません: 同じ名前がまた使われています",
    "hint.recover_taken": "先にそのマシンを削除するか、{kept} としてごみ箱に残してください",
    "problem.trash_full": "ほかの run が先に進みました: ごみ箱にあと {wanted} GiB は入りません "
    "(残り {left} / {limit} GiB)",
    "hint.trash_full": "計画を作り直すと、そのために何がごみ箱から消えるかが分かります: "
    "`fuyajo plan --again {plan}`",
    "problem.confirm_trash": "{value} をごみ箱に移します ({until} まで保管)",
    "hint.confirm_trash": "計画を確かめてから `fuyajo apply {plan} --yes` を実行してください",
    "problem.undo_running": "実行 {value} はまだ続いています",
    "hint.undo_running": "終わるのを待つか、`fuyajo run cancel {value}` で止めてから元に戻してください",
    "problem.undo_nothing": "実行 {value} は計画を適用していないので、元に戻すものがありません",
    "hint.undo_nothing": "ほかの実行は `fuyajo run list` で確認できます",
    "problem.undo_no_plan": "実行 {value} の計画 {plan} はもう残っていません",
    "hint.undo_no_plan": "望む状態を `fuyajo plan` で伝えてください",
    "problem.undo_impossible": "実行 {value} の変更はどれも元に戻せません",
    "hint.undo_impossible": "望む状態を `fuyajo plan` で伝えてください",
    # --- the plan --------------------------------------------------------------------------------
    "ui.field.kept": "ごみ箱の期限",
    "ui.field.until": "保管期限",
    "ui.field.since": "ごみ箱に入った時刻",
    "ui.field.trash_gib": "ディスク",
    "ui.risk.delete": "マシンを削除 (ごみ箱に保管)",
    "ui.undo": "元に戻す",
    "ui.undo.no": "できません: {why}",
    "ui.undo.part": "一部だけ: {why}",
    "ui.undo_all": "後からすべて元に戻せます。",
    "ui.undo_some": "ほかは後から元に戻せます。",
    "ui.confirm_trash": "{names} をごみ箱に移します ({until} まで保管)。",
    "ui.confirm_purge": "ごみ箱の {names} を完全に消します。",
    # --- results ---------------------------------------------------------------------------------
    "ui.trashed": "{name} は {until} までごみ箱にあります。戻すには: fuyajo trash restore {name}",
    "ui.undo_with": "元に戻すには:   fuyajo undo {id}",
    "ui.trash_empty": "ごみ箱は空です。",
    "ui.trash_expired": "保管期限を過ぎたものが {count} 件あります。消すには:  fuyajo trash empty --expired",
    "ui.expired": "期限切れ",
    "ui.undo_nothing": "元に戻すものはありません。実行 {id} の前と同じ状態です。",
    "ui.undo_left": "次のものは実行 {id} の後のままです:",
    # --- why something cannot be undone ----------------------------------------------------------
    "undo.network": "ネットワークは残ります",
    "undo.trash": "ごみ箱から戻せます",
    "undo.purged": "ディスクは完全に消えます",
    "undo.emptied": "もうごみ箱にありません",
    "undo.taken": "同じ名前がまた使われています。{kept} としてごみ箱に残ります",
    "undo.reverted": "スナップショットに戻す前の状態は失われます",
    "undo.since_snapshot": "その前の最後のスナップショットまでです。それより後の変更は失われます",
    "undo.adopted": "取り込んだ状態が今の望ましい状態です",
    "undo.disk": "ディスクは小さくできません",
    "undo.configured": "ゲストの中に設定したものは残ります",
    "undo.power": "前の状態は起動中でも停止中でもありませんでした",
    "undo.gone": "そのマシンはもうありません",
    "undo.another": "その名前は今は別のマシンです",
    "undo.unknown": "このマシンがその実行で作られたものかどうか分かりません",
    "undo.moved": "{key} はその後また変更され、今は {now} です",
}
