# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests to the QEMU guest agent and its answers, as documents. Pure.

Whoever is root in a guest writes these answers: any size, any type, at any time. So every value is
taken only as the type it should have, and everything else is one kind of error.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    FAILED,
    INVALID,
    NOT_FOUND,
    UNAVAILABLE,
    FuyajoError,
)

# A request that does not fit into the socket buffer of the daemon (212992 bytes) is never sent to its end,
# and the agent hangs until its next synchronisation: measured with libvirt 9.0 and QEMU 7.2.
MAX_REQUEST = 160 * 1024
# What one request writes into a file of the guest, before base64.
WRITE_CHUNK = 96 * 1024
# libvirt's RPC carries 4 MiB of answer, and an answer of more than 10 MiB breaks its line to the agent until
# the agent is started anew. 1 MiB is as fast as more.
READ_CHUNK = 1024 * 1024
MAX_ANSWER = 4 * 1024 * 1024
_MAX_TEXT = 200
_INT64 = 2**63

BLOCKED = (
    "{command} is blocked by the guest's agent configuration (allow it in /etc/qemu/qemu-ga.conf; RHEL: "
    "remove it from BLACKLIST_RPC or --block-rpcs in /etc/sysconfig/qemu-ga; then restart qemu-guest-agent)"
)


class AgentError(FuyajoError):
    """What the agent, or the way to it, said no with. ``reason`` is one of the words below."""

    def __init__(self, reason: str, message: str, kind: str = FAILED) -> None:
        super().__init__(message, kind)
        self.reason = reason


OFF, NO_CHANNEL, NOT_CONNECTED, SILENT, BUSY, BROKEN = (
    "off",
    "no channel",
    "not connected",
    "silent",
    "busy",
    "broken",
)
BLOCKED_HERE, UNKNOWN, MISSING, REFUSED, MALFORMED = (
    "blocked",
    "unknown",
    "missing",
    "refused",
    "malformed",
)
# Whoever gets one of these need not ask again.
GONE = (OFF, NOT_CONNECTED, SILENT, BUSY, BROKEN)
# What libvirt's (or the agent's) own words say; the first match counts.
_SIGNS = (
    ("domain is not running", OFF, "the machine is not running", CONFLICT),
    (
        "guest agent is not configured",
        NO_CHANNEL,
        "the machine has no channel for a guest agent (org.qemu.guest_agent.0)",
        INVALID,
    ),
    (
        "agent is not connected",
        NOT_CONNECTED,
        "the guest agent is not connected: the guest is starting, or qemu-guest-agent does not run in it",
        UNAVAILABLE,
    ),
    (
        "cannot acquire state change lock",
        BUSY,
        "the machine is busy with another request (libvirt's lock is held), possibly one to an agent that "
        "does not answer",
        UNAVAILABLE,
    ),
    (
        "not available due to an error",
        BROKEN,
        "libvirt gave up its line to the guest agent after an error; it comes back when qemu-guest-agent is "
        "restarted in the guest",
        UNAVAILABLE,
    ),
    (
        "agent response found in",
        BROKEN,
        "the guest agent sent more than libvirt takes; libvirt has given up its line to it until "
        "qemu-guest-agent is restarted in the guest",
        FAILED,
    ),
    (
        "unable to encode message payload",
        MALFORMED,
        "the guest agent's answer is larger than libvirt can carry (4 MiB)",
        FAILED,
    ),
    ("has been disabled", BLOCKED_HERE, BLOCKED, INVALID),
    ("has been blocked", BLOCKED_HERE, BLOCKED, INVALID),
    ("command is not allowed", BLOCKED_HERE, BLOCKED, INVALID),
    (
        "has not been found",
        UNKNOWN,
        "the guest's agent does not know {command}, or forgot what it was about",
        FAILED,
    ),
    ("no such file or directory", MISSING, "the guest has no such file: {said}", NOT_FOUND),
)
_SILENT = (
    "the guest agent does not answer: the guest is overloaded or hangs, or qemu-guest-agent in it does. "
    "Nothing that was started in it has been stopped"
)


