# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual networks."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Any, Mapping

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import network as _network
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.checker import Checker
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.diff import Change, diff
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kind import Kind


@dataclass
class WantedNetwork:
    name: str
    mode: str = "isolated"
    cidr: str | None = None
    state: str = "present"


def parse_network(check: Checker, at: str, raw: Mapping[str, Any]) -> WantedNetwork:
    """Return the checked form of one element of ``networks``."""
    name = check.name(f"{at}.name", raw.get("name"))
    if name == "user":
        check.problem(f"{at}.name", "'user' means the network that needs no bridge")
    here = f"{at}.cidr"
    cidr = check.attempt(here, lambda v: str(ipaddress.IPv4Network(v)), raw.get("cidr"))
    mode = raw.get("mode") or "isolated"
    check.attempt(here, lambda v: _network.network_for("", name, mode, v), cidr)
    return WantedNetwork(name, mode, cidr, raw.get("state") or "present")


def plan_network(ctx: Context, network: WantedNetwork) -> Step:
    """Return the step for one network. Its identity says whether it is ours."""
    document = _network.network_for(ctx.wanted.owner, network.name, network.mode, network.cidr)
    step = Step("network", network.name, document.uuid)
    handle = ctx.host.network_handle(network.name)
    if handle is None:
        if network.state == "present":
            after = {"state": "started", **_network.projection(document)}
            step.changes = diff(after, {"state": "absent"})
            step.apply = lambda done: _make_network(ctx, document, done)
        return step
    facts = ctx.host.network_facts(handle)
    if facts["uuid"] != document.uuid:
        raise FuyajoError(f"the network {network.name} exists and is not ours", CONFLICT)
    if network.state == "absent":
        if network.name in ctx.networks_in_use(ctx.absent_vms()):
            raise FuyajoError(f"the network {network.name} is in use", CONFLICT)
        step.changes = [Change("state", "present", "absent")]
        step.apply = lambda done: _delete_network(ctx, network.name, done)
        return step
    if diff({"mode": network.mode, "cidr": network.cidr}, facts):
        raise FuyajoError(
            f"the network {network.name} is {facts['mode']} ({facts['cidr'] or 'no addresses'}); "
            "changing it would cut its guests off, so remove it first",
            CONFLICT,
        )
    if not facts["active"]:
        step.changes = [Change("state", "stopped", "started")]
        step.apply = lambda done: _start_network(ctx, network.name, done)
    return step


def _make_network(ctx: Context, document: _network.Network, step: Step) -> None:
    ctx.host.make_network(document)
    step.actions.append("create network")


def _start_network(ctx: Context, name: str, step: Step) -> None:
    ctx.host.start_network(ctx.host.network_handle(name))
    step.actions.append("start network")


def _delete_network(ctx: Context, name: str, step: Step) -> None:
    handle = ctx.host.network_handle(name)
    if handle is not None:
        ctx.host.delete_network(handle)
        step.actions.append("delete network")


KIND = Kind("network", "networks", 20, parse_network, plan_network)
