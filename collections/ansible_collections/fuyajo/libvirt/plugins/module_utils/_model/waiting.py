# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is seen while a machine is waited for, as words a person can act on. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.agent import plain

CONNECTED, DISCONNECTED = "connected", "disconnected"
AGENT_CHANNEL = "org.qemu.guest_agent.0"

# virDomainShutoffReason; the details of the event "stopped" are the same, counted from 0.
_OFF_REASONS = {
    1: "it was shut down",
    2: "it was destroyed",
    3: "it crashed",
    4: "it was migrated away",
    5: "it was saved",
    6: "it could not be started",
    7: "a snapshot of the machine being off was restored",
    8: "libvirt was started anew and did not find it",
}
# virDomainPausedReason
_PAUSED_REASONS = {
    1: "by a user",
    2: "for a migration",
    3: "for a save",
    4: "for a dump",
    5: "after an I/O error: is the host's disk full?",
    6: "by its watchdog",
    7: "for a snapshot",
    10: "because it crashed",
}
_STAGE = re.compile(r"[a-z][a-z-]{0,40}", re.ASCII)


def off_reason(reason: int) -> str:
    """Return why a machine is off, from libvirt's number for it."""
    return _OFF_REASONS.get(reason, "it was never started")


def stop_detail(detail: int) -> str:
    """Return why a machine stopped, from the detail of libvirt's event."""
    return _OFF_REASONS.get(detail + 1, "it stopped")


def paused_reason(reason: int) -> str:
    """Return why a machine is paused."""
    return "paused " + _PAUSED_REASONS.get(reason, "for an unknown reason")


def channel_state(live_xml: str) -> str | None:
    """Return ``connected`` or ``disconnected``, or None when there is no channel for an agent."""
    for target in _xml.load(live_xml).findall("devices/channel/target"):
        if target.get("name") == AGENT_CHANNEL:
            connected = target.get("state") == CONNECTED
            return CONNECTED if connected else DISCONNECTED
    return None


@dataclass(frozen=True)
class Lease:
    """An address that the host's DHCP server gave to a card. ``expires`` in seconds of the host's clock."""

    network: str
    mac: str
    address: str
    expires: int


def stale(leases: list[Lease], before: frozenset[Lease]) -> tuple[list[Lease], list[Lease]]:
    """Return (leases that count, those that are older than the machine's start).

    A lease is written anew, with another time, whenever the guest asks for it.
    """
    fresh = [lease for lease in leases if lease not in before]
    known = {lease.address for lease in fresh}
    return fresh, [lease for lease in leases if lease in before and lease.address not in known]


@dataclass(frozen=True)
class CloudInit:
    """How far cloud-init is in a guest: ``done``, or a stage; ``error`` is the first line it failed with."""

    done: bool = False
    stage: str | None = None
    error: str | None = None


def cloud_init(result: bytes | None, status: bytes | None) -> CloudInit:
    """Return what result.json and status.json of a guest's /run/cloud-init say; None where one is missing."""
    now = _v1(status)
    errors = _texts(_v1(result).get("errors"))
    for stage in now.values():
        if isinstance(stage, dict):
            errors += _texts(stage.get("errors"))
    stage = now.get("stage")
    named = stage if isinstance(stage, str) and _STAGE.fullmatch(stage) else None
    done = bool(_v1(result))
    # A stage that failed does not end the others; what they are worth is known when all have ended.
    return CloudInit(done, named, errors[0] if errors and done else None)


def _v1(raw: bytes | None) -> dict[str, Any]:
    try:
        document = json.loads(raw or b"")
    except (ValueError, RecursionError):
        return {}
    found = document.get("v1") if isinstance(document, dict) else None
    return found if isinstance(found, dict) else {}


def _texts(value: Any) -> list[str]:
    given = value[:10] if isinstance(value, list) else []
    return [plain(text) for text in given if isinstance(text, str) and text.strip()]
