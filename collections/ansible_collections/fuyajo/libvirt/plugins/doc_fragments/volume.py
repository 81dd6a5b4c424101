# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of volumes, said once."""

from __future__ import annotations

import textwrap

OPTIONS = r"""
name:
  description:
    - Name of the volume. Letters, digits and C(. _ + @ -).
    - In the collection's own pool a name without a dot becomes C(NAME.vol.qcow2) (or C(.vol.raw)),
      and names that would count as a base image or as a machine's disk are refused.
    - Anywhere else, and with a dot, it is the exact name.
  type: str
  required: true
pool:
  description:
    - The pool it is in, which has to exist. The collection's own pool when omitted; that one is made
      when it is missing.
  type: str
size:
  description:
    - Virtual size such as V(10G), V(512 MiB) or V(1048576B); a plain number counts GiB.
    - It can only grow. A running machine that uses the volume is told.
    - Required unless it is absent or made from something that has a size.
  type: str
format:
  description:
    - Format of the volume. V(qcow2) when omitted, V(raw) in pools without files; that of the origin
      when it is made from one.
    - A volume that is there with another format is an error.
  type: str
  choices: [qcow2, raw]
backing:
  description:
    - Name of a volume of the same pool that this one is an overlay of.
    - A volume that is there and lies on another one is an error.
  type: str
preallocation:
  description: What is allocated when it is made. It does not count afterwards.
  type: str
  choices: [none, metadata, full]
  default: none
source:
  description:
    - A qcow2 or raw file on the machine the module runs on; the new volume is filled with it. It is
      sent through libvirt, so the host may be far away.
    - A qcow2 file that refers to other files is refused.
    - It does not count once the volume is there.
  type: path
checksum:
  description:
    - The SHA-256 that C(source) must have, 64 hexadecimal digits.
    - When the volume is there, all of it is read and compared; a difference is an error, because
      content is never replaced. Leave it out for a volume that a guest writes to.
  type: str
source_volume:
  description:
    - Name of a volume that the new one is a full copy of. A volume of a running machine is refused.
    - It does not count once the volume is there.
  type: str
source_pool:
  description: The pool of C(source_volume). The pool of the new volume when omitted.
  type: str
state:
  description: Whether it is there. A volume that a machine or another volume needs is not removed.
  type: str
  choices: [present, absent]
  default: present
"""


class ModuleDocFragment:
    """The options at the top of their own module, and as elements of the list in `stack`."""

    # Annotated, because ansible-test reads plain assignments as literal texts.
    DOCUMENTATION: str = "options:\n" + textwrap.indent(OPTIONS, "  ")
    IN_STACK: str = """
options:
  volumes:
    description: Stand-alone volumes.
    type: list
    elements: dict
    default: []
    suboptions:
""" + textwrap.indent(OPTIONS, " " * 6)
