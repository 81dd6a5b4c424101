# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What we ever write into a domain, element by element and attribute by attribute. Pure.

Our own XML is read again before it goes to libvirt. Whatever is not on this list is refused, so a
mistake anywhere above cannot become a device, a file or an argument that nobody meant.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from types import MappingProxyType
from typing import Mapping

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    INVALID,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.metadata import META, META_KEYS

# libvirt hands out slots from the bottom; this one stays free with the few devices we write.
USER_NET_SLOT = "0x10"

MAC = r"[0-9a-f][02468ace](?::[0-9a-f]{2}){5}"
_PATH = r"/(?!(?:.*/)?\.\.(?:/|$))[^\x00-\x1f\x7f]*"
_FORMAT = "qcow2|raw"
_NUMBER = "[0-9]{1,15}"
_WORD = r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,62}"
_FILE_NAME = r"(?!\.{1,2}$)[^/\x00-\x1f\x7f]{1,255}"
_NIC_KIND = "network|bridge|user"
_NETDEV = re.compile(
    r"user,id=fnet0(?:,hostfwd=tcp:127\.0\.0\.1:[0-9]{1,5}-:[0-9]{1,5})*", re.ASCII
)
_DEVICE = re.compile(
    rf"virtio-net-pci,netdev=fnet0,mac={MAC},addr={USER_NET_SLOT},romfile=", re.ASCII
)

# Path of an element: its attributes as {name: pattern}; "#" is its text, when that is not free.
# A name with a "!" must be there.
_D = "devices/"
_RULES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "": {"type!": "qemu|kvm|test"},
        **{k: {} for k in ("name", "uuid", "title", "description", "metadata", META)},
        **{
            f"{META}/fuyajo:{key}": {} for key in ("owner", "tag", "seed", "unfinished", *META_KEYS)
        },
        f"{META}/fuyajo:forward": {"guest": _NUMBER, "host": _NUMBER, "address": r".*"},
        "memory": {"#": _NUMBER},
        "currentMemory": {"#": _NUMBER},
        "vcpu": {"current": _NUMBER, "#": _NUMBER},
        "memoryBacking": {},
        "memoryBacking/source": {"type!": "memfd"},
        "memoryBacking/access": {"mode!": "shared"},
        "os": {"firmware": "efi"},
        "os/type": {"arch": _WORD, "machine": _WORD, "#": "hvm"},
        "os/firmware": {},
        "os/firmware/feature": {"name!": "secure-boot|enrolled-keys", "enabled!": "yes|no"},
        "os/boot": {"dev!": "hd|cdrom|network"},
        "cpu": {"mode!": "maximum|host-passthrough|host-model|custom"},
        "cpu/model": {"#": _WORD},
        **{k: {} for k in ("features", "features/acpi", "features/apic")},
        "clock": {"offset!": "utc"},
        "on_poweroff": {"#": "destroy"},
        "on_reboot": {"#": "restart"},
        "on_crash": {"#": "destroy"},
        "devices": {},
        _D + "disk": {"type!": "file|volume", "device!": "disk|cdrom"},
        _D + "disk/driver": {
            "name!": "qemu",
            "type": _FORMAT,
            "cache": "default|none|writethrough|writeback|directsync|unsafe",
            "io": "native|threads|io_uring",
            "discard": "unmap|ignore",
        },
        _D + "disk/source": {"file": _PATH, "pool": _FILE_NAME, "volume": _FILE_NAME},
        _D + "disk/target": {"dev!": "[vsh]d[a-z]{1,2}", "bus!": "virtio|scsi|sata|ide"},
        _D + "disk/readonly": {},
        _D + "disk/shareable": {},
        _D + "disk/serial": {"#": r"[A-Za-z0-9_.+-]{1,20}"},
        _D + "disk/boot": {"order!": _NUMBER},
        _D + "disk/alias": {"name!": r"ua-(?:disk|media)-[a-z0-9-]{1,63}"},
        _D + "disk/backingStore": {"type": "file"},
        _D + "disk/backingStore/format": {"type!": _FORMAT},
        _D + "disk/backingStore/source": {"file!": _PATH},
        _D + "disk/backingStore/backingStore": {},
        _D + "interface": {"type!": _NIC_KIND},
        _D + "interface/backend": {"type!": "passt"},
        _D + "interface/mac": {"address!": MAC},
        _D + "interface/source": {"network": r"[^/\x00-\x1f\x7f]+", "bridge": r"[^/\s]{1,15}"},
        _D + "interface/model": {"type!": _WORD},
        _D + "interface/link": {"state!": "up|down"},
        _D + "interface/boot": {"order!": _NUMBER},
        _D + "interface/portForward": {"proto!": "tcp", "address!": r"127\.0\.0\.1"},
        _D + "interface/portForward/range": {"start!": _NUMBER, "to!": _NUMBER},
        _D + "controller": {
            "type!": "usb|scsi",
            "index": _NUMBER,
            "model!": "none|qemu-xhci|virtio-scsi",
        },
        _D + "serial": {"type!": "pty"},
        _D + "serial/target": {"port!": "0"},
        _D + "serial/log": {"file!": _PATH},
        _D + "console": {"type!": "pty"},
        _D + "console/target": {"type!": "serial", "port!": "0"},
        _D + "channel": {"type!": "unix"},
        _D + "channel/target": {"type!": "virtio", "name!": r"org\.qemu\.guest_agent\.0"},
        _D + "graphics": {"type!": "vnc", "autoport!": "yes", "listen!": r"127\.0\.0\.1"},
        _D + "video": {},
        _D + "video/model": {"type!": "none|virtio|vga"},
        _D + "filesystem": {"type!": "mount", "accessmode!": "passthrough|mapped"},
        _D + "filesystem/driver": {"type!": "virtiofs|path"},
        _D + "filesystem/source": {"dir!": _PATH},
        _D + "filesystem/target": {"dir!": _WORD},
        _D + "filesystem/readonly": {},
        _D + "hostdev": {"mode!": "subsystem", "type!": "pci|usb", "managed": "yes"},
        _D + "hostdev/source": {},
        _D + "hostdev/source/address": {
            "domain!": "0x[0-9a-f]{4}",
            "bus!": "0x[0-9a-f]{2}",
            "slot!": "0x[01][0-9a-f]",
            "function!": "0x[0-7]",
        },
        _D + "hostdev/source/vendor": {"id!": "0x[0-9a-f]{4}"},
        _D + "hostdev/source/product": {"id!": "0x[0-9a-f]{4}"},
        _D + "tpm": {"model!": "tpm-crb|tpm-tis"},
        _D + "tpm/backend": {"type!": "emulator", "version!": r"2\.0"},
        _D + "memballoon": {"model!": "virtio"},
        _D + "rng": {"model!": "virtio"},
        _D + "rng/backend": {"model!": "random", "#": "/dev/urandom"},
        "qemu:commandline": {},
        "qemu:commandline/qemu:arg": {"value!": r".*"},
    }
)


