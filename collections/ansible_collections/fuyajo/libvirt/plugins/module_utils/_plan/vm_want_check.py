# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does not fit together in the wishes for one machine. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.checker import Checker
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.defaults import board_of
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_want_devices import USER

if TYPE_CHECKING:
    from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_want import WantedVm


def check_vm(check: Checker, at: str, vm: WantedVm) -> None:
    """Note every problem."""
    _check_sizes(check, at, vm)
    _check_firmware(check, at, vm)
    _check_cpu(check, at, vm)
    _check_boot(check, at, vm)
    _check_disks(check, at, vm)
    if vm.forwards and vm.networks is not None and USER not in vm.networks:
        check.problem(f"{at}.forwards", "only a nic on the network 'user' has them")
    if vm.exact_disks and vm.disks is None:
        check.problem(f"{at}.exact_disks", "needs disks, be it an empty list")
    _check_wait(check, at, vm)


def _check_wait(check: Checker, at: str, vm: WantedVm) -> None:
    """Note a wait that could only ever time out, before anything is made for it."""
    if vm.state not in ("present", "started", "restarted"):
        return
    if vm.wait_for in ("address", "ssh") and vm.nics == []:
        check.problem(f"{at}.wait_for", f"{vm.wait_for} needs a card, and nics is empty")
    if vm.wait_for in ("agent", "cloud_init") and vm.guest_agent is False:
        check.problem(f"{at}.wait_for", f"{vm.wait_for} needs guest_agent")


def _check_sizes(check: Checker, at: str, vm: WantedVm) -> None:
    if vm.cpus and vm.max_cpus and vm.cpus > vm.max_cpus:
        check.problem(f"{at}.max_cpus", "is less than cpus")
    if vm.memory and vm.max_memory and vm.memory > vm.max_memory:
        check.problem(f"{at}.max_memory", "is less than memory")


def _check_firmware(check: Checker, at: str, vm: WantedVm) -> None:
    board = board_of(vm.machine)
    if vm.secure_boot and vm.firmware != "uefi":
        check.problem(f"{at}.secure_boot", "needs firmware uefi")
    if vm.firmware == "uefi" and board == "pc":
        check.problem(f"{at}.firmware", "uefi needs the machine q35")
    if vm.secure_boot and board not in (None, "q35"):
        check.problem(f"{at}.secure_boot", "needs the machine q35")


def _check_cpu(check: Checker, at: str, vm: WantedVm) -> None:
    if vm.cpu_model and vm.cpu_mode not in (None, "custom"):
        check.problem(f"{at}.cpu_model", f"is not possible with cpu_mode {vm.cpu_mode}")
    if vm.cpu_mode == "custom" and not vm.cpu_model:
        check.problem(f"{at}.cpu_mode", "custom needs cpu_model")


def _check_boot(check: Checker, at: str, vm: WantedVm) -> None:
    orders = [each.boot_order for each in (*(vm.disks or ()), *(vm.nics or ())) if each.boot_order]
    if vm.boot and orders:
        check.problem(f"{at}.boot", "is not possible together with boot_order")
    if len(set(orders)) != len(orders):
        check.problem(at, "a boot_order occurs more than once")


def _check_disks(check: Checker, at: str, vm: WantedVm) -> None:

    for disk in vm.disks or ():
        if disk.state == "absent" and (disk.size or disk.volume):
            check.problem(f"{at}.disks", f"{disk.name} is to be absent; its name is enough")
