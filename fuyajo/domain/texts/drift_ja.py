"""Drift and import, in Japanese."""

from __future__ import annotations

JA: dict[str, str] = {}
