"""The trash and undo, in Japanese."""

from __future__ import annotations

JA: dict[str, str] = {}
