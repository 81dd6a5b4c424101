# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of networks."""

from __future__ import annotations

from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.network_want import MODES, STATES


def network_spec() -> dict[str, Any]:
    """Return the options of one network."""
    return {
        "name": {"type": "str", "required": True},
        "mode": {"type": "str", "choices": list(MODES)},
        "bridge": {"type": "str"},
        "cidr": {"type": "str"},
        "cidr6": {"type": "str"},
        "mtu": {"type": "int"},
        "domain": {"type": "str"},
        "domain_local": {"type": "bool"},
        "dhcp": {"type": "bool"},
        "dhcp_ranges": _list({"start": _needed(), "end": _needed()}),
        "dhcp_hosts": _list({"mac": _needed(), "ip": _needed(), "name": {"type": "str"}}),
        "dns": {"type": "dict", "options": _dns_spec()},
        "routes": _list({"cidr": _needed(), "gateway": _needed()}),
        "autostart": {"type": "bool"},
        "uuid": {"type": "str"},
        "state": {"type": "str", "choices": list(STATES), "default": "present"},
    }


def _dns_spec() -> dict[str, Any]:
    names = {"type": "list", "elements": "str", "required": True}
    text, number = {"type": "str"}, {"type": "int"}
    return {
        "enable": {"type": "bool"},
        "hosts": _list({"ip": _needed(), "names": names}),
        "forwarders": _list({"addr": text, "domain": text}),
        "txt": _list({"name": _needed(), "value": _needed()}),
        "srv": _list(
            {
                "service": _needed(),
                "protocol": {"type": "str", "choices": ["tcp", "udp"], "required": True},
                "domain": text,
                "target": text,
                "port": number,
                "priority": number,
                "weight": number,
            }
        ),
    }


def _list(options: dict[str, Any]) -> dict[str, Any]:
    # No default: a list that nobody gave is left alone, an empty one empties it.
    return {"type": "list", "elements": "dict", "options": options}


def _needed() -> dict[str, Any]:
    return {"type": "str", "required": True}
