# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""qemu-img as a program: the only place that runs it. Every run has a deadline.

The words are a list, never a line for a shell, and the environment is a small one of our own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import Sequence

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    FAILED,
    UNAVAILABLE,
    FuyajoError,
)

TOOL = "qemu-img"


@dataclass(frozen=True)
class Limits:
    """What a run on a file that nobody vouches for may take: bytes, processor seconds, bytes."""

    memory: int
    cpu_seconds: int
    file_bytes: int = 0


def ask(
    words: Sequence[str], seconds: float, limits: Limits | None = None
) -> subprocess.CompletedProcess[str]:
    """Run qemu-img with ``words`` for at most ``seconds``; return how it ended and what it said."""
    command = [] if limits is None else _bounded(limits)
    command += [found(TOOL, "qemu-utils"), *words]
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
        raise FuyajoError(f"{TOOL} {words[0]} did not end within {seconds:g} s") from None
    except OSError as error:
        raise FuyajoError(f"{TOOL} does not start: {error.strerror}", UNAVAILABLE) from None


def run(words: Sequence[str], seconds: float) -> str:
    """Run qemu-img and return what it printed; raises FuyajoError when it is not content."""
    done = ask(words, seconds)
    if done.returncode != 0:
        said = " ".join((done.stderr or done.stdout).split())[:400]
        raise FuyajoError(f"{TOOL} {words[0]} of {words[-1]} failed: {said}", FAILED)
    return done.stdout


def _bounded(limits: Limits) -> list[str]:
    bounds = [f"--as={limits.memory}", f"--cpu={limits.cpu_seconds}"]
    bounds += [f"--fsize={limits.file_bytes}", "--core=0"]
    return [found("prlimit", "util-linux"), *bounds]


def found(name: str, package: str) -> str:
    """Return where a program is; raises FuyajoError with the package that has it."""
    path = shutil.which(name)
    if path is None:
        raise FuyajoError(f"{name} is missing; install the package {package}", UNAVAILABLE)
    return path
