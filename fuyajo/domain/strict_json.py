"""JSON as data only: duplicate keys, NaN, deep nesting and oversize are problems, not surprises."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from fuyajo.domain.errors import Problem, shown

MAX_BYTES = 1_048_576
MAX_DEPTH = 20


class _Duplicate(ValueError):
    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Duplicate(key)
        found[key] = value
    return found


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def load_json(text: str) -> tuple[Any, list[Problem]]:
    """(value, []) or (None, problems); `text` of at most `MAX_BYTES` characters."""
    if len(text) > MAX_BYTES:
        return None, [Problem("", "too_large", {"limit": "1 MiB"})]
    try:
        value = json.loads(text, object_pairs_hook=_pairs, parse_constant=_constant)
    except _Duplicate as error:
        return None, [Problem("", "duplicate_key", {"key": shown(error.key)})]
    except RecursionError:
        return None, [Problem("", "too_deep")]
    except ValueError as error:  # JSONDecodeError, NaN, integers beyond the digit limit
        return None, [Problem("", "not_json", {"detail": shown(str(error), 120)})]
    return (value, []) if depth_ok(value) else (None, [Problem("", "too_deep")])


def depth_ok(value: Any, limit: int = MAX_DEPTH) -> bool:
    """Whether nesting stays within `limit` levels."""
    level = [value]
    for _ in range(limit):
        level = [
            child
            for item in level
            if isinstance(item, dict | list)
            for child in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return True
    return False
