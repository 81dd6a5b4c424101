# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of a machine that runs: at once where that can be done, honest where it cannot."""

from __future__ import annotations

import time

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.live import way

from .counting import calls_of
from .test_vm_options import agree, changes

pytestmark = [pytest.mark.libvirt, pytest.mark.slow]


@pytest.fixture
def cable(site):
    """Return the name of a network that runs and leads nowhere."""
    name = f"tvb-{site.tag}"
    bridge = f"tvb{site.tag}"
    text = f"<network><name>{name}</name><bridge name='{bridge}'/></network>"
    network = site.host.conn.networkCreateXML(text)
    try:
        yield name
    finally:
        network.destroy()


def machine(board="pc", **more):
    vm = {
        "name": "web",
        "state": "started",
        "machine": board,
        "memory": "64M",
        "max_memory": "128M",
    }
    vm.update(cpus=1, max_cpus=4, disk="1G", nics=[], media=[{"name": "cd", "path": ""}])
    vm["disks"] = [{"name": "slow", "size": "1G", "bus": "scsi"}]
    return {**vm, **more}


def live(site):
    return _domain.parse_domain(site.host.live_xml(site.host.lookup(site.name("web"))))


def is_there(site):
    """Say whether what runs is what is defined."""
    handle = site.host.lookup(site.name("web"))
    texts = [site.host.live_xml(handle), site.host.domain_xml(handle)]
    return way(
        texts[0], _domain.parse_domain(texts[0]), texts[1], _domain.parse_domain(texts[1])
    ).is_there


@pytest.mark.parametrize("board", ["pc", "q35"])
def test_live_changes_reach_what_runs_and_the_definition(site, cable, board):
    assert not site.run(machine(board), images=[]).errors
    medium = site.path / "cd.iso"
    medium.write_bytes(b"\0" * 65536)
    before = site.host.live_xml(site.host.lookup(site.name("web")))
    # A PCIe root port is free for one device more, and that is to be the card.
    bus = {"pc": "virtio", "q35": "scsi"}[board]
    steps = [
        ({"cpus": 3}, "cpus"),
        ({"memory": "96M"}, "memory_mib"),
        ({"memory": "80M"}, "memory_mib"),
        ({"disk": "2G"}, "disk_gib"),
        ({"disks": [{"name": "slow", "size": "2G"}]}, "disks.slow.size_gib"),
        ({"disks": [{"name": "fast", "size": "1G", "bus": bus}]}, "disks.fast"),
        ({"disks": [{"name": "more", "size": "1G", "bus": "scsi", "format": "raw"}]}, "disks.more"),
        ({"disks": [{"name": "slow", "state": "absent"}]}, "disks.slow"),
        ({"disks": [{"name": "slow", "bus": "scsi"}]}, "disks.slow"),
        ({"media": [{"name": "cd", "path": str(medium)}]}, "media.cd.path"),
        ({"media": [{"name": "cd", "path": ""}]}, "media.cd.path"),
        ({"nics": [{"network": cable}]}, "nics"),
        ({"nics": [{"network": cable, "link": "down"}]}, "nics"),
        ({"nics": [{"network": cable, "link": "up"}]}, "nics"),
        ({"title": "t", "description": "d", "tags": ["x"]}, "title description tags"),
        ({"metadata": {"template": "x"}}, "metadata.template"),
        ({"autostart": True}, "autostart"),
    ]
    for options, paths in steps:
        done = agree(site, {"name": "web", **options}, paths)
        assert {c["effect"] for c in changes(done)} == {"live"}, (options, done.results[-1])
        assert not done.restart_required, options
        assert is_there(site), options
    now = site.host.live_xml(site.host.lookup(site.name("web")))
    assert _xml.load(now).get("id") == _xml.load(before).get("id"), "it was restarted"
    assert live(site).cpus == 3 and live(site).meta.template == "x" and live(site).title == "t"
    sizes = site.host.glances([site.host.lookup(site.name("web"))])
    ((_state, by_file),) = sizes.values()
    assert by_file[str(site.path / f"{site.name('web')}.qcow2")] == 2 << 30
    assert by_file[str(site.path / f"{site.name('web')}.slow.qcow2")] == 2 << 30


