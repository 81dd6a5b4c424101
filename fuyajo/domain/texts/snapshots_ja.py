"""Snapshots of several machines, in Japanese."""

from __future__ import annotations

JA: dict[str, str] = {
    "problem.snapshots_of_what": "VM が選ばれていません",
    "hint.snapshots_of_what": "VM の名前、要求ファイル、環境、タグのどれかを指定してください",
    "problem.snapshots_name": "名前のない VM は探せません",
    "hint.snapshots_name": "名前を書いてください。`fuyajo vm list` で確かめられます",
    "problem.no_environment": "環境 {value} に属する VM をお持ちではありません",
    "hint.no_environment": "お持ちの環境: {known}",
    "problem.no_tag": "タグ {value} の付いた VM をお持ちではありません",
    "hint.no_tag": "お持ちのタグ: {known}",
    "ui.no_snapshots": "スナップショットはありません。`fuyajo vm snapshot create 名前` で作成できます。",
    "ui.snapshot_memory": "{state}・メモリあり",
    "ui.snapshot_now": "* 今の VM はここから続いています",
}
