"""Suggestions, in Japanese."""

JA: dict[str, str] = {
    "problem.suggestion_not_found": "{value} という提案は今はありません",
    "hint.suggestion_not_found": "`fuyajo suggest` で一覧が出ます",
    "ui.suggest.none": "提案はありません。計測値に理由がないか、計測がまだ足りません",
    "ui.suggest.next": "提案を計画にするには: fuyajo suggest --plan 番号",
    "ui.suggest.unknown": "不明",
    "ui.suggest.do.idle": "{vm}: 停止",
    "ui.suggest.do.no_backup": "{vm}: バックアップを作成",
    "ui.suggest.do.backup_old": "{vm}: バックアップを作成",
    "ui.suggest.why.no_backup": "作成から {age_days} 日経ちますが、使えるバックアップがありません",
    "ui.suggest.why.backup_old": "使えるバックアップ（{backups} 個）のうち最新のものが {age_days} 日前です",
    "ui.suggest.do.snapshot_old": "{vm}: スナップショットを取得",
    "ui.suggest.measured": "{since} から {until} まで、うち {share} % を計測",
    "ui.suggest.why.disk_full": "ディスクはホスト上で {disk_gib} GiB のうち {taken_gib} GiB を使っています",
    "ui.suggest.why.disk_fills": "ディスクはホスト上で {disk_gib} GiB のうち {taken_gib} GiB を使い、"
    "1 日に {a_day_gib} GiB ずつ増えています。あと {full_days} 日でいっぱいになります",
    "ui.suggest.why.memory_up": "時間の {share_percent} % でメモリーの {limit_percent} % 以上を使っています"
    "（{busy_days} 日にわたり、平均 {mean_percent} %）",
    "ui.suggest.why.memory_rises": "メモリーの {now_percent} % を使い、1 日に {a_day_percent} % "
    "ずつ増えています。"
    "あと {full_days} 日でいっぱいになります。増やしても時間を稼ぐだけで、原因はゲストの中にあります",
    "ui.suggest.why.cpu_up": "時間の {share_percent} % で CPU の {limit_percent} % 以上を使っています"
    "（{busy_days} 日にわたり、平均 {mean_percent} %）",
    "ui.suggest.why.host_memory": "動いているマシンには合わせて {given_mib} MiB が割り当てられ、ホストには "
    "{host_mib} MiB しかありません。このマシンが使ったのは {memory_mib} MiB のうち最大 {most_mib} MiB です",
    "ui.suggest.why.idle": "時間の {rank_percent} % で CPU は {cpu_percent} % "
    "以下です。毎秒のバイト数: 送信 "
    "{net_sent_bytes}、読み取り {disk_read_bytes}、書き込み {disk_written_bytes}",
    "ui.suggest.why.memory_down": "使ったのは {memory_mib} MiB のうち最大 {most_mib} MiB です",
    "ui.suggest.why.cpu_down": "時間の 99 % で CPU は {mean_percent} % 以下、瞬間でも "
    "{peak_percent} % 以下です",
    "ui.suggest.why.snapshot_old": "スナップショット（{snapshots} 個）のうち最新のものは {age_days} "
    "日前のものです",
    "problem.suggest_days": "{value} 日は短すぎるか長すぎます: 1 から {limit} まで",
    "hint.suggest_days": "例: 30",
    "problem.suggest_both": "--plan と --dismiss のどちらか一方にしてください",
    "hint.suggest_both": "計画にするか、しばらく表示しないか",
    "ui.suggest.dismissed": "{id} は {days} 日間表示しません。`fuyajo suggest --all` で見られます。",
    "page.suggest.suggestions": "提案",
    "page.suggest.what": "マシンの計測が示す提案です。自動では何も行われず、まず計画になります。",
    "page.suggest.none": "提案はありません。",
    "page.suggest.plan": "計画にする",
    "page.suggest.plan_it": "計画にする: {what}",
    "page.suggest.dismiss": "今はしない",
    "page.suggest.dismiss_it": "{days} 日間表示しない: {what}",
    "page.suggest.all": "表示しないものも見る",
    "page.house.done_suggestion_dismissed": "しばらく表示しません。",
}
