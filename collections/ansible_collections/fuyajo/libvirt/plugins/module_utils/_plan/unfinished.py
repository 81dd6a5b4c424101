# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine whose making was cut off: how it is told from one that is being made, and cleared away.

A new machine is defined first, with a mark in its metadata, and the mark goes when its volumes are
there. The mark is the time in UTC, and says whether its maker holds a lock for as long as it lives.
"""

from __future__ import annotations

import calendar
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Iterator

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import locks as _locks
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    NOT_FOUND,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step

# How long a maker is believed to be at work where no lock tells whether it lives.
_BELIEVED_SECONDS = 600
# How long a call waits for another one that is making the same machine.
_WAIT_SECONDS = 30.0
_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
_LOCKED = " locked"


@dataclass
class Unfinished:
    """A machine with the mark: its handle, and the names of the volumes that it was to have."""

    handle: Any
    name: str
    volumes: list[str] = field(default_factory=list)


def mark(locked: bool) -> str:
    """Return the mark for a machine that is being made from now on."""
    return time.strftime(_FORMAT, time.gmtime()) + (_LOCKED if locked else "")


def unfinished(ctx: Context, handle: Any, document: _domain.Domain) -> Unfinished | None:
    """Return what is known of a machine that has the mark, None for any other one.

    Raises FuyajoError(kind=conflict) when its volumes are in another directory than our pool's.
    """
    if document.meta is None or document.meta.unfinished is None:
        return None
    found = Unfinished(handle, document.name)
    files = [disk.path for disk in document.disks if disk.device == "disk"]
    for directory, _slash, volume in (path.rpartition("/") for path in files):
        if not volume.startswith(f"{document.name}."):
            continue
        if directory != ctx.pool_path:
            raise FuyajoError(
                f"{document.name} is unfinished, and its volumes are in {directory}, which is not "
                f"the directory of the pool {ctx.wanted.pool.name}",
                CONFLICT,
            )
        found.volumes.append(volume)
    return found


@contextmanager
def claimed(ctx: Context, name: str, left: Unfinished | None) -> Iterator[bool]:
    """Hold a machine's lock while it is made; yields whether others can see that.

    With ``left`` its former maker has to be dead: raises FuyajoError(kind=conflict) when it may live,
    or when somebody else took the machine up meanwhile.
    """
    if left is None:
        with _locks.making(_directory(ctx), name) as seen:
            yield seen
        return
    with _locks.taking_over(_directory(ctx), name, _WAIT_SECONDS) as seen:
        _refuse_alive(ctx, left, seen)
        yield seen


@contextmanager
def alone(ctx: Context, handle: Any, name: str, xml: str | None) -> Iterator[None]:
    """Hold a machine's lock while it is changed.

    ``xml`` is what it was when the change was planned; None when the caller compares that itself.
    Raises FuyajoError(kind=conflict) when it is something else by now: libvirt would let the last
    writer win, and what the other one wrote would be lost without a word.
    """
    with _locks.taking_over(_directory(ctx), name, _WAIT_SECONDS):
        if xml is not None:
            ctx.host.refuse_changed(handle, xml)
        yield


def _directory(ctx: Context) -> str | None:
    return ctx.pool_path if ctx.host.is_local and not ctx.host.is_mock else None


def _refuse_alive(ctx: Context, left: Unfinished, seen: bool) -> None:
    # The handle stands for the UUID: a machine that was made anew is another one.
    try:
        meta = _domain.parse_domain(ctx.host.domain_xml(left.handle)).meta
    except FuyajoError as error:
        if error.kind != NOT_FOUND:
            raise
        meta = None
    if meta is None or meta.unfinished is None:
        raise FuyajoError(
            f"{left.name} was finished or removed by another call meanwhile; run this again",
            CONFLICT,
        )
    if not is_stale(meta.unfinished, seen):
        raise FuyajoError(
            f"{left.name} is unfinished, and whoever makes it may still be at work "
            f"(since {meta.unfinished!r:.40}); try again in some minutes",
            CONFLICT,
        )


def is_stale(text: str, locked: bool) -> bool:
    """Say whether a mark counts no more. ``locked``: we have the lock that its maker may have had."""
    when, had_lock = text.replace(_LOCKED, ""), text.endswith(_LOCKED)
    if locked and had_lock:
        return True
    try:
        age = time.time() - calendar.timegm(time.strptime(when, _FORMAT))
    except (ValueError, OverflowError):
        return True  # not written by us
    # Further away than that, in either direction: dead, or a clock was wrong.
    return abs(age) > _BELIEVED_SECONDS


def clear(ctx: Context, left: Unfinished, step: Step) -> None:
    """Remove an unfinished machine and its own volumes. The caller has claimed it.

    The volumes go first: as long as it is defined, nobody else can make new ones under its name.
    """
    if ctx.pool is not None and ctx.host.is_active(ctx.pool):
        # Waits for what a dead maker still has running inside libvirt, and finds what it left.
        ctx.host.refresh_pool(ctx.pool)
        found = ctx.host.volume_handles(ctx.pool)
        parts = [v for v in found if v.startswith(f"{left.name}.") and v.endswith(".part")]
        for volume in left.volumes + sorted(parts):
            if not ctx.users_of(volume, but=left.name):
                ctx.delete_volume(volume, step)
    ctx.host.undefine(left.handle)
    step.actions.append("undefine")
