"""Working hours: times of a day, days of a week and time zones, as a policy file writes them. Pure."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, Literal, Protocol, get_args

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = get_args(Day)
Days = Annotated[tuple[Day, ...], Field(strict=False, min_length=1, max_length=7)]
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")


def checked_days(value: object) -> object:
    """`"mon-fri"` is a range; a list names each day."""
    if not isinstance(value, str):
        return value
    first, dash, last = value.partition("-")
    if first not in DAYS or (dash and last not in DAYS):
        raise PydanticCustomError("days", "not days")
    begin = DAYS.index(first)
    many = (DAYS.index(last) - begin) % 7 + 1 if dash else 1
    return tuple(DAYS[(begin + i) % 7] for i in range(many))


def minute_of_day(value: object) -> int:
    """`"09:30"`, `"24:00"`, or TOML's own local time → minutes since midnight."""
    if isinstance(value, time) and value.tzinfo is None and not value.second:
        return value.hour * 60 + value.minute
    if isinstance(value, str) and _CLOCK.fullmatch(value):
        hours, minutes = value.split(":")
        return int(hours) * 60 + int(minutes)
    raise PydanticCustomError("clock", "not a time of day")


def known_zone(value: object) -> str:
    """A name of the time zone database, such as `Asia/Tokyo`."""
    if isinstance(value, str) and _zone(value) is not None:
        return value
    raise PydanticCustomError("zone", "no such time zone")


@lru_cache(maxsize=16)
def _zone(name: str) -> object:
    from zoneinfo import ZoneInfo  # only where a policy has working hours

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


Minute = Annotated[int, BeforeValidator(minute_of_day)]
Zone = Annotated[str, BeforeValidator(known_zone)]


class Week(Protocol):
    """See `policy.Hours`."""

    @property
    def days(self) -> tuple[Day, ...]: ...
    @property
    def begin(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def zone(self) -> str: ...


def within(hours: Week, now: datetime) -> bool:
    """Whether `now` (with its time zone) lies in the hours, by the clock on the wall of their zone."""
    from zoneinfo import ZoneInfo

    local = now.astimezone(ZoneInfo(hours.zone))
    minute = local.hour * 60 + local.minute
    today, yesterday = DAYS[local.weekday()], DAYS[(local - timedelta(days=1)).weekday()]
    if hours.end > hours.begin:
        return today in hours.days and hours.begin <= minute < hours.end
    late = today in hours.days and minute >= hours.begin
    return late or (yesterday in hours.days and minute < hours.end)


def clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def said(hours: Week) -> str:
    """`mon, tue 09:00–18:00 Asia/Tokyo`, the same in every language."""
    times = f"{clock(hours.begin)}–{clock(hours.end)}"
    return f"{', '.join(hours.days)} {times} {hours.zone}"
