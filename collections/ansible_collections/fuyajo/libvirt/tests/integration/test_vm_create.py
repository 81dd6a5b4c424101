# SPDX-License-Identifier: GPL-3.0-or-later
"""Machines with everything that can be asked for, on the real libvirt."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.projection import (
    projection,
    settle,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_options import wanted_options
from ansible_collections.fuyajo.libvirt.tests.unit.support.machines import parsed

pytestmark = [pytest.mark.libvirt, pytest.mark.slow]

FIRMWARE = Path("/usr/share/qemu/firmware")
needs_uefi = pytest.mark.skipif(not FIRMWARE.is_dir(), reason="the package ovmf is not installed")
needs_tpm = pytest.mark.skipif(
    shutil.which("swtpm") is None, reason="the package swtpm is not installed"
)


@pytest.fixture
def net(site):
    """Return options for an own network; it is gone afterwards."""
    name = f"tva-{site.tag}"
    cidr = f"10.213.{int(site.tag[:2], 16)}.0/24"
    yield [{"name": name, "mode": "isolated", "cidr": cidr}]
    for network in site.host.conn.listAllNetworks(0):
        if network.name() == name:
            if network.isActive():
                network.destroy()
            network.undefine()


@pytest.fixture
def iso(site):
    """Return an image for a CD drive, beside the pool's directory."""
    path = site.path.with_suffix(".iso")
    path.write_bytes(b"\0" * 65536)
    yield path
    path.unlink(missing_ok=True)


def found(site, name) -> dict:
    handle = site.host.lookup(site.name(name))
    return projection(_domain.parse_domain(site.host.domain_xml(handle)))


def proof(site, vm, **more):
    """Make a machine with all the promises around it; return the facts."""
    before = site.state()
    planned = site.run(vm, check=True, **more)
    assert not planned.errors and site.state() == before
    made = site.run(vm, **more)
    assert not made.errors, made.errors
    changes = [[r["changes"] for r in done.results] for done in (planned, made)]
    assert changes[0] == changes[1]
    assert not site.run(vm, check=True, **more).changed
    again = site.run(vm, **more)
    assert not again.changed and not again.errors
    return made.vms[site.name(vm["name"])]


def same(site, vm, **more):
    """Say that the host has exactly what was asked for."""
    wanted = wanted_options(parsed(vm))
    there = found(site, vm["name"])
    for disk in wanted["disks"] or ():
        disk.pop("size_gib", None)
    wanted.pop("autostart")
    settled = settle(wanted, there)
    assert {k: v for k, v in settled.items() if v is not None and v != there[k]} == more


def everything(iso: str, network: str) -> dict:
    return {
        "name": "full",
        "state": "started",
        "max_cpus": 2,
        "memory": "96M",
        "max_memory": "128M",
        "disk": "1G",
        "disks": [
            {"name": "data", "size": "1G", "serial": "D1", "cache": "none", "io": "native"},
            {"name": "big", "size": "1G", "bus": "scsi", "format": "raw", "discard": "unmap"},
            {"name": "old", "size": "1G", "bus": "sata"},
            {"name": "ours", "size": "1G", "format": "raw", "shareable": True},
            {"name": "seen", "size": "1G", "readonly": True},
        ],
        "media": [{"name": "cd", "path": iso}, {"name": "empty", "path": ""}],
        "nics": [
            {"network": "user"},
            {"network": network, "mac": "52:54:00:aa:00:01", "link": "down"},
        ],
        "firmware": "uefi",
        "secure_boot": True,
        "tpm": True,
        "boot": ["cdrom", "disk"],
        "video": "virtio",
        "graphics": "vnc",
        "serial_log": True,
        "shares": [
            {"name": "fast", "path": "/srv"},
            {"name": "plain", "path": "/srv", "driver": "9p", "readonly": True},
        ],
        "title": "A <title> & more",
        "description": "two\nlines",
        "tags": ["b", "a"],
        "metadata": {"template": "t", "spec_digest": "d", "configured": "c", "expires": "never"},
    }


