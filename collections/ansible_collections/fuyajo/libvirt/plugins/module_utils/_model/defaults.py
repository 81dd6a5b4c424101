# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policy: what a machine gets when nobody said. Pure.

The only input is what the host offers, so the same host always gives the same answer.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from types import MappingProxyType
from typing import Callable, Mapping

CPUS = 1
MEMORY_MIB = 1024
_BOARDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"pc": ("pc-i440fx-",), "q35": ("pc-q35-",), "virt": ("virt-",)}
)
FIRST_PORT = 20000
PORTS = 10000


@dataclass(frozen=True)
class Offer:
    """What a host offers. ``passt`` says whether libvirt itself can forward ports."""

    arch: str = "x86_64"
    accelerator: str = "tcg"  # kvm | tcg | test (libvirt's mock driver)
    passt: bool = False


@dataclass(frozen=True)
class Platform:
    """How a machine is built on such a host; the fields are those of `_domain.Domain`."""

    virt_type: str
    arch: str | None
    machine: str | None
    cpu_mode: str | None


def platform_for(offer: Offer, uefi: bool = False) -> Platform:
    """Return how machines are built.

    Under TCG the old ``pc`` board: it has no tree of PCIe root ports for firmware and kernel to
    walk with emulated instructions. Under KVM that costs nothing and ``q35`` has hotplug. UEFI
    firmware is made for ``q35`` only.
    """
    if offer.accelerator == "test":
        return Platform("test", None, None, None)
    kvm = offer.accelerator == "kvm"
    if offer.arch in ("x86_64", "i686"):
        board = "q35" if kvm or uefi else "pc"
        # "maximum" is everything TCG can emulate: distributions of today need x86-64-v2 and later.
        cpu = "host-passthrough" if kvm else "maximum"
        return Platform("kvm" if kvm else "qemu", offer.arch, board, cpu)
    cpu = "host-passthrough" if kvm else "maximum"
    return Platform("kvm" if kvm else "qemu", offer.arch, "virt", cpu)


def accelerator_name(virt_type: str) -> str:
    """Return the accelerator's everyday name for a domain type."""
    return {"qemu": "tcg"}.get(virt_type, virt_type)


def mac_for(owner: str, name: str, index: int) -> str:
    """Return the same locally chosen MAC address for the same card of the same machine."""
    digest = hashlib.sha256(f"mac\0{owner}\0{name}\0{index}".encode()).digest()
    return "52:54:00:" + ":".join(f"{byte:02x}" for byte in digest[:3])


def pick_port(
    owner: str, name: str, guest: int, taken: set[int], is_free: Callable[[int], bool]
) -> int:
    """Return a port on the host's loopback address for a port of a guest.

    The search begins where the names say, so that a machine made again tends to get its old port.
    Raises LookupError when the whole range is in use.
    """
    digest = hashlib.sha256(f"port\0{owner}\0{name}\0{guest}".encode()).digest()
    start = int.from_bytes(digest[:4], "big") % PORTS
    for step in range(PORTS):
        port = FIRST_PORT + (start + step) % PORTS
        if port not in taken and is_free(port):
            return port
    raise LookupError(f"no free port between {FIRST_PORT} and {FIRST_PORT + PORTS - 1}")


def board_of(machine: str | None) -> str | None:
    """Return what kind of board a machine type is: pc, q35 or virt; any other is its own kind."""
    for board, prefixes in _BOARDS.items():
        if machine == board or (machine or "").startswith(prefixes):
            return board
    return machine
