# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual networks: made, changed while they run, restarted only when that was allowed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import network as _network
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import network_rules as _rules
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.diff import (
    LIVE,
    RESTART,
    STOP,
    Change,
    diff,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    INVALID,
    NOT_FOUND,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kind import Kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.network_want import (
    WantedNetwork,
    check_networks,
    parse_network,
)

# Up to here single updates are as cheap as one definition, and two writers do not undo each other.
_FEW_UPDATES = 8


@dataclass
class _Work:
    """What is to be done to a network that exists. ``live`` is None for one that is stopped."""

    handle: Any
    xml: str
    wanted: _network.Network
    live_xml: str | None = None
    live_wanted: _network.Network | None = None
    persistent: bool = True
    define: bool = False
    restart: bool = False
    start: bool = False
    stop: bool = False
    autostart: bool | None = None


def plan_network(ctx: Context, network: WantedNetwork) -> Step:
    """Return the step for one network. Its identity says whether it is ours."""
    step = Step("network", network.name)
    step.read = lambda: ctx.host.network(network.name)
    handle = ctx.host.network_handle(network.name)
    if handle is None:
        return _plan_new(ctx, network, step)
    facts = ctx.host.network_facts(handle)
    step.uuid, step.facts = facts["uuid"], facts
    _check_identity(ctx, network, facts["uuid"])
    if network.state == "absent":
        return _plan_absent(ctx, network, step)
    work = _Work(handle, "", _network.Network(network.name), persistent=facts["persistent"])
    step.changes = _compare(ctx, network, facts, work)
    _state_changes(network, facts, work, step)
    if work.start or work.restart:
        _check_neighbours(ctx, work.wanted)
    if work.restart or work.stop:
        _check_plugged(ctx, network, step)
    if step.changes:
        step.apply = lambda done: _change_network(ctx, work, done)
    return step


def _check_identity(ctx: Context, network: WantedNetwork, uuid: str) -> None:
    if network.uuid is not None and network.uuid != uuid:
        raise FuyajoError(f"the network {network.name} has the UUID {uuid}", CONFLICT)
    ours = _network.network_uuid(ctx.wanted.owner, network.name)
    if uuid != ours and not ctx.wanted.adopt:
        raise FuyajoError(
            f"the network {network.name} exists and is not ours; adopt=true lets this task change it",
            CONFLICT,
        )


def _plan_new(ctx: Context, network: WantedNetwork, step: Step) -> Step:
    if network.state == "absent":
        return step
    if network.uuid is not None:
        raise FuyajoError(f"there is no network {network.name}", NOT_FOUND)
    step.uuid = _network.network_uuid(ctx.wanted.owner, network.name)
    empty = _network.Network(network.name, step.uuid)
    document = _network.merge(empty, network.said, making=True)
    _check_rules(empty, document, network)
    _check_neighbours(ctx, document, starts=network.running)
    autostart = network.running if network.autostart is None else network.autostart
    after = {"state": "started" if network.running else "stopped", "autostart": autostart}
    plain = _network.flat(_network.Network(network.name))
    said = {k: v for k, v in _network.flat(document).items() if v != plain[k] or k == "mode"}
    step.changes = diff({**after, **said}, {"state": "absent"})
    step.apply = lambda done: _make_network(ctx, document, network.running, autostart, done)
    return step


def _plan_absent(ctx: Context, network: WantedNetwork, step: Step) -> Step:
    gone = ctx.absent_vms()
    if network.name in ctx.networks_in_use(gone):
        users = [n for n in ctx.host.plugged().get(network.name, []) if n not in gone]
        by = f" by {', '.join(users)}" if users else ""
        raise FuyajoError(f"the network {network.name} is in use{by}", CONFLICT)
    step.changes = [Change("state", "present", "absent")]
    step.apply = lambda done: _delete_network(ctx, network.name, done)
    return step


def _check_rules(found: _network.Network, wanted: _network.Network, network: WantedNetwork) -> None:
    # What was odd before is not this task's doing, and does not hold it up.
    before = _rules.problems(found, {}, whole=True)
    new = [p for p in _rules.problems(wanted, network.said, whole=True) if p not in before]
    if new:
        raise FuyajoError("; ".join(f"{path}: {text}" for path, text in new), INVALID)


def _compare(
    ctx: Context, network: WantedNetwork, facts: dict[str, Any], work: _Work
) -> list[Change]:
    """Fill in the documents of ``work`` and return what differs, now or at the next start."""
    work.xml = ctx.host.network_xml(work.handle)
    found = _network.parse_network(work.xml)
    work.wanted = _network.merge(found, network.said)
    changes = diff(_network.flat(work.wanted), _network.flat(found))
    work.define = bool(changes) or not work.persistent
    if changes:
        _check_rules(found, work.wanted, network)
    if not work.persistent:
        changes.append(Change("persistent", False, True))
    if not facts["active"]:
        return changes
    work.live_xml = ctx.host.live_network_xml(work.handle)
    live = _network.parse_network(work.live_xml)
    work.live_wanted = _network.merge(live, network.said)
    known = {change.path for change in changes}
    now = diff(_network.flat(work.live_wanted), _network.flat(live))
    changes += [change for change in now if change.path not in known]
    can = _rules.live_paths(work.live_wanted) | {"persistent"}
    return [replace(c, effect=LIVE if c.path in can else STOP) for c in changes]


def _state_changes(network: WantedNetwork, facts: dict[str, Any], work: _Work, step: Step) -> None:
    active = facts["active"]
    work.restart = active and network.running and any(c.effect == STOP for c in step.changes)
    work.start = network.running and not active
    work.stop = active and not network.running
    if work.start:
        step.changes.append(Change("state", "stopped", "started"))
    if work.stop:
        step.changes.append(Change("state", "started", "stopped", STOP))
    if network.autostart is not None and network.autostart != facts["autostart"]:
        work.autostart = network.autostart
        step.changes.append(Change("autostart", facts["autostart"], network.autostart))


def _check_neighbours(ctx: Context, wanted: _network.Network, starts: bool = True) -> None:
    """Refuse addresses and a bridge that another network has, before anything is made."""
    for facts in ctx.host.networks():
        if facts["name"] == wanted.name:
            continue
        bridge = wanted.bridge if wanted.mode != "bridge" else None
        if bridge is not None and bridge == facts["bridge"]:
            raise FuyajoError(f"bridge: {bridge} is the network {facts['name']}'s", CONFLICT)
        other = _network.Network(facts["name"], cidr=facts["cidr"], cidr6=facts["cidr6"])
        taken = _rules.overlap(wanted, other) if facts["active"] and starts else None
        if taken:
            raise FuyajoError(
                f"the addresses of {wanted.name} overlap with those of the active network "
                f"{facts['name']} ({taken})",
                CONFLICT,
            )


def _check_plugged(ctx: Context, network: WantedNetwork, step: Step) -> None:
    """Refuse to interrupt machines, or say which of them must be restarted afterwards."""
    machines = ctx.host.plugged(running_only=True).get(network.name, [])
    if not machines:
        return
    if not ctx.wanted.allow_restart:
        paths = ", ".join(c.path for c in step.changes if c.effect == STOP)
        raise FuyajoError(
            f"the network {network.name} has to stop for a change of {paths}, and that cuts off "
            f"{', '.join(machines)}; allow_restart=true does it all the same, and those machines "
            "must be restarted afterwards",
            CONFLICT,
        )
    # libvirt does not plug a machine in again when its network comes back.
    step.restart_required = True
    for machine in machines:
        step.changes.append(Change(f"machines.{machine}", "connected", "cut off", RESTART))


def _make_network(
    ctx: Context, document: _network.Network, start: bool, autostart: bool, step: Step
) -> None:
    handle = ctx.host.define_network(_network.build_network(document))
    step.actions.append("create network")
    try:
        if start:
            _start(ctx, handle)
            step.actions.append("start network")
        if autostart:
            ctx.host.set_network_autostart(handle, True)
    except FuyajoError:
        if not ctx.host.network_is_active(handle):
            ctx.host.undefine_network(handle)
            step.actions.append("undo: create network")
        raise


def _start(ctx: Context, handle: Any) -> None:
    try:
        ctx.host.start_network(handle)
    except FuyajoError:
        # Somebody else may have started it between our look and our start.
        if not ctx.host.network_is_active(handle):
            raise


def _change_network(ctx: Context, work: _Work, step: Step) -> None:
    if work.restart:
        _restart(ctx, work, step)
    elif work.stop:
        _define(ctx, work, step)
        ctx.host.stop_network(work.handle)
        step.actions.append("stop network")
    elif work.live_xml is not None:
        _update(ctx, work, step)
    else:
        _define(ctx, work, step)
    if work.start:
        _start(ctx, work.handle)
        step.actions.append("start network")
    if work.autostart is not None:
        ctx.host.set_network_autostart(work.handle, work.autostart)
        step.actions.append("set autostart")


def _define(ctx: Context, work: _Work, step: Step) -> None:
    if work.define:
        ctx.host.define_network(_network.edit_network(work.xml, work.wanted))
        step.actions.append("define")


def _restart(ctx: Context, work: _Work, step: Step) -> None:
    """Define, stop and start; what cannot start is taken back."""
    _define(ctx, work, step)
    ctx.host.stop_network(work.handle)
    step.actions.append("stop network")
    try:
        _start(ctx, work.handle)
    except FuyajoError:
        if work.define:
            ctx.host.define_network(work.xml)
            step.actions.append("undo: define")
        _start(ctx, work.handle)
        step.actions.append("undo: stop network")
        raise
    step.actions.append("start network")


def _update(ctx: Context, work: _Work, step: Step) -> None:
    """Change a running network: now and for the next start, element by element or in one definition.

    Many elements are defined at once; libvirt takes live ones only one by one.
    """
    now = []
    if work.live_xml is not None and work.live_wanted is not None:
        now = _network.updates(work.live_xml, work.live_wanted)
    later = _network.updates(work.xml, work.wanted) if work.define else []
    if not work.persistent or len(later) > _FEW_UPDATES:
        _define(ctx, work, step)
        later = []
    both = sorted(dict.fromkeys(now + later), key=lambda update: update.add)
    for update in both:
        ctx.host.update_network(work.handle, update, update in now, update in later)
    if both:
        step.actions.append(f"update {len(both)} elements")


def _delete_network(ctx: Context, name: str, step: Step) -> None:
    handle = ctx.host.network_handle(name)
    if handle is None:
        return
    persistent = (step.facts or {}).get("persistent", True)
    ctx.host.stop_network(handle)
    if persistent:
        ctx.host.undefine_network(handle)
    step.actions.append("delete network")


KIND = Kind("network", "networks", 20, parse_network, plan_network, check_networks)
