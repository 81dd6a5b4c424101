# SPDX-License-Identifier: GPL-3.0-or-later
"""A daemon that ends meanwhile finds a machine in the trash, and its snapshots, as they were."""

from __future__ import annotations

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import trash as _trash
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import snapshot_kind, trash_kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.wanted import Wanted

VM = {"name": "web", "state": "present", "memory": 64, "image": "tiny", "nics": []}


def run(site, kind, **one):
    options = {"owner": "tc", "pool": {"name": site.pool, "path": str(site.path)}}
    options[kind.key] = [{"vm": site.name("web"), **one}]
    done = converge(site.host, Wanted.parse(options, [kind]), False)
    assert not done.errors, done.errors
    return done


def test_a_daemon_that_was_killed_still_knows_the_snapshots(site, libvirt):
    assert not site.run(VM).errors
    run(site, snapshot_kind.KIND, name="one")
    handle = site.host.lookup(site.name("web"))
    before = site.host.domain_xml(handle), site.host.snapshots(handle)
    uuid = handle.UUIDString()
    run(site, trash_kind.KIND, state="trashed", until="2026-11-26T10:00:00Z")
    libvirt.main.kill()
    libvirt.heal()
    site.host.close()
    site.host = Host.open("qemu:///system")
    facts = site.host.vm(_trash.trash_name(uuid))
    assert facts["trashed"]["name"] == site.name("web")
    run(site, trash_kind.KIND, uuid=uuid, state="restored")
    handle = site.host.lookup(site.name("web"))
    assert (site.host.domain_xml(handle), site.host.snapshots(handle)) == before
    run(site, snapshot_kind.KIND, name="one", state="reverted")
    run(site, snapshot_kind.KIND, name="one", state="absent")
