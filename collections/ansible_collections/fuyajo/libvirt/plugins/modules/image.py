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
volume:
  description: Name of the image's volume in the pool.
  returned: always
  type: str
  sample: base-2d3a1b7ee0c1f9a2.qcow2
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
      description: What differed, as path, before, after, and whether it takes effect at once.
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
    seconds:
      description: How long the work took.
      type: float
      returned: always
restart_required:
  description: Whether any machine must be restarted for a change to take effect.
  returned: always
  type: bool
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim import ends as _rim


def main():
    """Say what the options are, and hand them over as a stack of one image."""
    image = _rim.image_spec()
    image["path"] = {"type": "path"}
    image["state"] = _rim.present_absent()
    module = AnsibleModule(
        argument_spec={**_rim.common_spec(), **image},
        required_if=[("state", "present", ("path",))],
        supports_check_mode=True,
    )
    # An image belongs to nobody: its content is its name.
    options = dict(module.params, owner="-")
    options["images"] = [{key: module.params[key] for key in image}]
    volume = _rim.base_name(module.params["sha256"].lower())
    _rim.run_converge(module, options, lambda done: {"volume": volume, **_rim.image_result(done)})


if __name__ == "__main__":
    main()
