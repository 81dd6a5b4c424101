"""Moments as people type them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from fuyajo.domain.errors import InvalidInput, Problem, shown

_AGO = re.compile(r"([1-9]\d{0,4})([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def seconds(said: str, path: str) -> int:
    """`30s`, `5m`, `2h`, `0`. Raises `InvalidInput`."""
    if said == "0":
        return 0
    if match := re.fullmatch(r"(0|[1-9]\d{0,4})([smh])", said, re.ASCII):
        return int(match[1]) * {"s": 1, "m": 60, "h": 3600}[match[2]]
    raise InvalidInput(Problem(path, "alert_time", {"value": shown(said)}))


def moment(said: str | None) -> datetime | None:
    """`7d`, `12h`, or a date or time (ISO 8601, local unless it says otherwise). Raises `InvalidInput`."""
    if said is None:
        return None
    if match := _AGO.fullmatch(said):
        return datetime.now(UTC) - timedelta(**{_UNITS[match[2]]: int(match[1])})
    try:
        return datetime.fromisoformat(said).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise InvalidInput(Problem("since", "audit_since", {"value": shown(said)})) from None
