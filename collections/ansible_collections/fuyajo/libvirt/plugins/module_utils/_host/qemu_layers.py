# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers of disks that no machine writes to at the moment, by QEMU's own tool.

libvirt has no call for this. QEMU locks the files that it uses, so the tool refuses those of a machine that
was started meanwhile. None of these leaves a layer unreadable when it is killed: data is copied first,
and the name of the layer below is changed last.
"""

from __future__ import annotations

import subprocess

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    FAILED,
    UNAVAILABLE,
    FuyajoError,
)


def commit(top: str) -> None:
    """Write what a qcow2 layer holds into the layer below it; the top itself stays as it is."""
    _run("commit", "-d", "-f", "qcow2", top)


def lift(top: str, onto: str | None, onto_format: str) -> None:
    """Put a layer onto a lower one, or onto nothing, by copying what lies between into it."""
    _run("rebase", "-f", "qcow2", *_below(onto, onto_format), top)


def rename_below(top: str, below: str, below_format: str) -> None:
    """Say that the layer below is another file, which has the same content. Nothing is copied."""
    _run("rebase", "-u", "-f", "qcow2", *_below(below, below_format), top)


def _below(path: str | None, disk_format: str) -> list[str]:
    return ["-b", ""] if path is None else ["-b", path, "-F", disk_format]


def _run(*words: str) -> None:
    try:
        # There is no AnsibleModule here, and no shell either.
        done = subprocess.run(  # pylint: disable=ansible-bad-function
            ["qemu-img", *words], stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
    except OSError as error:
        raise FuyajoError(f"qemu-img cannot be run: {error.strerror}", UNAVAILABLE) from None
    if done.returncode != 0:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        raise FuyajoError(f"qemu-img {words[0]}: {lines[0]:.300}", FAILED)
