#!/usr/bin/python
# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A virtual machine into the trash, and out of it."""

from __future__ import annotations

DOCUMENTATION = r"""
module: vm_trash
short_description: Moves a virtual machine into the trash, brings it back, or ends it for good
version_added: 0.1.0
author:
  - The Fuyajo developers (@fuyajo)
description:
  - Keeps a virtual machine that is not wanted any more for a while, switched off and out of the way, so
    that it can come back as it was, with its snapshots and the same content of its disks.
  - Files are given other names in their directories; nothing is copied, whatever the size.
  - A machine in the trash is refused by every other module that changes machines. What it needs, such as
    its base image, is still in use.
  - A task that was killed is completed by the next one, in any state that this one names.
extends_documentation_fragment:
  - fuyajo.libvirt.attributes
  - fuyajo.libvirt.machine
  - fuyajo.libvirt.machine.pool
  - fuyajo.libvirt.trash
  - fuyajo.libvirt.snapshot.owner
notes:
  - Refused, with nothing changed, is a machine with a disk that it alone writes to and that cannot go along
    (outside the pool, not made for this machine, or needed by another one), with a device of the host, with
    saved memory, without a definition, or unfinished.
  - Files are given other names by this module itself, so it has to run on the hypervisor, as a user who may
    do that in the pool's directory. libvirt has no call for it.
  - UEFI variables go along. What a TPM holds is kept under the machine's UUID and stays where it is.
  - Snapshots are only usable after the machine is back.
seealso:
  - module: fuyajo.libvirt.vm
  - module: fuyajo.libvirt.vm_info
  - module: fuyajo.libvirt.vm_snapshot
"""

EXAMPLES = r"""
- name: Out of the way for three days
  fuyajo.libvirt.vm_trash:
    owner: mika
    vm: web
    until: "2026-11-26T10:00:00Z"
  register: gone

- name: It was needed after all
  fuyajo.libvirt.vm_trash:
    owner: mika
    vm: "{{ gone.vm.name }}"
    uuid: "{{ gone.uuid }}"
    state: restored

- name: It really was not, so its disks go as well
  fuyajo.libvirt.vm_trash:
    owner: mika
    vm: "{{ gone.vm.name }}"
    uuid: "{{ gone.uuid }}"
    state: purged
"""

RETURN = r"""
actions:
  description: What was done, in order. Empty in check mode.
  returned: always
  type: list
  elements: str
  sample: [shutdown, rename to trash-9d3b1a1e6f0e, rename web.qcow2 to trash-9d3b1a1e6f0e.qcow2, define]
changes:
  description:
    - What differed, as path, before, after, and effect. An effect is V(live), V(stop) when it interrupts what
      runs, or V(destroy) when data goes. Paths are V(name), V(volumes), V(until) and V(autostart), or for
      V(purged) V(state) and V(volumes).
  returned: always
  type: list
  elements: dict
uuid:
  description: UUID of the machine; null when there is none.
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
vm:
  description:
    - Facts of the machine as M(fuyajo.libvirt.vm_info) has them; null when it does not exist any more.
    - Its fact C(trashed) is null for a machine that is not in the trash.
  returned: always
  type: dict
  sample:
    name: trash-9d3b1a1e6f0e
    uuid: 9d3b1a1e-6f0e-4a44-8d1c-0f5f8b1f6a11
    state: stopped
    owner: mika
    trashed: {name: web, since: '2026-11-23T10:00:00Z', until: '2026-11-26T10:00:00Z'}
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import trash_kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.ends import run_one
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_common import (
    common_spec,
    owner_spec,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_trash import (
    grace_spec,
    trash_spec,
)


def main():
    """Say what the options are, and hand them over."""
    own = trash_spec()
    spec = {**common_spec(), **owner_spec(), **grace_spec(), **own}
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True)
    run_one(module, trash_kind.KIND, list(own))


if __name__ == "__main__":
    main()
