# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""qemu-img, for the files of backups. Formats are always said, never guessed from the content."""

from __future__ import annotations

import json
import os
from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import until
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.qemu_tool import ask, run

_QUICK = 120.0
_CLOSE_SECONDS = 30.0


def create(path: str, size: int) -> None:
    """Make an empty qcow2 file of ``size`` bytes that only its owner may read."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    run(["create", "-q", "-f", "qcow2", path, str(size)], _QUICK)


def lay_on(path: str, backing: str) -> None:
    """Write into a qcow2 file what it lies on; ``backing`` is relative to it."""
    run(["rebase", "-q", "-u", "-f", "qcow2", "-F", "qcow2", "-b", backing, path], _QUICK)


def info(path: str, shared: bool = False) -> dict[str, Any]:
    """Return what qemu-img says about a qcow2 file; ``shared`` when a machine has it open."""
    words = ["info", "--output=json", "-f", "qcow2", *(["-U"] if shared else []), path]
    found = json.loads(run(words, _QUICK))
    return found if isinstance(found, dict) else {}


def keeps_bitmaps(path: str, shared: bool) -> bool:
    """Say whether a qcow2 file is of the version that can hold bitmaps."""
    data = info(path, shared).get("format-specific", {}).get("data", {})
    return bool(data.get("compat") != "0.10")


def good_bitmaps(path: str) -> set[str]:
    """Return the bitmaps of an idle qcow2 file that were closed in good order."""
    data = info(path).get("format-specific", {}).get("data", {})
    found = [each for each in data.get("bitmaps", []) if "in-use" not in each.get("flags", [])]
    return {each.get("name", "") for each in found}


def all_bitmaps(path: str) -> set[str]:
    """Return every bitmap of an idle qcow2 file."""
    data = info(path).get("format-specific", {}).get("data", {})
    return {each.get("name", "") for each in data.get("bitmaps", [])}


def remove_bitmap(path: str, name: str) -> None:
    """Remove a bitmap from an idle qcow2 file; none is fine."""
    if name in all_bitmaps(path):
        run(["bitmap", "--remove", "-f", "qcow2", path, name], _QUICK)


def await_closed(path: str) -> None:
    """Wait until QEMU has let go of a file; libvirt reports the end of a job a moment before that."""
    words = ["info", "-f", "qcow2", path]
    if not until(lambda: ask(words, _QUICK).returncode == 0, _CLOSE_SECONDS):
        run(words, _QUICK)


def check(path: str, seconds: float) -> None:
    """Raise FuyajoError unless a qcow2 file is sound in itself."""
    run(["check", "-q", "-f", "qcow2", path], seconds)


def flatten(source: str, target: str, form: str, seconds: float) -> None:
    """Write a qcow2 file and what it lies on into one new file that only its owner may read."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    run(["convert", "-q", "-f", "qcow2", "-O", form, source, target], seconds)


def same_content(one: str, other: str, form: str, seconds: float) -> bool:
    """Say whether a guest would read the same from a qcow2 file and another of ``form``."""
    # Sizes are compared apart: qemu-img takes a longer one that ends in zeros for the same.
    size = info(other).get("virtual-size") if form == "qcow2" else os.path.getsize(other)
    if info(one).get("virtual-size") != size:
        return False
    words = ["compare", "-q", "-f", "qcow2", "-F", form, one, other]
    return ask(words, seconds).returncode == 0