WAITS = {
    "cpus": ({"cpus": 8}, "cpus"),
    "fewer cpus": ({"cpus": 1}, "cpus"),
    "max_cpus": ({"max_cpus": 8}, "max_cpus"),
    "memory": ({"memory": "200M"}, "memory_mib"),
    "max_memory": ({"max_memory": "256M"}, "max_memory_mib"),
    "cpu_mode": ({"cpu_model": "qemu64"}, "cpu_mode"),
    "boot": ({"boot": ["cdrom", "disk"]}, "boot"),
    "video": ({"video": "vga"}, "video"),
    "graphics": ({"graphics": "vnc"}, "graphics"),
    "serial_log": ({"serial_log": True}, "serial_log"),
    "guest_agent": ({"guest_agent": False}, "guest_agent"),
    "tpm": ({"tpm": True}, "tpm"),
    "shares": ({"shares": [{"name": "a", "path": "/srv", "driver": "9p"}]}, "shares.a"),
    "host_devices": ({"host_devices": [{"usb": "1234:5678"}]}, "host_devices"),
    "drive": ({"media": [{"name": "cd"}, {"name": "two"}]}, "media.two"),
    "disk parts": ({"disks": [{"name": "slow", "cache": "none"}]}, "disks.slow.cache"),
    "disk bus": ({"disks": [{"name": "slow", "bus": "virtio"}]}, "disks.slow.bus"),
    "user": ({"nics": [{"network": "user"}]}, "nics"),
}


def test_what_waits_says_so_until_a_restart(site):
    """One machine, one change after the other; each waits, and the restart at the end gets them all."""
    site.run(machine(cpus=2), images=[])
    asked = {"name": "web"}
    for option, (values, path) in WAITS.items():
        if option == "host_devices":
            continue  # nothing would start with a device that is not there
        planned = site.run({"name": "web", **values}, images=[], check=True)
        done = agree(site, {"name": "web", **values})
        assert done.restart_required and planned.restart_required, option
        effects = {c["path"]: c["effect"] for c in changes(done)}
        assert effects[path] == "restart", (option, effects)
        # An otherwise unchanged run goes on to say so, whatever it is about.
        assert site.run({"name": "web"}, images=[]).restart_required
        asked.update(values)
    assert site.run({"name": "web"}, images=[], check=True).restart_required
    once = site.run({"name": "web"}, images=[], allow_restart=True, check=True)
    done = site.run({"name": "web"}, images=[], allow_restart=True)
    assert changes(done) == changes(once)
    assert [c["path"] for c in changes(done)] == ["restart"]
    assert not done.restart_required
    assert is_there(site)
    quiet = site.run({"name": "web"}, images=[], allow_restart=True)
    assert not quiet.changed and not quiet.restart_required


def test_a_host_device_waits_as_well(site):
    site.run(machine(), images=[])
    values, path = WAITS["host_devices"]
    done = agree(site, {"name": "web", **values}, path)
    assert done.restart_required
    taken_back = site.run({"name": "web", "host_devices": []}, images=[])
    assert taken_back.changed
    assert not taken_back.restart_required, "what runs is what is defined again"


def test_a_change_with_leave_to_restart_is_one_run(site):
    site.run(machine(), images=[])
    planned = site.run(
        {"name": "web", "memory": "200M", "cpus": 2}, images=[], allow_restart=True, check=True
    )
    done = site.run({"name": "web", "memory": "200M", "cpus": 2}, images=[], allow_restart=True)
    assert changes(done) == changes(planned)
    assert done.results[-1]["actions"] == ["define", "destroy", "start"]
    assert not done.restart_required and is_there(site)
    assert live(site).cpus == 2
    # What can be done at once does not take the chance to restart.
    quick = site.run({"name": "web", "cpus": 3}, images=[], allow_restart=True)
    assert "restart" not in {c["path"] for c in changes(quick)}


def test_what_libvirt_refuses_does_not_cost_a_running_machine(site, monkeypatch):
    site.run(machine(), images=[])
    before = site.host.live_xml(site.host.lookup(site.name("web")))

    def refuse(*_arguments):
        raise FuyajoError("libvirt does not like it")

    with monkeypatch.context() as patch:
        patch.setattr(site.host, "define", refuse)
        failed = site.run({"name": "web", "memory": "200M"}, images=[], allow_restart=True)
    assert "does not like it" in failed.errors[0]
    assert site.host.live_xml(site.host.lookup(site.name("web"))) == before


