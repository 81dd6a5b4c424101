# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules about snapshots and clones through the real ansible-playbook."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.libvirt, pytest.mark.slow]

URI = "qemu:///system"


def task(label, module, **options):
    return {"name": label, f"fuyajo.libvirt.{module}": options}


def checked(before):
    return {**before, "name": f"{before['name']}, checked", "check_mode": True, "diff": True}


def four(label, module, **options):
    """Check mode, apply, again, check mode again: of every module."""
    once = task(label, module, **options)
    return [
        checked(once),
        once,
        {**once, "name": f"{label}, again"},
        checked({**once, "name": f"{label} 2"}),
    ]


def assert_four(results, label, second=False):
    planned, done = results[f"{label}, checked"], results[label]
    assert planned["changed"] and done["changed"]
    assert planned["changes"] == done["changes"] and not planned["actions"] and done["actions"]
    assert planned["diff"] == done["diff"]
    for late in (f"{label}, again", f"{label} 2, checked"):
        assert results[late]["changed"] is second, late


def refused(one, clone):
    tasks = [
        task("bound", "vm_snapshot", **one, state="absent"),
        task("foreign", "vm_snapshot", **{**one, "owner": "ken"}, state="absent"),
        task("bad", "vm_clone", **{**clone, "name": "No"}),
    ]
    return [{**each, "ignore_errors": True} for each in tasks]


def test_every_option(site, playbook):
    assert not site.run({"name": "web", "memory": "64M", "image": "tiny", "nics": []}).errors
    vm, copy = site.name("web"), site.name("copy")
    common = {"uri": URI, "owner": "tc", "adopt": False}
    common["pool"] = {"name": site.pool, "path": str(site.path), "state": "present"}
    one = {**common, "vm": vm, "name": "one"}
    make = {"kind": "external", "description": "first", "disks": ["vda"], "memory": False}
    make["quiesce"] = False
    back = {"state": "reverted", "power": "recorded", "force": False}
    clone = {**common, "name": copy, "source": vm, "state": "present", "snapshot": "one"}
    results = playbook(
        [
            *four("take", "vm_snapshot", **one, **make, state="present"),
            *four("clone", "vm_clone", **clone, linked=True),
            *four("revert", "vm_snapshot", **one, **back),
            task("info", "vm_snapshot_info", uri=URI, vm=vm, owner="tc"),
            task("all", "vm_snapshot_info", uri=URI),
            task("others", "vm_snapshot_info", uri=URI, vm=vm, owner="nobody"),
            *refused(one, clone),
        ]
    )
    assert_four(results, "take")
    assert_four(results, "clone")
    assert_four(results, "revert", second=True)
    assert results["take"]["snapshot"]["kind"] == "external"
    assert results["clone"]["vm"]["name"] == copy
    (tree,) = results["info"]["vms"]
    assert (tree["current"], tree["tree"][0]["name"]) == ("one", "one")
    assert tree["snapshots"][0]["description"] == "first"
    assert tree in results["all"]["vms"] and results["others"]["vms"] == []
    assert copy in results["bound"]["msg"] and results["bound"]["error_kind"] == "conflict"
    assert "belongs to 'tc'" in results["foreign"]["msg"]
    assert results["bad"]["error_kind"] == "invalid"

    assert_it_goes_without_the_clone(site, playbook, copy, one)


def assert_it_goes_without_the_clone(site, playbook, copy, one):
    site.host.undefine(site.host.lookup(copy))
    pool = site.host.pool_handle(site.pool)
    site.host.delete_volume(site.host.volume_handle(pool, f"{copy}.qcow2"))
    results = playbook(
        [
            *four("drop", "vm_snapshot", **one, state="absent", children=True),
            task("info", "vm_snapshot_info", uri=URI, vm=one["vm"]),
            task("nobody", "vm_snapshot_info", uri=URI, vm="tve-nobody"),
        ]
    )
    assert_four(results, "drop")
    assert results["drop"]["snapshot"] is None and results["info"]["vms"][0]["tree"] == []
    assert results["nobody"]["vms"] == []
