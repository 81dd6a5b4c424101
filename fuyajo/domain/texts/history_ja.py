"""Japanese sentences of measured history."""

JA: dict[str, str] = {
    "problem.seconds": "{value} は秒数になりません",
    "hint.seconds": "1 から 3600 の整数で書いてください。0 なら何も計測しません",
    "problem.history_points": "点の数を {value} にはできません",
    "hint.history_points": "{low} から {high} の数で書いてください",
    "problem.history_times": "期間の終わりが始まりより前です",
    "hint.history_times": "`since` は `until` より前の、過去の時刻にしてください",
    "ui.nothing_measured": "この期間に {name} の計測値はありません。動いているマシンをサービスが計測します",
    "ui.metrics_head": "{name}: {since} から {until} まで（{step} ごとの値）",
    "ui.metric.cpu": "CPU",
    "ui.metric.memory_used": "使用中のメモリー",
    "ui.metric.memory_available": "メモリーの空き",
    "ui.metric.disk_read": "ディスク読み取り",
    "ui.metric.disk_written": "ディスク書き込み",
    "ui.metric.disk_reads": "ディスク読み取り回数",
    "ui.metric.disk_writes": "ディスク書き込み回数",
    "ui.metric.net_received": "ネットワーク受信",
    "ui.metric.net_sent": "ネットワーク送信",
    "ui.metric_now": "現在",
    "ui.metric_mean": "平均",
    "ui.metric_most": "最大",
}
