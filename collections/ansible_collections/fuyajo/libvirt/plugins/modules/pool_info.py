#!/usr/bin/python
# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts about storage pools."""

from __future__ import annotations

DOCUMENTATION = r"""
module: pool_info
short_description: Facts about storage pools
version_added: 0.1.0
author:
  - The Fuyajo developers (@fuyajo)
description:
  - Reads facts of all storage pools of a host, of whatever type, or of one.
extends_documentation_fragment:
  - fuyajo.libvirt.attributes.info
  - fuyajo.libvirt.machine
options:
  name:
    description: Only the pool of that name.
    type: str
"""

EXAMPLES = r"""
- name: Every pool
  fuyajo.libvirt.pool_info:
  register: found

- name: How much room is left in one
  fuyajo.libvirt.pool_info:
    name: default
  register: default_pool
"""

RETURN = r"""
pools:
  description: Facts of the pools, sorted by name.
  returned: always
  type: list
  elements: dict
  sample:
    - name: default
      uuid: 22a20052-9f8d-41a9-95af-f80139e50689
      type: dir
      state: started
      autostart: true
      persistent: true
      path: /var/lib/libvirt/images
      source: {}
      mode: "0711"
      owner: 0
      group: 0
      capacity_bytes: 270553174016
      allocation_bytes: 26494087168
      free_bytes: 244059086848
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.ends import run_info
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_common import uri_spec


def main():
    """Say what the options are, and read."""
    spec = {**uri_spec(), "name": {"type": "str"}}
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True)
    name = module.params["name"]

    def read(host):
        return [facts for facts in host.list_pools() if name in (None, facts["name"])]

    run_info(module, "pools", read)


if __name__ == "__main__":
    main()
