#!/usr/bin/python
# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts about virtual machines."""

from __future__ import annotations

DOCUMENTATION = r"""
module: vm_info
short_description: Facts about virtual machines
version_added: 0.1.0
author:
  - The Fuyajo developers (@fuyajo)
description:
  - Reads facts of all machines of a host, or of one. A machine in the trash is listed by its name there.
extends_documentation_fragment:
  - fuyajo.libvirt.attributes.info
  - fuyajo.libvirt.machine
options:
  name:
    description: Only the machine of that name.
    type: str
  owner:
    description: Only machines of that owner.
    type: str
  addresses:
    description:
      - Find out where the machines can be reached. That is a few more questions for every running machine.
      - When omitted, only for the one machine of O(name). Forwarded ports are always told.
    type: bool
  agent:
    description:
      - Ask the agents in the guests as well, where one is connected. What they say is the guest's own word.
      - Needs a connection that may also write; with V(false) a read-only one does. Implies O(addresses=true).
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Everything on this host
  fuyajo.libvirt.vm_info:
  register: found

- name: Where a machine on a bridge can be reached
  fuyajo.libvirt.vm_info:
    name: web
    agent: true

- name: One machine over SSH
  fuyajo.libvirt.vm_info:
    uri: qemu+ssh://hypervisor.example/system
    name: web
"""

RETURN = r"""
vms:
  description: Facts of the machines, sorted by name. The owner is null for foreign ones. A machine is
    unfinished while it is being made, and when that was cut off; its options again complete it. Trashed is
    null, or for a machine in the trash its former name, since when, and until when it is kept.
  returned: always
  type: list
  elements: dict
  sample:
    - name: web
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
      unfinished: false
      trashed: null
      forwards: [{guest: 22, host: 20122, address: 127.0.0.1}]
      networks: [user]
      addresses: [{address: 192.168.122.31, family: ipv4, mac: "52:54:00:0a:0b:0c", source: lease}]
      address: 192.168.122.31
      accelerator: tcg
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.ends import run_info
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_common import uri_spec


def leaving(facts, name):
    """Say whether a machine has that name only until it is in the trash, all of it."""
    return facts["trashed"] is not None and facts["trashed"]["name"] == name


def main():
    """Say what the options are, and read."""
    spec = {
        **uri_spec(),
        "name": {"type": "str"},
        "owner": {"type": "str"},
        "addresses": {"type": "bool"},
        "agent": {"type": "bool", "default": False},
    }
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True)
    name, owner, agent = (module.params[key] for key in ("name", "owner", "agent"))

    def read(host):
        if name is not None:
            found = [host.vm(name, agent, module.params["addresses"] is not False)]
        else:
            found = host.list_vms(agent, module.params["addresses"] or agent)
        return [f for f in found if f and owner in (None, f["owner"]) and not leaving(f, name)]

    run_info(module, "vms", read, readonly=not agent)


if __name__ == "__main__":
    main()
