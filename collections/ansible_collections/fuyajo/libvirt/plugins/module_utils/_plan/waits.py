# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting until a machine is ready to be used: woken by events, with a deadline, and with an answer."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Callable

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.addresses import ssh_answer
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import addresses as _addresses
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import agent as _agent
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import waiting as _waiting
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.agent import AgentError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    FAILED,
    INVALID,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_want import WantedVm

_SSH = 22
_CLOUD_INIT = "/run/cloud-init/"
_MOST = 64 * 1024
# Power and the agent tell when they change; leases, ports and cloud-init do not and are looked at.
_TELLS = ("running", "agent")
_QUIET = "the guest agent's channel is not connected: the guest is starting, or no agent runs in it"
# An agent that says no in one of these ways will not say yes later.
_FINAL = (_agent.BLOCKED_HERE, _agent.UNKNOWN, _agent.NO_CHANNEL)


@dataclass
class Seen:
    """One look: whether the machine is ready, and what was seen in words."""

    ready: bool
    said: str


@dataclass
class Waiting:
    """One machine that is waited for. ``before`` holds the leases from before its start."""

    host: Any
    handle: Any
    name: str
    deadline: float
    before: frozenset[_waiting.Lease] = frozenset()
    document: _domain.Domain = field(default_factory=_domain.Domain)

    @property
    def left(self) -> float:
        """Return the seconds until the deadline."""
        return max(0.0, self.deadline - time.monotonic())


def waiter(ctx: Context, vm: WantedVm, step: Step) -> Callable[[Step], None] | None:
    """Return what `Step.wait` needs for one machine, or None when nobody wants to wait for it."""
    wait_for = vm.wait_for
    if wait_for is None or vm.state not in ("present", "started", "restarted"):
        return None
    # Read before anything starts: a lease that is there now says nothing about the next boot.
    before = frozenset(
        lease
        for network in (_networks(vm, step) if wait_for in ("address", "ssh") else ())
        for lease in ctx.host.leases(network)
    )

    def wait(done: Step) -> None:
        handle = ctx.host.lookup(vm.name)
        if handle is None or (vm.state == "present" and not ctx.host.is_active(handle)):
            return
        old = before if "start" in done.actions else frozenset()
        _wait(ctx.host, handle, done, wait_for, vm.wait_timeout, old)

    return wait


def _networks(vm: WantedVm, step: Step) -> set[str]:
    """Return the networks a machine is, or is going to be, plugged into."""
    if vm.nics is None:
        names = (step.facts or {}).get("networks") or []
    else:
        names = [nic.network for nic in vm.nics if nic.network]
    return set(names) - {"user"}


def _wait(
    host: Any,
    handle: Any,
    step: Step,
    wait_for: str,
    seconds: float,
    before: frozenset[_waiting.Lease],
) -> None:
    begin = time.monotonic()
    waiting = Waiting(host, handle, step.name, begin + seconds, before)
    seen = Seen(False, "nothing was seen")
    try:
        with host.watching(handle) as watch:
            seen = _until_ready(waiting, wait_for, watch)
    except FuyajoError as error:
        seen = Seen(False, str(error))
        raise
    finally:
        spent = round(time.monotonic() - begin, 3)
        step.waited = {"for": wait_for, "seconds": spent, "ready": seen.ready, "seen": seen.said}
    if not seen.ready:
        raise FuyajoError(f"not ready ({wait_for}) within {seconds:g} s: {seen.said}", FAILED)
    step.read = lambda: host.vm_facts(handle, agent=True)


def _until_ready(waiting: Waiting, wait_for: str, watch: Any) -> Seen:
    """Look until the machine is ready or the time is up; raises when it will never be."""
    pause, longest = 0.1, 5.0 if wait_for in _TELLS else 1.0
    while True:
        _refuse_off(waiting, watch.stopped)
        seen = _LOOKS[wait_for](waiting)
        if seen.ready or waiting.left <= 0:
            return seen
        watch.wait(min(pause, waiting.left))
        pause = min(pause * 1.5, longest)


def _refuse_off(waiting: Waiting, stopped: str | None) -> None:
    state, why = waiting.host.power(waiting.handle)
    if state in ("stopped", "crashed") or stopped is not None:
        raise FuyajoError(f"not running: {stopped or why}", FAILED)


def _running(waiting: Waiting) -> Seen:
    state, why = waiting.host.power(waiting.handle)
    return Seen(state == "running", why or state)


def _agent_ready(waiting: Waiting) -> Seen:
    channel = waiting.host.agent_channel(waiting.handle)
    if channel is None:
        raise FuyajoError("the machine has no channel for a guest agent", INVALID)
    if channel != _waiting.CONNECTED:
        return Seen(False, _QUIET)
    try:
        waiting.host.ask_agent(waiting.handle, "guest-ping", min(5.0, waiting.left))
    except AgentError as error:
        if error.reason in _FINAL:
            raise
        return Seen(False, str(error))
    return Seen(True, "the guest agent answers")


