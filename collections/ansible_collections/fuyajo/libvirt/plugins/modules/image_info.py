#!/usr/bin/python
# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts about base images."""

from __future__ import annotations

DOCUMENTATION = r"""
module: image_info
short_description: Facts about base images
version_added: 0.1.0
author:
  - The Fuyajo developers (@fuyajo)
description:
  - Reads facts of the base images of a pool, and says which machines and volumes need them.
extends_documentation_fragment:
  - fuyajo.libvirt.attributes.info
  - fuyajo.libvirt.machine
options:
  pool:
    description: Name of the pool that the images live in.
    type: str
    default: fuyajo
  unused:
    description: Only images that nothing needs (V(true)), or only those that something does (V(false)).
    type: bool
"""

EXAMPLES = r"""
- name: What can go
  fuyajo.libvirt.image_info:
    unused: true
  register: found
"""

RETURN = r"""
images:
  description: Facts of the base images, sorted by name.
  returned: always
  type: list
  elements: dict
  sample:
    - volume: base-2d3a1b7ee0c1f9a2.qcow2
      pool: fuyajo
      path: /var/lib/libvirt/images/fuyajo/base-2d3a1b7ee0c1f9a2.qcow2
      sha256_prefix: 2d3a1b7ee0c1f9a2
      capacity_bytes: 3221225472
      allocation_bytes: 341835776
      users: [web.qcow2]
      unused: false
      unfinished: false
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.storage_facts import list_images
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.ends import run_info
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_common import uri_spec


def main():
    """Say what the options are, and read."""
    spec = {
        **uri_spec(),
        "pool": {"type": "str", "default": "fuyajo"},
        "unused": {"type": "bool"},
    }
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True)
    pool, unused = module.params["pool"], module.params["unused"]
    run_info(module, "images", lambda host: list_images(host, pool, unused))


if __name__ == "__main__":
    main()
