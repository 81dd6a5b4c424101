"""Alerts as rows and as JSON data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from fuyajo.domain.alerts import Alert, Rule, Standing
from fuyajo.domain.history import UNITS
from fuyajo.domain.texts import Lang, text
from fuyajo.views.inert import inert


def alert_json(alert: Alert, standings: Iterable[Standing] = ()) -> dict[str, Any]:
    rule = alert.rule
    return {
        "id": alert.id,
        "title": alert.title,
        "metric": rule.metric,
        "side": rule.side,
        "threshold": rule.threshold,
        "lasting": rule.lasting,
        "clear": rule.clear,
        "clear_lasting": rule.clear_lasting,
        "severity": rule.severity,
        "vms": list(alert.vms),
        "tags": list(alert.tags),
        "channels": list(alert.channels),
        "enabled": alert.enabled,
        "created": _moment(alert.created),
        "machines": [
            {
                "vm": one.name,
                "uuid": one.uuid,
                "phase": one.state.phase,
                "value": one.value,
                "at": None if one.state.last is None else _moment(one.state.last),
            }
            for one in standings
        ],
    }


def alert_rows(found: Iterable[tuple[Alert, list[Standing]]], lang: Lang) -> list[list[str]]:
    rows = [[text(f"ui.alert.{key}", lang) for key in ("id", "when", "about", "stands", "title")]]
    for alert, standings in found:
        about = ", ".join([*alert.vms, *(f"#{tag}" for tag in alert.tags)])
        about = about or text("ui.alert.all", lang)
        firing = [one.name for one in standings if one.state.phase in ("firing", "clearing")]
        stands = text("ui.alert.off" if not alert.enabled else "ui.alert.quiet", lang)
        if firing:
            stands = text("ui.alert.firing", lang, vms=inert(", ".join(sorted(firing))))
        rows.append(
            [alert.id, rule_words(alert.rule), inert(about), stands, inert(alert.title) or "-"]
        )
    return rows


def rule_words(rule: Rule) -> str:
    """`cpu > 80 % 300s`, in the signs of every language."""
    unit = "%" if rule.metric == "memory" else UNITS.get(rule.metric, "")
    sign = ">" if rule.side == "above" else "<"
    return " ".join(part for part in (rule.metric, sign, f"{rule.threshold:g}", unit) if part) + (
        f", {rule.lasting}s" if rule.lasting else ""
    )


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
