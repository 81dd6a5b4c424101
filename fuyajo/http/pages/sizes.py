"""Sizes as people say them."""

from __future__ import annotations


def size(mib: int) -> str:
    """Exactly: what a form takes back too."""
    return f"{mib // 1024} GiB" if mib % 1024 == 0 else f"{mib} MiB"


def about(mib: int) -> str:
    """To be compared at a glance: a tenth of a GiB is near enough."""
    return size(mib) if mib < 1024 else f"{mib / 1024:.1f}".removesuffix(".0") + " GiB"
