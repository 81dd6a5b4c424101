"""Settings that are numbers, times and sizes: read, or every one that is none."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from fuyajo.domain.context import Quota
from fuyajo.domain.errors import InvalidInput, Problem, shown
from fuyajo.domain.units import parse_disk_gib, parse_memory_mib

LEAST_DEADLINE_S, MOST_DEADLINE_S = 1.0, 3600.0
# What one user may have in total, by setting (`quota_memory` and `quota_disk` take sizes).
QUOTA = ("vms", "cpus", "memory", "disk")
# How many times what the host has may be given away, by setting, with what holds where nobody said it.
OVERCOMMIT = {"overcommit_memory": 1.0, "overcommit_disk": 4.0}
HOUR = 3600
LEAST_TIMES, MOST_TIMES = 0.1, 100.0


def minutes(value: str) -> int:
    if not (value.isascii() and value.isdecimal() and len(value) < 7):
        raise InvalidInput(Problem("canary_minutes", "minutes", {"value": shown(value)}))
    return int(value)


def days(value: str) -> int:
    if not (value.isascii() and value.isdecimal() and len(value) < 6 and int(value)):
        raise InvalidInput(Problem("retention_days", "days", {"value": shown(value)}))
    return int(value)


def seconds(value: str) -> int:
    if not (value.isascii() and value.isdecimal() and len(value) < 5 and int(value) <= HOUR):
        raise InvalidInput(Problem("history_seconds", "seconds", {"value": shown(value)}))
    return int(value)


def tools(value: str) -> bool:
    """Of those who answer questions."""
    if value not in ("read-only", "off"):
        params = {"value": shown(value), "choices": "read-only, off"}
        raise InvalidInput(Problem("question_tools", "choice", dict(params)))
    return value == "read-only"


def deadlines(values: Mapping[str, str]) -> dict[str, float]:
    """What was set of `*_deadline`. Raises `InvalidInput` naming every value that is no time."""
    found: dict[str, float] = {}
    problems = []
    for name in ("claude", "anthropic", "openai"):
        value = values.get(f"{name}_deadline")
        if value is None:
            continue
        try:
            found[name] = float(value)
        except ValueError:
            found[name] = math.nan
        if not LEAST_DEADLINE_S <= found[name] <= MOST_DEADLINE_S:
            problems.append(Problem(f"{name}_deadline", "deadline", {"value": shown(value)}))
    if problems:
        raise InvalidInput(problems)
    return found


def overcommit(values: Mapping[str, str]) -> dict[str, float]:
    """Raises `InvalidInput` naming every value that is no number of times."""
    found, problems = dict(OVERCOMMIT), []
    for key in OVERCOMMIT:
        if key in values:
            try:
                found[key] = float(values[key])
            except ValueError:
                found[key] = math.nan
        if not LEAST_TIMES <= found[key] <= MOST_TIMES:
            problems.append(Problem(key, "overcommit", {"value": shown(values[key])}))
    if problems:
        raise InvalidInput(problems)
    return found


def quota(values: Mapping[str, str]) -> Quota:
    """What was set of `quota_*`. Raises `InvalidInput` naming every value that is no number or size."""
    parsers: dict[str, tuple[str, Callable[[str], int]]] = {
        "vms": ("vms", int),
        "cpus": ("cpus", int),
        "memory": ("memory_mib", parse_memory_mib),
        "disk": ("disk_gib", parse_disk_gib),
    }
    found: dict[str, int] = {}
    problems = []
    for key, (name, parse) in parsers.items():
        value = values.get(f"quota_{key}")
        if value is None:
            continue
        try:
            found[name] = parse(value)
        except ValueError:
            problems.append(Problem(f"quota_{key}", "quota_value", {"value": shown(value)}))
    if problems:
        raise InvalidInput(problems)
    return Quota(**found)
