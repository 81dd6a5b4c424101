"""Quota claims, ownership and sharing, in Japanese."""

from __future__ import annotations

JA: dict[str, str] = {
    "problem.claims_open": "実行中の run が一部を確保しています: {runs}",
    "hint.claims_open": "終わるまで待ち (`fuyajo run list`)、もう一度 apply してください",
    "problem.host_memory": "メモリをあと {wanted} MiB はこのホストの容量を超えます "
    "(全利用者で残り {left} / {limit} MiB)",
    "hint.host_memory": "VM を停止するか量を減らしてください。管理者は `overcommit_memory` を上げられます",
    "problem.host_disk": "ディスクをあと {wanted} GiB はプールの上限を超えます "
    "(全利用者で残り {left} / {limit} GiB)",
    "hint.host_disk": "VM を削除するか量を減らしてください。管理者は `overcommit_disk` を上げられます",
    "problem.overcommit": "{value} は 0.1 から 100 までの倍率ではありません",
    "hint.overcommit": "1 は実際の量まで、4 はその四倍までという意味です",
    "problem.ownership_unknown": "{value} のメタデータは {owner} のものとしていますが、"
    "Fuyajo のデータベースには記録がありません",
    "hint.ownership_unknown": "`fuyajo vm show {value}` で確かめてから "
    "`fuyajo doctor --repair-ownership` で引き取ってください",
    "problem.ownership_disagrees": "{value} のメタデータは {owner} のもの、"
    "Fuyajo のデータベースは {known} のものとしています",
    "hint.ownership_disagrees": "一致するまで何も削除しません。メタデータが正しければ "
    "`fuyajo doctor --believe-metadata {value}`",
    "problem.leftover_foreign": "ディスク {value} はあなたのものではありませんでした",
    "hint.leftover_foreign": "元の所有者が削除できます",
    "problem.shared_read": "{value} は {owner} のもので、見ることだけが許されています",
    "hint.shared_read": "{owner} に頼んでください: `fuyajo share {value} YOU --operate`",
    "problem.shared_operate": "{value} は {owner} のものです。操作はできますが "
    "「{op}」は所有者だけができます",
    "hint.shared_operate": "{owner} に頼んでください",
    "problem.mixed_owners": "一つのプランは一人の所有者の VM だけを扱います (ここでは {value})",
    "hint.mixed_owners": "所有者ごとにプランを作ってください",
    "problem.shared_unsaid": "{value} は {owner} のものです。これのことですか?",
    "hint.shared_unsaid": "名前で言ってください。",
    "problem.grantee": "{value} は利用者でもグループでもありません",
    "hint.grantee": "利用者は `hanako`、このマシンのグループは `@staff` のように書きます",
    "problem.grantee_self": "{value} はあなた自身です",
    "hint.grantee_self": "ほかの利用者かグループ (`@staff`) を指定してください",
    "problem.grantee_unknown": "このマシンに {value} はいません",
    "hint.grantee_unknown": "`getent passwd` が利用者を、`getent group` がグループを表示します",
    "problem.not_shared": "{value} は {grantee} と共有されていません",
    "hint.not_shared": "`fuyajo share list` が共有を表示します",
    "problem.everyone_here": "全員のドメインはこのホストの前にいる人だけが見られます",
    "hint.everyone_here": "そのオプションを外してください",
    "ui.shared": "{vm} を {grantee} と共有しました: {rights}",
    "ui.unshared": "{vm} と {grantee} の共有をやめました",
    "ui.no_shares": "共有はありません。共有するには:  fuyajo share hello hanako",
    "ui.rights.read": "見ることができます",
    "ui.rights.operate": "操作できます (起動、停止、再起動、サイズ変更、スナップショット)",
    "ui.of_owner": "{owner} のもの",
    "ui.adopted": "引き取りました: {names}",
    "ui.nothing_to_adopt": "欠けているものはありません。データベースはあなたの VM をすべて知っています。",
    "ui.believed": "データベースでも {name} はあなたのものになりました。",
    "ui.confirm_believe": "データベースでは {name} は別の人のものです。"
    "自分のものにするには名前を入力してください",
    "doctor.ownership.known": "{count} 台の VM についてメタデータとデータベースは一致しています",
    "doctor.ownership.unknown": "データベースに記録がありません: {names} (削除できません)",
    "doctor.ownership.disagrees": "{name} のメタデータはあなた、データベースは {known} を所有者としています",
}
