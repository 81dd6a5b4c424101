# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of machines, said once."""

from __future__ import annotations

import textwrap

OPTIONS = r"""
name:
  description: Name of the machine, lower-case letters, digits and hyphens, a letter first.
  type: str
  required: true
state:
  description:
    - V(present) makes the machine and leaves its power alone.
    - V(started) and V(stopped) make it as well when it is missing.
    - V(stopped) asks the guest to power off and pulls the plug after O(shutdown_timeout).
    - V(restarted) is a change every time.
    - V(absent) removes the machine, its root disk and its seed, and nothing else.
  type: str
  choices: [present, started, stopped, restarted, absent]
  default: present
uuid:
  description: Refuse unless the machine of that name is this one.
  type: str
cpus:
  description: Number of processors, V(1) for a new machine. Takes effect at a start.
  type: int
memory:
  description:
    - Memory such as V(2G) or V(512 MiB); a plain number counts MiB.
    - V(1024) for a new machine. Takes effect at a start.
  type: str
disk:
  description:
    - Size of the root disk such as V(10G); a plain number counts GiB. It can only grow.
    - When omitted, a new machine gets the size of its image, or no disk without one.
  type: str
image:
  description:
    - A name of O(images), or a base volume that the pool has already.
    - It counts when the machine is made; an existing disk is never replaced.
  type: str
nics:
  description: Network cards. One on the network V(user) for a new machine when omitted.
  type: list
  elements: dict
  suboptions:
    network:
      description: Name of a libvirt network, or V(user) for one that needs no bridge.
      type: str
      required: true
forwards:
  description: Guest ports that answer on 127.0.0.1 of the host, by the network V(user).
  type: list
  elements: dict
  suboptions:
    guest:
      description: TCP port of the guest.
      type: int
      required: true
    host:
      description: Port of the host. When omitted, one from 20000 to 29999, kept from then on.
      type: int
cloud_init:
  description: What cloud-init is told at the first boot. It counts when the machine is made.
  type: dict
  suboptions:
    user:
      description: A user to create, with password-less sudo and no password.
      type: str
    ssh_authorized_keys:
      description: Public keys that may log in.
      type: list
      elements: str
    hostname:
      description: Host name of the guest. The machine's name when omitted.
      type: str
    user_data:
      description: More top-level keys of cloud-config. They win over what is made here.
      type: dict
    network_config:
      description: A network-config document for cloud-init.
      type: dict
metadata:
  description: What is kept in the machine's own metadata. An omitted key is left alone.
  type: dict
  suboptions:
    template:
      description: Name of the template that the machine was made from.
      type: str
    spec_digest:
      description: Digest of the specification that it was made from.
      type: str
    configured:
      description: Digest of what was last configured inside the guest.
      type: str
    expires:
      description: When it may be removed.
      type: str
"""


class ModuleDocFragment:
    """The options at the top of their own module, and as elements of the list in `stack`."""

    # Annotated, because ansible-test reads plain assignments as literal texts.
    DOCUMENTATION: str = "options:\n" + textwrap.indent(OPTIONS, "  ")
    IN_STACK: str = """
options:
  vms:
    description: Virtual machines.
    type: list
    elements: dict
    default: []
    suboptions:
""" + textwrap.indent(OPTIONS, " " * 6)
