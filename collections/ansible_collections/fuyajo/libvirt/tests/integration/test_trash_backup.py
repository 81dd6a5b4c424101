# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups and the trash: checkpoints are kept as snapshots are."""

from __future__ import annotations

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import trash as _trash
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import trash_kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.wanted import Wanted

pytestmark = [pytest.mark.libvirt, pytest.mark.slow]


def trash(yard, state, **more):
    uuid = yard.uuid = getattr(yard, "uuid", None) or yard.handle.UUIDString()
    options = {key: value for key, value in yard.options().items() if key in ("owner", "pool")}
    one = {"vm": yard.vm, "uuid": uuid, "state": state, **more}
    options.update(trash=[one], shutdown_timeout=0)
    done = converge(yard.host, Wanted.parse(options, [trash_kind.KIND]), False)
    assert not done.errors, done.errors
    return done


def test_the_chain_goes_on_afterwards(yard):
    yard.make()
    yard.host.refresh_pool(yard.host.pool_handle(yard.tag))
    yard.write(1, "0", "1M")
    yard.ok(name="mon")
    yard.write(2, "64k", "64k")
    uuid = yard.handle.UUIDString()
    both = yard.both()
    trash(yard, "trashed", until="2026-11-26T10:00:00Z")
    inside = yard.host.domains()[_trash.trash_name(uuid)]
    assert len(yard.host.checkpoints(inside)) == 1
    # Restored from the backup, it would be the same machine twice.
    assert _trash.trash_name(uuid) in yard.error(name="mon", state="restored")
    trash(yard, "restored")
    assert yard.both() == both
    facts = yard.ok(name="tue")
    assert (facts["kind"], facts["parent"]) == ("incremental", "mon")
    trash(yard, "trashed", until="2026-11-26T10:00:00Z")
    trash(yard, "purged")
    assert yard.host.find(uuid) is None
