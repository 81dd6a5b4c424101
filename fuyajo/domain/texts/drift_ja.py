"""Drift and import, in Japanese."""

from __future__ import annotations

JA: dict[str, str] = {
    "problem.plan_stale_added": "{key} は計画を見せたときはありませんでしたが、今は {after} です",
    "hint.plan_stale_added": "計画をもう一度作って確かめてください",
    "problem.plan_stale_removed": "{key} は計画を見せたとき {before} でしたが、今はありません",
    "hint.plan_stale_removed": "計画をもう一度作って確かめてください",
    "problem.drift_gone": "なくなっています。Fuyajo が消したものではありません",
    "hint.drift_gone": "env.yml から作り直すか、`fuyajo drift forget` で忘れてください",
    "problem.drift_there": "まだあります。忘れられるのは、なくなったものだけです",
    "hint.drift_there": "今の状態を正とするには `fuyajo drift adopt`",
    "problem.drift_new": "基準がまだありません。Fuyajo の実行で残した状態がわかりません",
    "hint.drift_new": "今の状態を基準にするには `fuyajo drift adopt {vm}`",
    "problem.drift_shrink": (
        "{key} は {before} から {after} になっています。"
        "ディスクは小さくできません（データが失われます）"
    ),
    "hint.drift_shrink": "`fuyajo drift adopt {vm}` とするか、新しい VM へデータを移してください",
    "problem.drift_restart": (
        "{key} は {before} から次の再起動まで {after} です。再起動すると、"
        "待っている別の変更も有効になります"
    ),
    "hint.drift_restart": "再起動待ちの変更を先に片付けてから `fuyajo vm restart {vm}`",
    "problem.drift_nic": (
        "{key} は「{before}」から「{after}」になっています。Fuyajo "
        "にはネットワークカードを変える操作がありません"
    ),
    "hint.drift_nic": (
        "一覧は `virsh domiflist {vm}`、変更は `virsh attach-interface` / `virsh "
        "detach-interface` に --config"
    ),
    "problem.drift_disk": (
        "{key} は「{before}」から「{after}」になっています。Fuyajo "
        "にはこのディスクを変える操作がありません"
    ),
    "hint.drift_disk": (
        "一覧は `virsh domblklist {vm}`、変更は `virsh attach-disk` / `virsh detach-disk` に "
        "--config"
    ),
    "problem.drift_text": "{key} は「{before}」から「{after}」になっています。Fuyajo はこれを書きません",
    "hint.drift_text": "変更は `virsh desc {vm} --config`（表題は --title を付けて）",
    "problem.drift_other": (
        "{key} は「{before}」から「{after}」になっています。Fuyajo にはこれを変える操作がありません"
    ),
    "hint.drift_other": "定義の変更は `virsh edit {vm}`",
    "ui.drift.none": "ずれはありません。すべて Fuyajo が残したとおりです。",
    "ui.drift.empty": "VM はなく、なくなったものもありません。",
    "ui.drift.since": "{time} に残した状態と比較",
    "ui.drift.same": "残したまま",
    "ui.drift.drift": "ずれ",
    "ui.drift.new": "基準はまだありません",
    "ui.drift.gone": "なくなりました",
    "ui.drift.by_hand": "手で変更",
    "ui.drift.pending": "再起動待ち",
    "ui.drift.live_only": "動作中のみ",
    "ui.drift.power": "電源",
    "ui.drift.now": "今は {value}",
    "ui.drift.way.resize": "戻す: サイズ変更",
    "ui.drift.way.start": "戻す: 起動",
    "ui.drift.way.stop": "戻す: 停止",
    "ui.drift.way.restart": "戻す: 再起動",
    "ui.drift.way.none": "戻す: Fuyajo ではできません",
    "ui.drift.next": (
        "今の状態を正とする: `fuyajo drift adopt {names}`   元に戻す: `fuyajo drift revert {names}`"
    ),
    "ui.drift.left": "そのまま残るもの:",
    "ui.drift.forgotten": "忘れました: {names}",
    "ui.drift.apply": "実行: fuyajo apply {plan}",
    "ui.field.baseline": "基準",
    "ui.field.owner": "所有者",
    "ui.field.template": "テンプレート",
    "ui.field.spec_digest": "要求の要約値",
    "problem.import_ownerless": "{value} には所有者がいません",
    "hint.import_ownerless": "`fuyajo import --adopt {value}` で自分のものにする計画を作れます",
    "problem.import_own": "{value} はすでに自分のものです",
    "hint.import_own": "`fuyajo import {value}` で書き出せます",
    "problem.import_name": "{value} という名前は要求に書けません",
    "hint.import_name": "名前に使えるのは英小文字・数字・ハイフンです。`virsh domrename` で変えられます",
    "problem.import_state": "状態が {state} です。要求に書けるのは running か stopped だけです",
    "hint.import_state": "先に起動か停止をしてください",
    "problem.import_size": "{key} が {value} です。要求に書けるのは {low} から {high} です",
    "hint.import_size": "サイズ変更の計画か `virsh edit {vm}` で変えられます",
    "problem.import_template": "テンプレート {value} がカタログにありません",
    "hint.import_template": "一覧は `fuyajo template list`",
    "problem.import_configured": "テンプレートの適用が終わっていないため、計画に変更が残ります",
    "hint.import_configured": "`fuyajo apply` で終わらせるか、先に停止してください",
    "problem.import_changes": "これを書いても計画が空になりません: {detail}",
    "hint.import_changes": "今の状態は `fuyajo drift {vm}` と `fuyajo vm show {vm}`",
    "problem.import_many": "1つのファイルに {value} 台です。要求に書けるのは {limit} 台までです",
    "hint.import_many": "いくつかのファイルに分けてください",
    "problem.import_file": "{value} はすでにあります",
    "hint.import_file": "別の名前にしてください。上書きはしません",
    "ui.import.written": (
        "書き出しました: {file}（{count} 台）。変更なしの計画になります: fuyajo plan -f {file}"
    ),
    "ui.import.explain": (
        "所有者のいない VM です。この計画は、自分のもの・テンプレート "
        "{template}・取り込み済みであることをメタデータに書くだけで、ほかは変えず、"
        "ゲストにもログインしません。そのあと `fuyajo import {names}` で書き出せます。"
    ),
    "ui.import.comment": "`fuyajo import` が書きました。今あるとおりの VM です。",
    "ui.import.vars": "作成時にテンプレートの設定が指定されましたが、VM には残っていません",
    "ui.import.imported": "Fuyajo が作ったものではなく、テンプレートは適用しません",
    "ui.import.more": "ほかに {what} があります（要求には書けません）",
}
