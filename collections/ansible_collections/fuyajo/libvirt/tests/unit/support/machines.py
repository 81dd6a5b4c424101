# SPDX-License-Identifier: GPL-3.0-or-later
"""Machines with any options, made from the modules' own options without a host."""

from __future__ import annotations

from types import SimpleNamespace

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.checker import Checker
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.defaults import Offer
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.domain import Domain, Forward
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import vm_document
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import vm_want_devices as wanted
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_want import (
    BOOT_DEVICES,
    CPU_MODES,
    GRAPHICS,
    VIDEOS,
    WantedVm,
    parse_vm,
)
from hypothesis import strategies as st

POOL = "/srv/pool"
IMAGE = "base-0123456789abcdef.qcow2"
VOLUMES = [{"name": "shelf.raw", "format": "raw"}, {"name": "old.qcow2", "format": "qcow2"}]

LINE = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=40)
NAMES = st.from_regex(r"[a-z]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)
MAYBE = st.none() | st.booleans()
SIZES = st.integers(1, 4096).map(lambda gib: f"{gib}G")


def one_of(choices):
    return st.none() | st.sampled_from(choices)


def context(accelerator="tcg", passt=False, uri="qemu:///system"):
    """Return as much of a Context as making a document asks for."""
    return SimpleNamespace(
        wanted=SimpleNamespace(
            owner="mika", environment=None, pool=SimpleNamespace(name="fuyajo"), of=lambda _key: []
        ),
        host=SimpleNamespace(uri=uri, is_local=True, pool_volumes=lambda _pool: VOLUMES),
        offer=lambda: Offer(accelerator=accelerator, passt=passt),
        path_of=lambda volume: f"{POOL}/{volume}",
        image_volume=lambda image: image,
        base_bytes=lambda _image: 2**30,
    )


def parsed(options: dict) -> WantedVm:
    """Return the checked form of options that must be right."""
    check = Checker()
    vm = parse_vm(check, "vms[0]", options)
    assert check.problems == []
    return vm


def problems(**options) -> list[str]:
    """Return what is wrong with options."""
    check = Checker()
    parse_vm(check, "vm", {"name": "web", **options})
    return check.problems


def document(options: dict, ctx=None) -> Domain:
    """Return the document of a new machine with these options."""
    vm = parsed(options)
    forwards = [Forward(f.guest, f.host or 20000 + i) for i, f in enumerate(vm.forwards or ())]
    recipe = vm_document.Recipe(vm, vm_document.cards(vm), forwards, set())
    return vm_document.blueprint(ctx or context(), recipe).document


@st.composite
def disks(draw):
    found = []
    for name in draw(st.lists(NAMES.filter(lambda n: n != "vol"), max_size=4, unique=True)):
        disk = {
            "name": name,
            "bus": draw(one_of(wanted.BUSES)),
            "serial": draw(st.none() | st.from_regex(r"[A-Za-z0-9_.+-]{1,20}", fullmatch=True)),
            "cache": draw(one_of(wanted.CACHES)),
            "discard": draw(one_of(wanted.DISCARDS)),
            "readonly": draw(MAYBE),
            "format": draw(one_of(wanted.FORMATS)),
        }
        if draw(st.booleans()):
            disk |= {"volume": draw(st.sampled_from(VOLUMES))["name"], "pool": draw(one_of(["p"]))}
        else:
            disk["size"] = draw(SIZES)
        native = disk["cache"] in ("none", "directsync")
        disk["io"] = draw(one_of(wanted.IO_MODES if native else wanted.IO_MODES[1:]))
        if disk["format"] == "raw" and disk["cache"] in (None, "none"):
            disk["shareable"] = draw(MAYBE)
        if disk["bus"] == "sata":
            disk["readonly"] = False
        found.append(disk)
    return found


@st.composite
def nics(draw):
    found = []
    for index in range(draw(st.integers(0, 3))):
        place = draw(
            st.fixed_dictionaries(
                {"network": st.from_regex(r"[A-Za-z][A-Za-z0-9_.+-]{0,9}", fullmatch=True)}
            )
            | st.fixed_dictionaries(
                {"bridge": st.from_regex(r"[a-z][a-z0-9.-]{0,14}", fullmatch=True)}
            )
        )
        if place.get("network") == "user":
            continue
        mac = draw(st.none() | st.integers(0, 2**16 - 1))
        if mac is not None:
            mac = f"52:54:0{index}:{mac >> 8:02x}:{mac & 255:02x}:00"
        model = draw(one_of(["virtio", "e1000e", "rtl8139"]))
        found.append({**place, "mac": mac, "model": model, "link": draw(one_of(["up", "down"]))})
    if draw(st.booleans()):
        found.insert(0, {"network": "user", "mac": draw(one_of(["52:54:00:00:00:01"]))})
    return found


@st.composite
def shares(draw):
    names = draw(st.lists(NAMES, max_size=3, unique=True))
    return [
        {
            "name": name,
            "path": draw(st.sampled_from(["/srv", "/srv/a b", "/srv/ü&<>'\""])),
            "driver": draw(one_of(wanted.SHARE_DRIVERS)),
            "readonly": draw(MAYBE),
        }
        for name in names
    ]


DEVICES = st.lists(
    st.integers(0, 2**16 - 1).map(lambda n: {"usb": f"{n:04x}:{n ^ 0xFF:04x}"})
    | st.integers(0, 255).map(lambda n: {"pci": f"0000:{n:02x}:1{n & 15:x}.{n & 7}"}),
    max_size=3,
    unique_by=str,
)


@st.composite
def machines(draw):
    """Options of a machine, over everything that can be said, that fit together."""
    cpus, memory = draw(st.none() | st.integers(1, 8)), draw(st.none() | st.integers(64, 4096))
    uefi = draw(st.booleans())
    options = {
        "name": draw(NAMES),
        "cpus": cpus,
        "max_cpus": draw(st.none() | st.integers(cpus or 1, 64)),
        "memory": memory,
        "max_memory": draw(st.none() | st.integers(memory or 64, 8192)),
        "disk": draw(st.none() | SIZES),
        "image": draw(one_of([IMAGE])),
        "disks": draw(st.none() | disks()),
        "media": draw(
            st.none()
            | st.lists(
                st.fixed_dictionaries(
                    {"name": NAMES, "path": st.sampled_from(["", "/srv/a.iso", "/srv/a&b.iso"])}
                ),
                max_size=3,
                unique_by=lambda medium: medium["name"],
            )
        ),
        "nics": draw(st.none() | nics()),
        "firmware": "uefi" if uefi else draw(one_of(["bios"])),
        "secure_boot": draw(MAYBE) if uefi else draw(one_of([False])),
        "machine": draw(one_of(["q35", "pc-q35-7.2"] if uefi else ["pc", "q35", "pc-i440fx-7.2"])),
        "cpu_mode": draw(one_of([m for m in CPU_MODES if m != "custom"])),
        "shares": draw(st.none() | shares()),
        "host_devices": draw(st.none() | DEVICES),
        **draw(_simple()),
    }
    if options["cpu_mode"] is None:
        options["cpu_model"] = draw(one_of(["qemu64", "Haswell-noTSX-IBRS"]))
    if draw(st.booleans()):
        options["boot"] = draw(st.lists(st.sampled_from(BOOT_DEVICES), unique=True, min_size=1))
    else:
        _number(draw, options)
    return {key: value for key, value in options.items() if value is not None}


def _simple():
    return st.fixed_dictionaries(
        {
            "tpm": MAYBE,
            "autostart": MAYBE,
            "video": one_of(VIDEOS),
            "graphics": one_of(GRAPHICS),
            "serial_log": MAYBE,
            "guest_agent": MAYBE,
            "title": st.none() | LINE,
            "description": st.none() | LINE | st.just("two\n\tlines & <more>"),
            "tags": st.none() | st.lists(NAMES, max_size=3),
            "cloud_init": one_of([{"user": "ann"}]),
            "metadata": st.none() | st.fixed_dictionaries({"template": LINE}),
        }
    )


def _number(draw, options: dict) -> None:
    """Give some of the devices a place in the boot order."""
    cards = [nic for nic in options["nics"] or () if nic.get("network") != "user"]
    for order, device in enumerate([*(options["disks"] or ()), *cards], 1):
        if draw(st.booleans()):
            device["boot_order"] = order
