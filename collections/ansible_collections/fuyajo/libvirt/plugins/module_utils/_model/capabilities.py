# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What libvirt says a host can do, as plain values. Pure, and liberal: what is not said is empty."""

from __future__ import annotations

from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml


def machine_types(capabilities: str, arch: str) -> list[str]:
    """Return the names of the machine types for an architecture, short ones included."""
    root = _xml.load(capabilities)
    found = set()
    for each in root.findall("guest/arch"):
        if each.get("name") == arch:
            found |= {machine.text or "" for machine in each.iter("machine")}
    return sorted(found - {""})


def offered(domain_capabilities: str, arch: str) -> dict[str, Any]:
    """Return what guests can be given, of a document of domain capabilities."""
    root = _xml.load(domain_capabilities)
    modes = root.findall("cpu/mode")
    models = root.findall("cpu/mode[@name='custom']/model")
    firmware = _values(root, "os", "firmware")
    if arch in ("x86_64", "i686"):
        firmware = ["bios", *firmware]
    return {
        "cpu_modes": sorted(m.get("name", "") for m in modes if m.get("supported") == "yes"),
        "cpu_models": sum(model.get("usable") != "no" for model in models),
        "max_cpus": _whole(_xml.get(root, "vcpu@max")),
        "firmware": firmware,
        "secure_boot": "yes" in _values(root, "os/loader", "secure"),
        "tpm": _values(root, "devices/tpm", "backendModel"),
        "virtiofs": "virtiofs" in _values(root, "devices/filesystem", "driverType"),
        "passt": "passt" in _values(root, "devices/interface", "backendType"),
    }


def version(number: int) -> str:
    """Return libvirt's way of counting versions the way people write them."""
    return f"{number // 1000000}.{number // 1000 % 1000}.{number % 1000}"


def _values(root: Any, place: str, enum: str) -> list[str]:
    above = root.find(place)
    if above is None or above.get("supported") == "no":
        return []
    found = above.findall(f"enum[@name='{enum}']/value")
    return sorted(value.text or "" for value in found)


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdigit() else None
