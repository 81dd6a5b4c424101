# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of what we ever write into a domain: everything else is refused, whoever asked for it."""

from __future__ import annotations

import dataclasses

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain_guard as _guard
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from ansible_collections.fuyajo.libvirt.tests.unit.support.machines import document

FULL = {
    "name": "web",
    "disk": "1G",
    "image": "base-0123456789abcdef.qcow2",
    "max_cpus": 2,
    "max_memory": "2G",
    "title": "t",
    "description": "d",
    "tags": ["a"],
    "metadata": dict.fromkeys(("template", "spec_digest", "configured", "expires"), "x"),
    "disks": [
        {"name": "a", "volume": "shelf.raw", "serial": "s", "bus": "scsi", "boot_order": 1},
        {
            "name": "b",
            "size": "1G",
            "format": "raw",
            "shareable": True,
            "io": "threads",
            "discard": "unmap",
        },
    ],
    "media": [{"name": "m", "path": "/srv/a.iso"}],
    "nics": [
        {"network": "a", "link": "down", "boot_order": 2},
        {"bridge": "br0"},
        {"network": "user"},
    ],
    "forwards": [{"guest": 22}],
    "firmware": "uefi",
    "secure_boot": True,
    "tpm": True,
    "cpu_model": "qemu64",
    "graphics": "vnc",
    "serial_log": True,
    "shares": [{"name": "s", "path": "/srv", "readonly": True}],
    "host_devices": [{"pci": "0000:01:00.0"}, {"usb": "046d:c52b"}],
}
PLAIN = {"name": "web", "cloud_init": {"user": "a"}}


def full():
    """Return the tree of a machine that has everything."""
    return _xml.load(_domain.build_domain(document(FULL)))


# Where, and what is put there: a text, an attribute, or an element.
WRONG = [
    ("", "type", "xen"),
    ("", "id", "1"),
    ("memory", "#", "lots"),
    ("memory", "unit", "GiB"),
    ("vcpu", "#", "-1"),
    ("vcpu", "cpuset", "0"),
    ("memoryBacking/source", "type", "file"),
    ("memoryBacking/access", "mode", "private"),
    ("os", "firmware", "bios"),
    ("os/type", "#", "linux"),
    ("os/type", "machine", "q35,x"),
    ("os/firmware/feature", "name", "other"),
    ("os/firmware/feature", "enabled", "maybe"),
    ("cpu", "mode", "other"),
    ("cpu/model", "#", "a b"),
    ("on_crash", "#", "coredump-restart"),
    ("devices/disk", "type", "network"),
    ("devices/disk", "device", "lun"),
    ("devices/disk/driver", "name", "tap"),
    ("devices/disk/driver", "type", "vmdk"),
    ("devices/disk/driver", "cache", "x"),
    ("devices/disk/driver", "io", "x"),
    ("devices/disk/driver", "discard", "x"),
    ("devices/disk/driver", "iothread", "1"),
    ("devices/disk/source", "file", "relative"),
    ("devices/disk/source", "file", "/srv/../etc/shadow"),
    ("devices/disk/source", "file", "/srv/.."),
    ("devices/disk/source", "file", "/srv/a\nb"),
    ("devices/disk/source", "pool", "a/b"),
    ("devices/disk/source", "volume", ".."),
    ("devices/disk/source", "dev", "/dev/sda"),
    ("devices/disk/target", "dev", "xvda"),
    ("devices/disk/target", "bus", "usb"),
    ("devices/disk/serial", "#", "a b"),
    ("devices/disk/boot", "order", "x"),
    ("devices/disk/alias", "name", "ua-other-x"),
    ("devices/disk/backingStore", "type", "network"),
    ("devices/disk/backingStore/source", "file", "../x"),
    ("devices/disk/backingStore/format", "type", "x"),
    ("devices/interface", "type", "direct"),
    ("devices/interface/mac", "address", "52:54:00"),
    ("devices/interface/source", "network", "a/b"),
    ("devices/interface/source", "bridge", "a b"),
    ("devices/interface/model", "type", "virtio,x"),
    ("devices/interface/link", "state", "x"),
    ("devices/controller", "type", "pci"),
    ("devices/controller", "model", "x"),
    ("devices/serial", "type", "file"),
    ("devices/serial/log", "file", "x"),
    ("devices/serial/log", "append", "on"),
    ("devices/console", "type", "tcp"),
    ("devices/channel", "type", "spicevmc"),
    ("devices/channel/target", "name", "other"),
    ("devices/graphics", "type", "spice"),
    ("devices/graphics", "listen", "0.0.0.0"),
    ("devices/graphics", "listen", None),
    ("devices/graphics", "port", "5900"),
    ("devices/graphics", "passwd", "x"),
    ("devices/video/model", "type", "qxl"),
    ("devices/filesystem", "type", "block"),
    ("devices/filesystem", "accessmode", "squash"),
    ("devices/filesystem/driver", "type", "x"),
    ("devices/filesystem/source", "dir", "/srv/../x"),
    ("devices/filesystem/target", "dir", "a,b"),
    ("devices/hostdev", "mode", "capabilities"),
    ("devices/hostdev", "type", "mdev"),
    ("devices/hostdev/source/address", "slot", "0x20"),
    ("devices/hostdev/source/address", "function", "8"),
    ("devices/tpm", "model", "spapr"),
    ("devices/tpm/backend", "type", "passthrough"),
    ("devices/tpm/backend", "version", "1.2"),
    ("devices/memballoon", "model", "xen"),
    ("devices/rng/backend", "#", "/dev/sda"),
    ("", "+", "launchSecurity"),
    ("os", "+", "kernel"),
    ("os", "+", "loader"),
    ("devices", "+", "emulator"),
    ("devices", "+", "shmem"),
    ("devices", "+", "redirdev"),
    ("devices/interface", "+", "script"),
    ("devices/interface", "+", "filterref"),
    ("devices/disk", "+", "encryption"),
    ("devices/disk/source", "+", "host"),
    ("devices/graphics", "+", "listen"),
    ("devices/filesystem", "+", "binary"),
    ("devices/channel", "+", "source"),
    ("devices/tpm/backend", "+", "device"),
]


