# SPDX-License-Identifier: GPL-3.0-or-later
"""What is refused of the options of a machine, with all problems at once; and their documentation."""

from __future__ import annotations

import pytest
import yaml
from ansible_collections.fuyajo.libvirt.plugins.doc_fragments.vm import ModuleDocFragment
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kinds import wanted_of_all
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_want import WantedVm
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_vm import vm_spec
from ansible_collections.fuyajo.libvirt.tests.unit.support.machines import parsed, problems

DISK = {"name": "d", "size": "1G"}


def disk(**more):
    return {"disks": [{**DISK, **more}]}


def nic(**more):
    return {"nics": [{"network": "a", **more}]}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"state": "broken"}, "must be one of"),
        ({"cpus": 0}, "from 1 to"),
        ({"cpus": 4, "max_cpus": 2}, "vm.max_cpus: is less than cpus"),
        ({"memory": "2G", "max_memory": "1G"}, "vm.max_memory: is less"),
        ({"memory": "2 lots"}, "not a size"),
        ({"secure_boot": True}, "vm.secure_boot: needs firmware uefi"),
        ({"secure_boot": True, "firmware": "uefi", "machine": "virt"}, "needs the machine q35"),
        ({"firmware": "uefi", "machine": "pc"}, "vm.firmware: uefi needs"),
        ({"firmware": "uefi", "machine": "pc-i440fx-7.2"}, "vm.firmware: uefi needs"),
        ({"firmware": "coreboot"}, "must be one of bios, uefi"),
        ({"machine": "q35;x"}, "vm.machine"),
        ({"machine": "q35\n"}, "vm.machine"),
        ({"cpu_mode": "custom"}, "custom needs cpu_model"),
        ({"cpu_mode": "maximum", "cpu_model": "Haswell"}, "not possible with cpu_mode"),
        ({"cpu_model": "<x>"}, "vm.cpu_model"),
        ({"boot": ["floppy"]}, "must be one of disk"),
        ({"boot": ["disk", "disk"]}, "more than once"),
        ({"boot": ["disk"], **disk(boot_order=1)}, "together with boot_order"),
        ({"nics": [{"network": "a", "boot_order": 1}], **disk(boot_order=1)}, "boot_order occurs"),
        ({"video": "cirrus"}, "must be one of none"),
        ({"graphics": "spice"}, "must be one of none, vnc"),
        ({"wait_for": "godot"}, "must be one of running"),
        ({"wait_timeout": 0}, "from 1 to 86400"),
        ({"wait_for": "address", "nics": []}, "vm.wait_for: address needs a card"),
        ({"wait_for": "ssh", "nics": []}, "vm.wait_for: ssh needs a card"),
        ({"wait_for": "agent", "guest_agent": False}, "vm.wait_for: agent needs guest_agent"),
        ({"wait_for": "cloud_init", "guest_agent": False}, "cloud_init needs guest_agent"),
        ({"exact_disks": True}, "needs disks"),
        ({"title": "two\nlines"}, "one printable line"),
        ({"description": "bell \a"}, "printable text"),
        ({"description": "x" * 4097}, "printable text"),
        ({"description": "a\rb"}, "printable text"),
        ({"tags": ["Upper"]}, "is no tag"),
        ({"tags": ["a b"]}, "is no tag"),
        (disk(name="../x"), "is no name"),
        (disk(name="vol"), "something else of ours"),
        (disk(size="1.3G"), "whole number of"),
        (disk(pool="p"), "together with volume only"),
        (disk(volume="v"), "a volume that exists has a size"),
        ({"disks": [{"name": "d", "volume": "a/b"}]}, "is no name of a volume"),
        ({"disks": [{"name": "d", "volume": "..", "pool": "../p"}]}, "is no name of a pool"),
        (disk(bus="ide"), "must be one of virtio, scsi, sata"),
        (disk(format="vmdk"), "must be one of qcow2, raw"),
        (disk(serial="x" * 21), "is no serial number"),
        (disk(serial="a b"), "is no serial number"),
        (disk(cache="all"), "must be one of default"),
        (disk(io="native"), "native needs cache"),
        (disk(discard="yes"), "must be one of unmap"),
        (disk(shareable=True), "only a disk with format raw"),
        (disk(shareable=True, format="raw", cache="writeback"), "needs cache none"),
        (disk(readonly=True, bus="sata"), "not possible on the bus sata"),
        (disk(boot_order=0), "from 1 to 255"),
        (disk(state="absent"), "its name is enough"),
        ({"disks": [DISK, DISK]}, "the name d occurs more than once"),
        ({"media": [{"name": "m", "path": "a.iso"}]}, "absolute path"),
        ({"media": [{"name": "m", "path": "/srv/../etc/x"}]}, "absolute path"),
        ({"media": [{"name": "m"}, {"name": "m"}]}, "occurs more than once"),
        ({"nics": [{}]}, "needs either network or bridge"),
        (nic(bridge="br0"), "needs either network or bridge"),
        (nic(network="a b"), "is no name of a network"),
        ({"nics": [{"bridge": "much-too-long-name"}]}, "is no name of a bridge"),
        (nic(mac="52:54:00:00:00"), "is no MAC address"),
        (nic(mac="53:54:00:00:00:01"), "is no MAC address"),
        (nic(mac="52:54:00:00:00:01\n"), "is no MAC address"),
        (
            {"nics": [{"network": n, "mac": "52:54:00:00:00:01"} for n in "ab"]},
            "MAC address occurs",
        ),
        (nic(model="virtio,x"), "is no model"),
        (nic(link="maybe"), "must be one of up, down"),
        (nic(boot_order=300), "from 1 to 255"),
        (nic(network="user", link="down"), "nothing but mac"),
        ({"nics": [{"network": "user"}] * 2}, "one nic on the network 'user'"),
        ({"shares": [{"name": "s", "path": "srv"}]}, "absolute path"),
        ({"shares": [{"name": "s"}]}, "is required"),
        ({"shares": [{"name": "S", "path": "/srv"}]}, "is no name"),
        ({"shares": [{"name": "s", "path": "/srv", "driver": "nfs"}]}, "must be one of virtiofs"),
        ({"host_devices": [{}]}, "needs either pci or usb"),
        ({"host_devices": [{"pci": "1:0.0"}]}, "is no PCI address"),
        ({"host_devices": [{"pci": "0000:01:20.0"}]}, "is no PCI address"),
        ({"host_devices": [{"usb": "046d"}]}, "is no pair of USB ids"),
        ({"host_devices": [{"usb": "046d:c52b"}] * 2}, "a device occurs more than once"),
        ({"forwards": [{"guest": 22}], **nic()}, "only a nic on the network 'user'"),
    ],
)
def test_refused(options, words):
    found = problems(**options)
    assert any(words in problem for problem in found), found
    assert all(problem.startswith("vm") for problem in found)


