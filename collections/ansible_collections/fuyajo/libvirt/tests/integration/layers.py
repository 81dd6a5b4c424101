# SPDX-License-Identifier: GPL-3.0-or-later
"""Patterns on the disks of machines, and the kinds about snapshots and clones, for the tests of both."""

from __future__ import annotations

import subprocess

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import snapshot as _snapshot
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import snapshot_kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.wanted import Wanted

MIB = 2**20
VM = {"name": "web", "state": "present", "memory": "64M", "image": "tiny", "nics": []}


def qemu_io(command: str, path: str, *words: str) -> str:
    done = subprocess.run(
        ["qemu-io", *words, "-c", command, path], capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def disk(site, vm="web", target="vda") -> str:
    """Return the file that a machine writes to."""
    xml = site.host.domain_xml(site.host.lookup(site.name(vm)))
    return next(d.path for d in _snapshot.disks_seen(xml) if d.target == target)


def write(site, at: int, byte: int, vm="web", target="vda") -> None:
    """Write a MiB of one byte at ``at`` MiB into the disk of a machine that is off."""
    said = qemu_io(f"write -P {byte} {at}M 1M", disk(site, vm, target))
    assert "wrote 1048576" in said, said


def holds(path: str, **expected: int) -> bool:
    """Say whether a file has these bytes: ``m0=0x11`` is a MiB of 0x11 at 0 MiB."""
    for where, byte in expected.items():
        said = qemu_io(f"read -P {byte} {where[1:]}M 1M", path, "-r", "-U")
        assert "read 1048576" in said, said
        if "failed" in said:
            return False
    return True


def snap(site, name, vm="web", check=False, owner="tc", adopt=False, **more):
    options = {
        "owner": owner,
        "adopt": adopt,
        "pool": {"name": site.pool, "path": str(site.path)},
        "snapshots": [{"vm": site.name(vm), "name": name, **more}],
    }
    return converge(site.host, Wanted.parse(options, [snapshot_kind.KIND]), check)


def ok(outcome):
    assert not outcome.errors, outcome.errors
    return outcome


def changes(outcome) -> list:
    return [result["changes"] for result in outcome.results]


def told(site, function, *args, **more):
    """Do something in check mode and then really; what was said before is what was done."""
    before = site.state()
    planned = ok(function(site, *args, check=True, **more))
    assert site.state() == before, "check mode changed something"
    done = ok(function(site, *args, **more))
    assert changes(done) == changes(planned) and planned.changed and done.changed
    return done


def quiet(site, function, *args, **more):
    """The same again changes nothing, in check mode and without."""
    for check in (True, False):
        again = ok(function(site, *args, check=check, **more))
        assert not again.changed and not any(r["actions"] for r in again.results)


def names(site, vm="web") -> list:
    handle = site.host.lookup(site.name(vm))
    return [snapshot.name for snapshot in site.host.snapshots(handle)]


def sound(site) -> None:
    """Every layer in the pool is a whole file on top of files that exist."""
    for name in sorted(site.files()):
        if name.endswith(".qcow2"):
            path = str(site.path / name)
            words = ["qemu-img", "info", "-U", "--backing-chain", path]
            assert subprocess.run(words, capture_output=True, check=False).returncode == 0, name
