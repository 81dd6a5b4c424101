# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""qemu-img on a file that nobody vouches for: bounded in memory, processor time, output and time.

The file has been looked at before (`_model/image_file.py`); what QEMU says about it is compared
with that again.
"""

from __future__ import annotations

import json
from subprocess import CompletedProcess
from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.qemu_tool import Limits, ask
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    INVALID,
    FuyajoError,
)

_MEMORY = 1 << 30
# A conversion unpacks clusters in several threads, each with a stack of its own.
_CONVERT_MEMORY = 4 << 30
_LOOK, _LOOK_SECONDS = Limits(_MEMORY, 30), 60.0
_CHECK, _CHECK_SECONDS = Limits(_CONVERT_MEMORY, 120), 300.0
_CONVERT_CPU_SECONDS, _CONVERT_SECONDS = 900, 1200.0
_SOUND, _LEAKS = 0, 3  # leaked clusters waste room, nothing else


def verify(path: str, size: int, name: str) -> None:
    """Let QEMU look at a qcow2 of ``size`` virtual bytes; raises FuyajoError(kind=invalid)."""
    done = ask(["info", "--output=json", "-f", "qcow2", path], _LOOK_SECONDS, _LOOK)
    if done.returncode != 0:
        raise _refused(name, done)
    said = _parsed(done.stdout, name)
    specific = (said.get("format-specific") or {}).get("data") or {}
    names = [said.get("backing-filename"), said.get("full-backing-filename")]
    if any([*names, specific.get("data-file"), said.get("encrypted")]):
        raise FuyajoError(f"{name} refers to other files or is encrypted", INVALID)
    if said.get("format") != "qcow2" or said.get("virtual-size") != size:
        raise FuyajoError(f"{name} is not what its header says", INVALID)
    done = ask(["check", "-q", "-f", "qcow2", path], _CHECK_SECONDS, _CHECK)
    if done.returncode not in (_SOUND, _LEAKS):
        raise _refused(name, done)


def to_qcow2(source: str, target: str, most: int, name: str) -> None:
    """Make a qcow2 of a raw disk, in ``target``, of at most ``most`` bytes."""
    arguments = ["convert", "-f", "raw", "-O", "qcow2", source, target]
    limits = Limits(_CONVERT_MEMORY, _CONVERT_CPU_SECONDS, most)
    done = ask(arguments, _CONVERT_SECONDS, limits)
    if done.returncode != 0:
        raise _refused(name, done)


def _parsed(text: str, name: str) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise FuyajoError(f"qemu-img says nothing that can be read about {name}", INVALID)
    return said


def _refused(name: str, done: CompletedProcess[str]) -> FuyajoError:
    """Return the error for an image that QEMU does not take; its words stay one short line."""
    if done.returncode < 0:
        return FuyajoError(f"{name} takes more than any sound image does to read", INVALID)
    words = " ".join(done.stderr.split())[-300:]
    return FuyajoError(
        f"{name} is not sound: {ascii(words)[1:-1] or 'qemu-img refuses it'}", INVALID
    )
