#!/usr/bin/python
# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy of a virtual machine."""

from __future__ import annotations

DOCUMENTATION = r"""
module: vm_clone
short_description: Copies a virtual machine, in full or linked
version_added: 0.1.0
author:
  - The Fuyajo developers (@fuyajo)
description:
  - Makes a new machine with the definition and the disks of another one.
  - The clone gets a UUID, MAC addresses, forwarded ports, UEFI variables and, where the source has a seed of
    cloud-init, a host name and an instance of its own. Its disks are volumes of the pool, named after it.
    Disks that can only be read or are shareable are used by both.
  - What two machines cannot both have (host devices, fixed ports, sockets and files of the host, foreign
    arguments for QEMU) is left out with a warning.
  - A clone that fails takes back what it made.
extends_documentation_fragment:
  - fuyajo.libvirt.attributes
  - fuyajo.libvirt.machine
  - fuyajo.libvirt.machine.pool
  - fuyajo.libvirt.clone
  - fuyajo.libvirt.snapshot.owner
notes:
  - Whether a clone exists is told by its name, its owner and a note of its source in it. One that exists is
    not compared with the source again.
  - What identifies the guest inside, such as C(/etc/machine-id), is copied with the disks. With a seed
    cloud-init sees a new instance and makes new SSH host keys.
seealso:
  - module: fuyajo.libvirt.vm
  - module: fuyajo.libvirt.vm_snapshot
"""

EXAMPLES = r"""
- name: A second one that stands alone
  fuyajo.libvirt.vm_clone:
    owner: mika
    source: web
    name: web2
    state: started

- name: A point of a running machine
  fuyajo.libvirt.vm_snapshot:
    owner: mika
    vm: web
    name: golden
    kind: external

- name: Test machines on top of it, in no time
  fuyajo.libvirt.vm_clone:
    owner: mika
    source: web
    snapshot: golden
    linked: true
    name: "{{ item }}"
    state: started
  loop: [test1, test2, test3]
"""

RETURN = r"""
actions:
  description: What was done, in order. Empty in check mode.
  returned: always
  type: list
  elements: str
changes:
  description: What differed, as path, before, after, and effect.
  returned: always
  type: list
  elements: dict
uuid:
  description: UUID of the clone.
  returned: always
  type: str
results:
  description:
    - The same for every object of the task, with its kind, name, error and duration. C(warnings) has what was
      left out.
  returned: always
  type: list
  elements: dict
duration:
  description: How many seconds the whole task took on the host.
  returned: always
  type: float
restart_required:
  description: Always false.
  returned: always
  type: bool
vm:
  description: Facts of the clone as M(fuyajo.libvirt.vm) returns them; null when it does not exist.
  returned: always
  type: dict
  sample:
    name: web2
    uuid: 0c5a5f4e-2a2e-4b4b-9a37-5a4f7f0e9d10
    state: running
    cpus: 1
    memory_mib: 1024
    disk_gib: 10
    owner: mika
    forwards: [{guest: 22, host: 20317, address: 127.0.0.1}]
    networks: [user]
    accelerator: tcg
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import clone_kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.ends import run_one
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_clone import clone_spec
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_common import (
    common_spec,
    owner_spec,
)


def main():
    """Say what the options are, and hand them over."""
    own = clone_spec()
    spec = {**common_spec(), **owner_spec(), **own}
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True)
    run_one(module, clone_kind.KIND, list(own))


if __name__ == "__main__":
    main()
