"""Drift and import, in English."""

from __future__ import annotations

EN: dict[str, str] = {}
