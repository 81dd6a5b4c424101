# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is in a pool, whether libvirt has seen it yet or not."""

from __future__ import annotations

import os
import stat
from typing import Any, Mapping

from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context

# Building these makes a directory. For the others it would write to a device, so they are not built.
DIRECTORIES = ("dir", "fs", "netfs")


def listing(ctx: Context, facts: Mapping[str, Any]) -> set[str] | None:
    """Return what libvirt would list in a pool's directory, or None when it cannot be seen."""
    if not ctx.host.is_local or ctx.host.is_mock or facts["type"] not in DIRECTORIES:
        return None
    try:
        with os.scandir(facts["path"]) as entries:
            return {entry.name for entry in entries if _counts(entry)}
    except FileNotFoundError:
        return set()
    except OSError:
        return None


def _counts(entry: os.DirEntry[str]) -> bool:
    if entry.name == "lost+found" or not entry.name.isprintable():
        return False
    try:
        mode = entry.stat().st_mode
    except OSError:
        return False  # a link that leads nowhere
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_ISBLK(mode)


def held(ctx: Context, handle: Any, facts: Mapping[str, Any]) -> list[str] | None:
    """Return what a pool holds, whether libvirt knows it yet or not; None when nobody can tell."""
    there = listing(ctx, facts)
    if ctx.host.is_active(handle):
        there = (there or set()) | set(ctx.host.volume_handles(handle))
    return None if there is None else sorted(there)


def some(names: list[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(ascii(name)[1:-1] for name in names[:5]) + more
