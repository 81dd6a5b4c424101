#!/usr/bin/python
# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One virtual network."""

from __future__ import annotations

DOCUMENTATION = r"""
module: network
short_description: One virtual network
version_added: 0.1.0
author:
  - The Fuyajo developers (@fuyajo)
description:
  - Brings one virtual network to the wanted state.
  - Names, DHCP hosts and DHCP ranges change while the network runs, now and for its next start.
  - Everything else needs the network to stop. That is done at once when no running machine is plugged
    in, and refused otherwise unless O(allow_restart=true).
  - For several networks M(fuyajo.libvirt.stack) does the same in one task.
extends_documentation_fragment:
  - fuyajo.libvirt.attributes
  - fuyajo.libvirt.machine
  - fuyajo.libvirt.network
options:
  owner:
    description:
      - Who the network belongs to. Its UUID is computed from this and the name.
      - A network of the same name that has another UUID is not touched, unless O(adopt=true).
    type: str
    default: ansible
  adopt:
    description:
      - Whether a network that somebody else made may be changed or removed.
      - It keeps its UUID, so say this in every task about it.
    type: bool
    default: false
  allow_restart:
    description:
      - Whether the network may be stopped while running machines are plugged in.
      - libvirt does not plug them in again; RV(restart_required) and RV(changes) say which ones must be
        restarted.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: A network with NAT, DHCP and a name
  fuyajo.libvirt.network:
    owner: mika
    name: backend
    mode: nat
    cidr: 10.10.0.0/24
    domain: backend.example
    dhcp_hosts:
      - mac: 52:54:00:00:00:11
        ip: 10.10.0.11
        name: db
    dns:
      hosts:
        - ip: 10.10.0.1
          names: [gateway, ntp]

- name: The network that libvirt came with gets one more name
  fuyajo.libvirt.network:
    name: default
    adopt: true
    dns:
      hosts:
        - ip: 192.168.122.1
          names: [hypervisor]

- name: Guests on a bridge of the host
  fuyajo.libvirt.network:
    owner: mika
    name: lan
    mode: bridge
    bridge: br0

- name: Gone
  fuyajo.libvirt.network:
    owner: mika
    name: backend
    state: absent
"""

RETURN = r"""
actions:
  description: What was done, in order. Empty in check mode.
  returned: always
  type: list
  elements: str
  sample: [update 2 elements]
changes:
  description:
    - What differed, as path, before, after, and effect. An effect is V(live), V(stop) when the network
      has to stop, or V(restart) for a machine that has to be restarted.
  returned: always
  type: list
  elements: dict
  sample: [{path: domain, before: null, after: lab.example, effect: stop}]
uuid:
  description: The network's UUID.
  returned: always
  type: str
results:
  description: One entry for every object, in the order of the work.
  returned: always
  type: list
  elements: dict
duration:
  description: How many seconds the whole task took on the host.
  returned: always
  type: float
restart_required:
  description: Whether machines were cut off and must be restarted.
  returned: always
  type: bool
network:
  description: Facts of the network as it is now; null when it does not exist.
  returned: always
  type: dict
  sample:
    name: backend
    uuid: 37668a58-7dd8-56cc-92ff-3f193f886f7b
    state: started
    active: true
    persistent: true
    autostart: true
    mode: nat
    bridge: virbr1
    address: 10.10.0.1
    cidr: 10.10.0.0/24
    address6: null
    cidr6: null
    mtu: null
    domain: backend.example
    domain_local: false
    dhcp: true
    dhcp_ranges: [{start: 10.10.0.2, end: 10.10.0.254}]
    dhcp_hosts: [{mac: '52:54:00:00:00:11', name: db, ip: 10.10.0.11}]
    dns:
      enable: true
      hosts: [{ip: 10.10.0.1, names: [gateway, ntp]}]
      forwarders: []
      txt: []
      srv: []
    routes: []
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import network_kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.ends import run_one
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_common import (
    owner_spec,
    uri_spec,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_network import network_spec


def main():
    """Say what the options are, and hand them over as a stack of one."""
    own = network_spec()
    spec = {**uri_spec(), **owner_spec(), **own}
    spec["allow_restart"] = {"type": "bool", "default": False}
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True)
    run_one(module, network_kind.KIND, list(own))


if __name__ == "__main__":
    main()
