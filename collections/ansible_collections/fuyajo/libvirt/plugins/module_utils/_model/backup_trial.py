# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The machine that shows whether a backup starts, and what is noted about it afterwards. Pure.

It reaches nothing and nobody owns it: no network, no devices of the host, no metadata.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml

NOTE = "tested.json"
AGENT, LOGIN = "agent", "login"
# What a machine could reach somebody with, or hold that another one needs.
_DROPPED = frozenset(
    (
        "interface",
        "hostdev",
        "filesystem",
        "redirdev",
        "shmem",
        "lease",
        "smartcard",
        "vsock",
        "graphics",
    )
)
_PROMPT = b"login:"
# A prompt stands at the end of what was printed; a little may follow it.
_TAIL = 200


@dataclass
class Tested:
    """How it went: when (UTC), by which sign of life, after how many seconds, of which content."""

    at: str
    sign: str
    seconds: float
    digest: str


def trial_xml(text: str, nvram: str | None) -> str:
    """Return the definition of a restored machine without all that it could reach anybody with."""
    root = _xml.load(text)
    for above in root.findall("metadata"):
        root.remove(above)
    line = _xml.find(root, "qemu:commandline")
    if line is not None:
        # Ours alone gets this far, and that is a network.
        root.remove(line)
    devices = _xml.put(root, "devices", None)
    for device in list(devices):
        if device.tag in _DROPPED:
            devices.remove(device)
        for log in device.findall("log"):
            device.remove(log)
    for variables in root.findall("os/nvram"):
        variables.text = nvram
    for tag in ("on_poweroff", "on_crash"):
        for old in root.findall(tag):
            old.text = "destroy"
    return _xml.dump(root)


def has_console(text: str) -> bool:
    """Say whether there is a serial console that could be looked at."""
    root = _xml.load(text)
    return root.find("devices/serial") is not None or root.find("devices/console") is not None


def asks_for_login(printed: bytes) -> bool:
    """Say whether what a guest printed ends in the question who is there."""
    return _PROMPT in printed[-_TAIL:].lower()


def dump_tested(tested: Tested) -> bytes:
    """Return what is kept beside a backup."""
    return json.dumps(tested.__dict__, sort_keys=True).encode()


def load_tested(raw: bytes, digest: str) -> dict[str, Any] | None:
    """Return {at, sign, seconds} of a note about this very content; None for anything else."""
    try:
        found = json.loads(raw.decode())
        tested = Tested(**found)
    except (ValueError, TypeError):
        return None
    plain = isinstance(tested.at, str) and isinstance(tested.seconds, (int, float))
    if not plain or tested.digest != digest or tested.sign not in (AGENT, LOGIN):
        return None
    return {"at": tested.at[:40], "sign": tested.sign, "seconds": float(tested.seconds)}