def refusal(command: str, said: str, unresponsive: bool = False) -> AgentError:
    """Return the error for what libvirt said when ``command`` failed.

    ``unresponsive`` says that libvirt's error code was VIR_ERR_AGENT_UNRESPONSIVE.
    """
    lower = said.lower()
    for sign, reason, text, kind in _SIGNS:
        if sign in lower:
            return AgentError(reason, text.format(command=command, said=plain(said)), kind)
    if unresponsive:
        return AgentError(SILENT, _SILENT, UNAVAILABLE)
    return AgentError(REFUSED, f"the guest agent refused {command}: {plain(said)}")


def plain(text: str, limit: int = _MAX_TEXT) -> str:
    """Return one printable line of what a guest said."""
    # libvirt puts a sentence of its own in front of the agent's words.
    _before, _found, short = text.rpartition("unable to execute QEMU agent command ")
    short = short.partition("': ")[2] or short
    line = " ".join("".join(c if c.isprintable() else " " for c in short).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def request(command: str, **arguments: Any) -> str:
    """Return the text of a request; raises FuyajoError (invalid) when it is too long to be sent."""
    document: dict[str, Any] = {"execute": command}
    if arguments:
        document["arguments"] = arguments
    text = json.dumps(document)
    if len(text) > MAX_REQUEST:
        raise FuyajoError(
            f"{command}: {len(text)} bytes are more than an agent takes at a time ({MAX_REQUEST})",
            INVALID,
        )
    return text


def fits(command: str, **arguments: Any) -> bool:
    """Say whether a request is short enough to be sent."""
    return len(json.dumps({"execute": command, "arguments": arguments})) <= MAX_REQUEST


def answer(command: str, text: Any) -> Any:
    """Return what an answer holds, of whatever type; raises AgentError when it is no answer at all."""
    if not isinstance(text, str) or len(text) > MAX_ANSWER:
        raise malformed(command)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise malformed(command) from None
    if not isinstance(document, dict) or "return" not in document:
        raise malformed(command)
    return document["return"]


def malformed(command: str) -> AgentError:
    """Return the error for an answer that makes no sense."""
    return AgentError(MALFORMED, f"the guest agent's answer to {command} makes no sense")


def number(command: str, value: Any) -> int:
    """Return a whole number that is not negative (a pid, a handle, a count)."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _INT64:
        raise malformed(command)
    return value


def member(command: str, value: Any, key: str) -> Any:
    """Return one member of an answer that has to be an object, or None."""
    if not isinstance(value, dict):
        raise malformed(command)
    return value.get(key)


def data(command: str, value: Any) -> bytes:
    """Return the bytes of a base64 text; None is no bytes."""
    if value is None:
        return b""
    if not isinstance(value, str):
        raise malformed(command)
    try:
        return base64.b64decode(value, validate=True)
    except (ValueError, binascii.Error):
        raise malformed(command) from None


def encoded(raw: bytes) -> str:
    """Return the base64 text that requests carry."""
    return base64.b64encode(raw).decode("ascii")


@dataclass(frozen=True)
class Status:
    """How a program in a guest is. ``code`` is 128 plus the signal's number when one ended it."""

    exited: bool
    code: int = 0
    out: bytes = b""
    err: bytes = b""
    truncated: bool = False


def status(value: Any) -> Status:
    """Return the checked answer of guest-exec-status."""
    command = "guest-exec-status"
    exited = member(command, value, "exited")
    if not isinstance(exited, bool):
        raise malformed(command)
    if not exited:
        return Status(False)
    code, signal = value.get("exitcode"), value.get("signal")
    # Windows has exit codes up to 2**32; a program that a signal ended has no code.
    if code is not None:
        code = number(command, code)
    elif signal is not None:
        code = 128 + min(number(command, signal), 127)
    else:
        code = 0
    cut = value.get("out-truncated") is True or value.get("err-truncated") is True
    out, err = data(command, value.get("out-data")), data(command, value.get("err-data"))
    return Status(True, code, out, err, cut)


def piece(value: Any, most: int) -> tuple[bytes, bool]:
    """Return (bytes, whether the file ends here) of an answer of guest-file-read."""
    command = "guest-file-read"
    raw = data(command, member(command, value, "buf-b64"))
    if len(raw) > most:
        raise malformed(command)
    # Agents send less than was asked for only at the end; one that would send single bytes must not keep us.
    return raw, value.get("eof") is True or len(raw) < most
