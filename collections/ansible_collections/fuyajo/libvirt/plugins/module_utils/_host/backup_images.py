# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""qemu-img, for the files of backups. Formats are always said, never guessed from the content."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any, Sequence

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import until
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    UNAVAILABLE,
    FuyajoError,
)

_TOOL = "qemu-img"
_QUICK = 120.0
_CLOSE_SECONDS = 30.0


def create(path: str, size: int) -> None:
    """Make an empty qcow2 file of ``size`` bytes that only its owner may read."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    _run(["create", "-q", "-f", "qcow2", path, str(size)], _QUICK)


def lay_on(path: str, backing: str) -> None:
    """Write into a qcow2 file what it lies on; ``backing`` is relative to it."""
    _run(["rebase", "-q", "-u", "-f", "qcow2", "-F", "qcow2", "-b", backing, path], _QUICK)


def info(path: str, shared: bool = False) -> dict[str, Any]:
    """Return what qemu-img says about a qcow2 file; ``shared`` when a machine has it open."""
    words = ["info", "--output=json", "-f", "qcow2", *(["-U"] if shared else []), path]
    found = json.loads(_run(words, _QUICK))
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
        _run(["bitmap", "--remove", "-f", "qcow2", path, name], _QUICK)


def await_closed(path: str) -> None:
    """Wait until QEMU has let go of a file; libvirt reports the end of a job a moment before that."""
    words = ["info", "-f", "qcow2", path]
    if not until(lambda: _ask(words, _QUICK).returncode == 0, _CLOSE_SECONDS):
        _run(words, _QUICK)


def check(path: str, seconds: float) -> None:
    """Raise FuyajoError unless a qcow2 file is sound in itself."""
    _run(["check", "-q", "-f", "qcow2", path], seconds)


def flatten(source: str, target: str, form: str, seconds: float) -> None:
    """Write a qcow2 file and what it lies on into one new file that only its owner may read."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    _run(["convert", "-q", "-f", "qcow2", "-O", form, source, target], seconds)


def same_content(one: str, other: str, form: str, seconds: float) -> bool:
    """Say whether a guest would read the same from a qcow2 file and another of ``form``."""
    # Sizes are compared apart: qemu-img takes a longer one that ends in zeros for the same.
    size = info(other).get("virtual-size") if form == "qcow2" else os.path.getsize(other)
    if info(one).get("virtual-size") != size:
        return False
    words = ["compare", "-q", "-f", "qcow2", "-F", form, one, other]
    return _ask(words, seconds).returncode == 0


def _run(words: Sequence[str], seconds: float) -> str:
    done = _ask(words, seconds)
    if done.returncode != 0:
        said = " ".join((done.stderr or done.stdout).split())[:400]
        raise FuyajoError(f"{_TOOL} {words[0]} of {words[-1]} failed: {said}")
    return done.stdout


def _ask(words: Sequence[str], seconds: float) -> subprocess.CompletedProcess[str]:
    try:
        # There is no AnsibleModule here.
        return subprocess.run(  # pylint: disable=ansible-bad-function
            [_TOOL, *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            env={**os.environ, "LC_ALL": "C"},
            timeout=max(1.0, seconds),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise FuyajoError(f"{_TOOL} {words[0]} did not end within {seconds:g} s") from None
    except OSError as error:
        raise FuyajoError(
            f"{_TOOL} does not start ({error.strerror}); install the package qemu-utils",
            UNAVAILABLE,
        ) from None
