#!/usr/bin/python
# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-alone volume."""

from __future__ import annotations

DOCUMENTATION = r"""
module: volume
short_description: A stand-alone volume
version_added: 0.1.0
author:
  - The Fuyajo developers (@fuyajo)
description:
  - Makes a volume, fills it from a file or another volume, lets it grow, or removes it.
  - It never shrinks and never gets other content. One that a machine or another volume needs is never
    removed.
extends_documentation_fragment:
  - fuyajo.libvirt.attributes
  - fuyajo.libvirt.machine
  - fuyajo.libvirt.volume
"""

EXAMPLES = r"""
- name: A data disk in the pool of this collection
  fuyajo.libvirt.volume:
    name: data
    size: 20G

- name: An installation medium, by its exact name, in a pool that exists
  fuyajo.libvirt.volume:
    name: netinst.iso
    pool: default
    source: /srv/iso/netinst.iso
    checksum: 2d3a1b7ee0c1f9a26a7a4f1e7ac1b6c0a4c1b1f3a5f0b9f1e2d3c4b5a6978812

- name: A full copy in another pool, larger than the original
  fuyajo.libvirt.volume:
    name: copy.qcow2
    pool: slow
    source_volume: data.vol.qcow2
    source_pool: fuyajo
    size: 40G

- name: An overlay
  fuyajo.libvirt.volume:
    name: top
    backing: base-2d3a1b7ee0c1f9a2.qcow2

- name: Gone, unless something needs it
  fuyajo.libvirt.volume:
    name: data
    state: absent
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
volume:
  description: Facts of the volume; null when it does not exist.
  returned: always
  type: dict
  sample:
    name: data.vol.qcow2
    pool: fuyajo
    path: /var/lib/libvirt/images/fuyajo/data.vol.qcow2
    type: file
    format: qcow2
    capacity_bytes: 21474836480
    allocation_bytes: 200704
    backing: null
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
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import volume_kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.ends import run_one
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_common import uri_spec
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_volume import volume_spec


def main():
    """Say what the options are, and hand them over as a stack of one volume."""
    own = volume_spec()
    module = AnsibleModule(argument_spec={**uri_spec(), **own}, supports_check_mode=True)
    # Here `pool` is where the volume is; in a stack it is where everything of ours is.
    run_one(module, volume_kind.KIND, list(own), common={"pool": None})


if __name__ == "__main__":
    main()
