# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Events of machines: whoever waits is woken, instead of asking again and again."""

from __future__ import annotations

import contextlib
import threading
from typing import Any, Iterator

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import Calls, translated
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import facts as _facts
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import waiting as _waiting


class Watch:
    """What happens to one machine. ``stopped`` says why, once it stopped; a later start clears it."""

    def __init__(self, lib: Any) -> None:
        self.stopped: str | None = None
        self._lib = lib
        self._happened = threading.Event()

    def wait(self, seconds: float) -> bool:
        """Return when something happens, or after so many seconds; says whether anything did."""
        happened = self._happened.wait(seconds)
        if happened:  # else what happens right now would be lost
            self._happened.clear()
        return happened

    def on_life(self, _conn: Any, _domain: Any, event: int, detail: int, _more: Any) -> None:
        """Note a change of power. Called by libvirt's event loop, so it only takes notes."""
        if event == self._lib.VIR_DOMAIN_EVENT_STOPPED:
            self.stopped = _waiting.stop_detail(detail)
        elif event == self._lib.VIR_DOMAIN_EVENT_CRASHED:
            self.stopped = "it crashed"
        elif event == self._lib.VIR_DOMAIN_EVENT_STARTED:
            self.stopped = None
        self._happened.set()

    def on_agent(self, _conn: Any, _domain: Any, _state: int, _reason: int, _more: Any) -> None:
        """Note that the agent came or went."""
        self._happened.set()

    def on_any(self, *_what: Any) -> None:
        """Note that something happened, whatever it was."""
        self._happened.set()


# What libvirt tells of changes of a definition, of devices and of power. Not everything is told: a value
# that is changed in place (`setvcpus --config`) is not.
_TOLD = (
    "LIFECYCLE",
    "DEVICE_ADDED",
    "DEVICE_REMOVED",
    "DISK_CHANGE",
    "BALLOON_CHANGE",
    "METADATA_CHANGE",
    "TUNABLE",
    "BLOCK_JOB",
)


class EventCalls(Calls):
    """Watching machines."""

    @contextlib.contextmanager
    def watching_all(self) -> Iterator[Watch]:
        """Watch every machine while the block runs: those that come into being as well."""
        watch = Watch(self.lib)
        registered = []
        try:
            for name in _TOLD:
                event = getattr(self.lib, f"VIR_DOMAIN_EVENT_ID_{name}")
                with contextlib.suppress(self.lib.libvirtError):
                    registered.append(
                        self.conn.domainEventRegisterAny(None, event, watch.on_any, None)
                    )
            yield watch
        finally:
            for each in registered:
                with contextlib.suppress(self.lib.libvirtError):
                    self.conn.domainEventDeregisterAny(each)

    @contextlib.contextmanager
    def watching(self, handle: Any) -> Iterator[Watch]:
        """Watch one machine while the block runs."""
        watch = Watch(self.lib)
        wanted = (
            (self.lib.VIR_DOMAIN_EVENT_ID_LIFECYCLE, watch.on_life),
            (self.lib.VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE, watch.on_agent),
        )
        registered = []
        try:
            for event, note in wanted:
                # Without events (an old or a mock driver) the waiting is slower, not wrong.
                with contextlib.suppress(self.lib.libvirtError):
                    registered.append(self.conn.domainEventRegisterAny(handle, event, note, None))
            yield watch
        finally:
            for each in registered:
                with contextlib.suppress(self.lib.libvirtError):
                    self.conn.domainEventDeregisterAny(each)

    @translated
    def power(self, handle: Any) -> tuple[str, str]:
        """Return (state, why) of a machine; ``why`` is empty for one that simply runs."""
        state, reason = handle.state()
        name = _facts.state_name(state)
        if name == "stopped":
            return name, _waiting.off_reason(reason)
        if name == "paused":
            return name, _waiting.paused_reason(reason)
        return name, "it crashed" if name == "crashed" else ""
