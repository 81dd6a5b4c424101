"""The trash and undo, in English."""

from __future__ import annotations

EN: dict[str, str] = {}
