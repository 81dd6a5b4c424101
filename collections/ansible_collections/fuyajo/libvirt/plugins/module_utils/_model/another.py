# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine's definition becomes that of another machine, which may run beside the first. Pure.

The XML that was read is edited, so what we do not know comes along. What must not exist twice gets a new
value (identity, addresses, ports, files that are written to), or is dropped, and that is told. Disks are
the caller's.
"""

from __future__ import annotations

import os
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from typing import Sequence

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import defaults as _defaults
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import metadata as _metadata
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml

_CHARACTER_DEVICES = ("serial", "parallel", "console", "channel")
_OF_THE_HOST = ("tcp", "udp", "file", "pipe", "dev", "unix")
# libvirt's own names of taps; it gives a free one to every machine that starts.
_ANY_TAP = "vnet"


@dataclass(frozen=True)
class Identity:
    """What the other machine has of its own.

    ``forwards`` replace those of the first one, with ports of the host that are free; ``nvram`` is the file
    with the firmware's variables, where None lets libvirt choose.
    """

    name: str
    owner: str
    uuid: str
    forwards: Sequence[_domain.Forward] = field(default_factory=tuple)
    nvram: str | None = None


def become(root: ET.Element, identity: Identity) -> list[str]:
    """Make a domain's XML that of another machine; return what was dropped, in plain words."""
    old = _xml.get(root, "name") or ""
    found: list[str] = []
    devices = root.find("devices")
    for device in list(devices) if devices is not None else ():
        taken = _unshareable(device)
        if taken is None:
            found += _loosen(device, old, identity.name)
        elif devices is not None:
            devices.remove(device)
            found.append(taken)
    _xml.put(root, "name", identity.name)
    _xml.put(root, "uuid", identity.uuid)
    found += _firmware(root, identity.nvram)
    _own_metadata(root, identity)
    return found + _network(root, identity)


def nvram_of(root: ET.Element) -> str | None:
    """Return the file with a machine's UEFI variables, when its definition names one."""
    return (_xml.get(root, "os/nvram") or "").strip() or None


def nvram_for(name: str, old: str) -> str:
    """Return where a machine of that name keeps its UEFI variables, when another has them in ``old``."""
    return os.path.join(os.path.dirname(old), f"{name}_VARS.fd")


def _unshareable(device: ET.Element) -> str | None:
    """Say what a device is that two machines cannot both have; None for every other."""
    kind = device.get("type", "")
    if device.tag in ("hostdev", "lease"):
        return f"{'host device' if device.tag == 'hostdev' else 'lease'} {kind}".strip()
    if device.tag == "interface" and kind in ("hostdev", "vdpa"):
        return f"network card of type {kind}"
    if device.tag == "tpm" and _xml.get(device, "backend@type") == "passthrough":
        return "the host's TPM"
    if device.tag == "channel" and kind in _OF_THE_HOST and kind != "unix":
        return f"channel of type {kind}"
    return None


def _loosen(device: ET.Element, old: str, new: str) -> list[str]:
    """Let libvirt choose again what was fixed and cannot be had twice."""
    found = []
    if device.tag == "graphics":
        found += _loosen_graphics(device)
    elif device.tag == "interface":
        found += _loosen_card(device)
    elif device.tag == "vsock":
        for cid in device.findall("cid"):
            cid.attrib.pop("address", None)
            cid.set("auto", "yes")
    elif device.tag in _CHARACTER_DEVICES and device.get("type") in _OF_THE_HOST:
        if device.tag != "channel":
            found.append(f"{device.tag} of type {device.get('type')}")
            device.set("type", "pty")
        for inner in [*device.findall("source"), *device.findall("protocol")]:
            device.remove(inner)
    return found + _rename_logs(device, old, new)