@needs_uefi
@needs_tpm
def test_a_machine_with_everything(site, net, iso):
    vm = everything(str(iso), net[0]["name"])
    facts = proof(site, vm, networks=net)
    assert (facts["cpus"], facts["max_cpus"]) == (1, 2)
    assert (facts["memory_mib"], facts["max_memory_mib"]) == (96, 128)
    assert (facts["title"], facts["description"]) == ("A <title> & more", "two\nlines")
    assert (facts["state"], facts["tags"]) == ("running", ["a", "b"])
    assert (facts["spec_digest"], facts["expires"]) == ("d", "never")
    same(site, vm)
    handle = site.host.lookup(site.name("full"))
    kept = [
        Path("/var/lib/libvirt/swtpm") / handle.UUIDString(),
        Path("/var/lib/libvirt/qemu/nvram") / f"{handle.name()}_VARS.fd",
    ]
    assert all(path.exists() for path in kept)
    log = Path(f"/var/log/libvirt/qemu/{handle.name()}.serial.log")
    assert log.exists()
    gone = site.run({"name": "full", "state": "absent", "remove_storage": True}, networks=net)
    log.unlink(missing_ok=True)
    assert gone.changed and not gone.errors
    assert not any(path.exists() for path in kept)
    assert iso.exists(), "a medium went away with its machine"
    again = {"name": "full", "state": "absent", "remove_storage": True}
    assert not site.run(again, networks=net).changed


def test_what_needs_no_start(site, net):
    vm = {
        "name": "bare",
        "cpu_model": "qemu64",
        "machine": "pc",
        "disks": [
            {"name": "data", "size": "1G", "boot_order": 2},
            {"name": "shelf", "volume": "shelf.vol.qcow2"},
        ],
        "nics": [
            {"bridge": "br-nowhere", "model": "e1000", "boot_order": 1},
            {"network": net[0]["name"]},
            {"network": net[0]["name"], "mac": "52:54:00:aa:00:02"},
        ],
        "media": [{"name": "cd", "path": ""}],
        "host_devices": [{"pci": "0000:7f:1f.7"}, {"usb": "dead:beef"}],
        "guest_agent": False,
        "autostart": True,
        "video": "vga",
    }
    shelf = [{"name": "shelf", "size": "1G"}]
    proof(site, vm, networks=net, volumes=shelf)
    same(site, vm)
    handle = site.host.lookup(site.name("bare"))
    assert handle.autostart() == 1
    handle.setAutostart(0)


def test_a_new_machine_can_be_paused(site):
    facts = proof(site, {"name": "still", "state": "paused", "memory": 64, "boot": ["network"]})
    assert facts["state"] == "paused"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"machine": "pc-q35-99.9"}, "machine type"),
        ({"cpu_model": "abacus"}, "abacus"),
        ({"disks": [{"name": "d", "volume": "nowhere"}]}, "has no volume nowhere"),
        ({"disks": [{"name": "d"}]}, "the disk d of .* needs a size"),
        ({"nics": [{"network": "nowhere-at-all"}]}, "nowhere-at-all"),
        ({"media": [{"name": "cd", "path": "/srv/no/such.iso"}]}, "no/such.iso"),
    ],
)
def test_what_the_host_cannot_do_is_one_sentence_and_leaves_nothing(site, options, words):
    vm = {"name": "odd", "state": "started", "memory": 64, "disk": "1G", **options}
    done = site.run(vm, images=[])
    [error] = done.errors
    assert re.search(words, error), error
    assert "\n" not in error
    assert site.name("odd") not in site.host.domains()
    assert site.files() == set()


def test_leftovers_of_a_data_disk_are_named(site):
    vm = {"name": "web", "disks": [{"name": "data", "size": "1G"}]}
    site.run(vm)
    site.host.undefine(site.host.lookup(site.name("web")))
    refused = site.run(vm)
    assert f"{site.name('web')}.data.qcow2" in refused.errors[0]
