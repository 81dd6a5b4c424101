# SPDX-License-Identifier: GPL-3.0-or-later
"""The two modules about backups through the real ansible-playbook."""

from __future__ import annotations

import json

import pytest

pytestmark = [pytest.mark.libvirt, pytest.mark.slow]

URI = "qemu:///system"


def task(label, module, **options):
    return {"name": label, f"fuyajo.libvirt.{module}": options}


def test_backup(yard, playbook):
    yard.host.start(yard.make())
    yard.write(6, "0", "1M")
    common = {"uri": URI, "owner": "tvf", "pool": {"name": yard.tag}, "vm": yard.vm}
    common.update(directory=str(yard.backups), name="a")
    other = {"as": f"{yard.tag}-two", "state": "restored", "started": True}
    wishes = {"make": {"kind": "full"}, "restore": other, "gone": {"state": "absent"}}
    tasks = []
    for label, wish in wishes.items():
        once = task(label, "vm_backup", **common, **wish)
        tasks.append({**once, "name": f"{label} planned", "check_mode": True, "diff": True})
        tasks.append(once)
        tasks.append({**once, "name": f"{label} again"})
        tasks.append({**once, "name": f"{label} checked", "check_mode": True})
        read = task(f"{label} read", "vm_backup_info", directory=str(yard.backups), verify=True)
        tasks.append(read)
    results = playbook(tasks)
    for label in wishes:
        planned, done = results[f"{label} planned"], results[label]
        assert planned["changed"] and done["changed"]
        assert planned["changes"] == done["changes"] and planned["actions"] == []
        assert planned["diff"]["after"]
        assert not results[f"{label} again"]["changed"]
        assert not results[f"{label} checked"]["changed"]
    made = results["make"]["backup"]
    (listed,) = results["make read"]["backups"]
    assert {**listed, "verified": None, "problem": None} == {**made, "problem": None}
    assert listed["verified"] is True
    assert results["restore"]["backup"]["machine"]["state"] == "running"
    assert results["gone"]["backup"] is None
    assert results["gone read"]["backups"] == []


def test_problems_are_sentences(yard, playbook):
    options = {"uri": URI, "vm": yard.vm, "directory": "/nonexistent", "name": "a/b", "timeout": 0}
    tasks = [{**task("bad", "vm_backup", **options), "ignore_errors": True}]
    far = {"uri": "qemu+ssh://nowhere.example/system", "directory": "/srv"}
    tasks.append({**task("far", "vm_backup_info", **far), "ignore_errors": True})
    results = playbook(tasks)
    assert "name" in results["bad"]["msg"] and "timeout" in results["bad"]["msg"]
    assert results["bad"]["error_kind"] == "invalid"
    assert "run this there" in results["far"]["msg"]
    assert "Traceback" not in json.dumps(results)