def _loosen_graphics(device: ET.Element) -> list[str]:
    port, found = device.get("port", "-1"), []
    if device.get("autoport") == "no" and port != "-1":
        found.append(f"fixed port {port} of {device.get('type')}")
        device.set("autoport", "yes")
    for key in ("port", "tlsPort", "websocket", "socket"):
        device.attrib.pop(key, None)
    for listen in device.findall("listen"):
        listen.attrib.pop("socket", None)
    return found


def _loosen_card(card: ET.Element) -> list[str]:
    found = []
    for target in card.findall("target"):
        name = target.get("dev", "")
        if name and not name.startswith(_ANY_TAP):
            found.append(f"fixed name {name} of a network card")
        card.remove(target)
    return found


def _rename_logs(device: ET.Element, old: str, new: str) -> list[str]:
    """Give a log that is named after the machine its new name; drop any other."""
    found = []
    for log in device.findall("log"):
        directory, name = os.path.split(log.get("file", ""))
        if name.startswith(old):
            log.set("file", os.path.join(directory, new + name[len(old) :]))
        else:
            found.append(f"log of the {device.tag}")
            device.remove(log)
    return found


def _firmware(root: ET.Element, nvram: str | None) -> list[str]:
    """Give what the firmware shows and keeps a new identity."""
    found = []
    for genid in root.findall("genid"):
        # Empty, libvirt makes a new one; without the element the guest would lose the device.
        genid.text = None
    for shown in root.findall("sysinfo"):
        for system in shown.findall("system"):
            found += _anonymous(system)
            if not len(system):
                # Its schema knows no system without any entry.
                shown.remove(system)
    for variables in root.findall("os/nvram"):
        variables.text = nvram
        for source in variables.findall("source"):
            variables.remove(source)
            # It says what the source is, and libvirt refuses it without one.
            variables.attrib.pop("type", None)
    return found


def _anonymous(system: ET.Element) -> list[str]:
    found = []
    for entry in system.findall("entry"):
        if entry.get("name") in ("uuid", "serial"):
            system.remove(entry)
        if entry.get("name") == "serial":
            found.append("serial number of the system")
    return found


def _own_metadata(root: ET.Element, identity: Identity) -> None:
    ours = _xml.put(root, _metadata.META, None)
    for old in ours.findall(_xml.expand("fuyajo:forward")):
        ours.remove(old)
    _xml.put(ours, "fuyajo:owner", identity.owner)
    for each in identity.forwards:
        element = ET.SubElement(ours, _xml.expand("fuyajo:forward"))
        element.attrib.update(guest=str(each.guest), host=str(each.host), address=each.address)


def _network(root: ET.Element, identity: Identity) -> list[str]:
    """Give every card an address of its own and every forwarded port one of the host's that is free."""
    cards = root.findall("devices/interface")
    guests = {str(each.guest): str(each.host) for each in identity.forwards}
    for index, card in enumerate(cards):
        _xml.put(card, "mac@address", _defaults.mac_for(identity.owner, identity.name, index))
        for port in card.findall("portForward/range"):
            guest = port.get("to") or port.get("start") or ""
            if guest in guests:
                port.set("start", guests[guest])
                port.set("to", guest)
    line = _xml.find(root, "qemu:commandline")
    if line is None:
        return []
    if not _is_user_net(line):
        root.remove(line)
        return ["arguments for QEMU"]
    # Loopback as in every line of ours: addresses in the metadata are anybody's text.
    forwards = [_domain.Forward(each.guest, each.host) for each in identity.forwards]
    mac = _defaults.mac_for(identity.owner, identity.name, len(cards))
    words = _domain.user_net_args(forwards, mac)
    for arg, word in zip(line.findall(_xml.expand("qemu:arg")), words):
        arg.set("value", word.value)
    return []


def _is_user_net(line: ET.Element) -> bool:
    """Say whether all of QEMU's own arguments are the user network that we write."""
    words = [_domain.QemuArg(arg.get("value", "")) for arg in line]
    document = _domain.Domain(qemu_args=words)
    plain = len(words) == 4 and (words[0].value, words[2].value) == ("-netdev", "-device")
    return plain and _domain.has_user_net(document)
