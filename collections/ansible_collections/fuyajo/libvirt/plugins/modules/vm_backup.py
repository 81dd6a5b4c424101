#!/usr/bin/python
# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A backup of a virtual machine."""

from __future__ import annotations

DOCUMENTATION = r"""
module: vm_backup
short_description: A backup of a virtual machine
version_added: 0.1.0
author:
  - The Fuyajo developers (@fuyajo)
description:
  - Makes, verifies, restores and removes backups of a machine, full or incremental.
  - All disks of a backup are of the same moment. A running machine goes on running.
  - A machine that is off is started for the time of the copy with its guest paused, because QEMU alone
    knows what changed; no instruction of the guest runs. It needs what a start needs.
  - A backup is the directory C(DIRECTORY/VM/NAME) with one qcow2 file for each disk, the machine's
    definition and a list of digests. It appears there only when it is complete and on the disk.
  - CD drives come back empty. Shared disks and the state of a TPM are not part of a backup, and raw disks
    allow full ones only; RV(backup.notes) says so.
  - The task has to run on the hypervisor.
extends_documentation_fragment:
  - fuyajo.libvirt.attributes
  - fuyajo.libvirt.machine
  - fuyajo.libvirt.machine.pool
options:
  vm:
    description: Name of the machine.
    type: str
    required: true
  name:
    description:
      - Name of the backup, letters, digits, underscores and hyphens.
      - When omitted, a new backup named after the time (UTC) is made by every run, and that is a change.
      - Required unless O(state=present).
    type: str
  directory:
    description:
      - An existing directory. It is never created, because a mount may be missing.
      - The user that QEMU runs as has to be able to pass through it.
    type: path
    required: true
  state:
    description:
      - V(present) makes the backup unless it is there.
      - V(verified) fails when a byte of it, or of what it lies on, is not as it was written.
      - V(restored) verifies it, and makes the machine what it was.
      - V(tested) verifies it and starts it once, as a machine that is defined nowhere and has no network,
        until its serial console asks for a login or its guest agent answers; then it is gone again. That is
        noted beside the backup, and a backup with such a note is not started again.
      - V(absent) removes it. A backup that another one lies on is not removed.
    type: str
    choices: [present, absent, verified, restored, tested]
    default: present
  kind:
    description:
      - V(incremental) holds only what changed since the machine's latest backup in the directory.
      - V(auto) is that where it is possible, and otherwise V(full); RV(backup.notes) says why.
    type: str
    choices: [auto, full, incremental]
    default: auto
  keep:
    description:
      - How many full backups of the machine stay, each with the incremental ones that lie on it; older
        ones are removed after a new backup was made.
      - When omitted, all of them. Backups of an earlier machine of the same name are never counted.
    type: int
  max_incrementals:
    description: After how many incremental ones in a row O(kind=auto) makes a full backup.
    type: int
    default: 30
  track:
    description:
      - Whether QEMU notes from now on what changes, so that the next backup can be an incremental one.
      - libvirt calls that a checkpoint, and refuses snapshots of a machine that is off and has one. With
        V(false) the machine has none of this directory's checkpoints afterwards.
    type: bool
    default: true
  quiesce:
    description:
      - Whether the guest agent freezes the guest's file systems while the backup begins.
      - It fails without an agent. For a machine that is off it means nothing.
    type: bool
    default: false
  verify:
    description:
      - Whether a backup that is there already is read and compared with its digests before it counts as
        present. Restoring always does that.
    type: bool
    default: true
  as:
    description:
      - Restore to a new machine of this name, with its own UUID, addresses and forwarded ports, which can
        run beside the first one.
      - What two machines cannot both have, such as devices of the host and fixed ports, it does not get; the
        notes of the backup name that.
      - When omitted, the machine comes back as it was, and must not exist unless O(replace=true).
    type: str
  replace:
    description:
      - Whether a machine that exists, is off and has no snapshots is overwritten.
      - It counts as restored already when it was restored from this backup and its disks still hold the
        same.
    type: bool
    default: false
  started:
    description: Whether the restored machine is started.
    type: bool
    default: false
  timeout:
    description: Seconds after which the work is given up and what was made of it removed.
    type: int
    default: 3600
  boot_timeout:
    description: Seconds that a backup which is tested may take until its guest is up.
    type: int
    default: 600
  owner:
    description: Who the machine and its backups belong to. Those of others are never touched.
    type: str
    default: ansible
  adopt:
    description: Whether a machine that has no owner may be backed up or replaced.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: A backup every night, two weeks of them in two chains
  fuyajo.libvirt.vm_backup:
    vm: web
    directory: /srv/backups
    max_incrementals: 6
    keep: 2

- name: One before the upgrade, with file systems at rest
  fuyajo.libvirt.vm_backup:
    vm: web
    name: before-upgrade
    directory: /srv/backups
    kind: full
    quiesce: true

- name: Is every byte still there
  fuyajo.libvirt.vm_backup:
    vm: web
    name: before-upgrade
    directory: /srv/backups
    state: verified

- name: Does it start
  fuyajo.libvirt.vm_backup:
    vm: web
    name: before-upgrade
    directory: /srv/backups
    state: tested

- name: Look at it beside the machine that runs
  fuyajo.libvirt.vm_backup:
    vm: web
    name: before-upgrade
    directory: /srv/backups
    state: restored
    as: web-yesterday

- name: Back to where it was
  fuyajo.libvirt.vm_backup:
    vm: web
    name: before-upgrade
    directory: /srv/backups
    state: restored
    replace: true
    started: true
"""

