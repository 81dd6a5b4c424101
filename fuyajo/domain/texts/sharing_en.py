"""Quota claims, ownership and sharing, in English."""

from __future__ import annotations

EN: dict[str, str] = {}
