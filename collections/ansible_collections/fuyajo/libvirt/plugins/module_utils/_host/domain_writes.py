# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Definitions and power of machines. Every method is one act."""

from __future__ import annotations

import time
from typing import Any, cast

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import translated, until
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.domains import DomainReads
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    FuyajoError,
)

# A guest that is still booting does not hear the power button; press it again now and then.
_PRESS_AGAIN = 5.0


class DomainWrites(DomainReads):
    """Definitions and power of machines."""

    @translated
    def define(self, xml: str) -> Any:
        """Make or change a machine's definition; returns its handle."""
        # libvirt's mock driver knows elements that its own schema does not.
        flags = 0 if self.is_mock else self.lib.VIR_DOMAIN_DEFINE_VALIDATE
        return self.conn.defineXMLFlags(xml, flags)

    @translated
    def refuse_changed(self, handle: Any, read: str) -> None:
        """Raise FuyajoError(kind=conflict) when a definition is not what was read any more."""
        if handle.XMLDesc(self.lib.VIR_DOMAIN_XML_INACTIVE) != read:
            raise FuyajoError(
                f"the machine {handle.name()} was changed meanwhile by somebody else; try again",
                CONFLICT,
            )

    @translated
    def redefine(self, handle: Any, read: str, xml: str) -> None:
        """Change a machine's definition, if that is still ``read``.

        libvirt has no compare-and-set, so another writer can still come between the two calls; that
        is a millisecond, where planning and stopping may have taken minutes.
        """
        self.refuse_changed(handle, read)
        self.define(xml)

    @translated
    def full_definition(self, handle: Any) -> str:
        """Return what a machine is at its next start, with its secrets, to be defined again."""
        flags = self.lib.VIR_DOMAIN_XML_INACTIVE | self.lib.VIR_DOMAIN_XML_SECURE
        return cast("str", handle.XMLDesc(flags))

    @translated
    def rename(self, handle: Any, name: str) -> None:
        """Give a machine that is off another name, with its snapshots; a taken one is a conflict."""
        try:
            handle.rename(name, 0)
        except self.lib.libvirtError:
            if self.lookup(name) is None:
                raise
            raise FuyajoError(f"the name {name} is taken by another machine", CONFLICT) from None

    @translated
    def start(self, handle: Any, paused: bool = False) -> None:
        """Start a machine, or restore it when its memory was saved; one that runs by now is fine."""
        if paused and self.is_mock:
            # libvirt's mock driver cannot do both at once, and nothing runs in it that would mind.
            handle.create()
            handle.suspend()
            return
        try:
            handle.createWithFlags(self.lib.VIR_DOMAIN_START_PAUSED if paused else 0)
        except self.lib.libvirtError as error:
            invalid = error.get_error_code() == self.lib.VIR_ERR_OPERATION_INVALID
            if not invalid or not handle.isActive():
                raise

    @translated
    def resume(self, handle: Any) -> None:
        """Let a paused machine go on; one that does by now is fine, one that ended is started.

        A machine that is being started looks paused, also one whose start was cut off until libvirtd,
        started again, has ended it.
        """
        try:
            handle.resume()
        except self.lib.libvirtError as error:
            if error.get_error_code() != self.lib.VIR_ERR_OPERATION_INVALID:
                raise
            if not handle.isActive():
                handle.create()
            elif handle.state()[0] != self.lib.VIR_DOMAIN_RUNNING:
                raise

    @translated
    def suspend(self, handle: Any) -> None:
        """Pause a machine; its memory stays where it is."""
        handle.suspend()

    @translated
    def wake(self, handle: Any) -> None:
        """Wake a machine whose guest put itself to sleep."""
        handle.pMWakeup(0)

    @translated
    def stop(self, handle: Any, timeout: float) -> str:
        """Stop a machine and return how: ``shutdown``, or ``destroy`` when it did not listen.

        ``timeout`` in seconds is what the guest gets to power off; 0 pulls the plug at once.
        """
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            try:
                handle.shutdown()
            except self.lib.libvirtError:
                # Off meanwhile, or nothing in there can be asked: the plug decides.
                left = min(left, 1.0)
                deadline = 0.0
            if until(lambda: not self.is_active(handle), min(left, _PRESS_AGAIN)):
                return "shutdown"
        self.destroy(handle)
        return "destroy"

    @translated
    def destroy(self, handle: Any) -> None:
        """Pull the plug; a machine that is off already, or gone, is fine."""
        try:
            handle.destroy()
        except self.lib.libvirtError as error:
            fine = (self.lib.VIR_ERR_OPERATION_INVALID, self.lib.VIR_ERR_NO_DOMAIN)
            if error.get_error_code() not in fine:
                raise

    @translated
    def has_saved_memory(self, handle: Any) -> bool:
        """Say whether the next start restores saved memory, with the hardware of that time."""
        return bool(handle.hasManagedSaveImage(0))

    @translated
    def undefine(self, handle: Any) -> None:
        """Forget a machine with everything libvirt keeps for it except its disks.

        That is saved memory, UEFI variables, TPM state, and what is noted about snapshots and
        checkpoints. A machine that is gone already (it was transient) is fine.
        """
        # No number is written here: the incumbent's flag for its own use is libvirt's for the TPM.
        flags = [
            self.lib.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE,
            self.lib.VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA,
            self.lib.VIR_DOMAIN_UNDEFINE_NVRAM,
            getattr(self.lib, "VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA", 0),
            getattr(self.lib, "VIR_DOMAIN_UNDEFINE_TPM", 0),
        ]
        unknown = (self.lib.VIR_ERR_INVALID_ARG, self.lib.VIR_ERR_NO_SUPPORT)
        while True:
            try:
                handle.undefineFlags(sum(flags))
                return
            except self.lib.libvirtError as error:
                if error.get_error_code() == self.lib.VIR_ERR_NO_DOMAIN:
                    return
                if error.get_error_code() not in unknown or len(flags) == 1:
                    raise
            # An older libvirt does not know the newest of them.
            flags.pop()

    @translated
    def set_meta(self, handle: Any, meta: _domain.Meta, config: bool, live: bool) -> None:
        """Write our metadata into a machine's definition, or into what runs, or both."""
        flags = self.lib.VIR_DOMAIN_AFFECT_CONFIG if config else 0
        flags |= self.lib.VIR_DOMAIN_AFFECT_LIVE if live else 0
        which = self.lib.VIR_DOMAIN_METADATA_ELEMENT
        handle.setMetadata(which, _domain.build_meta(meta), "fuyajo", _domain.NAMESPACE, flags)

    @translated
    def set_title(self, handle: Any, text: str | None, active: bool) -> None:
        """Write a machine's title or take it away, for its next start and, if ``active``, now."""
        self._set_text(handle, self.lib.VIR_DOMAIN_METADATA_TITLE, text, active)

    @translated
    def set_description(self, handle: Any, text: str | None, active: bool) -> None:
        """Write a machine's description or take it away, as `set_title` does."""
        self._set_text(handle, self.lib.VIR_DOMAIN_METADATA_DESCRIPTION, text, active)

    def _set_text(self, handle: Any, which: int, text: str | None, active: bool) -> None:
        flags = self.lib.VIR_DOMAIN_AFFECT_CONFIG
        if active:
            flags |= self.lib.VIR_DOMAIN_AFFECT_LIVE
        handle.setMetadata(which, text or None, None, None, flags)

    @translated
    def set_autostart(self, handle: Any, on: bool) -> None:
        """Say whether a machine starts with the host."""
        handle.setAutostart(int(on))

    @translated
    def autostarted(self) -> set[str]:
        """Return the UUIDs of all machines that start with the host, in one call."""
        flag = self.lib.VIR_CONNECT_LIST_DOMAINS_AUTOSTART
        return {handle.UUIDString() for handle in self.conn.listAllDomains(flag)}

    @translated
    def transients(self) -> set[str]:
        """Return the UUIDs of the machines that have no definition: off means gone. One call."""
        flag = self.lib.VIR_CONNECT_LIST_DOMAINS_TRANSIENT
        return {handle.UUIDString() for handle in self.conn.listAllDomains(flag)}
