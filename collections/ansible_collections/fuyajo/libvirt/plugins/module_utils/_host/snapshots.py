# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls about snapshots and the layers of disks. One question or one act each."""

from __future__ import annotations

from typing import Any, cast

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import (
    Calls,
    translated,
    until,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import snapshot as _snapshot
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import trash as _trash
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    FAILED,
    FuyajoError,
)

# Merging copies data: the time depends on how much there is. This only ends what hangs.
_MERGE_SECONDS = 6 * 3600.0


class SnapshotCalls(Calls):
    """Reads and writes of snapshots."""

    @translated
    def snapshots(self, handle: Any) -> list[_snapshot.Snapshot]:
        """Return the snapshots of a machine, sorted by name."""
        found = []
        for each in handle.listAllSnapshots(0):
            try:
                current = bool(each.isCurrent(0))
                found.append(_snapshot.parse_snapshot(each.getXMLDesc(0), current))
            except self.lib.libvirtError as error:
                if error.get_error_code() != self.lib.VIR_ERR_NO_DOMAIN_SNAPSHOT:
                    raise  # otherwise deleted since it was listed
        return sorted(found, key=lambda snapshot: snapshot.name)

    @translated
    def snapshot_trees(self, name: str | None) -> list[dict[str, Any]]:
        """Return {name, uuid, owner, current, snapshots, tree} of one machine, or of all with snapshots."""
        flag = self.lib.VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT
        handles = self.conn.listAllDomains(0 if name is not None else flag)
        found = []
        for handle in sorted(handles, key=lambda each: str(each.name())):
            if name in (None, handle.name()):
                facts = self._if_there(self._snapshot_tree, handle)
                found += [] if facts is None else [facts]
        return found

    @translated
    def _snapshot_tree(self, handle: Any) -> dict[str, Any]:
        snapshots = self.snapshots(handle)
        xml = handle.XMLDesc(self.lib.VIR_DOMAIN_XML_INACTIVE)
        meta = _domain.parse_domain(xml).meta or _domain.Meta()
        return {
            "name": handle.name(),
            "uuid": handle.UUIDString(),
            "owner": meta.owner,
            "current": next((s.name for s in snapshots if s.current), None),
            "snapshots": [_snapshot.snapshot_facts(s, snapshots) for s in snapshots],
            "tree": _snapshot.tree(snapshots),
        }

    @translated
    def recorded_machines(self) -> dict[str, list[str]]:
        """Return {machine: [definitions that its snapshots recorded]} of machines that have any."""
        flag = self.lib.VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT
        found: dict[str, list[str]] = {}
        for handle in self.conn.listAllDomains(flag):
            snapshots = self._if_there(self.snapshots, handle) or []
            texts = [_snapshot.machine_of(each.text) for each in snapshots]
            files = self._trashed_files(handle) if _trash.is_trash_name(handle.name()) else {}
            found[handle.name()] = [_trash.moved(text, files) for text in texts if text is not None]
        return found

    def _trashed_files(self, handle: Any) -> dict[str, str]:
        """Return {file outside the trash: inside}: what snapshots recorded keeps the names from outside."""
        xml = handle.XMLDesc(self.lib.VIR_DOMAIN_XML_INACTIVE)
        return _trash.inward(_domain.parse_domain(xml))

    @translated
    def take_snapshot(self, handle: Any, xml: str, external: bool, quiesce: bool) -> None:
        """Take a snapshot; the overlays of an external one are there already."""
        lib, flags = self.lib, 0
        if external:
            flags |= lib.VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY
            flags |= lib.VIR_DOMAIN_SNAPSHOT_CREATE_REUSE_EXT
            flags |= lib.VIR_DOMAIN_SNAPSHOT_CREATE_ATOMIC
        if quiesce:
            flags |= lib.VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE
        handle.snapshotCreateXML(xml, flags)

    @translated
    def redefine_snapshot(self, handle: Any, xml: str, current: bool) -> None:
        """Write what libvirt knows about a snapshot that exists; no disk is touched."""
        flags = self.lib.VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE
        if current:
            flags |= self.lib.VIR_DOMAIN_SNAPSHOT_CREATE_CURRENT
        handle.snapshotCreateXML(xml, flags)

    @translated
    def delete_snapshot(self, handle: Any, name: str, forget: bool) -> None:
        """Delete a snapshot; ``forget`` leaves the disks alone. Its children move up."""
        flag = self.lib.VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY if forget else 0
        handle.snapshotLookupByName(name, 0).delete(flag)

    @translated
    def revert_snapshot(self, handle: Any, name: str, power: str, force: bool) -> None:
        """Bring a machine back to an internal snapshot; ``power`` as in `vm_snapshot`."""
        lib = self.lib
        flags = {
            "running": lib.VIR_DOMAIN_SNAPSHOT_REVERT_RUNNING,
            "paused": lib.VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED,
        }.get(power, 0)
        if force:
            flags |= lib.VIR_DOMAIN_SNAPSHOT_REVERT_FORCE
        handle.revertToSnapshot(handle.snapshotLookupByName(name, 0), flags)

    @translated
    def start_paused(self, handle: Any) -> None:
        """Start a machine without letting it run."""
        handle.createWithFlags(self.lib.VIR_DOMAIN_START_PAUSED)

    @translated
    def has_saved_state(self, handle: Any) -> bool:
        """Say whether a machine that is off has its memory saved (managed save)."""
        return not self.is_mock and bool(handle.hasManagedSaveImage(0))

    @translated
    def volume_at(self, path: str) -> Any | None:
        """Return the handle of the volume that is a file, in whichever active pool, or None."""
        try:
            return self.conn.storageVolLookupByPath(path)
        except self.lib.libvirtError as error:
            if error.get_error_code() == self.lib.VIR_ERR_NO_STORAGE_VOL:
                return None
            raise

    @translated
    def volume_xml(self, handle: Any) -> str:
        """Return a volume's document."""
        return cast("str", handle.XMLDesc(0))

    @translated
    def copy_volume(self, pool: Any, xml: str, source: Any) -> Any:
        """Make a volume with the content of another one; returns its handle."""
        return pool.createXMLFrom(xml, source, 0)

    @translated
    def merge_live(self, handle: Any, target: str, top: str, base: str) -> None:
        """Merge a layer of a running machine's disk into the one below it, and wait for the end.

        Raises FuyajoError when it did not happen; the disk then is what it was.
        """
        lib = self.lib
        disk = self._live_disk(handle, target)
        active = _xml.get(disk, "source@file") == top
        flags = lib.VIR_DOMAIN_BLOCK_COMMIT_ACTIVE if active else 0
        handle.blockCommit(target, base, top, 0, flags)
        if active:
            if not until(lambda: self._mirror_ends(handle, target), _MERGE_SECONDS):
                handle.blockJobAbort(target, 0)
            elif handle.blockJobInfo(target, 0):
                handle.blockJobAbort(target, lib.VIR_DOMAIN_BLOCK_JOB_ABORT_PIVOT)
        until(lambda: not handle.blockJobInfo(target, 0), _MERGE_SECONDS)
        sources = {s.get("file") for s in self._live_disk(handle, target).iter("source")}
        if top in sources:
            raise FuyajoError(f"the layers of {target} could not be merged", FAILED)

    def _live_disk(self, handle: Any, target: str) -> Any:
        for disk in _xml.load(handle.XMLDesc(0)).findall("devices/disk"):
            if _xml.get(disk, "target@dev") == target:
                return disk
        raise FuyajoError(f"the machine has no disk {target}", FAILED)

    def _mirror_ends(self, handle: Any, target: str) -> bool:
        """Say whether everything is copied, or the job is over, which then is a failure."""
        mirror = self._live_disk(handle, target).find("mirror")
        return mirror is None or mirror.get("ready") == "yes"
