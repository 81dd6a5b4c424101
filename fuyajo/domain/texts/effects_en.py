"""Effects, order and roll-back, in English."""

from __future__ import annotations

EN: dict[str, str] = {}
