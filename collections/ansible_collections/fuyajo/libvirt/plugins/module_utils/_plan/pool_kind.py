# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage pools. What a pool holds is never deleted by anything in here."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import Any, Mapping

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.checker import Checker
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.diff import (
    DESTROY,
    Change,
    diff,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    FAILED,
    INVALID,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import pool_content as _content
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kind import Kind

STATES = ("present", "started", "stopped", "absent")
SOURCE_KEYS = ("host", "directory", "device", "name", "format")
# What a new pool of each type needs; only these types are made.
NEEDS: Mapping[str, tuple[str, ...]] = {
    "dir": ("path",),
    "fs": ("path", "source.device"),
    "netfs": ("path", "source.host", "source.directory"),
    "logical": ("source.name",),
    "disk": ("path", "source.device"),
    "iscsi": ("path", "source.host", "source.device"),
    "zfs": ("source.name",),
}
_MODE = re.compile(r"0?[0-7]{3,4}", re.ASCII)
_MOST_ID = 2**32 - 2


@dataclass
class WantedPoolOf:
    """A pool; what nobody said is None."""

    name: str
    type: str | None = None
    path: str | None = None
    source: dict[str, str] = field(default_factory=dict)
    mode: str | None = None
    owner: int | None = None
    group: int | None = None
    autostart: bool | None = None
    refresh: bool = False
    remove_storage: bool = False
    state: str = "started"

    @property
    def rights(self) -> dict[str, Any]:
        """Return what was said about the directory's rights."""
        said = {"mode": self.mode, "owner": self.owner, "group": self.group}
        return {key: value for key, value in said.items() if value is not None}


def parse_pool(check: Checker, at: str, raw: Mapping[str, Any]) -> WantedPoolOf:
    """Return the checked form of one element of ``pools``."""
    mode = raw.get("mode")
    if mode is not None and not (isinstance(mode, str) and _MODE.fullmatch(mode)):
        check.problem(f"{at}.mode", "must be an octal mode in quotes, such as '0711'")
        mode = None
    name = check.attempt(f"{at}.name", _storage.check_pool_name, raw.get("name") or "")
    wanted = WantedPoolOf(
        name=name or "",
        type=check.choice(f"{at}.type", raw.get("type"), tuple(NEEDS)),
        path=check.path(f"{at}.path", raw.get("path")),
        source=_source(check, f"{at}.source", raw.get("source")),
        mode=None if mode is None else _storage.plain_mode(mode),
        owner=check.between(f"{at}.owner", raw.get("owner"), 0, _MOST_ID),
        group=check.between(f"{at}.group", raw.get("group"), 0, _MOST_ID),
        autostart=raw.get("autostart"),
        refresh=bool(raw.get("refresh")),
        remove_storage=bool(raw.get("remove_storage")),
        state=check.choice(f"{at}.state", raw.get("state"), STATES) or "started",
    )
    if wanted.type not in (None, *_content.DIRECTORIES) and wanted.rights:
        check.problem(f"{at}.mode", f"a pool of type {wanted.type} has no directory of its own")
    if wanted.remove_storage and wanted.state != "absent":
        check.problem(f"{at}.remove_storage", "goes with state absent only")
    return wanted


def _source(check: Checker, at: str, raw: Mapping[str, Any] | None) -> dict[str, str]:
    found = {}
    for key, value in (raw or {}).items():
        if key not in SOURCE_KEYS:
            check.problem(f"{at}.{key}", "is not known")
        elif value is not None and (text := check.text(f"{at}.{key}", value)) is not None:
            found[key] = text
    return found


def plan_pool(ctx: Context, pool: WantedPoolOf) -> Step:
    """Return the step for one pool; reads only."""
    step = Step("pool", pool.name)
    handle = ctx.host.pool_handle(pool.name)
    facts = None if handle is None else ctx.host.pool_facts(handle)
    if facts is None:
        return step if pool.state == "absent" else _plan_make(ctx, pool, step)
    step.uuid, step.facts = facts["uuid"], facts
    step.read = lambda: _read(ctx, pool.name)
    if pool.state == "absent":
        return _plan_absent(ctx, pool, handle, step)
    return _plan_update(ctx, pool, handle, step)


def _read(ctx: Context, name: str) -> dict[str, Any] | None:
    handle = ctx.host.pool_handle(name)
    return None if handle is None else ctx.host.pool_facts(handle)


# --- new ------------------------------------------------------------------------------------------


def _plan_make(ctx: Context, pool: WantedPoolOf, step: Step) -> Step:
    kind = pool.type or "dir"
    said = {"path": pool.path, **{f"source.{k}": v for k, v in pool.source.items()}}
    missing = [key for key in NEEDS[kind] if not said.get(key)]
    if missing:
        raise FuyajoError(f"a new pool of type {kind} needs {' and '.join(missing)}", INVALID)
    started = pool.state == "started"
    after = {
        "state": "started" if started else "stopped",
        "type": kind,
        "path": pool.path,
        "source": pool.source,
        "autostart": started if pool.autostart is None else pool.autostart,
        **pool.rights,
    }
    step.changes = diff(after, {"state": "absent"})
    if pool.name == ctx.wanted.pool.name and pool.path is not None:
        ctx.pool_path = pool.path
    step.read = lambda: _read(ctx, pool.name)
    step.apply = lambda done: _make(ctx, pool, after, done)
    return step


def _make(ctx: Context, pool: WantedPoolOf, after: dict[str, Any], step: Step) -> None:
    document = _storage.Pool(
        pool.name,
        pool.path or "",
        after["type"],
        host=pool.source.get("host"),
        device=pool.source.get("device"),
        directory=pool.source.get("directory"),
        source_name=pool.source.get("name"),
        source_format=pool.source.get("format"),
        mode=pool.mode,
        owner=pool.owner,
        group=pool.group,
    )
    handle = _define(ctx, document)
    try:
        if document.type in _content.DIRECTORIES:
            ctx.host.build_pool(handle)
        if after["state"] == "started":
            ctx.host.start_pool(handle)
        if after["autostart"]:
            ctx.host.set_pool_autostart(handle, True)
    except BaseException:
        # A pool that is only half there would be in everybody's way. Its directory stays.
        ctx.host.stop_pool(handle)
        ctx.host.undefine_pool(handle)
        raise
    step.actions.append("create pool")
    _note(ctx, pool.name, handle)


def _define(ctx: Context, document: _storage.Pool) -> Any:
    try:
        return ctx.host.define_pool(_storage.build_pool(document))
    except FuyajoError as error:
        if ctx.host.pool_handle(document.name) is None:
            raise
        raise FuyajoError(f"somebody else just made it: {error}", CONFLICT) from None


def _note(ctx: Context, name: str, handle: Any) -> None:
    """Let the steps that come know the pool when it is the one that our things live in."""
    if name == ctx.wanted.pool.name:
        ctx.pool = handle
        active = ctx.host.is_active(handle)
        ctx.volumes = set(ctx.host.volume_handles(handle)) if active else set()


# --- there already --------------------------------------------------------------------------------


def _plan_update(ctx: Context, pool: WantedPoolOf, handle: Any, step: Step) -> Step:
    facts = step.facts or {}
    _refuse_other(ctx, pool, handle, facts)
    state = {"started": "started", "stopped": "stopped"}.get(pool.state)
    now = "stopped" if facts["state"] == "stopped" else "started"
    wanted = {"state": state, "autostart": pool.autostart, "path": pool.path, **pool.rights}
    if pool.rights and facts["type"] not in _content.DIRECTORIES:
        raise FuyajoError(f"a pool of type {facts['type']} has no directory of its own", INVALID)
    step.changes = diff(wanted, {**facts, "state": now})
    stays_up = now == "started" and state != "stopped"
    if pool.refresh and stays_up:
        step.changes += _unseen(ctx, handle, facts)
    if step.changes or (pool.refresh and stays_up):
        step.apply = lambda done: _update(ctx, pool, handle, done)
    return step


def _refuse_other(ctx: Context, pool: WantedPoolOf, handle: Any, facts: Mapping[str, Any]) -> None:
    """Refuse to turn a pool into another one: what it holds would be gone from sight."""
    if pool.type is not None and pool.type != facts["type"]:
        raise FuyajoError(
            f"the pool {pool.name} is of type {facts['type']}; remove it before it becomes "
            f"{pool.type}",
            CONFLICT,
        )
    other = diff(pool.source, facts["source"])
    if other:
        raise FuyajoError(
            f"the pool {pool.name} has the source {other[0].path} {other[0].before!a}; "
            "another one is another pool",
            CONFLICT,
        )
    if pool.path in (None, (facts["path"] or "").rstrip("/")):
        return
    left = _content.held(ctx, handle, facts)
    if facts["type"] != "dir" or left is None or left:
        why = (
            "nobody can tell whether it is empty"
            if left is None
            else f"holds {_content.some(left)}"
        )
        raise FuyajoError(
            f"the pool {pool.name} is at {facts['path']} and {why}; what is there would stay behind",
            CONFLICT,
        )


def _update(ctx: Context, pool: WantedPoolOf, handle: Any, step: Step) -> None:
    after = {change.path: change.after for change in step.changes}
    redefine = [key for key in ("path", "mode", "owner", "group") if key in after]
    if redefine:
        _redefine(ctx, pool, handle, {key: str(after[key]) for key in redefine}, step)
    if "autostart" in after:
        ctx.host.set_pool_autostart(handle, after["autostart"])
        step.actions.append("set autostart")
    if after.get("state") == "started":
        ctx.host.start_pool(handle)
        step.actions.append("start pool")
    elif after.get("state") == "stopped":
        ctx.host.stop_pool(handle)
        step.actions.append("stop pool")
    elif pool.refresh and ctx.host.is_active(handle):
        _refresh(ctx, handle, step)
    _note(ctx, pool.name, handle)


def _redefine(
    ctx: Context, pool: WantedPoolOf, handle: Any, after: dict[str, str], step: Step
) -> None:
    """Give a pool another directory, or its directory other rights: libvirt does both at a build."""
    places = {"path": "target/path"}
    edits = {places.get(k, f"target/permissions/{k}"): value for k, value in after.items()}
    before, active = ctx.host.pool_xml(handle, later=True), ctx.host.is_active(handle)
    if active:
        ctx.host.stop_pool(handle)
    try:
        ctx.host.define_pool(_storage.edit_pool(before, edits))
        ctx.host.build_pool(handle)
    except FuyajoError:
        ctx.host.define_pool(before)
        raise
    finally:
        if active:
            ctx.host.start_pool(handle)
    step.actions.append("define pool")
    if "path" in after and pool.name == ctx.wanted.pool.name:
        ctx.pool_path = after["path"]


# --- looking again ----------------------------------------------------------------------------------


def _unseen(ctx: Context, handle: Any, facts: Mapping[str, Any]) -> list[Change]:
    """Return what a refresh would show, where this machine can see the directory itself."""
    there = _content.listing(ctx, facts)
    return [] if there is None else _seen(set(ctx.host.volume_handles(handle)), there)


def _seen(before: set[str], after: set[str]) -> list[Change]:
    if before == after:
        return []
    return [Change("volumes", sorted(before - after), sorted(after - before))]


def _refresh(ctx: Context, handle: Any, step: Step) -> None:
    before = set(ctx.host.volume_handles(handle))
    ctx.host.refresh_pool(handle)
    changes = _seen(before, set(ctx.host.volume_handles(handle)))
    step.changes = [change for change in step.changes if change.path != "volumes"] + changes
    if changes:
        step.actions.append("refresh pool")


# --- away -------------------------------------------------------------------------------------------


def _plan_absent(ctx: Context, pool: WantedPoolOf, handle: Any, step: Step) -> Step:
    facts = step.facts or {}
    users = [n for n in ctx.uses().pool_machines(pool.name) if n not in ctx.absent_vms()]
    if users:
        raise FuyajoError(
            f"the pool {pool.name} is named in the disks of {_content.some(users)}, which would not start",
            CONFLICT,
        )
    now = "stopped" if facts["state"] == "stopped" else "started"
    step.changes = [Change("state", now, "absent")]
    if pool.remove_storage:
        if facts["type"] != "dir":
            raise FuyajoError("only the directory of a pool of type dir can be removed", INVALID)
        _refuse_full(ctx, pool.name, handle, facts)
        if not ctx.host.is_local or ctx.host.is_mock or os.path.isdir(facts["path"]):
            step.changes.append(Change("directory", facts["path"], None, DESTROY))
    step.apply = lambda done: _remove(ctx, pool, handle, done)
    return step


def _refuse_full(ctx: Context, name: str, handle: Any, facts: Mapping[str, Any]) -> None:
    going = {v.exact(ctx) for v in ctx.wanted.of("volumes") if v.leaves(ctx, name)}
    left = [each for each in _content.held(ctx, handle, facts) or [] if each not in going]
    if left:
        raise FuyajoError(
            f"the pool {name} still holds {_content.some(left)}; its directory is removed only when empty",
            CONFLICT,
        )


def _remove(ctx: Context, pool: WantedPoolOf, handle: Any, step: Step) -> None:
    active = ctx.host.is_active(handle)
    if active:
        ctx.host.stop_pool(handle)
        step.actions.append("stop pool")
    if any(change.path == "directory" for change in step.changes):
        try:
            ctx.host.remove_pool_directory(handle)
        except FuyajoError as error:
            # Something came in meanwhile: nothing has been lost, and the pool is as it was.
            if active:
                ctx.host.start_pool(handle)
                step.actions.append("undo: stop pool")
            raise FuyajoError(f"the directory stays: {error}", FAILED) from None
        step.actions.append("remove directory")
    ctx.host.undefine_pool(handle)
    step.actions.append("undefine pool")
    if pool.name == ctx.wanted.pool.name:
        ctx.pool = None
        ctx.volumes = set()


KIND = Kind("pool", "pools", 5, parse_pool, plan_pool)
