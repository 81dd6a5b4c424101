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
}
