# SPDX-License-Identifier: GPL-3.0-or-later
"""vm_trash through the real ansible-playbook, with every option; and what vm_info says meanwhile."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.libvirt, pytest.mark.slow]

URI = "qemu:///system"
UNTIL = "2026-11-26T10:00:00Z"


def task(label, module="vm_trash", **options):
    return {"name": label, f"fuyajo.libvirt.{module}": options}


def test_every_option(site, playbook):
    vm = {"name": "web", "memory": "64M", "image": "tiny", "nics": [], "state": "started"}
    assert not site.run(vm).errors
    name = site.name("web")
    uuid = site.host.vm(name)["uuid"]
    inside = f"trash-{uuid.replace('-', '')[:12]}"
    common = {"uri": URI, "owner": "tc", "adopt": False, "shutdown_timeout": 0, "uuid": uuid}
    common["pool"] = {"name": site.pool, "path": str(site.path), "state": "present"}
    away = {**common, "vm": name, "state": "trashed", "until": UNTIL}
    results = playbook(
        [
            {**task("checked", **away), "check_mode": True},
            task("away", **away),
            task("again", **away),
            task("info", "vm_info", uri=URI, name=inside),
            task("former name", "vm_info", uri=URI, name=name),
            {**task("bad", **{**away, "until": "tomorrow"}), "ignore_errors": True},
            {**task("foreign", **{**away, "owner": "ken"}), "ignore_errors": True},
            task("back", **common, vm=inside, state="restored"),
            task("away again", **away),
            task("gone", **common, vm=inside, state="purged"),
            task("still gone", **common, vm=inside, state="purged"),
        ]
    )
    assert results["checked"]["changed"] and not results["checked"]["actions"]
    assert results["checked"]["changes"] == results["away"]["changes"]
    assert results["away"]["actions"][0] == "destroy" and not results["again"]["changed"]
    assert results["away"]["vm"]["name"] == inside and results["away"]["uuid"] == uuid
    (facts,) = results["info"]["vms"]
    assert facts["trashed"]["name"] == name and facts["trashed"]["until"] == UNTIL
    assert results["former name"]["vms"] == []
    assert results["bad"]["msg"].startswith("until: must be a time in UTC")
    assert "belongs to 'tc'" in results["foreign"]["msg"]
    assert results["back"]["vm"]["name"] == name and results["back"]["vm"]["trashed"] is None
    assert results["gone"]["changed"] and results["gone"]["vm"] is None
    assert not results["still gone"]["changed"] and site.files() == {site.base}
