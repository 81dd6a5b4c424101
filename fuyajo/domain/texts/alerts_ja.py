"""Alerts, in Japanese."""

from __future__ import annotations

JA: dict[str, str] = {
    "problem.alert_per_cent": "{value} は割合ではありません（0〜100 %）",
    "hint.alert_per_cent": "例: 90",
    "problem.alert_seconds": "{value} 秒は範囲外です（0〜{limit}）",
    "hint.alert_seconds": "例: 300",
    "problem.alert_clear": "{value} では条件がまだ成り立ち、発報と解除を繰り返します（しきい値 {threshold}）",
    "hint.alert_clear": "しきい値の反対側の値にするか、省いてください",
    "problem.alert_not_found": "アラート {value} はありません",
    "hint.alert_not_found": "一覧は `fuyajo alert list`",
    "problem.too_many_alerts": "アラートは {limit} 件までです",
    "hint.too_many_alerts": "一件で複数または全部の VM を対象にできます",
    "problem.unknown_channel": "通知先 {value} はありません",
    "hint.unknown_channel": "使えるもの: {known}",
    "problem.alert_side": "--above か --below のどちらか一つを指定してください",
    "hint.alert_side": "例: `fuyajo alert add cpu --above 90 --for 10m`",
    "problem.alert_time": "{value} は時間ではありません",
    "hint.alert_time": "例: 30s, 5m, 2h",
    "ui.alert.id": "アラート",
    "ui.alert.when": "条件",
    "ui.alert.about": "対象",
    "ui.alert.stands": "状態",
    "ui.alert.title": "用途",
    "ui.alert.all": "全部",
    "ui.alert.off": "停止中",
    "ui.alert.quiet": "正常",
    "ui.alert.firing": "発報中: {vms}",
    "ui.alert.added": "アラート {id} を追加しました。`fuyajo serve` が計測のたびに確認します。",
    "ui.alert.none": "アラートはありません。`fuyajo alert add` で追加できます。",
    "ui.alert.removed": "アラート {id} を削除しました。",
    "ui.alert.is_enabled": "アラート {id} を再開しました。",
    "ui.alert.is_disabled": "アラート {id} を止めました。",
    "problem.channel_table": "チャネルはひとつの表です",
    "hint.channel_table": "例: [alerts.channels.ops] に kind と url",
    "problem.channel_name": "{value} はチャネルの名前になりません",
    "hint.channel_name": "英小文字で始め、英小文字・数字・- と _。`log` は元からあります",
    "problem.channel_text": "{value} は 1 行の文字列ではありません",
    "hint.channel_text": "引用符で囲んでください",
    "problem.channel_url": "{value} は呼び出せません",
    "hint.channel_url": "ユーザー名やパスワードを含まない https のアドレス。http はこの機械だけ",
    "problem.channel_address": "{value} はメールアドレスではありません",
    "hint.channel_address": "例: ops@example.org。`to` は読点の代わりにカンマで並べます",
    "problem.channel_open": "{value} へ送るものが守られません",
    "hint.channel_open": 'security = "starttls" か "tls"。"none" は localhost だけ',
    "problem.channel_port": "{value} はポートではありません",
    "hint.channel_port": "1 から 65535 までを引用符で囲んで",
    "problem.channel_silent": "チャネル {value} が受け取りませんでした: {detail}",
    "hint.channel_silent": "config.toml の設定と相手側の記録を見てください。docs/alerts.md にあります",
    "ui.alert.mail_fired": "[Fuyajo] {vm}: {rule}",
    "ui.alert.mail_cleared": "[Fuyajo] 解消: {vm}: {rule}",
    "ui.alert.mail_test": "[Fuyajo] このチャネルの試し",
    "ui.alert.mail_body": (
        "マシン: {vm} ({uuid})\n"
        "規則: {rule}\n"
        "値: {value}\n"
        "時刻: {at}\n"
        "重大さ: {severity}\n"
        "用途: {title}\n"
        "アラート: {alert} ({owner})\n"
    ),
    "ui.alert.tested": "チャネル {channel} が受け取りました。",
}
