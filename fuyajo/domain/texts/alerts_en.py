"""Alerts, in English."""

from __future__ import annotations

EN: dict[str, str] = {
    "problem.alert_per_cent": "{value} is no share: from 0 to 100 per cent",
    "hint.alert_per_cent": "for example 90",
    "problem.alert_seconds": "{value} seconds are too few or too many: from 0 to {limit}",
    "hint.alert_seconds": "for example 300",
    "problem.alert_clear": "{value} is on the same side of the threshold {threshold}: it would never rest",
    "hint.alert_clear": "choose a value on the other side of the threshold, or leave it out",
    "problem.alert_not_found": "there is no alert {value}",
    "hint.alert_not_found": "`fuyajo alert list` shows yours",
    "problem.too_many_alerts": "you have {limit} alerts already",
    "hint.too_many_alerts": "one may be about several machines, or about all of them",
    "problem.unknown_channel": "there is no channel {value}",
    "hint.unknown_channel": "there are: {known}",
    "problem.alert_side": "say one of --above and --below",
    "hint.alert_side": "for example: `fuyajo alert add cpu --above 90 --for 10m`",
    "problem.alert_time": "{value} is no time",
    "hint.alert_time": "for example 30s, 5m, 2h",
    "ui.alert.id": "ALERT",
    "ui.alert.when": "WHEN",
    "ui.alert.about": "ABOUT",
    "ui.alert.stands": "STANDS",
    "ui.alert.title": "FOR",
    "ui.alert.all": "all",
    "ui.alert.off": "off",
    "ui.alert.quiet": "quiet",
    "ui.alert.firing": "fires: {vms}",
    "ui.alert.added": "Alert {id} is there; `fuyajo serve` looks after every round of measuring.",
    "ui.alert.none": "There are no alerts. `fuyajo alert add` makes one.",
    "ui.alert.removed": "Alert {id} is gone.",
    "ui.alert.is_enabled": "Alert {id} speaks again.",
    "ui.alert.is_disabled": "Alert {id} says nothing any more.",
    "problem.channel_table": "a channel is a table of its own",
    "hint.channel_table": "for example: [alerts.channels.ops] with kind, url",
    "problem.channel_name": "{value} cannot be the name of a channel",
    "hint.channel_name": "small letters, digits, - and _, a letter first; `log` is there already",
    "problem.channel_text": "{value} is not a text of one line",
    "hint.channel_text": "write it in quotation marks",
    "problem.channel_url": "{value} cannot be called",
    "hint.channel_url": "an address with https and without a name or password; http only to this machine",
    "problem.channel_address": "{value} is no mail address",
    "hint.channel_address": "for example ops@example.org; several of `to` with commas between them",
    "problem.channel_open": "nothing would protect what is sent to {value}",
    "hint.channel_open": 'security = "starttls" or "tls"; "none" only to localhost',
    "problem.channel_port": "{value} is no port",
    "hint.channel_port": "from 1 to 65535, in quotation marks",
    "problem.channel_silent": "the channel {value} did not take it: {detail}",
    "hint.channel_silent": "look at its settings in config.toml (docs/alerts.md) and at the other side's log",
    "ui.alert.mail_fired": "[Fuyajo] {vm}: {rule}",
    "ui.alert.mail_cleared": "[Fuyajo] over: {vm}: {rule}",
    "ui.alert.mail_test": "[Fuyajo] a test of this channel",
    "ui.alert.mail_body": (
        "Machine:   {vm} ({uuid})\n"
        "Rule:      {rule}\n"
        "Value:     {value}\n"
        "When:      {at}\n"
        "Severity:  {severity}\n"
        "For:       {title}\n"
        "Alert:     {alert} of {owner}\n"
    ),
    "ui.alert.tested": "The channel {channel} took it.",
}
