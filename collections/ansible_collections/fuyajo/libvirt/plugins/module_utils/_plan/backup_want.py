# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of a backup. Pure but for the clock."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any, Mapping

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.backup import (
    AUTO,
    FULL,
    ID,
    INCREMENTAL,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.checker import Checker

BACKUP_STATES = ("present", "absent", "verified", "restored", "tested")
BACKUP_KINDS = (AUTO, FULL, INCREMENTAL)
_RESTORE_ONLY = ("as", "replace", "started")


@dataclass
class WantedBackup:
    """One backup of one machine. ``named`` is False when the name was made from the time."""

    name: str
    named: bool
    vm: str
    directory: str
    state: str = "present"
    kind: str = AUTO
    keep: int | None = None
    max_incrementals: int = 30
    track: bool = True
    quiesce: bool = False
    verify: bool = True
    target: str = ""
    replace: bool = False
    started: bool = False
    timeout: int = 3600
    boot_timeout: int = 600


def parse_backup(check: Checker, at: str, raw: Mapping[str, Any]) -> WantedBackup:
    """Return the checked form of one backup."""
    state = check.choice(f"{at}.state", raw.get("state"), BACKUP_STATES) or "present"
    name, vm = raw.get("name"), check.name(f"{at}.vm", raw.get("vm"))
    if name is None and state != "present":
        check.problem(f"{at}.name", f"is required when state is {state}")
    if name is not None and not (isinstance(name, str) and ID.fullmatch(name)):
        check.problem(f"{at}.name", f"{name!a:.60} is no name (letters, digits, _ and -)")
    directory = check.path(f"{at}.directory", raw.get("directory"))
    if directory is None and raw.get("directory") is None:
        check.problem(f"{at}.directory", "is required")
    for key in _RESTORE_ONLY:
        if raw.get(key) and state != "restored":
            check.problem(f"{at}.{key}", "belongs to state restored")
    if raw.get("as") and raw.get("replace"):
        check.problem(f"{at}.replace", "a machine of a new name replaces nothing")
    target = check.name(f"{at}.as", raw["as"]) if raw.get("as") else vm
    most = check.between(f"{at}.max_incrementals", raw.get("max_incrementals"), 0, 1000)
    return WantedBackup(
        name=_now() if name is None else str(name),
        named=name is not None,
        vm=vm,
        directory=directory or "",
        state=state,
        kind=check.choice(f"{at}.kind", raw.get("kind"), BACKUP_KINDS) or AUTO,
        keep=check.between(f"{at}.keep", raw.get("keep"), 1, 10000),
        max_incrementals=30 if most is None else most,
        track=raw.get("track") is not False,
        quiesce=bool(raw.get("quiesce")),
        verify=raw.get("verify") is not False,
        target=target,
        replace=bool(raw.get("replace")),
        started=bool(raw.get("started")),
        timeout=check.between(f"{at}.timeout", raw.get("timeout"), 1, 604800) or 3600,
        boot_timeout=check.between(f"{at}.boot_timeout", raw.get("boot_timeout"), 1, 86400) or 600,
    )


def _now() -> str:
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%d-%H%M%S")
