# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of volumes, said once."""

from __future__ import annotations

import textwrap

OPTIONS = r"""
name:
  description: Name of the volume.
  type: str
  required: true
size:
  description: Size such as V(10G); a plain number counts GiB. Required unless it is absent.
  type: str
state:
  description: Whether it is there. A volume in use is not removed.
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
    description: Stand-alone volumes in the pool, named C(NAME.vol.qcow2).
    type: list
    elements: dict
    default: []
    suboptions:
""" + textwrap.indent(OPTIONS, " " * 6)
