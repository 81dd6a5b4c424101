# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong with backups: it is said clearly, and nothing half-made stays."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import backup_files as _files
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import backups as _backups
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import until
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import backup_apply as _apply
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.backup_list import list_backups
from ansible_collections.fuyajo.libvirt.tests.integration.backup_support import tool

pytestmark = [pytest.mark.libvirt, pytest.mark.slow]


def flip(path: Path) -> None:
    """Change one bit in the middle of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_a_flipped_bit_is_found_and_named(yard):
    yard.host.start(yard.make())
    yard.write(5, "0", "1M")
    yard.ok(name="a")
    yard.ok(name="b")
    yard.ok(name="c")
    yard.host.destroy(yard.handle)
    options = {"directory": str(yard.backups), "verify": True}
    assert [b["verified"] for b in list_backups(options)["backups"]] == [True] * 3
    disk = yard.shelf / "b" / "vdb.qcow2"
    flip(disk)
    for name, state in (("b", "verified"), ("c", "verified"), ("b", "present"), ("c", "restored")):
        more = {"replace": True} if state == "restored" else {}
        assert f"{disk} is corrupt" in yard.error(name=name, state=state, **more)
    assert yard.ok(name="b", verify=False)["verified"] is None
    assert yard.ok(name="a", state="verified")["verified"] is True
    listed = list_backups(options)["backups"]
    assert [b["verified"] for b in listed] == [True, False, False]
    assert str(disk) in listed[2]["problem"]

    definition = yard.shelf / "a" / "domain.xml"
    flip(definition)
    assert f"{definition} is corrupt" in yard.error(name="a", state="verified")
    flip(yard.shelf / "c" / "metadata.json")
    assert "is no backup" in yard.error(name="c", state="absent")
    assert len(list_backups(options)["broken"]) == 1
    # What is gone or short is noticed without reading everything, before anything lies on it.
    disk.write_bytes(b"")
    made = yard.ok(name="d")
    assert made["kind"] == "full" and "has not the length" in made["notes"][-1]
    shutil.rmtree(yard.shelf / "a")
    assert "the backup a is missing" in yard.error(name="b", state="verified")


def test_a_full_disk_leaves_nothing_behind(yard):
    if os.geteuid() != 0:
        pytest.skip("only root mounts")
    yard.make()
    yard.write(9, "0", "6M")
    small = yard.backups / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m,mode=0711", "tmpfs", small], check=True)
    try:
        before = yard.everything()["machines"]
        done = yard.run(name="a", directory=str(small))
        assert "No space left" in done.errors[0] and not done.changed
        assert list(small.iterdir()) == []
        assert yard.everything()["machines"] == before
        assert not yard.host.is_active(yard.handle)
        assert "fuyajo" not in tool("qemu-img", "info", yard.data).stdout
    finally:
        subprocess.run(["umount", small], check=True)
    assert yard.ok(name="a")["kind"] == "full"


KILLED = """
import os, signal, sys, json
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import backup_files
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import backup_kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.wanted import Wanted

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

target = Host if sys.argv[2] == "backup" else backup_files
name = {"backup": "destroy", "finish": "finish"}[sys.argv[2]]
setattr(target, name, die)
with Host.open("qemu:///system") as host:
    converge(host, Wanted.parse(json.loads(sys.argv[1]), (backup_kind.KIND,)), False)
