# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions about machines; what changes them is in `domain_writes` and `domain_devices`.

Where a machine can be reached is in `domain_addresses`: only that has to know leases and agents.
"""

from __future__ import annotations

from typing import Any, Dict, Iterable, Tuple, cast

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import (
    Calls,
    many,
    translated,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import facts as _facts
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.checker import UUID
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.projection import root_disk

Look = Tuple[Any, _domain.Domain, Dict[str, Any]]
Sight = Tuple[Any, str, _domain.Domain, Dict[str, Any]]


class DomainReads(Calls):
    """Reads of machines, as far as the host can answer them from what it has written down."""

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
        if not self.is_mock:  # libvirt's mock driver gives every disk the same size
            try:
                return int(handle.blockInfo(path)[0])
            except self.lib.libvirtError:
                # Of a machine that runs, it knows the disks that are plugged in now.
                return self._volume_bytes(path)
        return self._volume_bytes(path)

    def _volume_bytes(self, path: str) -> int | None:
        try:
            return int(self.conn.storageVolLookupByPath(path).info()[1])
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

    @translated
    def list_vms(self) -> list[dict[str, Any]]:
        """Return the facts of every machine, sorted by name; ``owner`` None when not ours.

        Of addresses only forwarded ports are told: anything else is a question per machine.
        """
        found = [facts for _handle, _document, facts in self.looks()]
        return sorted(found, key=lambda facts: str(facts["name"]))

    def looks(self) -> list[Look]:
        """Return the handle, the document and the facts of every machine, in no order."""
        return [(handle, document, facts) for handle, _xml, document, facts in self.read_all()]

    @translated
    def read_all(self) -> list[Sight]:
        """Return the same as `looks` with the XML that each document was read from."""
        handles = self.conn.listAllDomains(0)
        states = self.glances(handles)
        xmls = many(self._xml_or_none, handles, self.readers)
        found = []
        for handle, xml in zip(handles, xmls):
            if xml is not None:
                state, sizes = states.get(handle.UUIDString(), ("unknown", {}))
                document = _domain.parse_domain(xml)
                found.append((handle, xml, document, self._facts(document, state, sizes)))
        return found

    def live_xmls(self, handles: Iterable[Any]) -> list[str | None]:
        """Return what each of these machines is now; None for one that went away."""
        return many(self._live_or_none, list(handles), self.readers)

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

    @translated
    def is_active(self, handle: Any) -> bool:
        """Say whether a machine runs (or is paused); one that is gone does not."""
        try:
            return bool(handle.isActive())
        except self.lib.libvirtError as error:
            if error.get_error_code() != self.lib.VIR_ERR_NO_DOMAIN:
                raise
            return False

    def _facts(self, document: _domain.Domain, state: str, sizes: dict[str, int]) -> dict[str, Any]:
        disk = root_disk(document)
        return _facts.vm_facts(document, state, sizes.get(disk.path) if disk else None)

    @translated
    def glances(self, handles: list[Any]) -> dict[str, tuple[str, dict[str, int]]]:
        """Return {uuid: (state, {disk file: bytes})} of some machines, in one call.

        A machine that is busy may lack sizes, and one that vanished is left out.
        """
        return self._bulk_stats(handles) if handles else {}

    def _bulk_stats(self, handles: list[Any]) -> dict[str, tuple[str, dict[str, int]]]:
        groups = self.lib.VIR_DOMAIN_STATS_STATE | self.lib.VIR_DOMAIN_STATS_BLOCK
        try:
            # A machine that is busy answers with less instead of making everybody wait.
            nowait = self.lib.VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT
            records = self.conn.domainListGetStats(handles, groups, nowait)
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