def test_every_problem_at_once():
    vm = {"name": "web", "cpus": -1, "secure_boot": True, "nics": [{"mac": "x"}], "video": "x"}
    with pytest.raises(FuyajoError) as caught:
        wanted_of_all({"vms": [vm, {"name": "web", "disks": [{"name": "-"}]}]})
    text = str(caught.value)
    for part in ("vms[0].cpus", "vms[0].secure_boot", "vms[0].nics[0].mac", "vms[0].video"):
        assert part in text
    assert "vms[1].disks[0].name" in text and "occurs more than once" in text


def test_accepted_forms():
    vm = parsed(
        {
            "name": "web",
            "description": "lines\nand\ttabs\n",
            "title": "",
            "tags": ["b", "a", "a", "k=v"],
            "media": [{"name": "m", "path": ""}],
            "nics": [{"network": "My_Net.1", "mac": "52:54:00:AA:BB:CC"}, {"bridge": "br0.100"}],
            "host_devices": [{"pci": "0000:0A:1F.7"}, {"usb": "046D:C52B"}],
            "wait_for": "agent",
            "force_off": True,
            "shares": [{"name": "s", "path": "/srv/"}],
        }
    )
    assert (vm.description, vm.title, vm.tags) == ("lines\nand\ttabs", "", ["a", "b", "k=v"])
    assert vm.nics[0].mac == "52:54:00:aa:bb:cc" and vm.networks == ["My_Net.1", "br0.100"]
    assert [(d.pci, d.usb) for d in vm.host_devices] == [
        ("0000:0a:1f.7", None),
        (None, "046d:c52b"),
    ]
    assert vm.shares[0].path == "/srv" and vm.media[0].path == ""
    assert (vm.force_off, vm.wait_for, vm.wait_timeout) == (True, "agent", 300)
    gone = parsed({"name": "web", "state": "absent", "remove_storage": True})
    assert (
        gone.remove_storage and parsed({"name": "w", "disks": [], "exact_disks": True}).exact_disks
    )


def test_nothing_said_is_nothing_wanted():
    assert parsed({"name": "web"}) == WantedVm("web")
    assert WantedVm("web").networks is None


def shape(options: dict, inner: str) -> dict:
    """Return what an argument spec and its documentation have to agree on."""
    keys = ("type", "elements", "choices", "default", "required")
    return {
        name: {key: option[key] for key in keys if option.get(key) is not None}
        | {"inner": shape(option.get(inner) or {}, inner)}
        for name, option in options.items()
    }


def test_the_documentation_says_what_the_modules_take():
    documented = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
    assert shape(documented, "suboptions") == shape(vm_spec(), "options")
    in_stack = yaml.safe_load(ModuleDocFragment.IN_STACK)["options"]["vms"]["suboptions"]
    assert shape(in_stack, "suboptions") == shape(vm_spec(), "options")
    assert "O(vms[].max_cpus)" in str(in_stack) and "O(max_cpus)" not in str(in_stack)
