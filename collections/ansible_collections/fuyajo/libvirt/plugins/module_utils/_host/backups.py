# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls about backup jobs and checkpoints."""

from __future__ import annotations

import contextlib
import functools
import threading
import time
from typing import Any, Callable, cast

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import (
    Calls,
    translated,
    until,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    FuyajoError,
)

# The event says when a job is over; now and then it is asked whether the machine still is.
_LOOK_SECONDS = 2.0
_ABORT_SECONDS = 30.0
# What a guest agent gets to answer in. A frozen guest must not stay so for long.
_AGENT_SECONDS = 30


class LostTrack(FuyajoError):
    """The changes since a checkpoint are not known any more: only a full backup helps."""


class BackupCalls(Calls):
    """Backup jobs in push mode: QEMU itself writes the files."""

    @translated
    def secure_xml(self, handle: Any) -> str:
        """Return what a machine is at its next start, passwords included."""
        flags = self.lib.VIR_DOMAIN_XML_INACTIVE | self.lib.VIR_DOMAIN_XML_SECURE
        return cast("str", handle.XMLDesc(flags))

    @translated
    def disk_size(self, handle: Any, target: str) -> int:
        """Return a disk's size in bytes as the guest sees it."""
        return int(handle.blockInfo(target)[0])

    @translated
    def versions(self) -> dict[str, str]:
        """Return the versions of libvirt and QEMU."""
        both = {"libvirt": self.conn.getLibVersion(), "qemu": self.conn.getVersion()}
        return {k: f"{v // 1000000}.{v // 1000 % 1000}.{v % 1000}" for k, v in both.items()}

    @translated
    def refuse_unfit(self, handle: Any, name: str) -> None:
        """Raise when a machine cannot be backed up without losing something of it."""
        if not handle.isPersistent():
            raise FuyajoError(
                f"the machine {name} is transient: nothing of it would last", CONFLICT
            )
        if handle.hasManagedSaveImage(0):
            raise FuyajoError(
                f"the machine {name} is saved to disk (managed save); start it or drop that first",
                CONFLICT,
            )

    @translated
    def snapshot_names(self, handle: Any) -> list[str]:
        """Return the names of a machine's snapshots."""
        return sorted(each.getName() for each in handle.listAllSnapshots(0))

    @translated
    def checkpoints(self, handle: Any) -> dict[str, str]:
        """Return {name: XML} of a machine's checkpoints."""
        flags = self.lib.VIR_DOMAIN_CHECKPOINT_XML_NO_DOMAIN
        return {each.getName(): each.getXMLDesc(flags) for each in handle.listAllCheckpoints(0)}

    @translated
    def measured_checkpoint(self, handle: Any, name: str) -> str:
        """Return the XML of a running machine's checkpoint; a disk it still counts has a size."""
        flags = self.lib.VIR_DOMAIN_CHECKPOINT_XML_NO_DOMAIN
        flags |= self.lib.VIR_DOMAIN_CHECKPOINT_XML_SIZE
        return cast("str", handle.checkpointLookupByName(name).getXMLDesc(flags))

    @translated
    def drop_checkpoint(self, handle: Any, name: str) -> bool:
        """Forget a checkpoint and return whether its bitmaps went as well; none is fine."""
        try:
            checkpoint = handle.checkpointLookupByName(name)
        except self.lib.libvirtError as error:
            if error.get_error_code() == self.lib.VIR_ERR_NO_DOMAIN_CHECKPOINT:
                return True
            raise
        with contextlib.suppress(self.lib.libvirtError):
            checkpoint.delete(0)
            return True
        # Not while the machine is off, and not when a bitmap is lost: then the note alone goes.
        checkpoint.delete(self.lib.VIR_DOMAIN_CHECKPOINT_DELETE_METADATA_ONLY)
        return False

    @translated
    def start_to_copy(self, handle: Any) -> None:
        """Start a machine whose guest does not run; it goes off when this connection ends."""
        flags = self.lib.VIR_DOMAIN_START_PAUSED | self.lib.VIR_DOMAIN_START_AUTODESTROY
        handle.createWithFlags(flags)

    @translated
    def running_backup(self, handle: Any) -> str | None:
        """Return the XML of the backup job that a machine is busy with, or None."""
        try:
            return cast("str", handle.backupGetXMLDesc(0))
        except self.lib.libvirtError:
            return None

    @translated
    def abort_backup(self, handle: Any) -> None:
        """End a backup job, and wait until it is over."""
        with contextlib.suppress(self.lib.libvirtError):
            handle.abortJob()
        if not until(lambda: not self._is_busy(handle), _ABORT_SECONDS):
            raise FuyajoError(f"a backup job of {handle.name()} does not end")

    def _is_busy(self, handle: Any) -> bool:
        try:
            kind = handle.jobInfo()[0]
        except self.lib.libvirtError:
            return False
        return bool(kind != self.lib.VIR_DOMAIN_JOB_NONE)

    @translated
    def backup(
        self, handle: Any, job: str, checkpoint: str | None, quiesce: bool, seconds: float
    ) -> None:
        """Run one backup job to its end, into files that are there already.

        Raises `LostTrack` when an incremental one cannot be, and FuyajoError when it fails or is not
        over after ``seconds``; then the job is aborted.
        """
        over = _Over(self.lib)
        event = self.lib.VIR_DOMAIN_EVENT_ID_JOB_COMPLETED
        number = self.conn.domainEventRegisterAny(handle, event, over.note, None)
        try:
            begin = functools.partial(self._begin, handle, job, checkpoint)
            if quiesce:
                self._quiesced(handle, begin)
            else:
                begin()
            self._await(handle, over, time.monotonic() + seconds, seconds)
        finally:
            self.conn.domainEventDeregisterAny(number)

    def _begin(self, handle: Any, job: str, checkpoint: str | None) -> None:
        try:
            handle.backupBegin(job, checkpoint, self.lib.VIR_DOMAIN_BACKUP_BEGIN_REUSE_EXTERNAL)
        except self.lib.libvirtError as error:
            lost = ("VIR_ERR_CHECKPOINT_INCONSISTENT", "VIR_ERR_NO_DOMAIN_CHECKPOINT")
            if error.get_error_code() in {getattr(self.lib, name, None) for name in lost}:
                raise LostTrack(" ".join(str(error).split())) from None
            if "Permission denied" in str(error):
                raise FuyajoError(
                    f"QEMU may not write there: {' '.join(str(error).split())}; the user that "
                    "QEMU runs as has to be able to enter the directory and those above it"
                ) from None
            raise

    def _quiesced(self, handle: Any, begin: Callable[[], None]) -> None:
        """Begin while the guest's file systems are frozen; they are thawed in any case."""
        with contextlib.suppress(self.lib.libvirtError):
            handle.agentSetResponseTimeout(_AGENT_SECONDS, 0)
        try:
            try:
                handle.fsFreeze()
            except self.lib.libvirtError as error:
                raise FuyajoError(
                    f"the guest cannot be quiesced: {' '.join(str(error).split())}"
                ) from None
            begin()
        except BaseException:
            # A part of the guest may be frozen, whatever went wrong.
            with contextlib.suppress(self.lib.libvirtError):
                handle.fsThaw()
            raise
        try:
            handle.fsThaw()
        except self.lib.libvirtError as error:
            self.abort_backup(handle)
            raise FuyajoError(
                f"the guest may still be frozen: {' '.join(str(error).split())}"
            ) from None

    def _await(self, handle: Any, over: _Over, deadline: float, seconds: float) -> None:
        try:
            while not over.ended.wait(min(_LOOK_SECONDS, max(0.0, deadline - time.monotonic()))):
                if not handle.isActive():
                    raise FuyajoError("the machine went off while it was backed up")
                if time.monotonic() >= deadline:
                    raise FuyajoError(f"the backup did not end within {seconds:g} s")
        except BaseException:
            self.abort_backup(handle)
            raise
        if over.problem is not None:
            raise FuyajoError(f"the backup failed: {over.problem}")

    @translated
    def set_mark(self, handle: Any, mark: str, prefix: str, namespace: str) -> None:
        """Write one element of ours into the metadata of a machine that is off."""
        kind = self.lib.VIR_DOMAIN_METADATA_ELEMENT
        handle.setMetadata(kind, mark, prefix, namespace, self.lib.VIR_DOMAIN_AFFECT_CONFIG)


class _Over:
    """What libvirt's event said about the end of a job."""

    def __init__(self, lib: Any) -> None:
        self._operation = lib.VIR_DOMAIN_JOB_OPERATION_BACKUP
        self.ended = threading.Event()
        self.problem: str | None = None

    def note(self, _connection: Any, _handle: Any, said: dict[str, Any], _opaque: Any) -> None:
        """Take libvirt's event; it comes in the thread of the event loop."""
        if said.get("operation") != self._operation:
            return
        if not said.get("success"):
            self.problem = str(said.get("errmsg") or "libvirt does not say why")
        self.ended.set()
