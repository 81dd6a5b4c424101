# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changing a machine while it runs, and saying honestly what had to wait."""

from __future__ import annotations

from dataclasses import replace
from typing import Callable

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.diff import (
    LIVE,
    RESTART,
    Change,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    UNAVAILABLE,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.live import (
    ATTACH,
    DETACH,
    Move,
    Way,
    way,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.projection import (
    data_disks,
    media,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_found import Found

# These reach what runs and the definition by one call, whatever the machine is doing.
_ALWAYS_LIVE = ("title", "description", "tags", "metadata", "autostart", "disk_gib", "persistent")
_WHOLE_LISTS = ("nics",)
# What libvirt says when QEMU or the guest refuses is about one device; one line of it is enough.
_MOST_TEXT = 200


def way_to(found: Found, later_xml: str, later: _domain.Domain) -> Way:
    """Return how a machine that runs gets to a definition; nothing is in the way when it is off."""
    if found.live is None or found.live_xml is None:
        return Way()
    return way(found.live_xml, found.live, later_xml, later)


def with_effects(
    changes: list[Change], route: Way, before: _domain.Domain, after: _domain.Domain
) -> list[Change]:
    """Return the changes of a running machine, each with what it takes."""
    targets: dict[tuple[str, str], set[str]] = {}
    for document in (before, after):
        for option, named in (("disks", data_disks(document)), ("media", media(document))):
            for name, disk in named.items():
                targets.setdefault((option, name), set()).add(disk.dev)
    return [replace(each, effect=_effect(each.path, route, targets)) for each in changes]


def _effect(path: str, route: Way, targets: dict[tuple[str, str], set[str]]) -> str:
    option, _dot, rest = path.partition(".")
    if option in _ALWAYS_LIVE or rest.endswith(".size_gib"):
        return LIVE
    if option in ("disks", "media"):
        devices = targets.get((option, rest.partition(".")[0]), set())
        waits = any(("disks", device) in route.restart for device in devices)
    elif option in _WHOLE_LISTS:
        waits = any(where[0] == option for where in route.restart)
    else:
        waits = (option, "") in route.restart
    return RESTART if waits else LIVE


def walk(ctx: Context, found: Found, route: Way, step: Step) -> None:
    """Do everything that can be done now. What is refused is left to the next start, and noted."""
    host, handle = ctx.host, found.handle
    if route.memory_mib is not None:
        size = route.memory_mib
        _try(step, f"set memory {size} MiB", lambda: host.set_running_memory(handle, size))
    if route.cpus is not None:
        count = route.cpus
        _try(step, f"set cpus {count}", lambda: host.set_running_cpus(handle, count))
    for move in route.moves:
        _try(step, f"{move.act} {_called(move)}", _act(ctx, found, move))


def _act(ctx: Context, found: Found, move: Move) -> Callable[[], None]:
    acts = {ATTACH: ctx.host.attach, DETACH: ctx.host.detach}
    act = acts.get(move.act, ctx.host.change_device)
    return lambda: act(found.handle, move.xml)


def _called(move: Move) -> str:
    return f"{'disk' if move.group == 'disks' else 'nic'} {move.key}"


def _try(step: Step, what: str, act: Callable[[], None]) -> None:
    try:
        act()
    except FuyajoError as error:
        if error.kind == UNAVAILABLE:
            raise
        step.actions.append(f"{what}: left to the next start ({error!s:.{_MOST_TEXT}})")
    else:
        step.actions.append(what)
