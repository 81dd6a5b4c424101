#!/usr/bin/python
# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A storage pool."""

from __future__ import annotations

DOCUMENTATION = r"""
module: pool
short_description: A storage pool
version_added: 0.1.0
author:
  - The Fuyajo developers (@fuyajo)
description:
  - Brings one storage pool to the wanted state. A new one is defined, its directory made, started and
    told to start with the host in one task, undone as a whole when one of these fails.
  - What a pool holds is never deleted. For the pool that the collection's own things live in there is
    usually nothing to do. It is made when it is first needed.
extends_documentation_fragment:
  - fuyajo.libvirt.attributes
  - fuyajo.libvirt.machine
  - fuyajo.libvirt.storage_pool
"""

EXAMPLES = r"""
- name: A directory on the fast disk
  fuyajo.libvirt.pool:
    name: fast
    path: /srv/fast
    mode: '0711'

- name: An NFS export
  fuyajo.libvirt.pool:
    name: shared
    type: netfs
    path: /srv/shared
    source:
      host: nas.example
      directory: /export/images

- name: A volume group
  fuyajo.libvirt.pool:
    name: vg0
    type: logical
    source:
      name: vg0

- name: Look for files that somebody copied into the directory
  fuyajo.libvirt.pool:
    name: fast
    refresh: true

- name: Not needed any more; its directory goes only when it is empty
  fuyajo.libvirt.pool:
    name: fast
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
pool:
  description: Facts of the pool; null when it does not exist.
  returned: always
  type: dict
  sample:
    name: fast
    uuid: 22a20052-9f8d-41a9-95af-f80139e50689
    type: dir
    state: started
    autostart: true
    persistent: true
    path: /srv/fast
    source: {}
    mode: "0711"
    owner: 0
    group: 0
    capacity_bytes: 270553174016
    allocation_bytes: 26494087168
    free_bytes: 244059086848
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
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import pool_kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.ends import run_one
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_common import uri_spec
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_pool import pool_spec


def main():
    """Say what the options are, and hand them over as a stack of one pool."""
    own = pool_spec()
    module = AnsibleModule(argument_spec={**uri_spec(), **own}, supports_check_mode=True)
    # Here `owner` is the user that the directory belongs to.
    run_one(module, pool_kind.KIND, list(own), common={"owner": None})


if __name__ == "__main__":
    main()
