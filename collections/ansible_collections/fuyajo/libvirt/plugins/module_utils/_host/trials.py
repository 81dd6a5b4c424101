# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Machines that live as long as whoever started them: libvirt ends them with the connection."""

from __future__ import annotations

import threading
import time
from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import translated
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.console import ConsoleCalls
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import backup_trial as _trial
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import waiting as _waiting
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.agent import AgentError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    FAILED,
    FuyajoError,
)

_LOOK_SECONDS = 1.0
_KEPT = 4096


class Trials(ConsoleCalls):
    """The calls about such machines on a connection that is open already."""

    def __init__(self, host: Host) -> None:
        self.conn, self.lib, self.uri = host.conn, host.lib, host.uri
        self._host = host

    @translated
    def begin(self, xml: str) -> Any:
        """Make a machine that is defined nowhere, and ends when this connection does. It is still paused."""
        flags = self.lib.VIR_DOMAIN_START_AUTODESTROY | self.lib.VIR_DOMAIN_START_PAUSED
        return self.conn.createXML(xml, flags)

    def end(self, handle: Any) -> None:
        """Pull its plug; one that ended by itself is fine."""
        try:
            handle.destroy()
        except self.lib.libvirtError as error:
            code = error.get_error_code()
            if code not in (self.lib.VIR_ERR_NO_DOMAIN, self.lib.VIR_ERR_OPERATION_INVALID):
                raise FuyajoError(str(error), FAILED) from None

    def sign_of_life(self, handle: Any, seconds: float) -> str:
        """Let it run; return by what it was seen that its guest is up, or raise FuyajoError."""
        deadline = time.monotonic() + seconds
        woken = threading.Event()
        console = self.console(handle, woken.set)
        printed = b""
        try:
            self._host.resume(handle)  # now that somebody listens
            while True:
                printed = (printed + console.take()[0])[-_KEPT:]
                if _trial.asks_for_login(printed):
                    return _trial.LOGIN
                if self._agent_answers(handle):
                    return _trial.AGENT
                left = deadline - time.monotonic()
                if left <= 0:
                    raise FuyajoError(_silent(seconds, printed), FAILED)
                self._refuse_ended(handle)
                woken.wait(min(left, _LOOK_SECONDS))
                woken.clear()
        finally:
            console.close()

    def _agent_answers(self, handle: Any) -> bool:
        try:
            if self._channel(handle) != _waiting.CONNECTED:
                return False
            self._host.ask_agent(handle, "guest-ping", 5.0)
        except AgentError:
            return False
        return True

    def _channel(self, handle: Any) -> str | None:
        try:
            return self._host.agent_channel(handle)
        except self.lib.libvirtError:
            return None

    def _refuse_ended(self, handle: Any) -> None:
        try:
            alive = bool(handle.isActive())
        except self.lib.libvirtError:
            alive = False
        if not alive:
            raise FuyajoError("the machine from the backup ended before it was up", FAILED)


def _silent(seconds: float, printed: bytes) -> str:
    """What a guest printed is anybody's text, so only how much it was is told."""
    said = "printed nothing" if not printed else "printed something, but asked for no login"
    return (
        f"no sign of life of the machine from the backup within {seconds:g} s: its console {said}, "
        "and no guest agent answers"
    )
