# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Machines in the trash: what they and their files are called there, and what cannot go there. Pure.

What snapshots and checkpoints recorded is left as it is: libvirt would not let it be changed to another
name, and outside the trash it is true again, word for word.
"""

from __future__ import annotations

import os
import re
from typing import Mapping

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import another as _another
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml

# Where a machine with a mark is on its way to: into the trash, out of it, or for good.
IN, OUT, GONE = "in", "out", "gone"
_NAME = re.compile(r"trash-[0-9a-f]{12}", re.ASCII)
_LONGEST_FILE = 255


def trash_name(uuid: str) -> str:
    """Return what a machine is called in the trash."""
    return f"trash-{uuid.replace('-', '').lower()[:12]}"


def is_trash_name(name: str) -> bool:
    """Say whether a name is one that `trash_name` makes."""
    return _NAME.fullmatch(name) is not None


def trashed_of(document: _domain.Domain) -> _domain.Trashed | None:
    """Return the mark of a machine in the trash, or on its way; None for any other."""
    return document.meta.trashed if document.meta is not None else None


def file_in_trash(path: str, old: str, new: str) -> str:
    """Return what a file that is named after the machine ``old`` is called in the trash."""
    directory, name = os.path.split(path)
    return os.path.join(directory, new + name[len(old) :])


def inward(document: _domain.Domain) -> dict[str, str]:
    """Return {file outside: file inside} of a machine with a mark; nothing for any other."""
    mark = trashed_of(document)
    return {each.old: each.new for each in mark.files} if mark is not None else {}


def strange_files(document: _domain.Domain) -> list[str]:
    """Return the files of a mark that we would not have written: metadata is anybody's text."""
    mark, name = trashed_of(document), trash_name(document.uuid or "")
    return sorted(
        each.new
        for each in (mark.files if mark is not None else ())
        if os.path.dirname(each.old) != os.path.dirname(each.new)
        or not os.path.isabs(each.old)
        or os.path.normpath(each.old) != each.old
        or not os.path.basename(each.new).startswith((f"{name}.", f"{name}_VARS.fd"))
    )


def too_long(files: Mapping[str, str]) -> list[str]:
    """Return those that no file system takes."""
    return sorted(
        p for p in files.values() if len(os.fsencode(os.path.basename(p))) > _LONGEST_FILE
    )


def moved(domain_xml: str, files: Mapping[str, str]) -> str:
    """Return a domain XML that names other files; ``files`` is {file now: file then}.

    A text that names none of them is returned as it is.
    """
    root = _xml.load(domain_xml)
    named = [s for s in root.findall("devices/disk//source") if s.get("file") in files]
    named += [s for s in root.findall("os/nvram/source") if s.get("file") in files]
    for source in named:
        source.set("file", files[source.get("file", "")])
    variables = root.find("os/nvram")
    path = (variables.text or "").strip() if variables is not None else ""
    if variables is not None and path in files:
        variables.text = files[path]
    return _xml.dump(root) if named or path in files else domain_xml


def nvram_of(domain_xml: str) -> str | None:
    """Return the file with the UEFI variables, when a definition names one."""
    return _another.nvram_of(_xml.load(domain_xml))


def of_the_host(domain_xml: str) -> list[str]:
    """Return the devices of the host that a machine holds, in plain words."""
    found = []
    for device in _xml.load(domain_xml).findall("devices/*"):
        kind = device.get("type", "")
        if device.tag == "hostdev":
            found.append(f"host device {kind}".strip())
        elif device.tag == "interface" and kind in ("hostdev", "vdpa"):
            found.append(f"network card of type {kind}")
        elif device.tag == "tpm" and _xml.get(device, "backend@type") == "passthrough":
            found.append("the host's TPM")
    return sorted(set(found))


def pathless_disks(domain_xml: str) -> list[str]:
    """Return the targets of disks that a machine alone writes to and that are no plain files."""
    found = []
    for disk in _xml.load(domain_xml).findall("devices/disk"):
        plain = disk.get("device", "disk") == "disk" and disk.find("readonly") is None
        if plain and disk.find("shareable") is None and not _xml.get(disk, "source@file"):
            found.append(_xml.get(disk, "target@dev") or "")
    return sorted(found)
