#!/usr/bin/python
# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A base image in the pool."""

from __future__ import annotations

DOCUMENTATION = r"""
module: image
short_description: A base image in the pool
version_added: 0.1.0
author:
  - The Fuyajo developers (@fuyajo)
description:
  - Copies a qcow2 image into the pool, under a name made from its content, or removes it again.
  - The copy gets its name only when its digest is right and it is on the disk.
extends_documentation_fragment:
  - fuyajo.libvirt.attributes
  - fuyajo.libvirt.machine
  - fuyajo.libvirt.machine.pool
options:
  name:
    description: A name for messages.
    type: str
    required: true
  path:
    description: The image file. Required unless the image is absent.
    type: path
  sha256:
    description: The file's SHA-256, 64 hexadecimal digits.
    type: str
    required: true
  state:
    description: Whether it is there. An image that a volume or a machine needs is not removed.
    type: str
    choices: [present, absent]
    default: present
"""

EXAMPLES = r"""
- name: Debian is in the pool
  fuyajo.libvirt.image:
    name: debian-12
    path: /srv/images/debian-12.qcow2
    sha256: 2d3a1b7ee0c1f9a26a7a4f1e7ac1b6c0a4c1b1f3a5f0b9f1e2d3c4b5a6978812
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
image:
  description: Facts of the image; null when it does not exist.
  returned: always
  type: dict
  sample:
    name: debian-12
    sha256: 2d3a1b7ee0c1f9a2bc0db2dd7fd5c3d3d3f7a7e8e6f2e9b1c4a5d6e7f8091a2b
    volume: base-2d3a1b7ee0c1f9a2.qcow2
    path: /var/lib/libvirt/images/fuyajo/base-2d3a1b7ee0c1f9a2.qcow2
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
      description: Null; images are never waited for.
      type: dict
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
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import image_kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.ends import run_one
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_common import common_spec
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_image import image_spec


def main():
    """Say what the options are, and hand them over as a stack of one image."""
    own = image_spec()
    module = AnsibleModule(
        argument_spec={**common_spec(), **own},
        required_if=[("state", "present", ("path",))],
        supports_check_mode=True,
    )
    run_one(module, image_kind.KIND, list(own))


if __name__ == "__main__":
    main()
