# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Raw option values become checked ones; problems are collected, each with its path. Pure."""

from __future__ import annotations

import os
import re
from typing import Any, Callable, Mapping, Sequence, TypeVar

NAME = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
MAX_TEXT = 512

T = TypeVar("T")


class Checker:
    """Collects problems while it turns raw values into checked ones.

    Every method takes the path of the value first, returns the checked value, and returns something
    harmless of the same type when there is a problem: whoever asks for ``problems`` afterwards sees
    all of them at once.
    """

    def __init__(self) -> None:
        self.problems: list[str] = []

    def problem(self, at: str, text: str) -> None:
        """Note one problem."""
        self.problems.append(f"{at}: {text}")

    def each(
        self,
        key: str,
        raw: Sequence[Mapping[str, Any]] | None,
        one: Callable[[Checker, str, Any], T],
    ) -> list[T]:
        """Return ``one`` of every element; two of one name are a problem."""
        found = [one(self, f"{key}[{i}]", each) for i, each in enumerate(raw or [])]
        names = [getattr(each, "name", None) for each in found]
        for name in sorted({n for n in names if n and names.count(n) > 1}):
            self.problem(key, f"the name {name} occurs more than once")
        return found

    def name(self, at: str, value: Any, dots: bool = False) -> str:
        """Return a name of ours: lower-case letters, digits and hyphens, a letter first."""
        plain = value.replace(".", "-") if dots and isinstance(value, str) else value
        if isinstance(plain, str) and NAME.fullmatch(plain):
            return str(value)
        self.problem(at, f"{value!a:.60} is no name (a-z, 0-9 and -, a letter first)")
        return ""

    def text(self, at: str, value: Any, optional: bool = False) -> str | None:
        """Return one printable line."""
        if value is None and optional:
            return None
        if isinstance(value, str) and 0 < len(value) <= MAX_TEXT and value.isprintable():
            return value
        self.problem(at, f"must be one printable line of at most {MAX_TEXT} characters")
        return None

    def path(self, at: str, value: Any) -> str | None:
        """Return an absolute path without ``..``, or None."""
        if value is None:
            return None
        if self.text(at, value) is None:
            return None
        if not os.path.isabs(value) or os.path.normpath(value) != value.rstrip("/"):
            self.problem(at, "must be an absolute path without '..'")
            return None
        return str(value).rstrip("/")

    def uuid(self, at: str, value: Any) -> str | None:
        """Return a UUID in lower case, or None."""
        if value is None:
            return None
        if isinstance(value, str) and UUID.fullmatch(value.lower()):
            return value.lower()
        self.problem(at, "is not a UUID")
        return None

    def between(self, at: str, value: Any, least: int, most: int) -> int | None:
        """Return a whole number of a range, or None."""
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self.problem(at, f"must be a whole number from {least} to {most}")
        return None

    def choice(self, at: str, value: Any, choices: Sequence[str]) -> str | None:
        """Return one of ``choices``, or None."""
        if value is None or value in choices:
            return None if value is None else str(value)
        self.problem(at, f"must be one of {', '.join(choices)}")
        return None

    def attempt(self, at: str, convert: Callable[[Any], T], value: Any) -> T | None:
        """Return ``convert`` of a value; what it raises becomes a problem."""
        if value is None:
            return None
        try:
            return convert(value)
        except (ValueError, TypeError, AttributeError) as error:
            self.problem(at, str(error))
            return None
