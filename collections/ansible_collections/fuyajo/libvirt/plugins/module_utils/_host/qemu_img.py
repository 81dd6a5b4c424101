# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""qemu-img on a file that nobody vouches for: bounded in memory, processor time, output and time.

The file has been looked at before (`_model/image_file.py`); what QEMU says about it is compared
with that again.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    INVALID,
    UNAVAILABLE,
    FuyajoError,
)

_MEMORY = 1 << 30
# A conversion unpacks clusters in several threads, each with a stack of its own.
_CONVERT_MEMORY = 4 << 30
_CPU_SECONDS, _SECONDS = 30, 60.0
_CONVERT_CPU_SECONDS, _CONVERT_SECONDS = 900, 1200.0
_SOUND, _LEAKS = 0, 3  # leaked clusters waste room, nothing else


def verify(path: str, size: int, name: str) -> None:
    """Let QEMU look at a qcow2 of ``size`` virtual bytes; raises FuyajoError(kind=invalid)."""
    done = _run(["info", "--output=json", "-f", "qcow2", path], _MEMORY, _CPU_SECONDS, _SECONDS)
    if done.returncode != 0:
        raise _refused(name, done)
    said = _parsed(done.stdout, name)
    specific = (said.get("format-specific") or {}).get("data") or {}
    names = [said.get("backing-filename"), said.get("full-backing-filename")]
    if any([*names, specific.get("data-file"), said.get("encrypted")]):
        raise FuyajoError(f"{name} refers to other files or is encrypted", INVALID)
    if said.get("format") != "qcow2" or said.get("virtual-size") != size:
        raise FuyajoError(f"{name} is not what its header says", INVALID)
    done = _run(["check", "-q", "-f", "qcow2", path], _CONVERT_MEMORY, 120, 300.0)
    if done.returncode not in (_SOUND, _LEAKS):
        raise _refused(name, done)


def to_qcow2(source: str, target: str, most: int, name: str) -> None:
    """Make a qcow2 of a raw disk, in ``target``, of at most ``most`` bytes."""
    arguments = ["convert", "-f", "raw", "-O", "qcow2", source, target]
    done = _run(arguments, _CONVERT_MEMORY, _CONVERT_CPU_SECONDS, _CONVERT_SECONDS, most)
    if done.returncode != 0:
        raise _refused(name, done)


def _run(
    arguments: list[str], memory: int, cpu_seconds: int, seconds: float, file_bytes: int = 0
) -> subprocess.CompletedProcess[str]:
    limits = [f"--as={memory}", f"--cpu={cpu_seconds}", f"--fsize={file_bytes}", "--core=0"]
    command = [_tool("prlimit", "util-linux"), *limits, _tool("qemu-img", "qemu-utils"), *arguments]
    # One heap for all threads: many would use up the address space without using memory.
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "MALLOC_ARENA_MAX": "1"}
    try:
        # There is no AnsibleModule here.
        return subprocess.run(  # pylint: disable=ansible-bad-function
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise FuyajoError(f"qemu-img {arguments[0]} did not end within {seconds:g} s") from None
    except OSError as error:
        raise FuyajoError(f"qemu-img does not start: {error.strerror}", UNAVAILABLE) from None


def _tool(name: str, package: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise FuyajoError(
            f"{name} is missing; an image is not taken in without it (package {package})",
            UNAVAILABLE,
        )
    return found


def _parsed(text: str, name: str) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise FuyajoError(f"qemu-img says nothing that can be read about {name}", INVALID)
    return said


def _refused(name: str, done: subprocess.CompletedProcess[str]) -> FuyajoError:
    """Return the error for an image that QEMU does not take; its words stay one short line."""
    if done.returncode < 0:
        return FuyajoError(f"{name} takes more than any sound image does to read", INVALID)
    words = " ".join(done.stderr.split())[-300:]
    return FuyajoError(
        f"{name} is not sound: {ascii(words)[1:-1] or 'qemu-img refuses it'}", INVALID
    )
