"""What was written about a machine, in Japanese."""

from __future__ import annotations

JA = {
    "problem.vm_log_elsewhere": "{value} の QEMU のログは別のホスト（{uri}）にあり、Fuyajo からは読めません",
    "hint.vm_log_elsewhere": "そのホストで実行してください: `fuyajo vm logs {value} --source qemu`",
    "problem.vm_log_unreadable": "{file} を読めません: {detail}",
    "hint.vm_log_unreadable": "管理者なら読めます: `sudo cat {file}`。実行の記録は権限なしで読めます: "
    "`fuyajo vm logs NAME --source runs`",
    "ui.vm_log_none": "該当する行はありません",
    "ui.vm_log_more": "最後の {count} 行です。`--tail` でさらに表示できます",
    "problem.vm_log_guest": "ゲストが答えません: {detail}",
    "hint.vm_log_guest": "動いていて、systemd と qemu-guest-agent が要ります",
    "page.logs.logs": "ログ",
    "page.logs.of": "{name} のログ",
    "page.logs.source": "書いたもの",
    "page.logs.source_runs": "自分の実行",
    "page.logs.source_qemu": "ホストの QEMU",
    "page.logs.source_journal": "ゲストのジャーナル",
    "page.logs.source_cloud-init": "ゲストの cloud-init",
    "page.logs.grep": "含む文字",
    "page.logs.lines": "行数",
    "page.logs.show": "表示",
    "page.logs.none": "その行はありません。",
    "page.logs.more": "古い行は省きました。",
    "page.logs.guest": "ゲストの言葉は、その中の root が書いたものです。",
}
