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
}
