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
  - fuyajo.libvirt.image.in_stack
  - fuyajo.libvirt.vm
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

- name: More memory, now, even if that takes a restart
  fuyajo.libvirt.vm:
    owner: mika
    name: web
    memory: 4G
    allow_restart: true

- name: A machine for Windows or anything else that wants to be installed by hand
  fuyajo.libvirt.vm:
    owner: mika
    name: desk
    state: started
    cpus: 2
    max_cpus: 4
    memory: 4G
    max_memory: 8G
    disk: 60G
    firmware: uefi
    secure_boot: true
    tpm: true
    graphics: vnc
    video: virtio
    media:
      - {name: install, path: /srv/iso/setup.iso}
    boot: [cdrom, disk]

- name: Data disks, one of them a volume that exists; two cards; a directory of the host
  fuyajo.libvirt.vm:
    owner: mika
    name: db
    title: The shop's data base
    tags: [shop, production]
    autostart: true
    disks:
      - {name: data, size: 100G, bus: scsi, cache: none, io: native, discard: unmap}
      - {name: archive, volume: archive.vol.qcow2, readonly: true}
    nics:
      - {network: backend}
      - {bridge: br0, mac: "52:54:00:12:34:56"}
    shares:
      - {name: dumps, path: /srv/dumps}

- name: Another medium, and one disk less
  fuyajo.libvirt.vm:
    owner: mika
    name: desk
    media:
      - {name: install, path: ""}
    disks:
      - {name: scratch, state: absent}

- name: Gone, and its disks with it
  fuyajo.libvirt.vm:
    owner: mika
    name: web
    state: absent
    remove_storage: true
"""

RETURN = r"""
actions:
  description: What was done, in order. Empty in check mode.
  returned: always
  type: list
  elements: str
changes:
  description:
    - What differed, as path, before, after, and effect. An effect is V(live), V(restart) when it
      waits for the machine's next start, V(stop) when it interrupts what runs, or V(destroy) when
      data goes.
  returned: always
  type: list
  elements: dict
uuid:
  description: The object's UUID, when it has one.
  returned: always
  type: str
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
      description:
        - What differed, as path, before, after, and effect. An effect is V(live), V(restart) when it
          waits for the machine's next start, V(stop) when it interrupts what runs, or V(destroy) when
          data goes.
      type: list
      elements: dict
      returned: always
    restart_required:
      description: Whether something waits for the next start.
      type: bool
      returned: always
    waited:
      description:
        - How C(wait_for) went, as for, seconds, ready, and seen in words. Null when nothing was waited for.
      type: dict
      returned: always
      sample: {for: ssh, seconds: 41.2, ready: true, seen: "lease 10.0.0.5, SSH banner at port 22"}
    error:
      description: Why this object failed.
      type: str
      returned: always
    error_kind:
      description: V(conflict), V(invalid), V(not_found), V(unavailable) or V(failed).
      type: str
      returned: always
    duration:
      description: How many seconds the work took.
      type: float
      returned: always
duration:
  description: How many seconds the whole task took on the host.
  returned: always
  type: float
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
    max_cpus: 1
    memory_mib: 1024
    max_memory_mib: 1024
    disk_gib: 10
    title: The shop
    description: null
    tags: [shop]
    owner: mika
    environment: shop
    template: web-server
    spec_digest: null
    configured: null
    expires: null
    unfinished: false
    forwards: [{guest: 22, host: 20122, address: 127.0.0.1}]
    networks: [user]
    addresses: [{address: 127.0.0.1, family: ipv4, mac: null, source: forward}]
    address: 127.0.0.1
    accelerator: tcg
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import image_kind, vm_kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.ends import run_one
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_vm import (
    machine_spec,
    vm_spec,
)


def main():
    """Say what the options are, and hand them over as a stack of one."""
    own = vm_spec()
    module = AnsibleModule(argument_spec={**machine_spec(), **own}, supports_check_mode=True)
    run_one(module, vm_kind.KIND, list(own), more=[image_kind.KIND])


if __name__ == "__main__":
    main()
