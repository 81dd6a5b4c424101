# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of clones, said once."""

from __future__ import annotations


class ModuleDocFragment:
    """The options of one clone."""

    DOCUMENTATION = r"""
options:
  name:
    description: Name of the new machine.
    type: str
    required: true
  source:
    description: Name of the machine to copy. It need not exist any more once the clone does.
    type: str
    required: true
  state:
    description:
      - V(present) makes the clone when there is none. V(started) also starts it.
      - To change, stop or remove it, use M(fuyajo.libvirt.vm) as with any machine.
    type: str
    choices: [present, started]
    default: present
  linked:
    description:
      - When V(false), the clone's disks stand alone, whatever the source's disks lie on.
      - When V(true), they share what is never written to. With O(snapshot) they are overlays on the
        snapshot's frozen files, made at once, and the snapshot cannot be deleted while the clone exists.
        Without it, they share the image below the source's disks, and what the source wrote since is copied.
      - What the source writes to is never a clone's lower layer, so neither can spoil the other.
    type: bool
    default: false
  snapshot:
    description:
      - Copy what the disks held in this external snapshot of the source, instead of what they hold now.
      - This is how a machine is cloned while it runs. Otherwise the source has to be off.
    type: str
"""
