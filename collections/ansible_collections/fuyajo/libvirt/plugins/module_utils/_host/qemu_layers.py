# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers of disks that no machine writes to at the moment, by QEMU's own tool.

libvirt has no call for this. QEMU locks the files that it uses, so the tool refuses those of a machine that
was started meanwhile. None of these leaves a layer unreadable when it is killed: data is copied first,
and the name of the layer below is changed last.
"""

from __future__ import annotations

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.qemu_tool import run

# Copying a layer takes as long as its data is large; no disk of ours takes longer than this.
_SECONDS = 4 * 3600.0


def commit(top: str) -> None:
    """Write what a qcow2 layer holds into the layer below it; the top itself stays as it is."""
    run(["commit", "-d", "-f", "qcow2", top], _SECONDS)


def lift(top: str, onto: str | None, onto_format: str) -> None:
    """Put a layer onto a lower one, or onto nothing, by copying what lies between into it."""
    run(["rebase", "-f", "qcow2", *_below(onto, onto_format), top], _SECONDS)


def rename_below(top: str, below: str, below_format: str) -> None:
    """Say that the layer below is another file, which has the same content. Nothing is copied."""
    run(["rebase", "-u", "-f", "qcow2", *_below(below, below_format), top], _SECONDS)


def _below(path: str | None, disk_format: str) -> list[str]:
    return ["-b", ""] if path is None else ["-b", path, "-F", disk_format]
