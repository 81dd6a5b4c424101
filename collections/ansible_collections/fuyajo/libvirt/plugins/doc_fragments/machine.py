# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that several modules share, said once."""

from __future__ import annotations


class ModuleDocFragment:
    """The connection; the pool; what all machines of a task have in common."""

    DOCUMENTATION = r"""
options:
  uri:
    description:
      - The libvirt to connect to.
      - When omitted, V(qemu:///system) for root and V(qemu:///session) for anybody else.
    type: str
requirements:
  - libvirt 8.0 or later
  - the Python library libvirt (package C(python3-libvirt), or C(libvirt-python) from PyPI)
"""

    POOL = r"""
options:
  pool:
    description: The directory pool that disks, seeds and images live in.
    type: dict
    default: {}
    suboptions:
      name:
        description: Name of the pool.
        type: str
        default: fuyajo
      path:
        description:
          - Its directory. The pool is created and started when it is missing.
          - When omitted, a directory C(fuyajo) below libvirt's own image directory.
        type: path
      state:
        description:
          - V(absent) removes the pool and its directory after everything else in the task.
          - A pool that still holds a volume is never removed.
        type: str
        choices: [present, absent]
        default: present
"""

    MACHINES = r"""
options:
  owner:
    description:
      - Who the machines belong to. It is written into each machine's metadata.
      - A machine of the same name that has another owner is never touched.
    type: str
    default: ansible
  adopt:
    description: Whether a machine that has no owner may be taken over; otherwise it is not touched.
    type: bool
    default: false
  environment:
    description: Name of the environment that the machines are part of.
    type: str
  images:
    description: Base images. Each is copied into the pool once, under a name made from its content.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: The name by which machines refer to the image.
        type: str
        required: true
      path:
        description:
          - A qcow2 file without a backing file, on the machine the module runs on.
          - Required unless the image is absent.
        type: path
      sha256:
        description: What the file's SHA-256 must be, 64 hexadecimal digits.
        type: str
        required: true
      state:
        description: Whether it is there. An image that a volume or a machine needs is not removed.
        type: str
        choices: [present, absent]
        default: present
  accelerator:
    description:
      - How guests are run. V(auto) takes KVM only when a tiny test guest really ran with it.
    type: str
    choices: [auto, kvm, tcg]
    default: auto
  allow_restart:
    description:
      - Whether a running machine may be restarted so that a change takes effect.
      - Otherwise the change waits for the next start, and RV(ignore:restart_required) says so.
    type: bool
    default: false
  shutdown_timeout:
    description:
      - Seconds that a guest gets to power itself off before the plug is pulled.
      - V(0) pulls it at once, as the option C(force_off) of a machine does. Removing a machine always
        does.
    type: int
    default: 60
"""
