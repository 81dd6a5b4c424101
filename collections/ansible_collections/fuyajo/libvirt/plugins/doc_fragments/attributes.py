# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules of this collection can do, said once."""

from __future__ import annotations


class ModuleDocFragment:
    """Attributes of modules."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and tell what would change without changing it.
    support: full
  diff_mode:
    description: Returns what differs, and only that, in diff mode.
    support: full
  idempotent:
    description: The same task a second time changes nothing.
    support: full
  platform:
    description: Where the module runs.
    platforms: linux
    support: full
  action_group:
    description: C(group/fuyajo.libvirt.all) in C(module_defaults) sets options for all modules.
    support: full
    membership:
      - fuyajo.libvirt.all
"""

    INFO = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode); it changes nothing anyway.
    support: full
  diff_mode:
    description: There is nothing to differ.
    support: N/A
  idempotent:
    description: Reads only.
    support: full
  platform:
    description: Where the module runs.
    platforms: linux
    support: full
  action_group:
    description: C(group/fuyajo.libvirt.all) in C(module_defaults) sets options for all modules.
    support: full
    membership:
      - fuyajo.libvirt.all
"""
