# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told about a machine, from its document. Pure."""

from __future__ import annotations

from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import addresses as _addresses
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.defaults import accelerator_name
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.domain import (
    Domain,
    Meta,
    has_user_net,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.units import GIB

# virDomainState; a machine that is going down, paused or out of order is not "stopped".
_STATES = {
    1: "running",
    2: "running",
    3: "paused",
    4: "stopping",
    5: "stopped",
    6: "crashed",
    7: "suspended",
}


def state_name(state: int) -> str:
    """Return the word for a virDomainState."""
    return _STATES.get(state, "unknown")


def vm_facts(domain: Domain, state: str, disk_bytes: int | None) -> dict[str, Any]:
    """Return the facts of a machine; ``owner`` is None when it is not ours.

    Sizes are what the machine has at its next start: MiB, and GiB rounded up. ``addresses`` are those
    that its metadata tells.
    """
    meta = domain.meta or Meta()
    addresses = _addresses.from_forwards(meta.forwards if state == "running" else ())
    addresses = _addresses.merged(addresses)
    return {
        "name": domain.name,
        "uuid": domain.uuid,
        "state": state,
        "cpus": domain.cpus,
        "max_cpus": domain.max_cpus or domain.cpus,
        "memory_mib": domain.memory_mib,
        "max_memory_mib": domain.max_memory_mib or domain.memory_mib,
        "disk_gib": None if disk_bytes is None else -(-disk_bytes // GIB),
        "title": domain.title,
        "description": domain.description,
        "tags": sorted(tag.name for tag in meta.tags if tag.name),
        "owner": meta.owner,
        "environment": meta.environment,
        "template": meta.template,
        "spec_digest": meta.spec_digest,
        "configured": meta.configured,
        "expires": meta.expires,
        "unfinished": meta.unfinished is not None,
        "trashed": _trashed(meta),
        "forwards": [
            {"guest": f.guest, "host": f.host, "address": f.address}
            for f in meta.forwards
            if f.guest and f.host
        ],
        "networks": nic_names(domain),
        "addresses": addresses,
        "address": _addresses.best_of(addresses),
        "accelerator": accelerator_name(domain.virt_type),
    }


def _trashed(meta: Meta) -> dict[str, Any] | None:
    if meta.trashed is None:
        return None
    return {key: getattr(meta.trashed, key) for key in ("name", "since", "until")}


def nic_names(domain: Domain) -> list[str]:
    """Return the networks of a machine's cards, ``user`` for the one without a bridge."""
    names = [nic.network or nic.bridge or nic.kind for nic in domain.nics if nic.kind != "user"]
    return sorted(names) + (["user"] if has_user_net(domain) else [])
