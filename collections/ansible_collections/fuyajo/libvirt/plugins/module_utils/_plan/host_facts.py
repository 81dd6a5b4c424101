# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything about a host, for `host_info`."""

from __future__ import annotations

from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import probe as _probe
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import (
    capabilities as _capabilities,
)

_POOL_KEYS = ("name", "type", "state", "capacity_bytes", "free_bytes")


def host_facts(host: Host) -> dict[str, Any]:
    """Return what a host is, has and offers."""
    capacity = host.capacity()
    arch = str(capacity["arch"])
    machines = _capabilities.machine_types(host.capabilities(), arch)
    accelerator = _accelerator(host)
    return {
        **host.identity(),
        "architecture": arch,
        "cpus": capacity["cpus"],
        "memory_total_mib": capacity["memory_total_mib"],
        "memory_free_mib": capacity["memory_free_mib"],
        "accelerator": accelerator,
        "machine_types": machines,
        **_offers(host, accelerator["kvm"], arch, machines),
        "pools": [{key: pool[key] for key in _POOL_KEYS} for pool in host.list_pools()],
        "domains": host.domain_states(),
    }


def _accelerator(host: Host) -> dict[str, Any]:
    if host.is_mock:
        return {"name": "test", "kvm": False, "reason": "this is libvirt's own test driver"}
    if host.is_local:
        usable, reason = _probe.probe_kvm()
    else:
        usable = host.domain_capabilities("kvm") is not None
        # A guest of ours cannot be run over there for a test.
        reason = "its libvirt says so; nothing was tried on that machine"
    return {"name": "kvm" if usable else "tcg", "kvm": usable, "reason": reason}


def _offers(host: Host, kvm: bool, arch: str, machines: list[str]) -> dict[str, Any]:
    # Secure boot is offered on that board only, so it is the one to ask about.
    board = "q35" if "q35" in machines else None
    text = host.domain_capabilities("kvm" if kvm else "qemu", arch, board)
    found = _capabilities.offered(text or "<domainCapabilities/>", arch)
    found["passt"] = bool(found["passt"] and host.knows_passt())
    return found