def check_domain(text: str) -> None:
    """Refuse our own XML when anything in it is not on the list; raises FuyajoError."""
    root = _xml.load(text)
    refused = ["<" + root.tag + ">"] if root.tag != "domain" else sorted(set(_surplus(root, "")))
    if refused:
        raise FuyajoError(f"refused to write domain elements: {', '.join(refused)}", INVALID)
    words = [arg.get("value", "") for arg in root.iter(_xml.expand("qemu:arg"))]
    if words and not _is_user_net(words):
        raise FuyajoError("refused to write QEMU arguments that are not a user network", INVALID)


def is_user_netdev(word: str) -> bool:
    """Say whether a word of QEMU's command line is the back end of our user network."""
    return _NETDEV.fullmatch(word) is not None


def _surplus(element: ET.Element, path: str) -> list[str]:
    """Return what is not allowed of an element at ``path`` and of everything below it."""
    rule = _RULES.get(path)
    if rule is None:
        return [path]
    found = []
    for name, pattern in rule.items():
        plain = name.rstrip("!")
        value = (element.text or "") if plain == "#" else element.get(plain)
        missing = value is None and name != plain
        if missing or (value is not None and not re.fullmatch(pattern, value, re.ASCII)):
            found.append(f"{path}@{plain}")
    known = {name.rstrip("!") for name in rule}
    found += [f"{path}@{name}" for name in element.attrib if name not in known]
    for child in element:
        tag = _xml.contract(child.tag)
        found += _surplus(child, f"{path}/{tag}" if path else tag)
    return found


def _is_user_net(words: list[str]) -> bool:
    return (
        len(words) == 4
        and (words[0], words[2]) == ("-netdev", "-device")
        and _NETDEV.fullmatch(words[1]) is not None
        and _DEVICE.fullmatch(words[3]) is not None
    )
