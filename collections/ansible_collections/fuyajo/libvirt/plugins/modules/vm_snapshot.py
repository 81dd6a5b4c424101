#!/usr/bin/python
# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Snapshots of one virtual machine."""

from __future__ import annotations

DOCUMENTATION = r"""
module: vm_snapshot
short_description: Takes, deletes and goes back to snapshots of a virtual machine
version_added: 0.1.0
author:
  - The Fuyajo developers (@fuyajo)
description:
  - Takes a snapshot of a virtual machine, deletes one, or brings the machine back to one.
  - Deleting an external snapshot merges its layers, live when the machine runs; deleting one in the middle,
    or one that others fork from, keeps all content of the others. Going back to an external snapshot works
    on every libvirt.
  - A snapshot that a linked clone needs is not deleted.
extends_documentation_fragment:
  - fuyajo.libvirt.attributes
  - fuyajo.libvirt.machine
  - fuyajo.libvirt.machine.pool
  - fuyajo.libvirt.snapshot
  - fuyajo.libvirt.snapshot.owner
attributes:
  idempotent:
    support: partial
    details: O(state=reverted) reverts every time, as its purpose is to discard what happened since.
notes:
  - Layers of a machine that is off are merged as files, by C(qemu-img), so that has to run on the hypervisor.
  - UEFI variables and the state of a TPM are part of no snapshot.
seealso:
  - module: fuyajo.libvirt.vm_snapshot_info
  - module: fuyajo.libvirt.vm_clone
"""

EXAMPLES = r"""
- name: Before the upgrade
  fuyajo.libvirt.vm_snapshot:
    owner: mika
    vm: web
    name: before-upgrade
    description: Known to work

- name: Without a pause of the guest
  fuyajo.libvirt.vm_snapshot:
    owner: mika
    vm: web
    name: nightly
    kind: external
    quiesce: true

- name: Back to where it was, and left off
  fuyajo.libvirt.vm_snapshot:
    owner: mika
    vm: web
    name: before-upgrade
    state: reverted
    power: stopped

- name: It worked, so the snapshot goes
  fuyajo.libvirt.vm_snapshot:
    owner: mika
    vm: web
    name: before-upgrade
    state: absent
"""

RETURN = r"""
actions:
  description: What was done, in order. Empty in check mode.
  returned: always
  type: list
  elements: str
changes:
  description:
    - What differed, as path, before, after, and effect. An effect is V(live), V(stop) when it interrupts what
      runs, or V(destroy) when data goes. Going back has the path V(content).
  returned: always
  type: list
  elements: dict
uuid:
  description: UUID of the machine.
  returned: always
  type: str
results:
  description: The same for every object of the task, with its kind, name, error and duration.
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
snapshot:
  description: Facts of the snapshot; null when it does not exist.
  returned: always
  type: dict
  contains:
    vm:
      description: Name of the machine.
      type: str
      returned: always
    name:
      description: Name of the snapshot.
      type: str
      returned: always
    description:
      description: What somebody wrote about it.
      type: str
      returned: always
    parent:
      description: The snapshot that it was taken on top of.
      type: str
      returned: always
    children:
      description: The snapshots that were taken on top of it.
      type: list
      elements: str
      returned: always
    current:
      description: Whether what the machine does now goes on from this one.
      type: bool
      returned: always
    created:
      description: When it was taken, in UTC.
      type: str
      returned: always
    state:
      description: What the machine was at that time, V(running), V(paused) or V(stopped).
      type: str
      returned: always
    kind:
      description: V(internal) or V(external).
      type: str
      returned: always
    memory:
      description: Whether it has the machine's memory.
      type: bool
      returned: always
    disks:
      description: Targets of the disks in it.
      type: list
      elements: str
      returned: always
    files:
      description: For an external one, the file by target that holds the content.
      type: dict
      returned: always
  sample:
    vm: web
    name: before-upgrade
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
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import snapshot_kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.ends import run_one
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_common import (
    common_spec,
    owner_spec,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_snapshot import snapshot_spec


def main():
    """Say what the options are, and hand them over."""
    own = snapshot_spec()
    spec = {**common_spec(), **owner_spec(), **own}
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True)
    run_one(module, snapshot_kind.KIND, list(own))


if __name__ == "__main__":
    main()
