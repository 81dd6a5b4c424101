# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of snapshots, said once."""

from __future__ import annotations


class ModuleDocFragment:
    """The options of one snapshot, and of whose its machine is."""

    DOCUMENTATION = r"""
options:
  vm:
    description: Name of the machine.
    type: str
    required: true
  uuid:
    description: Refuse unless the machine of that name is this one.
    type: str
  name:
    description:
      - Name of the snapshot. For a new one, lower-case letters, digits and hyphens, a letter first.
    type: str
    required: true
  state:
    description:
      - V(present) takes the snapshot when the machine has none of that name. One that is there is never
        taken anew; only its description can change.
      - V(absent) deletes it. What the machine's disks hold now stays, and so does what other snapshots
        hold. Its children move up to its parent.
      - V(reverted) brings the machine back to it. What the machine's disks hold now, and its memory, are
        lost, unless another snapshot has them. Whose the machine is and how it is marked stays; only the
        mark of what was configured inside goes back, as that does. It happens every time and always reports
        a change, as a restart does, because whether a disk differs is not to be told without reading all of
        it.
    type: str
    choices: [present, absent, reverted]
    default: present
  description:
    description: A line about it.
    type: str
  kind:
    description:
      - V(internal) lives inside the qcow2 files of the machine and, when the machine runs, has its memory.
        The guest stands still while its memory is written.
      - V(external) freezes the files and lets the machine write to overlays on top of them, named
        C(VM.SNAPSHOT.DISK.qcow2) in the pool. The guest goes on at once. It has no memory, so what comes
        back is as after a power failure, unless the machine was off or O(quiesce) was set.
      - V(auto) is internal where that is possible, external otherwise. It is not possible with disks that
        are not qcow2, with UEFI variables, with some disks only, without the memory of a machine that runs,
        and where there are external snapshots.
      - The two kinds are not mixed on one machine.
    type: str
    choices: [auto, internal, external]
    default: auto
  disks:
    description:
      - Disks to include, by target such as V(vda), or by their serial or alias.
      - When omitted, all that can be written and are not shareable. The others stay what they are when
        the snapshot is gone back to.
    type: list
    elements: str
  memory:
    description:
      - Whether the memory of a machine that runs is part of it. That decides between the kinds.
      - When omitted, as the kind has it. It means nothing for a machine that is off.
    type: bool
  quiesce:
    description:
      - Whether the guest agent has the guest's file systems written and frozen meanwhile.
      - It is an error when the agent does not answer.
    type: bool
    default: false
  children:
    description: Whether V(absent) deletes all snapshots below it as well.
    type: bool
    default: false
  power:
    description:
      - What the machine is after V(reverted). V(recorded) is what it was when the snapshot was taken; without
        its memory a machine that ran is started anew.
    type: str
    choices: [recorded, running, paused, stopped]
    default: recorded
  force:
    description: Whether to go back to an internal snapshot even if libvirt calls that risky.
    type: bool
    default: false
"""

    OWNER = r"""
options:
  owner:
    description: Who the machine belongs to. A machine that has another owner is never touched.
    type: str
    default: ansible
  adopt:
    description: Whether this may be done with a machine that has no owner.
    type: bool
    default: false
"""
