# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls about machines. Every method is one question or one act."""

from __future__ import annotations

import time
from typing import Any, Callable, Iterable, cast

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.addresses import AddressCalls
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import (
    many,
    translated,
    until,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import facts as _facts
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.checker import UUID
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    NOT_FOUND,
    FuyajoError,
)

# A guest that is still booting does not hear the power button; press it again now and then.
_PRESS_AGAIN = 5.0


class DomainCalls(AddressCalls):
    """Reads and writes of machines."""

    @translated
    def domains(self) -> dict[str, Any]:
        """Return {name: handle} of every machine, in one call."""
        return {handle.name(): handle for handle in self.conn.listAllDomains(0)}

    @translated
    def domain_xml(self, handle: Any) -> str:
        """Return what a machine is at its next start."""
        return cast("str", handle.XMLDesc(self.lib.VIR_DOMAIN_XML_INACTIVE))

    @translated
    def live_xml(self, handle: Any) -> str:
        """Return what a machine is now."""
        return cast("str", handle.XMLDesc(0))

    @translated
    def domain_info(self, handle: Any) -> tuple[str, int, int]:
        """Return (state, memory in MiB, cpus) of a machine as it is now."""
        state, most, _now, cpus, _time = handle.info()
        return _facts.state_name(state), -(-most // 1024), cpus

    @translated
    def disk_bytes(self, handle: Any, path: str) -> int | None:
        """Return a disk's virtual size, or None when the host cannot tell."""
        try:
            if self.is_mock:
                # libvirt's mock driver gives every disk the same size.
                return int(self.conn.storageVolLookupByPath(path).info()[1])
            return int(handle.blockInfo(path)[0])
        except self.lib.libvirtError:
            return None

    def domain_xmls(self, handles: Iterable[Any]) -> list[str]:
        """Return the documents of many machines; those that vanish meanwhile are left out."""
        xmls = many(self._xml_or_none, list(handles), self.readers)
        return [xml for xml in xmls if xml is not None]

    def documents(self, handles: dict[str, Any]) -> dict[str, list[str]]:
        """Return {name: [as it is now, as it starts next]} of many machines."""
        names = sorted(handles)
        now = many(self._live_or_none, [handles[name] for name in names], self.readers)
        later = many(self._xml_or_none, [handles[name] for name in names], self.readers)
        pairs = zip(names, now, later)
        return {name: [xml for xml in both if xml is not None] for name, *both in pairs}

    def _live_or_none(self, handle: Any) -> str | None:
        return self._if_there(self.live_xml, handle)

    def _xml_or_none(self, handle: Any) -> str | None:
        return self._if_there(self.domain_xml, handle)

    def _if_there(self, read: Callable[[Any], str], handle: Any) -> str | None:
        try:
            return read(handle)
        except FuyajoError as error:
            if error.kind != NOT_FOUND:
                raise
            return None

    @translated
    def list_vms(self, agent: bool = False, addresses: bool = False) -> list[dict[str, Any]]:
        """Return the facts of every machine, sorted by name; ``owner`` None when not ours.

        Without ``addresses`` only forwarded ports are told: anything else is a question per machine.
        """
        handles = self.conn.listAllDomains(0)
        states = self._bulk_stats(handles)
        xmls = many(self._xml_or_none, handles, self.readers)
        found = []
        for handle, xml in zip(handles, xmls):
            if xml is not None:
                state, sizes = states.get(handle.UUIDString(), ("unknown", {}))
                document = _domain.parse_domain(xml)
                facts = self._facts(document, state, sizes)
                if addresses:
                    facts = self.with_addresses(facts, handle, document, agent)
                found.append(facts)
        return sorted(found, key=lambda facts: str(facts["name"]))

    @translated
    def vm(self, name: str, agent: bool = False, addresses: bool = True) -> dict[str, Any] | None:
        """Return the facts of one machine, or None. With ``agent`` its guest is asked for addresses."""
        handle = self.lookup(name)
        return None if handle is None else self.vm_facts(handle, agent, addresses)

    def find(self, name: str) -> Any | None:
        """Return the handle of the machine with that UUID, otherwise of that name, or None.

        In this order, so that a machine that is named like another one's UUID is harmless.
        """
        return (self._by_uuid(name) if UUID.fullmatch(name.lower()) else None) or self.lookup(name)

    @translated
    def _by_uuid(self, uuid: str) -> Any | None:
        try:
            return self.conn.lookupByUUIDString(uuid.lower())
        except self.lib.libvirtError as error:
            if error.get_error_code() == self.lib.VIR_ERR_NO_DOMAIN:
                return None
            raise

    @translated
    def lookup(self, name: str) -> Any | None:
        """Return the handle of one machine, or None."""
        try:
            return self.conn.lookupByName(name)
        except self.lib.libvirtError as error:
            if error.get_error_code() == self.lib.VIR_ERR_NO_DOMAIN:
                return None
            raise

    def vm_facts(self, handle: Any, agent: bool = False, addresses: bool = True) -> dict[str, Any]:
        """Return the facts of a machine that was looked up, addresses included."""
        document = _domain.parse_domain(self.domain_xml(handle))
        disk = _facts.root_disk(document)
        size = self.disk_bytes(handle, disk.path) if disk and disk.path else None
        facts = _facts.vm_facts(document, self.domain_info(handle)[0], size)
        if not addresses and not agent:
            return facts
        return self.with_addresses(facts, handle, document, agent)

    def _facts(self, document: _domain.Domain, state: str, sizes: dict[str, int]) -> dict[str, Any]:
        disk = _facts.root_disk(document)
        return _facts.vm_facts(document, state, sizes.get(disk.path) if disk else None)

    def _bulk_stats(self, handles: list[Any]) -> dict[str, tuple[str, dict[str, int]]]:
        """Return {uuid: (state, {disk file: bytes})} of every machine, in one call."""
        groups = self.lib.VIR_DOMAIN_STATS_STATE | self.lib.VIR_DOMAIN_STATS_BLOCK
        try:
            # A machine that is busy answers with less instead of making everybody wait.
            records = self.conn.getAllDomainStats(
                groups, self.lib.VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT
            )
        except self.lib.libvirtError:
            return {h.UUIDString(): (self.domain_info(h)[0], {}) for h in handles}
        found = {}
        for handle, values in records:
            sizes = {
                values[f"block.{i}.path"]: values[f"block.{i}.capacity"]
                for i in range(values.get("block.count", 0))
                if f"block.{i}.path" in values and f"block.{i}.capacity" in values
            }
            state = _facts.state_name(values.get("state.state", 0))
            found[handle.UUIDString()] = (state, sizes)
        return found

    @translated
    def define(self, xml: str) -> Any:
        """Make or change a machine's definition; returns its handle."""
        # libvirt's mock driver knows elements that its own schema does not.
        flags = 0 if self.is_mock else self.lib.VIR_DOMAIN_DEFINE_VALIDATE
        return self.conn.defineXMLFlags(xml, flags)

    @translated
    def start(self, handle: Any) -> None:
        """Start a machine."""
        handle.create()

    @translated
    def resume(self, handle: Any) -> None:
        """Let a paused machine go on."""
        handle.resume()

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
        """Pull the plug; a machine that is off already is fine."""
        try:
            handle.destroy()
        except self.lib.libvirtError as error:
            if error.get_error_code() != self.lib.VIR_ERR_OPERATION_INVALID:
                raise

    @translated
    def is_active(self, handle: Any) -> bool:
        """Say whether a machine runs (or is paused)."""
        return bool(handle.isActive())

    @translated
    def undefine(self, handle: Any) -> None:
        """Forget a machine with everything libvirt keeps for it except its disks."""
        flags = self.lib.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE
        flags |= self.lib.VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA
        flags |= self.lib.VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA
        full = flags | self.lib.VIR_DOMAIN_UNDEFINE_NVRAM
        full |= getattr(self.lib, "VIR_DOMAIN_UNDEFINE_TPM", 0)
        try:
            handle.undefineFlags(full)
        except self.lib.libvirtError as error:
            unknown = (self.lib.VIR_ERR_INVALID_ARG, self.lib.VIR_ERR_NO_SUPPORT)
            if error.get_error_code() not in unknown:
                raise
            handle.undefineFlags(self.lib.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE)

    @translated
    def set_meta(self, handle: Any, meta: _domain.Meta) -> None:
        """Write our metadata into a machine, now and for its next start."""
        flags = self.lib.VIR_DOMAIN_AFFECT_CONFIG
        if handle.isActive():
            flags |= self.lib.VIR_DOMAIN_AFFECT_LIVE
        handle.setMetadata(
            self.lib.VIR_DOMAIN_METADATA_ELEMENT,
            _domain.build_meta(meta),
            "fuyajo",
            _domain.NAMESPACE,
            flags,
        )

    @translated
    def grow_idle_disk(self, path: str, size: int) -> None:
        """Make the disk file of a machine that is off larger."""
        self.conn.storageVolLookupByPath(path).resize(size, 0)

    @translated
    def grow_running_disk(self, handle: Any, path: str, size: int) -> None:
        """Tell a running machine that its disk has ``size`` bytes now."""
        handle.blockResize(path, size, self.lib.VIR_DOMAIN_BLOCK_RESIZE_BYTES)
