"""Reads of backups: plain files, so no libvirt is needed, and the machines need not exist any more."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.backup_list import list_backups
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.copy_kind import list_copies

from fuyajo.domain.backups import Backup, Trial
from fuyajo.domain.errors import Problem, Unavailable, shown
from fuyajo.domain.vault import Vault

GIB = 2**30
#: Seconds for the list of copies: a store far away may take a while.
COPIES_SECONDS = 120
#: Bytes of a definition that is read for its sizes.
MOST_DEFINITION = 1_048_576


def read_backups(
    directory: Path, owner: str, vm: str | None = None, *, verify: bool = False, seconds: int = 3600
) -> dict[str, tuple[Backup, ...]]:
    """{machine: its backups, the oldest first} of that owner; `verify` reads every byte.

    Raises `Unavailable`.
    """
    if not directory.is_dir():
        return {}
    options = {"directory": str(directory), "vm": vm, "owner": owner, "verify": verify}
    try:
        said = list_backups({**options, "timeout": seconds})
    except FuyajoError as error:
        params = {"detail": shown(str(error), 300)}
        raise Unavailable(Problem("", "backups_unreadable", dict(params))) from error
    found: dict[str, list[Backup]] = {}
    for facts in said["backups"]:
        found.setdefault(str(facts["vm"]), []).append(_backup(facts))
    for one in said["broken"]:
        # Whose it was cannot be read any more: it stands among those of the same machine.
        path = Path(str(one["path"]))
        mine = found.get(path.parent.name)
        if mine:
            mine.append(_unreadable(path, str(one["problem"]), mine[0]))
    return {name: tuple(backups) for name, backups in sorted(found.items())}


def read_copies(vault: Vault, owner: str, vm: str | None = None) -> dict[str, tuple[Backup, ...]]:
    """{machine: its encrypted copies, the oldest backup first} of that owner. Raises `Unavailable`."""
    options = {**vault.options(), "vm": vm, "owner": owner, "timeout": COPIES_SECONDS}
    try:
        said = list_copies(options)["copies"]
    except FuyajoError as error:
        params = {"detail": shown(str(error), 300)}
        raise Unavailable(Problem("", "copies_unreadable", dict(params))) from error
    found: dict[str, dict[tuple[str, str], Backup]] = {}
    for facts in said:  # a backup that was copied twice is there once
        mine = found.setdefault(str(facts["vm"]), {})
        mine[str(facts["name"]), str(facts["digest"])] = _copy(facts)
    return {name: tuple(copies.values()) for name, copies in sorted(found.items())}


def _copy(facts: Mapping[str, Any]) -> Backup:
    return Backup(
        name=str(facts["name"]),
        vm=str(facts["vm"]),
        uuid=str(facts["uuid"]),
        owner=str(facts["owner"]),
        kind=str(facts["kind"]),
        created=str(facts["created"]),
        parent=facts["parent"],
        chain=tuple(facts["chain"]),
        consistency="",
        bytes=int(facts["size_bytes"]),
        copied=shown(str(facts["copied"]), 40),
    )


def _backup(facts: Mapping[str, Any]) -> Backup:
    sizes = _sizes(Path(str(facts["path"])) / "domain.xml")
    disks = [one for one in facts["disks"] if one["target"] == "vda"] or list(facts["disks"])
    return Backup(
        name=str(facts["name"]),
        vm=str(facts["vm"]),
        uuid=str(facts["uuid"]),
        owner=str(facts["owner"]),
        kind=str(facts["kind"]),
        created=str(facts["created"]),
        parent=facts["parent"],
        chain=tuple(facts["chain"]),
        consistency=str(facts["consistency"]),
        bytes=int(facts["size_bytes"]),
        cpus=sizes[0],
        memory_mib=sizes[1],
        disk_gib=-(-int(disks[0]["size_bytes"]) // GIB) if disks else 0,
        notes=tuple(map(str, facts["notes"])),
        checked=facts["verified"],
        problem=facts["problem"],
        tested=_tested(facts["tested"]),
    )


def _tested(said: Mapping[str, Any] | None) -> Trial | None:
    if said is None:
        return None
    return Trial(shown(str(said["at"]), 40), shown(str(said["sign"]), 20), float(said["seconds"]))


def _unreadable(path: Path, problem: str, beside: Backup) -> Backup:
    return Backup(
        name=shown(path.name, 63),
        vm=beside.vm,
        uuid="",
        owner=beside.owner,
        kind="full",
        created="",
        problem=shown(problem, 200),
    )


def _sizes(definition: Path) -> tuple[int, int]:
    """CPUs and memory (MiB) of the machine that was backed up; 0 where that cannot be read."""
    try:
        with definition.open("rb") as file:
            root = xml.load(file.read(MOST_DEFINITION).decode())
        memory = root.find("memory")
        unit = memory.get("unit", "KiB") if memory is not None else "KiB"
        size = int(memory.text or 0) if memory is not None else 0
        cpus = int(root.findtext("vcpu") or 1)
    except (OSError, ValueError, SyntaxError):
        return 0, 0
    # libvirt writes KiB, whatever was asked for.
    return cpus, size // 1024 if unit == "KiB" else 0
