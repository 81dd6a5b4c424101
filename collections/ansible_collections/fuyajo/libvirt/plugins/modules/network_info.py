#!/usr/bin/python
# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts about virtual networks."""

from __future__ import annotations

DOCUMENTATION = r"""
module: network_info
short_description: Facts about virtual networks
version_added: 0.1.0
author:
  - The Fuyajo developers (@fuyajo)
description:
  - Reads facts of all networks of a host, or of one, with the addresses that DHCP gave away and the
    machines that are plugged in.
extends_documentation_fragment:
  - fuyajo.libvirt.attributes.info
  - fuyajo.libvirt.machine
options:
  name:
    description: Only the network of that name.
    type: str
"""

EXAMPLES = r"""
- name: Who has which address
  fuyajo.libvirt.network_info:
    name: backend
  register: found

- name: Show it
  ansible.builtin.debug:
    var: found.networks[0].leases
"""

RETURN = r"""
networks:
  description: Facts of the networks, sorted by name; empty when there is none of that name.
  returned: always
  type: list
  elements: dict
  sample:
    - name: backend
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
      dns: {enable: true, hosts: [], forwarders: [], txt: [], srv: []}
      routes: []
      leases:
        - mac: '52:54:00:00:00:11'
          ip: 10.10.0.11
          hostname: db
          client_id: null
          expires: 1767225600
          prefix: 24
      machines: [db]
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.ends import run_info
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_common import uri_spec


def main():
    """Say what the options are, and read."""
    spec = {**uri_spec(), "name": {"type": "str"}}
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True)
    run_info(module, "networks", lambda host: host.networks_in_full(module.params["name"]))


if __name__ == "__main__":
    main()
