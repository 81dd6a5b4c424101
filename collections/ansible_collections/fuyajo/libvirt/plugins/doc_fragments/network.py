# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of networks, said once."""

from __future__ import annotations

import textwrap

OPTIONS = r"""
name:
  description: Name of the network.
  type: str
  required: true
mode:
  description: V(isolated) connects guests and host only; V(nat) lets guests out.
  type: str
  choices: [isolated, nat]
  default: isolated
cidr:
  description: IPv4 network such as V(10.10.0.0/24). The host takes the first address.
  type: str
state:
  description: Whether it is there. A network in use is not removed.
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
  networks:
    description: Virtual networks. One that exists and was not made by this owner is never touched.
    type: list
    elements: dict
    default: []
    suboptions:
""" + textwrap.indent(OPTIONS, " " * 6)
