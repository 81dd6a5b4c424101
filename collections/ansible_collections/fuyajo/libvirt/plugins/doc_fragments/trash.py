# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the trash, said once."""

from __future__ import annotations


class ModuleDocFragment:
    """The options of one machine that goes into the trash or comes out of it."""

    DOCUMENTATION = r"""
options:
  vm:
    description:
      - Name of the machine.
      - For V(restored) and V(purged), what it is called in the trash, or what it was called before. When
        several machines of that name are in the trash, it takes the former, or O(uuid).
    type: str
    required: true
  uuid:
    description: Refuse unless the machine of that name, in the trash or not, is this one.
    type: str
  state:
    description:
      - V(trashed) shuts the machine down and gives it and its volumes the name C(trash-) with the first
        twelve digits of its UUID. Its UUID, its hardware addresses, its snapshots and what its disks hold
        stay as they are. Its former name is free for another machine at once.
      - V(restored) gives everything its name back. The machine stays off. It is a conflict when another
        machine has the name by now.
      - V(purged) removes the machine and its volumes, as V(ignore:absent) with O(ignore:remove_storage)
        of M(fuyajo.libvirt.vm) does. A machine that is not in the trash is never removed.
    type: str
    choices: [trashed, restored, purged]
    default: trashed
  until:
    description:
      - Until when the machine is to be kept, in UTC, such as V(2026-11-26T10:00:00Z). It is noted in the
        machine's metadata; nothing happens by itself at that time.
      - Needed for V(trashed), and an error for anything else.
    type: str
  shutdown_timeout:
    description:
      - Seconds that a running guest gets to power itself off before the plug is pulled.
      - V(0) pulls it at once.
    type: int
    default: 60
"""
