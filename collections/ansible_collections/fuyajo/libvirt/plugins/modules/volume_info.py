#!/usr/bin/python
# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts about volumes."""

from __future__ import annotations

DOCUMENTATION = r"""
module: volume_info
short_description: Facts about volumes
version_added: 0.1.0
author:
  - The Fuyajo developers (@fuyajo)
description:
  - Reads facts of the volumes of all running pools of a host, of one pool, or of one volume.
  - Says which machines and volumes need each of them.
extends_documentation_fragment:
  - fuyajo.libvirt.attributes.info
  - fuyajo.libvirt.machine
options:
  pool:
    description: Only volumes of that pool.
    type: str
  name:
    description: Only volumes of that exact name.
    type: str
"""

EXAMPLES = r"""
- name: Everything
  fuyajo.libvirt.volume_info:
  register: found

- name: What nobody needs
  ansible.builtin.debug:
    msg: "{{ found.volumes | rejectattr('users') | map(attribute='path') }}"

- name: One pool
  fuyajo.libvirt.volume_info:
    pool: default
"""

RETURN = r"""
volumes:
  description: Facts of the volumes, sorted by pool and name.
  returned: always
  type: list
  elements: dict
  sample:
    - name: data.vol.qcow2
      pool: fuyajo
      path: /var/lib/libvirt/images/fuyajo/data.vol.qcow2
      type: file
      format: qcow2
      capacity_bytes: 21474836480
      allocation_bytes: 200704
      backing: null
      users: [web]
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.storage_facts import list_volumes
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.ends import run_info
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_common import uri_spec


def main():
    """Say what the options are, and read."""
    spec = {**uri_spec(), "pool": {"type": "str"}, "name": {"type": "str"}}
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True)
    pool, name = module.params["pool"], module.params["name"]
    run_info(module, "volumes", lambda host: list_volumes(host, pool, name))


if __name__ == "__main__":
    main()
