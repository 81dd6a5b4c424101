"""Effects, order and roll-back, in Japanese."""

from __future__ import annotations

JA: dict[str, str] = {}
