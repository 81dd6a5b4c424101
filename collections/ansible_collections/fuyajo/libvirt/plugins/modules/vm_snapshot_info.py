#!/usr/bin/python
# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts about snapshots."""

from __future__ import annotations

DOCUMENTATION = r"""
module: vm_snapshot_info
short_description: Facts about snapshots of virtual machines
version_added: 0.1.0
author:
  - The Fuyajo developers (@fuyajo)
description:
  - Reads the snapshots of one machine, or of all machines that have any, as lists and as trees.
extends_documentation_fragment:
  - fuyajo.libvirt.attributes.info
  - fuyajo.libvirt.machine
options:
  vm:
    description: Only the machine of that name.
    type: str
  owner:
    description: Only machines of that owner.
    type: str
seealso:
  - module: fuyajo.libvirt.vm_snapshot
"""

EXAMPLES = r"""
- name: What web can go back to
  fuyajo.libvirt.vm_snapshot_info:
    vm: web
  register: found

- name: Their names
  ansible.builtin.debug:
    msg: "{{ found.vms | map(attribute='snapshots') | flatten | map(attribute='name') }}"
"""

RETURN = r"""
vms:
  description:
    - The machines, sorted by name. One that was asked for by name is there even without snapshots.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: Name of the machine.
      type: str
      returned: always
    uuid:
      description: UUID of the machine.
      type: str
      returned: always
    owner:
      description: Who it belongs to; null for a foreign one.
      type: str
      returned: always
    current:
      description: Name of the snapshot that what the machine does now goes on from, or null.
      type: str
      returned: always
    snapshots:
      description: Facts of every snapshot as M(fuyajo.libvirt.vm_snapshot) returns them, sorted by name.
      type: list
      elements: dict
      returned: always
    tree:
      description: The same as a tree, each node with C(name), C(current) and C(children), the oldest first.
      type: list
      elements: dict
      returned: always
  sample:
    - name: web
      uuid: 9d3b1a1e-6f0e-4a44-8d1c-0f5f8b1f6a11
      owner: mika
      current: before-upgrade
      snapshots:
        - name: before-upgrade
          description: Known to work
          parent: null
          children: []
          current: true
          created: '2026-11-22T10:00:00Z'
          state: stopped
          kind: internal
          memory: false
          disks: [vda]
          files: {}
      tree:
        - name: before-upgrade
          current: true
          children: []
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.ends import run_info
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_common import uri_spec


def main():
    """Say what the options are, and read."""
    spec = {**uri_spec(), "vm": {"type": "str"}, "owner": {"type": "str"}}
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True)
    vm, owner = module.params["vm"], module.params["owner"]

    def read(host):
        found = host.snapshot_trees(vm)
        return [each for each in found if owner in (None, each["owner"])]

    run_info(module, "vms", read)


if __name__ == "__main__":
    main()
