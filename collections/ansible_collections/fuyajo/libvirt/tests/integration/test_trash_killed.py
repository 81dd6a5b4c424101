# SPDX-License-Identifier: GPL-3.0-or-later
"""vm_trash that is killed at any moment: nothing is lost or unlisted, and the next run completes it."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import locks as _locks
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import trash as _trash
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import trash_kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import unfinished as _unfinished
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.wanted import Wanted

_SPEC = importlib.util.spec_from_file_location("trash", Path(__file__).with_name("test_trash.py"))
base = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(base)
VM, UNTIL, trash, ok, quiet = base.VM, base.UNTIL, base.trash, base.ok, base.quiet
whole, refused, uuid_of = base.whole, base.refused, base.uuid_of

pytestmark = [pytest.mark.libvirt, pytest.mark.slow]

IN = ["stop", "mark", "autostart", "rename", "first file", "last file", "redefine", "layer"]
IN += ["refresh", "end"]
OUT = ["mark", "rename", "first file", "last file", "redefine", "layer", "refresh", "autostart"]
OUT += ["out of the trash"]


def options(site, state, uuid):
    wish = {"vm": site.name("web"), "uuid": uuid, "state": state}
    return {
        "uri": "qemu:///system",
        "owner": "tc",
        "shutdown_timeout": 0,
        "pool": {"name": site.pool, "path": str(site.path)},
        "trash": [{**wish, "until": UNTIL} if state == "trashed" else wish],
    }


def die(site, moment, state, uuid):
    """Let another process do it and be killed at that moment."""
    command = [sys.executable, Path(__file__).parent / "inside" / "dying.py", moment]
    text = json.dumps(options(site, state, uuid))
    done = subprocess.run(
        command, input=text, text=True, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == -9, done.stderr


def machine(site, running=False):
    """A machine with a layer and a data disk, that starts with the host."""
    disks = [{"name": "data", "size": "1G"}]
    ok(site.run({**VM, "disks": disks, "autostart": True}))
    base.write(site, 0, 0x11)
    ok(base.snap(site, "one", kind="external"))
    base.write(site, 0, 0x22)
    uuid, before = uuid_of(site), whole(site)
    if running:
        site.host.start(site.host.lookup(site.name("web")))
    return uuid, before


def settled(seen):
    """Leave out what a run on the way may change and its end does not: the inner text of a layer."""
    xmls, starts, snapshots, digests, volumes = seen
    return xmls, starts, snapshots, {n: inode for n, (inode, _d) in digests.items()}, volumes


def listed(site, uuid):
    """Every file is named after the machine, outside or inside; and the machine is there."""
    facts = next(vm for vm in site.host.list_vms() if vm["uuid"] == uuid)
    assert facts["owner"] == "tc"
    prefixes = (f"{site.name('web')}.", f"{_trash.trash_name(uuid)}.", "base-")
    assert len(site.files()) == 5 and all(f.startswith(prefixes) for f in site.files())
    return facts


@pytest.mark.parametrize("moment", IN)
def test_on_the_way_in(site, moment):
    uuid, before = machine(site, running=moment == "stop")
    die(site, moment, "trashed", uuid)
    facts = listed(site, uuid)
    if moment != "stop":
        assert facts["trashed"]["name"] == site.name("web")
    if moment in ("mark", "autostart"):
        refused(site.run({"name": "web", "state": "started"}, images=[]), "vm_trash completes it")
    planned = ok(trash(site, uuid=uuid, check=True))
    assert planned.changed is (moment != "end")
    done = ok(trash(site, uuid=uuid))
    assert done.changed is planned.changed
    quiet(site, trash, uuid=uuid)
    facts = listed(site, uuid)
    assert facts["name"] == _trash.trash_name(uuid) and facts["state"] == "stopped"
    assert not any(f.startswith(site.name("web")) for f in site.files())
    base.sound(site)
    ok(trash(site, "restored", uuid=uuid))
    assert settled(whole(site)) == settled(before)
    base.sound(site)
    assert base.holds(base.disk(site), m0=0x22)


@pytest.mark.parametrize("moment", OUT)
def test_on_the_way_out(site, moment):
    uuid, before = machine(site)
    ok(trash(site, uuid=uuid))
    die(site, moment, "restored", uuid)
    facts = listed(site, uuid)
    assert (facts["trashed"] is None) is (moment == "out of the trash")
    done = ok(trash(site, "restored", uuid=uuid))
    assert done.changed is (moment != "out of the trash")
    quiet(site, trash, "restored", uuid=uuid)
    assert settled(whole(site)) == settled(before)
    base.sound(site)
    assert base.holds(base.disk(site), m0=0x22)
    ok(base.snap(site, "one", state="reverted"))
    assert base.holds(base.disk(site), m0=0x11)


@pytest.mark.parametrize("moment", ["mark", "first file", "before the end"])
def test_the_other_way_from_anywhere(site, moment):
    """What was cut off on its way in comes out again, and the other way round; and it can be purged."""
    uuid, before = machine(site)
    die(site, moment, "trashed", uuid)
    ok(trash(site, "restored", uuid=uuid))
    assert settled(whole(site)) == settled(before)
    ok(trash(site, uuid=uuid))
    inside = settled(whole(site))
    die(site, moment.replace("the end", "out of the trash"), "restored", uuid)
    ok(trash(site, uuid=uuid))
    without_time = [json.dumps(each[0]).split("since=")[1][22:] for each in (inside, whole(site))]
    assert settled(whole(site))[1:] == inside[1:] and without_time[0] == without_time[1]
    die(site, moment.replace("the end", "out of the trash"), "restored", uuid)
    planned = ok(trash(site, "purged", uuid=uuid, check=True))
    gone = ok(trash(site, "purged", uuid=uuid))
    assert base.changes_of(gone).keys() == base.changes_of(planned).keys()
    assert site.files() == {site.base} and site.host.find(uuid) is None


@pytest.mark.parametrize("moment", ["purge", "delete", "before undefine"])
def test_a_purge_that_was_cut_off(site, moment):
    """It is listed for as long as there is anything of it, and never comes back as half of it."""
    uuid, _before = machine(site)
    ok(trash(site, uuid=uuid))
    die(site, moment, "purged", uuid)
    assert site.host.vm(_trash.trash_name(uuid))["trashed"]["name"] == site.name("web")
    for state in ("restored", "trashed"):
        refused(trash(site, state, uuid=uuid), "state=purged")
    ok(trash(site, "purged", uuid=uuid))
    assert site.files() == {site.base} and site.host.find(uuid) is None
    quiet(site, trash, "purged", uuid=uuid)


def test_a_name_that_was_taken_on_the_way_out(site):
    uuid, _before = machine(site)
    ok(trash(site, uuid=uuid))
    die(site, "before rename", "restored", uuid)
    ok(site.run(VM))
    refused(trash(site, "restored", uuid=uuid), "is taken by another machine")
    ok(site.run({"name": "web", "state": "absent", "remove_storage": True}, images=[]))
    ok(trash(site, "restored", uuid=uuid))
    assert uuid_of(site) == uuid


def both_at_once(site, state, uuid):
    """Let two callers do the same at the same time; return what came of it."""
    outcomes, barrier = [], threading.Barrier(2)

    def call():
        with Host.open("qemu:///system") as other:
            wanted = Wanted.parse(options(site, state, uuid), [trash_kind.KIND])
            barrier.wait()
            outcomes.append(converge(other, wanted, check=False))

    threads = [threading.Thread(target=call) for _unused in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_two_at_once(site, monkeypatch):
    uuid, before = machine(site)
    for state in ("trashed", "restored"):
        outcomes = both_at_once(site, state, uuid)
        assert any(not outcome.errors for outcome in outcomes)
        for outcome in outcomes:
            kinds = {r["error_kind"] for r in outcome.results if r["error"]}
            assert kinds <= {"conflict"}, outcome.errors
    assert settled(whole(site)) == settled(before)
    monkeypatch.setattr(_unfinished, "_WAIT_SECONDS", 0.2)
    for name in (site.name("web"), _trash.trash_name(uuid)):
        with _locks.making(str(site.path), name):
            refused(trash(site, uuid=uuid), "by another call just now")
    assert settled(whole(site)) == settled(before)