def test_a_guest_that_keeps_what_it_was_asked_for_is_told(site):
    """A virtio disk goes only when the guest lets go of it; there is no guest here that could."""
    site.run(machine(disks=[{"name": "fast", "size": "1G"}]), images=[])
    begin = time.monotonic()
    done = site.run({"name": "web", "disks": [{"name": "fast", "state": "absent"}]}, images=[])
    assert time.monotonic() - begin < 20
    assert [(c["path"], c["effect"]) for c in changes(done)] == [("disks.fast", "restart")]
    assert done.restart_required
    again = site.run({"name": "web", "disks": [{"name": "fast", "state": "absent"}]}, images=[])
    assert not again.changed and again.restart_required
    fixed = site.run({"name": "web"}, images=[], allow_restart=True)
    assert not fixed.restart_required and is_there(site)


@pytest.mark.parametrize("act", ["attach", "set_running_cpus", "change_device"])
def test_a_refusal_at_the_last_moment_is_told(site, act, monkeypatch):
    site.run(machine(), images=[])
    medium = site.path / "cd.iso"
    medium.write_bytes(b"\0" * 65536)
    values = {
        "attach": {"disks": [{"name": "more", "size": "1G", "bus": "scsi"}]},
        "set_running_cpus": {"cpus": 2},
        "change_device": {"media": [{"name": "cd", "path": str(medium)}]},
    }[act]

    def refuse(*_arguments):
        raise FuyajoError("QEMU does not want to")

    with monkeypatch.context() as patch:
        patch.setattr(site.host, act, refuse)
        done = site.run({"name": "web", **values}, images=[])
    assert [c["effect"] for c in changes(done)] == ["restart"]
    assert done.restart_required
    assert any("QEMU does not want to" in action for action in done.results[-1]["actions"])
    again = site.run({"name": "web", **values}, images=[])
    assert not again.changed and again.restart_required
    fixed = site.run({"name": "web", **values}, images=[], allow_restart=True)
    assert not fixed.restart_required and is_there(site)


def test_a_full_board_is_known_before(site):
    """Of the few root ports of q35, none is left: check mode says what apply then does."""
    many = [{"name": f"d{i}", "size": "1G"} for i in range(6)]
    site.run(machine("q35"), images=[])
    done = agree(site, {"name": "web", "disks": many})
    effects = {c["path"]: c["effect"] for c in changes(done)}
    assert "live" in effects.values() and "restart" in effects.values(), effects
    assert done.restart_required


EVERYTHING = {
    "firmware": "uefi",
    "machine": "q35",
    "graphics": "vnc",
    "video": "virtio",
    "serial_log": True,
    "boot": ["disk", "cdrom"],
    "cpu_model": "qemu64",
    "shares": [{"name": "a", "path": "/srv", "driver": "9p"}],
    "cloud_init": {"user": "mika"},
    "forwards": [{"guest": 22}],
    "title": "t",
    "tags": ["x"],
}


def test_a_machine_with_everything_runs_as_it_is_defined(site):
    """libvirt says many things differently of what runs; none of them may look like a difference."""
    site.run(images=[], volumes=[{"name": "own", "size": "1G"}])
    disks = [
        {"name": "own", "volume": "own.vol.qcow2"},
        {"name": "raw", "size": "1G", "format": "raw", "cache": "none", "discard": "unmap"},
        {"name": "scsi", "size": "1G", "bus": "scsi", "serial": "S"},
        {"name": "sata", "size": "1G", "bus": "sata"},
    ]
    vm = {**machine("q35"), **EVERYTHING, "disks": disks, "nics": [{"network": "user"}]}
    made = site.run(vm, images=[])
    assert not made.errors, made.errors
    quiet = site.run(vm, images=[])
    assert changes(quiet) == [] and not quiet.restart_required
    assert is_there(site)


# What one call to `converge` asks once, for however many machines.
ONCE = (
    "listAllDomains",
    "poolLookupByName",
    "poolGetXMLDesc",
    "poolIsActive",
    "poolListAllVolumes",
)


def test_calls_per_machine(site):
    site.run(machine(), images=[])
    values = {"name": "web", "cpus": 2, "title": "x", "metadata": {"template": "y"}}
    with calls_of(site.host) as counted:
        done = site.run(values, images=[])
    mine = {name: count for name, count in counted.items() if name not in ONCE}
    assert done.changed and sum(mine.values()) <= 11, (mine, counted)
    with calls_of(site.host) as counted:
        assert not site.run(values, images=[]).changed
    mine = {name: count for name, count in counted.items() if name not in ONCE}
    assert sum(mine.values()) <= 3, (mine, counted)
