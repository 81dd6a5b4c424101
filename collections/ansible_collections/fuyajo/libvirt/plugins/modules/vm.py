#!/usr/bin/python
# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One virtual machine."""

from __future__ import annotations

DOCUMENTATION = r"""
module: vm
short_description: One virtual machine
version_added: 0.1.0
author:
  - The Fuyajo developers (@fuyajo)
description:
  - Brings one virtual machine to the wanted state.
  - For several machines M(fuyajo.libvirt.stack) does the same in one task, and much faster.
extends_documentation_fragment:
  - fuyajo.libvirt.attributes
  - fuyajo.libvirt.machine
  - fuyajo.libvirt.machine.pool
  - fuyajo.libvirt.machine.machines
options:
  name:
    description: Name of the machine, lower-case letters, digits and hyphens, a letter first.
    type: str
    required: true
  state:
    description:
      - V(present) makes the machine and leaves its power alone.
      - V(started) and V(stopped) make it as well when it is missing.
      - V(stopped) asks the guest to power off and pulls the plug after O(shutdown_timeout).
      - V(restarted) is a change every time.
      - V(absent) removes the machine, its root disk and its seed, and nothing else.
    type: str
    choices: [present, started, stopped, restarted, absent]
    default: present
  uuid:
    description: Refuse unless the machine of that name is this one.
    type: str
  cpus:
    description: Number of processors, V(1) for a new machine. Takes effect at a start.
    type: int
  memory:
    description:
      - Memory such as V(2G) or V(512 MiB); a plain number counts MiB.
      - V(1024) for a new machine. Takes effect at a start.
    type: str
  disk:
    description:
      - Size of the root disk such as V(10G); a plain number counts GiB. It can only grow.
      - When omitted, a new machine gets the size of its image, or no disk without one.
    type: str
  image:
    description:
      - A name of O(images), or a base volume that the pool has already.
      - It counts when the machine is made; an existing disk is never replaced.
    type: str
  nics:
    description: Network cards. One on the network V(user) for a new machine when omitted.
    type: list
    elements: dict
    suboptions:
      network:
        description: Name of a libvirt network, or V(user) for one that needs no bridge.
        type: str
        required: true
  forwards:
    description: Guest ports that answer on 127.0.0.1 of the host, by the network V(user).
    type: list
    elements: dict
    suboptions:
      guest:
        description: TCP port of the guest.
        type: int
        required: true
      host:
        description: Port of the host. When omitted, one from 20000 to 29999, kept from then on.
        type: int
  cloud_init:
    description: What cloud-init is told at the first boot. It counts when the machine is made.
    type: dict
    suboptions:
      user:
        description: A user to create, with password-less sudo and no password.
        type: str
      ssh_authorized_keys:
        description: Public keys that may log in.
        type: list
        elements: str
      hostname:
        description: Host name of the guest. The machine's name when omitted.
        type: str
      user_data:
        description: More top-level keys of cloud-config. They win over what is made here.
        type: dict
      network_config:
        description: A network-config document for cloud-init.
        type: dict
  metadata:
    description: What is kept in the machine's own metadata. An omitted key is left alone.
    type: dict
    suboptions:
      template:
        description: Name of the template that the machine was made from.
        type: str
      spec_digest:
        description: Digest of the specification that it was made from.
        type: str
      configured:
        description: Digest of what was last configured inside the guest.
        type: str
      expires:
        description: When it may be removed.
        type: str
seealso:
  - module: fuyajo.libvirt.stack
  - module: fuyajo.libvirt.vm_info
"""

EXAMPLES = r"""
- name: A machine from a base that the pool has already
  fuyajo.libvirt.vm:
    owner: mika
    name: web
    state: started
    image: base-2d3a1b7ee0c1f9a2.qcow2
    memory: 2G
    disk: 20G

- name: More memory, now
  fuyajo.libvirt.vm:
    owner: mika
    name: web
    memory: 4G
    allow_restart: true

- name: Gone
  fuyajo.libvirt.vm:
    owner: mika
    name: web
    state: absent
"""

RETURN = r"""
results:
  description: One entry for every object, in the order of the work.
  returned: always
  type: list
  elements: dict
  contains:
    kind:
      description: V(pool), V(image), V(network), V(volume) or V(vm).
      type: str
      returned: always
    name:
      description: Name of the object.
      type: str
      returned: always
    uuid:
      description: Its UUID, when it has one.
      type: str
      returned: always
    actions:
      description: What was done, in order. Empty in check mode.
      type: list
      elements: str
      returned: always
    changes:
      description: What differed, as path, before, after, and whether it takes effect at once.
      type: list
      elements: dict
      returned: always
    restart_required:
      description: Whether something waits for the next start.
      type: bool
      returned: always
    error:
      description: Why this object failed.
      type: str
      returned: always
    error_kind:
      description: V(conflict), V(invalid), V(not_found), V(unavailable) or V(failed).
      type: str
      returned: always
    seconds:
      description: How long the work took.
      type: float
      returned: always
restart_required:
  description: Whether any machine must be restarted for a change to take effect.
  returned: always
  type: bool
vm:
  description: Facts of the machine; null when it does not exist.
  returned: always
  type: dict
  sample:
    name: web
    uuid: 9d3b1a1e-6f0e-4a44-8d1c-0f5f8b1f6a11
    state: running
    cpus: 1
    memory_mib: 1024
    disk_gib: 10
    owner: mika
    environment: shop
    template: web-server
    spec_digest: null
    configured: null
    expires: null
    forwards: [{guest: 22, host: 20122, address: 127.0.0.1}]
    networks: [user]
    accelerator: tcg
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim import ends as _rim


def main():
    """Say what the options are, and hand them over as a stack of one."""
    machine = _rim.vm_spec()
    module = AnsibleModule(
        argument_spec={**_rim.machine_spec(), **machine}, supports_check_mode=True
    )
    options = dict(module.params, vms=[{key: module.params[key] for key in machine}])
    _rim.run_converge(module, options, _rim.vm_result)


if __name__ == "__main__":
    main()