"""


@pytest.mark.parametrize("moment", ["backup", "finish"])
def test_a_killed_backup_is_none_and_is_swept(yard, moment):
    yard.make()
    options = json.dumps(yard.options(name="a"))
    done = subprocess.run([sys.executable, "-c", KILLED, options, moment], check=False)
    assert done.returncode == -signal.SIGKILL
    # A machine that was on for the copy goes off with its maker.
    assert until(lambda: not yard.host.is_active(yard.handle), 20)
    listed = list_backups({"directory": str(yard.backups), "vm": yard.vm})
    assert listed["backups"] == [] and listed["unfinished"] == [str(yard.shelf / ".a.part")]
    assert yard.host.checkpoints(yard.handle)
    facts = yard.ok(name="b")
    assert facts["kind"] == "full"
    assert list(yard.host.checkpoints(yard.handle)) == [facts["checkpoint"]]
    assert sorted(os.listdir(yard.shelf)) == [".lock", "b"]


def test_one_at_a_time(yard):
    yard.make()
    with _files.locked(str(yard.backups), yard.vm):
        assert "another backup is at work" in yard.error(name="a")
    assert not yard.shelf.exists()


def test_time_is_up(yard, monkeypatch):
    handle = yard.make()
    yard.host.start(handle)
    monkeypatch.setattr(_backups._Over, "note", lambda *_: None)
    done = yard.run(name="a", timeout=1)
    assert "within" in done.errors[0]
    assert not yard.shelf.exists()
    assert yard.host.checkpoints(handle) == {}
    assert yard.host.running_backup(handle) is None


def test_a_job_of_somebody_else_is_left_alone(yard, monkeypatch):
    yard.host.start(yard.make())
    job = "<domainbackup><disks><disk name='vda'><target file='/else/x'/></disk></disks></domainbackup>"
    monkeypatch.setattr(yard.host, "running_backup", lambda handle: job)
    assert "another backup job" in yard.error(name="a")
    aborted = []
    monkeypatch.setattr(yard.host, "abort_backup", aborted.append)
    mine = job.replace("/else", str(yard.shelf / ".old.part"))
    monkeypatch.setattr(yard.host, "running_backup", lambda handle: mine)
    yard.ok(name="a")
    assert len(aborted) == 1


def test_refusals(yard):
    handle = yard.make()
    assert "there is no directory" in yard.error(name="a", directory="/nonexistent/b")
    assert "does not exist" in yard.error(name="a", vm="tvf-nobody")
    assert "belongs to 'tvf'" in yard.error(name="a", owner="eve")
    assert "there is no backup" in yard.error(name="a", state="restored")
    yard.shelf.mkdir()
    (yard.shelf / "mine").write_text("keep me")
    assert "is no backup" in yard.error(name="mine")
    assert "is no backup" in yard.error(name="mine", state="absent")
    yard.ok(name="a")
    assert "exists and is full" in yard.error(name="a", kind="incremental")
    assert "belongs to 'tvf'" in yard.error(name="a", owner="eve", state="absent")
    assert "replace=true overwrites it" in yard.error(name="a", state="restored")
    yard.host.start(handle)
    assert "agent" in yard.error(name="b", quiesce=True)
    assert "is running" in yard.error(name="a", state="restored", replace=True)
    handle.managedSave(0)
    assert "managed save" in yard.error(name="b")
    assert "managed save" in yard.error(name="a", state="restored", replace=True)
    handle.managedSaveRemove(0)
    yard.host.start(handle)
    assert yard.ok(name="c", track=False)["checkpoint"] is None
    assert yard.host.checkpoints(handle) == {}
    yard.host.destroy(handle)
    handle.snapshotCreateXML("<domainsnapshot><name>s</name></domainsnapshot>", 0)
    assert "snapshots s" in yard.error(name="a", state="restored", replace=True)


def test_a_machine_of_nobody(yard):
    yard.make(meta=_domain.Meta())
    assert "nobody here owns" in yard.error(name="a")
    facts = yard.ok(adopt=True)
    assert facts["owner"] == "tvf"
    assert (yard.shelf / facts["name"] / "metadata.json").exists(), "named after the time"


def test_a_machine_that_will_not_last(yard):
    handle = yard.make()
    yard.host.start(handle)
    yard.host.undefine(handle)
    assert "transient" in yard.error(name="a")


def test_only_own_files_become_a_machine(yard):
    yard.make()
    yard.ok(name="a")
    yard.delete_machine()
    disk = yard.shelf / "a" / "vda.qcow2"
    disk.chmod(0o666)
    assert f"others could have written {disk}" in yard.error(name="a", state="restored")
    disk.chmod(0o600)
    os.chown(disk, 65534, 65534)
    assert "others could have written" in yard.error(name="a", state="restored")
    os.chown(disk, 0, 0)
    left = yard.path / yard.data.name
    tool("qemu-img", "create", "-q", "-f", "qcow2", left, "1M")
    yard.host.refresh_pool(yard.host.pool_handle(yard.tag))
    assert f"still holds {left.name}" in yard.error(name="a", state="restored")
    left.unlink()
    yard.host.refresh_pool(yard.host.pool_handle(yard.tag))
    yard.ok(name="a", state="restored")


def test_a_machine_that_took_the_place(yard):
    yard.make()
    yard.ok(name="a")
    document = _domain.Domain(f"{yard.tag}-thief", uuid=yard.handle.UUIDString(), machine="pc")
    yard.delete_machine()
    thief = yard.host.define(_domain.build_domain(document))
    assert "has the UUID of the backup" in yard.error(name="a", state="restored")
    yard.host.undefine(thief)
    meta = _domain.Meta(owner="tvf")
    yard.host.define(_domain.build_domain(_domain.Domain(yard.vm, machine="pc", meta=meta)))
    wrong = yard.error(name="a", state="restored", replace=True)
    assert "as in the backup" in wrong
    assert "an earlier machine" in yard.error(name="a")


def test_a_restore_that_fails_is_taken_back(yard, monkeypatch):
    yard.make()
    yard.write(3, "0", "1M")
    yard.ok(name="a")
    both, before = yard.both(), yard.host.domain_xml(yard.handle)

    def fail(*_):
        raise FuyajoError("no more")

    with monkeypatch.context() as patch:
        patch.setattr(_apply, "_move", fail)
        done = yard.run(name="a", state="restored", **{"as": f"{yard.tag}-x"})
        assert done.errors == ["backup a: no more"] and not done.changed
        assert yard.host.lookup(f"{yard.tag}-x") is None
        yard.write(4, "0", "1M")
        later = yard.both()
        assert yard.run(name="a", state="restored", replace=True).errors
        assert yard.both() == later
        assert yard.host.domain_xml(yard.handle) == before
    assert sorted(os.listdir(yard.path)) == sorted([yard.root.name, yard.data.name])
    # Killed between the definition and the end: the next run takes it up, without being told to.
    with monkeypatch.context() as patch:
        patch.setattr(yard.host, "set_mark", fail)
        assert yard.run(name="a", state="restored", replace=True).errors
    assert yard.ok(name="a", state="restored")["machine"]["state"] == "stopped"
    assert yard.both() == both
    assert not yard.run(name="a", state="restored").changed


def test_a_place_in_use_is_not_overwritten(yard):
    yard.make()
    yard.ok(name="a")
    disks = [_domain.Disk(str(yard.data), "vda")]
    other = _domain.Domain(f"{yard.tag}-other", machine="pc", disks=disks)
    yard.host.define(_domain.build_domain(other))
    assert "is in use by" in yard.error(name="a", state="restored", replace=True)
