# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose machine is it? Every act on a machine asks this first."""

from __future__ import annotations

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context


def require_ownership(ctx: Context, document: _domain.Domain) -> None:
    """Raise FuyajoError(kind=conflict) unless the machine is this owner's, or nobody's and adopted."""
    refuse_trashed(document)
    require_owner(ctx, document)


def refuse_trashed(document: _domain.Domain) -> None:
    """Raise FuyajoError(kind=conflict) for a machine in the trash: it is none that anything is done to."""
    trashed = document.meta.trashed if document.meta is not None else None
    if trashed is None:
        return
    if trashed.moving is not None:
        raise FuyajoError(
            f"the machine {document.name} was on its way into or out of the trash when that was cut off; "
            "vm_trash completes it",
            CONFLICT,
        )
    raise FuyajoError(
        f"the machine {document.name} is {trashed.name!r:.80} in the trash; vm_trash restores it",
        CONFLICT,
    )


def require_owner(ctx: Context, document: _domain.Domain) -> None:
    """Raise as `require_ownership` does, whether the machine is in the trash or not."""
    meta = document.meta
    if meta is None or meta.owner is None:
        if ctx.wanted.adopt:
            return
        raise FuyajoError(
            f"a machine {document.name} exists that nobody here owns; adopt=true takes it over",
            CONFLICT,
        )
    if meta.owner != ctx.wanted.owner:
        raise FuyajoError(f"the machine {document.name} belongs to {meta.owner!r:.80}", CONFLICT)
