# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of pools, said once. (Not called `pool`: Ansible would take `machine.pool` for this file.)"""

from __future__ import annotations

import textwrap

OPTIONS = r"""
name:
  description: Name of the pool.
  type: str
  required: true
type:
  description:
    - Type of the pool, V(dir) for a new one. A pool that is there is never turned into another type.
    - For V(dir), V(fs) and V(netfs) the directory is made. Nothing is ever formatted or partitioned.
  type: str
  choices: [dir, fs, netfs, logical, disk, iscsi, zfs]
path:
  description:
    - Directory of the pool, or where its volumes appear (V(/dev) and its like).
    - Needed for a new pool of any type but V(logical) and V(zfs).
    - It is changed only while the pool is empty, because what it holds would stay behind.
  type: path
source:
  description: Where the content comes from. It cannot be changed.
  type: dict
  suboptions:
    host:
      description: Server of a V(netfs) or V(iscsi) pool.
      type: str
    directory:
      description: Directory that the server of a V(netfs) pool exports.
      type: str
    device:
      description: Block device of V(fs) and V(disk), target name of V(iscsi).
      type: str
    name:
      description: Volume group of V(logical), pool of V(zfs).
      type: str
    format:
      description: File system of V(fs), protocol of V(netfs), partition table of V(disk).
      type: str
mode:
  description: Mode of the directory, octal and in quotes, such as V('0711').
  type: str
owner:
  description: Numeric user that the directory belongs to.
  type: int
group:
  description: Numeric group that the directory belongs to.
  type: int
autostart:
  description: Whether it starts with the host. A new pool does when its state is V(started).
  type: bool
refresh:
  description:
    - Whether libvirt looks into the pool again. It is a change only when volumes came or went.
    - Of a pool on another machine, check mode cannot tell.
  type: bool
  default: false
remove_storage:
  description:
    - With C(state=absent), whether the directory of a V(dir) pool goes too. Only an empty one does;
      otherwise nothing is removed and the error names what is in it.
  type: bool
  default: false
state:
  description:
    - V(present) defines the pool and leaves running or not alone; a new one is not started.
    - V(absent) stops and forgets it. What it holds stays where it is. A pool that a machine names in
      its disks is not removed.
  type: str
  choices: [present, started, stopped, absent]
  default: started
"""


class ModuleDocFragment:
    """The options at the top of their own module, and as elements of the list in `stack`."""

    # Annotated, because ansible-test reads plain assignments as literal texts.
    DOCUMENTATION: str = "options:\n" + textwrap.indent(OPTIONS, "  ")
    IN_STACK: str = """
options:
  pools:
    description: Storage pools beside the one that O(pool) describes.
    type: list
    elements: dict
    default: []
    suboptions:
""" + textwrap.indent(OPTIONS, " " * 6)
