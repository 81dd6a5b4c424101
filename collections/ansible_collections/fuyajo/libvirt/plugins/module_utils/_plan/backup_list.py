# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What backups there are. Plain files: no libvirt is needed, so it works after a disaster too."""

from __future__ import annotations

from typing import Any, Mapping

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import (
    backup_files as _files,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import is_local
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.checker import Checker
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    INVALID,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import backup_common as _common


def list_backups(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return {backups, broken, unfinished} of a directory; raises one FuyajoError for all problems."""
    check = Checker()
    directory = check.path("directory", options.get("directory")) or ""
    name = options.get("vm")
    if name is not None:
        check.name("vm", name)
    seconds = check.between("timeout", options.get("timeout"), 1, 604800) or 3600
    if options.get("uri") and not is_local(options["uri"]):
        check.problem("uri", "backups are files of the hypervisor: run this there")
    if check.problems:
        raise FuyajoError("; ".join(check.problems), INVALID)
    _common.require_directory(directory)
    clock = _common.Clock(seconds) if options.get("verify") else None
    said: dict[str, Any] = {"backups": [], "broken": [], "unfinished": []}
    for vm in _files.machines(directory) if name is None else [name]:
        _add(said, _files.read_shelf(directory, vm), options.get("owner"), clock)
    return said


def _add(
    said: dict[str, Any], shelf: _files.Shelf, owner: str | None, clock: _common.Clock | None
) -> None:
    known: dict[str, list[str]] = {}
    found = [each for each in shelf.good.values() if owner in (None, each.owner)]
    for backup in sorted(found, key=lambda each: each.created):
        facts = _common.facts_of(shelf, backup)
        facts["problem"] = None if facts["chain"] else "a backup that it lies on is missing"
        if clock is not None:
            try:
                _common.verify(shelf, backup, clock, known)
                facts["verified"] = True
            except FuyajoError as error:
                facts["verified"], facts["problem"] = False, str(error)
        said["backups"].append(facts)
    for name, why in shelf.broken.items():
        said["broken"].append({"path": f"{shelf.path}/{name}", "problem": why})
    said["unfinished"] += [f"{shelf.path}/{name}" for name in shelf.unfinished]
