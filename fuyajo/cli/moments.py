"""Moments as people type them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from fuyajo.domain.errors import InvalidInput, Problem, shown

_AGO = re.compile(r"([1-9]\d{0,4})([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


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
