# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine's definition becomes that of its copy. Pure.

The XML that was read is edited, so what we do not know comes along. What must not exist twice gets a new
value (identity, addresses, ports, files that are written to), or is dropped, and that is told.
"""

from __future__ import annotations

import os
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import defaults as _defaults
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import snapshot as _snapshot
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml

# Our own metadata element is written anew by every change; this one only says where a clone came from.
_ORIGIN = "{urn:fuyajo:clone:1}clone"
_OURS = "metadata/fuyajo:vm"
_CHARACTER_DEVICES = ("serial", "parallel", "console", "channel")
_OF_THE_HOST = ("tcp", "udp", "file", "pipe", "dev", "unix")


@dataclass
class Clone:
    """What the copy gets of its own. ``files`` by disk target: (path, format)."""

    name: str
    owner: str
    uuid: str
    source: str
    source_uuid: str | None
    forwards: list[_domain.Forward] = field(default_factory=list)
    files: dict[str, tuple[str, str]] = field(default_factory=dict)
    nvram: str | None = None
    unfinished: str | None = None


def cloned(text: str, clone: Clone) -> str:
    """Return the domain XML of the copy of a domain XML."""
    root = _xml.load(text)
    old = _xml.get(root, "name") or ""
    drop_unshareable(root, old)
    _xml.put(root, "name", clone.name)
    _xml.put(root, "uuid", clone.uuid)
    _metadata(root, clone)
    _identities(root)
    _nvram(root, clone.nvram)
    _cards(root, clone)
    return _snapshot.pointed(_rename_logs(_xml.dump(root), old, clone.name), clone.files)


def dropped(text: str) -> list[str]:
    """Return what a copy of a domain XML will not have, or only anew, in plain words."""
    root = _xml.load(text)
    found = drop_unshareable(root, _xml.get(root, "name") or "")
    if root.find("devices/tpm") is not None:
        found.append("what the TPM holds")
    return sorted(found)


def origin(text: str) -> str | None:
    """Return the name of the machine that this one was cloned from, or None."""
    mark = _xml.load(text).find(f"metadata/{_ORIGIN}")
    return None if mark is None else mark.get("source")


def is_unfinished(text: str) -> bool:
    """Say whether the making of a machine was not finished."""
    return bool(_xml.get(_xml.load(text), f"{_OURS}/fuyajo:unfinished"))


def nvram_of(text: str) -> str | None:
    """Return the file with a machine's UEFI variables, when its definition names one."""
    return _xml.get(_xml.load(text), "os/nvram") or None


def volume_for(clone: str, source: str, seen: _snapshot.DiskSeen, root: bool) -> str:
    """Return the name of the volume that a copy's disk becomes."""
    name, ending = os.path.basename(seen.path or ""), "qcow2" if seen.format == "qcow2" else "raw"
    plain = name.startswith(f"{source}.") and not _snapshot.is_overlay(source, name)
    if plain and name.endswith(f".{ending}"):
        return clone + name[len(source) :]
    if root and ending == "qcow2":
        return _storage.disk_name(clone)
    return f"{clone}.{seen.target}.{ending}"


def drop_unshareable(root: ET.Element, name: str) -> list[str]:
    """Remove what two machines cannot both have; return what it was, in plain words."""
    found: list[str] = []
    devices = root.find("devices")
    for device in list(devices) if devices is not None else ():
        taken = _drop_device(device)
        if taken is not None and devices is not None:
            devices.remove(device)
            found.append(taken)
        found += _loosen(device, name)
    line = root.find(_xml.expand("qemu:commandline"))
    if line is not None and not _is_user_net(line):
        root.remove(line)
        found.append("arguments for QEMU")
    return found


def _drop_device(device: ET.Element) -> str | None:
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


def _loosen(device: ET.Element, name: str) -> list[str]:
    """Let libvirt choose again what was fixed and cannot be had twice."""
    found = []
    if device.tag == "graphics":
        found += _loosen_graphics(device)
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
    for log in device.findall("log"):
        if not os.path.basename(log.get("file", "")).startswith(name):
            found.append(f"log of the {device.tag}")
            device.remove(log)
    return found


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


def _rename_logs(text: str, old: str, new: str) -> str:
    root = _xml.load(text)
    for log in root.findall("devices/*/log"):
        directory, name = os.path.split(log.get("file", ""))
        log.set("file", os.path.join(directory, new + name[len(old) :]))
    return _xml.dump(root)


def _metadata(root: ET.Element, clone: Clone) -> None:
    """Our metadata comes along, with the new owner and ports; digests do not."""
    ours = _xml.put(root, _OURS, None)
    for key in ("forward", "unfinished", "spec_digest", "seed"):
        for old in ours.findall(_xml.expand(f"fuyajo:{key}")):
            ours.remove(old)
    _xml.put(ours, "fuyajo:owner", clone.owner)
    if clone.unfinished is not None:
        _xml.put(ours, "fuyajo:unfinished", clone.unfinished)
    for each in clone.forwards:
        element = ET.SubElement(ours, _xml.expand("fuyajo:forward"))
        element.attrib.update(guest=str(each.guest), host=str(each.host), address=each.address)
    above = _xml.put(root, "metadata", None)
    for old in above.findall(_ORIGIN):
        above.remove(old)
    mark = ET.SubElement(above, _ORIGIN, source=clone.source)
    if clone.source_uuid:
        mark.set("uuid", clone.source_uuid)


def _identities(root: ET.Element) -> None:
    for genid in root.findall("genid"):
        genid.text = None
    for system in root.findall("sysinfo/system"):
        for entry in system.findall("entry"):
            if entry.get("name") in ("uuid", "serial"):
                system.remove(entry)


def _nvram(root: ET.Element, path: str | None) -> None:
    for nvram in root.findall("os/nvram"):
        nvram.text = path
        for source in nvram.findall("source"):
            nvram.remove(source)


def _cards(root: ET.Element, clone: Clone) -> None:
    cards = root.findall("devices/interface")
    guests = {str(each.guest): str(each.host) for each in clone.forwards}
    for index, card in enumerate(cards):
        _xml.put(card, "mac@address", _defaults.mac_for(clone.owner, clone.name, index))
        for port in card.findall("portForward/range"):
            guest = port.get("to") or port.get("start") or ""
            if guest in guests:
                port.set("start", guests[guest])
                port.set("to", guest)
    line = root.find(_xml.expand("qemu:commandline"))
    if line is not None:
        mac = _defaults.mac_for(clone.owner, clone.name, len(cards))
        words = _domain.user_net_args(clone.forwards, mac)
        for arg, word in zip(line.findall(_xml.expand("qemu:arg")), words):
            arg.set("value", word.value)


def _is_user_net(line: ET.Element) -> bool:
    """Say whether all of QEMU's own arguments are the user network that we write."""
    words = [_domain.QemuArg(arg.get("value", "")) for arg in line]
    document = _domain.Domain(qemu_args=words)
    plain = len(words) == 4 and (words[0].value, words[2].value) == ("-netdev", "-device")
    return plain and _domain.has_user_net(document)
