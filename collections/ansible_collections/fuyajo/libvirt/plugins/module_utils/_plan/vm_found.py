# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine as it was found: its definition, and what runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import facts as _facts
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.projection import root_disk
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_power import OFF


@dataclass
class Found:
    """A machine as it was read.

    ``xml`` and ``document`` are what it is at its next start; ``live_xml`` and ``live`` what it is now,
    None when it is off. ``sizes`` holds the bytes of its disks by file.
    """

    handle: Any
    xml: str
    document: _domain.Domain
    state: str
    live_xml: str | None = None
    live: _domain.Domain | None = None
    sizes: dict[str, int] = field(default_factory=dict)

    @property
    def running(self) -> bool:
        """True when there is a process that something can be done to; paused counts."""
        return self.state not in OFF

    @property
    def uuid(self) -> str:
        """Return the identity, which stays when the name is given to something else."""
        return str(self.handle.UUIDString())

    def bytes_of(self, ctx: Context, path: str) -> int | None:
        """Return the size of one disk as the guest sees it, or None when nobody can tell."""
        if path not in self.sizes:
            size = ctx.host.disk_bytes(self.handle, path) if path else None
            if size is None:
                return None
            self.sizes[path] = size
        return self.sizes[path]

    def facts(self, ctx: Context) -> dict[str, Any]:
        """Return what is told about the machine."""
        disk = root_disk(self.document)
        size = self.bytes_of(ctx, disk.path) if disk is not None else None
        return _facts.vm_facts(self.document, self.state, size)


def read(ctx: Context, handle: Any, fresh: bool = False) -> Found:
    """Read one machine: one call, and another one when it runs; ``fresh`` looks at its state again."""
    state, sizes = (ctx.host.domain_info(handle)[0], {}) if fresh else ctx.glance(handle)
    xml = ctx.host.domain_xml(handle)
    found = Found(handle, xml, _domain.parse_domain(xml), state, sizes=dict(sizes))
    if found.running:
        found.live_xml = ctx.host.live_xml(handle)
        found.live = _domain.parse_domain(found.live_xml)
    return found
