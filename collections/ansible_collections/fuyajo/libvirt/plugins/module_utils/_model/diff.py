# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wanted against what was found. Pure.

Both sides are plain dictionaries of the same shape. A key that is missing or None on the wanted
side was not said by anybody and is never a difference.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any, Mapping

LIVE, RESTART, STOP, DESTROY = "live", "restart", "stop", "destroy"
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Change:
    """One difference.

    ``effect`` is what it takes: ``live`` (at once, nothing is interrupted), ``restart`` (waits for the
    next start of the machine), ``stop`` (interrupts what runs), ``destroy`` (data goes).
    """

    path: str
    before: Any
    after: Any
    effect: str = LIVE


def diff(
    wanted: Mapping[str, Any],
    found: Mapping[str, Any],
    effects: Mapping[str, str] = _NOTHING,
    prefix: str = "",
) -> list[Change]:
    """Return the changes that lead from ``found`` to ``wanted``.

    ``effects`` maps top-level keys to effects other than ``live``. Lists are compared as a whole.
    """
    changes: list[Change] = []
    for key, after in wanted.items():
        path = prefix + key
        before = found.get(key)
        if after is None:
            continue
        if isinstance(after, Mapping):
            inner = before if isinstance(before, Mapping) else {}
            changes += diff(after, inner, effects, path + ".")
        elif after != before:
            changes.append(Change(path, before, after, effects.get(path.partition(".")[0], LIVE)))
    return changes


def as_dicts(changes: list[Change]) -> list[dict[str, Any]]:
    """Return the changes as the plain values that modules return."""
    return [asdict(change) for change in changes]


def sides(changes: list[Change]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return (before, after) holding only what differs, for Ansible's diff mode."""
    return {c.path: c.before for c in changes}, {c.path: c.after for c in changes}
