#!/usr/bin/python
# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many objects of one host in one task."""

from __future__ import annotations

DOCUMENTATION = r"""
module: stack
short_description: Images, networks, volumes and virtual machines of one host, in one task
version_added: 0.1.0
author:
  - The Fuyajo developers (@fuyajo)
description:
  - Brings many libvirt objects to the wanted state over one connection, several at a time.
  - Only what is said counts; an option that is omitted is never changed back.
  - One object that fails does not hold up those that do not need it, and what this task made for it
    is removed again.
extends_documentation_fragment:
  - fuyajo.libvirt.attributes
  - fuyajo.libvirt.machine
  - fuyajo.libvirt.machine.pool
  - fuyajo.libvirt.machine.machines
  - fuyajo.libvirt.image.in_stack
  - fuyajo.libvirt.image.unused
  - fuyajo.libvirt.storage_pool.in_stack
  - fuyajo.libvirt.network.in_stack
  - fuyajo.libvirt.volume.in_stack
  - fuyajo.libvirt.vm.in_stack
options:
  continue_on_error:
    description:
      - Whether objects that do not need a failed one are still worked on. The task fails either way.
    type: bool
    default: true
  threads:
    description: How many objects are worked on at a time.
    type: int
    default: 4
"""

EXAMPLES = r"""
- name: Two web servers from one image
  fuyajo.libvirt.stack:
    owner: mika
    environment: shop
    images:
      - name: debian-12
        path: /srv/images/debian-12.qcow2
        sha256: 2d3a1b7ee0c1f9a26a7a4f1e7ac1b6c0a4c1b1f3a5f0b9f1e2d3c4b5a6978812
    vms:
      - name: web-1
        state: started
        memory: 1G
        disk: 10G
        image: debian-12
        forwards:
          - guest: 22
          - guest: 80
        cloud_init:
          user: fuyajo
          ssh_authorized_keys:
            - "{{ lookup('ansible.builtin.file', '~/.ssh/id_ed25519.pub') }}"
      - name: web-2
        state: started
        image: debian-12
  register: made

- name: The whole environment goes away
  fuyajo.libvirt.stack:
    owner: mika
    vms:
      - name: web-1
        state: absent
      - name: web-2
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
pools:
  description: Facts of the named pools that exist, by name.
  returned: always
  type: dict
images:
  description: Facts of the named images that exist, by name.
  returned: always
  type: dict
networks:
  description: Facts of the named networks that exist, by name.
  returned: always
  type: dict
volumes:
  description: Facts of the named volumes that exist, by name.
  returned: always
  type: dict
vms:
  description: Facts of every named machine that exists, by name.
  returned: always
  type: dict
  sample:
    web:
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
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kinds import ALL
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.ends import run_stack
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_stack import stack_spec


def main():
    """Say what the options are, and hand them over."""
    run_stack(AnsibleModule(argument_spec=stack_spec(), supports_check_mode=True), ALL)


if __name__ == "__main__":
    main()