def _address(waiting: Waiting) -> Seen:
    found, missing = _addresses_now(waiting)
    if found:
        return Seen(True, _from(found[0]))
    for port in _ssh_forwards(waiting):
        refused = _try_ssh(waiting, _domain.LOOPBACK, port)
        if refused is None:
            return Seen(True, f"SSH banner at {_domain.LOOPBACK} port {port}")
        missing = f"forwarded {refused}"
    return Seen(False, missing)


def _from(one: dict[str, Any]) -> str:
    return f"{one['source']} {one['address']}"


def _addresses_now(waiting: Waiting) -> tuple[list[dict[str, Any]], str]:
    """Return the addresses that count now, the best first, and what is missing when there is none."""
    host, handle = waiting.host, waiting.handle
    document = waiting.document = _domain.parse_domain(host.live_xml(handle))
    cards = [nic for nic in document.nics if nic.kind != "user"]
    if not cards and not _domain.has_user_net(document):
        raise FuyajoError("the machine has no network card that could get an address", INVALID)
    macs = {nic.mac for nic in cards}
    leases = [
        lease
        for network in sorted({nic.network for nic in cards if nic.network})
        for lease in host.leases(network)
        if lease.mac in macs
    ]
    fresh, old = _waiting.stale(leases, waiting.before)
    found = [_addresses.entry(each.address, each.mac, _addresses.LEASE) for each in fresh]
    gone = {each.address for each in old}
    seen = (
        [one for one in host.arp_addresses(handle) if one["address"] not in gone] if cards else []
    )
    said = host.agent_addresses(handle, min(5.0, waiting.left + 1))
    if not cards:
        # The guest's address on a user network is nobody's but its own.
        said = [] if list(_ssh_forwards(waiting)) else said
    return _addresses.merged([one for one in found if one], seen, said), _why(cards, old)


def _why(cards: list[Any], old: list[_waiting.Lease]) -> str:
    if old:
        return (
            f"stale lease {old[0].address} (network {old[0].network}, {old[0].mac}) from before the start; "
            "the guest has not asked for an address yet"
        )
    for nic in cards:
        if nic.network:
            return f"no lease yet (network {nic.network}, {nic.mac})"
        return f"no address seen yet for {nic.mac} on its bridge"
    return "no port 22 is forwarded and no guest agent says an address"


def _ssh_forwards(waiting: Waiting) -> list[int]:
    meta = waiting.document.meta or _domain.Meta()
    return [f.host for f in meta.forwards if f.guest == _SSH and f.host]


def _try_ssh(waiting: Waiting, address: str, port: int) -> str | None:
    # One look is worth a moment even when the deadline is near.
    return ssh_answer(address, port, max(0.5, waiting.left))


def _ssh(waiting: Waiting) -> Seen:
    found, missing = _addresses_now(waiting)
    ports = _ssh_forwards(waiting)
    if ports and not waiting.host.is_local:
        raise FuyajoError("a forwarded port can be tried on the hypervisor only", INVALID)
    if not ports and all(nic.kind == "user" for nic in waiting.document.nics):
        raise FuyajoError("no port 22 is forwarded, so nobody can log in over SSH", INVALID)
    for port in ports:
        refused = _try_ssh(waiting, _domain.LOOPBACK, port)
        if refused is None:
            return Seen(True, f"SSH banner at {_domain.LOOPBACK} port {port}")
        missing = f"forwarded {refused}"
    for one in found:
        refused = _try_ssh(waiting, one["address"], _SSH)
        if refused is None:
            return Seen(True, f"{_from(one)}, SSH banner at port {_SSH}")
        missing = f"{_from(one)} but {refused}"
    return Seen(False, missing)


def _cloud_init(waiting: Waiting) -> Seen:
    agent = _agent_ready(waiting)
    if not agent.ready:
        return Seen(False, f"cloud-init is asked through the guest agent: {agent.said}")
    try:
        now = _waiting.cloud_init(_file(waiting, "result.json"), _file(waiting, "status.json"))
        if not now.done and now.stage is None and _file(waiting, "disabled") is not None:
            raise FuyajoError("cloud-init is disabled in this guest", FAILED)
    except AgentError as error:
        if error.reason in _FINAL:
            raise
        return Seen(False, str(error))
    if now.error is not None:
        raise FuyajoError(f"cloud-init failed: {now.error}", FAILED)
    if now.done:
        return Seen(True, "cloud-init is done")
    return Seen(False, f"cloud-init stage {now.stage}" if now.stage else "cloud-init has not begun")


def _file(waiting: Waiting, name: str) -> bytes | None:
    seconds = min(10.0, waiting.left + 1)
    pieces = waiting.host.read_guest_file(waiting.handle, _CLOUD_INIT + name, _MOST, seconds)
    try:
        return b"".join(pieces)
    except AgentError as error:
        if error.reason == _agent.MISSING:
            return None
        raise


_LOOKS: dict[str, Callable[[Waiting], Seen]] = {
    "running": _running,
    "agent": _agent_ready,
    "address": _address,
    "ssh": _ssh,
    "cloud_init": _cloud_init,
}
