# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions about machines whose answer tells where they can be reached."""

from __future__ import annotations

from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.addresses import AddressCalls
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import translated
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.domains import DomainReads
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import facts as _facts
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.projection import root_disk


class DomainCalls(DomainReads, AddressCalls):
    """Reads of machines, addresses included."""

    @translated
    def list_vms(self, agent: bool = False, addresses: bool = False) -> list[dict[str, Any]]:
        """Return the facts of every machine, sorted by name; ``owner`` None when not ours.

        Without ``addresses`` only forwarded ports are told: anything else is a question per machine.
        """
        if not addresses:
            return super().list_vms()
        looks = sorted(self.looks(), key=lambda look: str(look[2]["name"]))
        return [
            self.with_addresses(facts, handle, document, agent) for handle, document, facts in looks
        ]

    @translated
    def vm(self, name: str, agent: bool = False, addresses: bool = True) -> dict[str, Any] | None:
        """Return the facts of one machine, or None. With ``agent`` its guest is asked for addresses."""
        handle = self.lookup(name)
        return None if handle is None else self.vm_facts(handle, agent, addresses)

    def vm_facts(self, handle: Any, agent: bool = False, addresses: bool = True) -> dict[str, Any]:
        """Return the facts of a machine that was looked up, addresses included."""
        document = _domain.parse_domain(self.domain_xml(handle))
        disk = root_disk(document)
        size = self.disk_bytes(handle, disk.path) if disk and disk.path else None
        facts = _facts.vm_facts(document, self.domain_info(handle)[0], size)
        if not addresses and not agent:
            return facts
        return self.with_addresses(facts, handle, document, agent)
