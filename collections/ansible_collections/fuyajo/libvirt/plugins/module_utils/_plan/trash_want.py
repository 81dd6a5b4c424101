# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of the trash, and which machine that is about."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Mapping

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import trash as _trash
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.checker import Checker
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context

TRASH_STATES = ("trashed", "restored", "purged")
TIME = "%Y-%m-%dT%H:%M:%SZ"


@dataclass
class WantedTrash:
    """One machine that goes into the trash, comes back, or goes for good."""

    vm: str
    state: str
    uuid: str | None = None
    until: str | None = None

    @property
    def name(self) -> str:
        """Return what the machine is called by whoever asks."""
        return self.vm


def parse_trash(check: Checker, at: str, raw: Mapping[str, Any]) -> WantedTrash:
    """Return the checked form of the options."""
    wanted = WantedTrash(
        vm=check.name(f"{at}.vm", raw.get("vm")),
        state=check.choice(f"{at}.state", raw.get("state"), TRASH_STATES) or "trashed",
        uuid=check.uuid(f"{at}.uuid", raw.get("uuid")),
        until=check.attempt(f"{at}.until", _time, raw.get("until")),
    )
    if (raw.get("until") is None) == (wanted.state == "trashed"):
        word = "is needed for" if wanted.state == "trashed" else "is only for"
        check.problem(f"{at}.until", f"{word} state=trashed")
    return wanted


def _time(text: Any) -> str:
    try:
        # Back and forth: strptime alone takes single digits as well.
        if time.strftime(TIME, time.strptime(text, TIME)) == text:
            return str(text)
    except (ValueError, TypeError):
        pass
    raise ValueError("must be a time in UTC such as 2026-11-26T10:00:00Z")


def machine_meant(ctx: Context, wanted: WantedTrash) -> Any | None:
    """Return the handle of the machine, or None when there is none.

    Raises FuyajoError(kind=conflict) when the name and the UUID are not those of one machine.
    """
    if wanted.uuid is not None:
        return _by_uuid(ctx, wanted, wanted.uuid)
    handle = ctx.domains.get(wanted.vm)
    if handle is not None and (wanted.state == "trashed" or _mark(ctx, handle) is not None):
        return handle
    if _trash.is_trash_name(wanted.vm):
        found = [h for h in ctx.domains.values() if _trash.trash_name(h.UUIDString()) == wanted.vm]
        return found[0] if found else None
    found = _in_trash(ctx, wanted.vm)
    if len(found) > 1 and wanted.state != "trashed":
        names = " and ".join(sorted(str(each.name()) for each in found))
        raise FuyajoError(
            f"{wanted.vm} is in the trash more than once, as {names}; say which by vm or uuid",
            CONFLICT,
        )
    return found[-1] if found else handle


def _by_uuid(ctx: Context, wanted: WantedTrash, uuid: str) -> Any | None:
    handle = ctx.host.find(uuid)
    # A machine may be called like another one's UUID.
    if handle is None or handle.UUIDString() != uuid:
        other = ctx.domains.get(wanted.vm)
        if other is not None and not _trash.is_trash_name(wanted.vm):
            raise FuyajoError(
                f"the machine {wanted.vm} is {other.UUIDString()}, not {uuid}", CONFLICT
            )
        return None
    mark = _mark(ctx, handle)
    names = {str(handle.name()), _trash.trash_name(uuid), mark.name if mark else ""}
    if wanted.vm not in names:
        raise FuyajoError(
            f"the machine {uuid} is called {handle.name()}, not {wanted.vm}", CONFLICT
        )
    return handle


def _mark(ctx: Context, handle: Any) -> _domain.Trashed | None:
    return _trash.trashed_of(_domain.parse_domain(ctx.host.domain_xml(handle)))


def _in_trash(ctx: Context, name: str) -> list[Any]:
    """Return this owner's machines in the trash that are called so outside, the latest last."""
    found = []
    for handle, document, facts in ctx.host.looks():
        mark = _trash.trashed_of(document)
        if mark is not None and mark.name == name and facts["owner"] == ctx.wanted.owner:
            found.append((mark.since or "", document.name, handle))
    return [handle for _since, _name, handle in sorted(found, key=lambda each: each[:2])]
