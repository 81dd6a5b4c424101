"""When a machine's time is over: how that is said, and what is left of it. Pure.

A note in the machine's metadata: nothing ends by itself when it comes.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

#: In metadata and plans: its time is never over.
NEVER = "never"
MOST_DAYS = 3650
_UNITS = {"h": 1, "d": 24, "w": 7 * 24}
_SPAN = re.compile(r"([0-9]{1,5})\s?([hdw])")


def span(said: str) -> timedelta | None:
    """`8h`, `3d` or `2w`; None for anything else, also for more than ten years."""
    found = _SPAN.fullmatch(said)
    if found is None:
        return None
    length = timedelta(hours=int(found[1]) * _UNITS[found[2]])
    return length if timedelta(0) < length <= timedelta(days=MOST_DAYS) else None


def moment(said: str | None) -> datetime | None:
    """A time with its zone, as UTC; None for anything else: metadata is anybody's text."""
    try:
        at = datetime.fromisoformat(said or "")
        return at.astimezone(UTC) if at.tzinfo and "T" in (said or "") else None
    except (ValueError, OverflowError):
        return None


def stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def sound(said: str) -> bool:
    return said == NEVER or span(said) is not None or moment(said) is not None


def settled(said: str, now: datetime) -> str:
    """The time that is meant, or `never`; a span counts from now. ValueError where it is not sound."""
    length = span(said)
    if length is not None:
        return stamp(now + length)
    at = moment(said)
    if at is None and said != NEVER:
        raise ValueError(f"no time: {said!r}")
    return stamp(at) if at else NEVER


def over(expires: str | None, now: datetime) -> bool:
    at = moment(expires)
    return at is not None and at <= now
