#!/usr/bin/python
# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts about a hypervisor."""

from __future__ import annotations

DOCUMENTATION = r"""
module: host_info
short_description: Facts about a hypervisor
version_added: 0.1.0
author:
  - The Fuyajo developers (@fuyajo)
description:
  - Reads what a host is, has and offers, such as the versions of libvirt and QEMU, memory, processors
    and pools with what is left, machines by state, machine types, processor models and firmware.
  - Says what the accelerator really is. On this machine a tiny guest tells, not the presence of a device
    file; the answer is kept until the next boot.
extends_documentation_fragment:
  - fuyajo.libvirt.attributes.info
  - fuyajo.libvirt.machine
"""

EXAMPLES = r"""
- name: What is this host?
  fuyajo.libvirt.host_info:
  register: found

- name: No guest runs fast without it
  ansible.builtin.assert:
    that: found.host.accelerator.kvm
    fail_msg: "{{ found.host.accelerator.reason }}"
"""

RETURN = r"""
host:
  description: Facts of the host.
  returned: always
  type: dict
  sample:
    hostname: hypervisor.example
    uri: qemu:///system
    architecture: x86_64
    libvirt_version: 9.0.0
    hypervisor: QEMU
    hypervisor_version: 7.2.22
    cpus: 8
    memory_total_mib: 32000
    memory_free_mib: 20480
    accelerator: {name: kvm, kvm: true, reason: KVM ran a tiny 64-bit guest}
    machine_types: [pc, q35]
    cpu_modes: [host-passthrough, host-model, custom]
    cpu_models: 61
    firmware: [bios, efi]
    secure_boot: true
    tpm: [emulator]
    virtiofs: true
    passt: false
    pools:
      - {name: fuyajo, type: dir, state: started, capacity_bytes: 270553174016, free_bytes: 244059086848}
    domains: {total: 3, running: 2, stopped: 1}
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.host_facts import host_facts
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.ends import run_info
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_common import uri_spec


def main():
    """Say what the options are, and read."""
    module = AnsibleModule(argument_spec=uri_spec(), supports_check_mode=True)
    # What guests can be given is a question that read-only connections do not answer.
    run_info(module, "host", host_facts, readonly=False)


if __name__ == "__main__":
    main()
