"""Quota claims, ownership and sharing, in Japanese."""

from __future__ import annotations

JA: dict[str, str] = {}