@pytest.mark.parametrize(("path", "what", "value"), WRONG)
def test_refused(path, what, value):
    root = full()
    _guard.check_domain(_xml.dump(root))
    place = root if not path else root.find(path)
    assert place is not None, f"the full machine has no {path}"
    if what == "#":
        place.text = value
    elif what == "+":
        _xml.put(place, value, "x")
    elif value is None:
        del place.attrib[what]
    else:
        place.set(what, value)
    with pytest.raises(FuyajoError, match="refused to write"):
        _guard.check_domain(_xml.dump(root))


def test_every_rule_is_there_for_something():
    # What a machine of ours has when it is made in every way there is, and nothing more.
    made = document(FULL)
    for key in dataclasses.fields(_domain.Meta):
        # The mark of the trash is only ever added to a machine that exists, by a call of its own.
        if key.name != "trashed" and not isinstance(getattr(made.meta, key.name), list):
            setattr(made.meta, key.name, "x")
    texts = [_domain.build_domain(made), _domain.build_domain(document(PLAIN))]
    passt = _domain.Nic(
        "user", "52:54:00:00:00:01", backend="passt", forwards=[_domain.Forward(1, 2)]
    )
    texts.append(_domain.build_domain(_domain.Domain("x", nics=[passt])))
    written = {path.partition("/")[2] for text in texts for path in _xml.paths(_xml.load(text))}
    assert set(_guard._RULES) == written


@pytest.mark.parametrize(
    "words",
    [
        ["-netdev", "user,id=fnet0"],
        ["-netdev", "user,id=fnet0,smb=/etc", "-device", "x"],
        ["-device", "x", "-netdev", "user,id=fnet0"],
        [
            "-netdev",
            "user,id=fnet0,hostfwd=tcp:0.0.0.0:1-:2",
            "-device",
            "virtio-net-pci,netdev=fnet0,mac=52:54:00:00:00:01,addr=0x10,romfile=",
        ],
        [
            "-netdev",
            "user,id=fnet0",
            "-device",
            "virtio-net-pci,netdev=fnet0,mac=52:54:00:00:00:01,addr=0x10,romfile=/x",
        ],
    ],
)
def test_other_arguments_of_qemu_are_refused(words):
    made = _domain.Domain("x", qemu_args=[_domain.QemuArg(word) for word in words])
    with pytest.raises(FuyajoError, match="QEMU arguments"):
        _domain.build_domain(made)
