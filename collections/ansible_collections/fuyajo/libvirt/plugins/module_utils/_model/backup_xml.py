# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What libvirt is told about a backup, and which disks of a machine belong into one. Pure."""

from __future__ import annotations

import hashlib
import os
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    INVALID,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.xml import Const, Many, Row

PREFIX = "fuyajo-"


@dataclass
class Source:
    """A disk of a machine that goes into a backup. ``path`` is empty when it is no file."""

    target: str
    format: str
    path: str
    suffix: str


@dataclass
class Selection:
    """What of a machine goes into a backup, what does not, and why."""

    disks: list[Source] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    seed: str | None = None
    nvram: str | None = None
    notes: list[str] = field(default_factory=list)


@dataclass
class Target:
    """A disk in a backup job; ``file`` None leaves it out."""

    name: str
    file: str | None = None
    backup: str | None = None
    type: str | None = None
    format: str | None = None
    checkpoint: str = "no"

    def __post_init__(self) -> None:
        if self.file is None:
            self.backup = "no"
        else:
            self.type, self.format, self.checkpoint = "file", "qcow2", "bitmap"


@dataclass
class Job:
    """A backup job and the checkpoint it makes."""

    disks: list[Target]
    incremental: str | None = None
    name: str | None = None
    description: str | None = None


_BACKUP_ROWS = (
    Const("@mode", "push"),
    Row("incremental", "incremental"),
    Many(
        "disks",
        "disks/disk",
        Target,
        (
            Row("name", "@name"),
            Row("backup", "@backup"),
            Row("type", "@type"),
            Row("format", "driver@type"),
            Row("file", "target@file"),
        ),
    ),
)
_CHECKPOINT_ROWS = (
    Row("name", "name"),
    Row("description", "description"),
    Many(
        "disks",
        "disks/disk",
        Target,
        (Row("name", "@name"), Row("checkpoint", "@checkpoint")),
    ),
)


def build_job(job: Job) -> str:
    """Return the backup XML."""
    return _xml.dump(_xml.build("domainbackup", job, _BACKUP_ROWS))


def build_checkpoint(job: Job) -> str | None:
    """Return the checkpoint XML, or None when the job makes none."""
    if job.name is None:
        return None
    return _xml.dump(_xml.build("domaincheckpoint", job, _CHECKPOINT_ROWS))


def checkpoint_name(backup: str, shelf: str) -> str:
    """Return the checkpoint of a backup; the same name may be in use in another directory."""
    return f"{PREFIX}{backup}-{hashlib.sha256(shelf.encode()).hexdigest()[:8]}"


def checkpoint_note(shelf: str) -> str:
    """Return a checkpoint's description, by which it is found again."""
    return f"for backups in {shelf}"


def note_of(checkpoint_xml: str) -> str:
    """Return a checkpoint's description."""
    return _xml.get(_xml.load(checkpoint_xml), "description") or ""


def tracked(checkpoint_xml: str) -> set[str]:
    """Return the disks whose changes a running machine really counts for a checkpoint."""
    disks = _xml.load(checkpoint_xml).findall("disks/disk")
    return {each.get("name", "") for each in disks if "size" in each.attrib}


def job_files(backup_xml: str) -> list[str]:
    """Return the files that a running backup job writes."""
    return [t.get("file", "") for t in _xml.load(backup_xml).findall("disks/disk/target")]


def select(domain_xml: str) -> Selection:
    """Return what of a machine goes into a backup; raises FuyajoError when that cannot be done."""
    root = _xml.load(domain_xml)
    name = _xml.get(root, "name") or ""
    chosen = Selection()
    for disk in root.findall("devices/disk"):
        _sort(disk, name, chosen)
    nvram = _xml.get(root, "os/nvram")
    chosen.nvram = nvram.strip() if nvram and nvram.strip() else None
    if root.find("devices/tpm/backend[@type='emulator']") is not None:
        chosen.notes.append("the state of the TPM is not part of a backup")
    if not chosen.disks:
        raise FuyajoError(f"the machine {name} has no disk that could be backed up", INVALID)
    return chosen


def _sort(disk: ET.Element, vm: str, chosen: Selection) -> None:
    target = _xml.get(disk, "target@dev") or ""
    path = _xml.get(disk, "source@file") or ""
    device = disk.get("device", "disk")
    reason = None
    if device != "disk":
        reason = "" if device in ("cdrom", "floppy") else f"is a {device}"
    elif disk.find("shareable") is not None:
        reason = "is shared with other machines"
    elif disk.find("readonly") is not None:
        if os.path.basename(path) == _storage.seed_name(vm):
            chosen.seed, reason = path, ""
        else:
            reason = "cannot be written"
    if reason is not None:
        chosen.others.append(target)
        chosen.notes += [f"{target} is left out: it {reason}"] if reason else []
        return
    kind = _xml.get(disk, "driver@type") or "raw"
    if kind not in ("qcow2", "raw"):
        raise FuyajoError(f"the disk {target} of {vm} is {kind!a:.20}: not supported", INVALID)
    if disk.find(".//encryption") is not None:
        # QEMU would write what it reads: the content in plain.
        raise FuyajoError(f"the disk {target} of {vm} is encrypted; a backup would not be", INVALID)
    suffix = "" if not chosen.disks else _suffix(vm, path, target)
    if suffix in {each.suffix for each in chosen.disks}:
        suffix = f"{suffix}-{target}"
    chosen.disks.append(Source(target, kind, path, suffix))


def _suffix(vm: str, path: str, target: str) -> str:
    """Return the middle of ``VM.NAME.qcow2``, or the disk's target for a file named otherwise."""
    ours = re.fullmatch(re.escape(vm) + r"\.([a-z0-9-]{1,63})\.(qcow2|raw)", os.path.basename(path))
    return ours.group(1) if ours else target


def without(selection: Selection, targets: set[str], why: str) -> Selection:
    """Return a selection that leaves out more disks."""
    kept = [each for each in selection.disks if each.target not in targets]
    gone = [each.target for each in selection.disks if each.target in targets]
    notes = [f"{target} is left out: {why}" for target in gone]
    return Selection(
        kept, selection.others + gone, selection.seed, selection.nvram, selection.notes + notes
    )