RETURN = r"""
actions:
  description: What was done, in order. Empty in check mode.
  returned: always
  type: list
  elements: str
changes:
  description:
    - What differed, as path, before, after, and effect. An effect is V(live), V(restart) when it
      waits for the machine's next start, V(stop) when it interrupts what runs, or V(destroy) when
      data goes.
  returned: always
  type: list
  elements: dict
uuid:
  description: The machine's UUID.
  returned: always
  type: str
backup:
  description: Facts of the backup; null when it does not exist.
  returned: always
  type: dict
  contains:
    name:
      description: Name of the backup.
      type: str
      returned: always
    vm:
      description: Name of the machine.
      type: str
      returned: always
    uuid:
      description: UUID of the machine.
      type: str
      returned: always
    owner:
      description: Who it belongs to.
      type: str
      returned: always
    kind:
      description: V(full) or V(incremental).
      type: str
      returned: always
    parent:
      description: The backup that it lies on.
      type: str
      returned: always
    chain:
      description: Everything that it lies on and itself, the full one first. Empty when one is missing.
      type: list
      elements: str
      returned: always
    created:
      description: When it was made, UTC.
      type: str
      returned: always
    checkpoint:
      description: libvirt's checkpoint from which the next incremental one counts.
      type: str
      returned: always
    consistency:
      description: V(off), V(quiesced), or V(crash) for what a power cut would have left.
      type: str
      returned: always
    path:
      description: Its directory.
      type: str
      returned: always
    size_bytes:
      description: Length of all its files.
      type: int
      returned: always
    disks:
      description: Its disks, as target, format, size_bytes, file, file_bytes, sha256.
      type: list
      elements: dict
      returned: always
    notes:
      description: What is not part of it, and why it is full.
      type: list
      elements: str
      returned: always
    verified:
      description: Whether every byte was looked at; null when this run did not.
      type: bool
      returned: always
    tested:
      description:
        - When it was seen to start, as at, sign (V(login) or V(agent)), seconds; null when it was not.
      type: dict
      returned: always
    machine:
      description: The restored machine, as name, uuid, state.
      type: dict
      returned: when restored
results:
  description: One entry for every object, in the order of the work.
  returned: always
  type: list
  elements: dict
  contains:
    kind:
      description: V(pool) or V(backup).
      type: str
      returned: always
    name:
      description: Name of the object.
      type: str
      returned: always
    uuid:
      description: Its UUID, when it has one.
      type: str
      returned: always
    actions:
      description: What was done, in order. Empty in check mode.
      type: list
      elements: str
      returned: always
    changes:
      description: What differed, as path, before, after, and effect.
      type: list
      elements: dict
      returned: always
    restart_required:
      description: Whether something waits for the next start.
      type: bool
      returned: always
    error:
      description: Why this object failed.
      type: str
      returned: always
    error_kind:
      description: V(conflict), V(invalid), V(not_found), V(unavailable) or V(failed).
      type: str
      returned: always
    duration:
      description: How many seconds the work took.
      type: float
      returned: always
duration:
  description: How many seconds the whole task took on the host.
  returned: always
  type: float
restart_required:
  description: Always false.
  returned: always
  type: bool
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import backup_kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.ends import run_one
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_backup import backup_spec
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_common import (
    common_spec,
    owner_spec,
)


def main():
    """Say what the options are, and hand them over as a list of one backup."""
    own = backup_spec()
    module = AnsibleModule(
        argument_spec={**common_spec(), **owner_spec(), **own}, supports_check_mode=True
    )
    run_one(module, backup_kind.KIND, list(own))


if __name__ == "__main__":
    main()
