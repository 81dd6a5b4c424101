#!/usr/bin/python
# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An encrypted copy of a backup, elsewhere."""

from __future__ import annotations

DOCUMENTATION = r"""
module: vm_backup_copy
short_description: An encrypted copy of a backup, elsewhere
version_added: 0.1.0
author:
  - The Fuyajo developers (@fuyajo)
description:
  - Copies backups of M(fuyajo.libvirt.vm_backup) into a repository of restic, fetches, verifies and removes
    such copies. What leaves the host is encrypted, and what is the same in several copies is kept once.
  - A backup is copied with everything that it lies on, the full one first. It is verified before.
  - The task has to run on the hypervisor, which has to have C(restic).
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
    description: Name of the backup.
    type: str
    required: true
  directory:
    description: The directory that was given to M(fuyajo.libvirt.vm_backup).
    type: path
    required: true
  repository:
    description:
      - An absolute path, or C(s3:https://HOST/BUCKET) with a store that speaks S3.
      - It is never made by this module, because a mount may be missing. C(restic init) makes it.
    type: str
    required: true
  password_file:
    description: A file with the password of the repository, which nobody but its owner may read.
    type: path
    required: true
  credentials_file:
    description: An AWS shared credentials file with the key of the bucket, C(0600). Required for S3.
    type: path
  state:
    description:
      - V(present) copies the backup unless there is a copy of exactly this content.
      - V(fetched) brings it back into O(directory), with everything that it lies on.
      - V(verified) reads every byte of the copy and fails when one is not as it was written.
      - V(absent) removes the copy. One that another copy lies on is not removed.
    type: str
    choices: [present, fetched, verified, absent]
    default: present
  timeout:
    description: Seconds after which the work is given up.
    type: int
    default: 86400
  owner:
    description: Who the backups belong to. Those of others are never touched.
    type: str
    default: ansible
  adopt:
    description: Without a meaning here.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: A copy in a bucket
  fuyajo.libvirt.vm_backup_copy:
    vm: web
    name: 20260105-021500
    directory: /srv/backups
    repository: s3:https://s3.example.org/backups
    password_file: /etc/fuyajo/vault-password
    credentials_file: /etc/fuyajo/vault-credentials

- name: Back again, on another host
  fuyajo.libvirt.vm_backup_copy:
    vm: web
    name: 20260105-021500
    directory: /srv/backups
    repository: s3:https://s3.example.org/backups
    password_file: /etc/fuyajo/vault-password
    credentials_file: /etc/fuyajo/vault-credentials
    state: fetched
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
backup_copy:
  description: Facts of the copy; null when it does not exist.
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
      description: Copies of everything that it lies on and itself. Empty when one is missing.
      type: list
      elements: str
      returned: always
    created:
      description: When the backup was made, UTC.
      type: str
      returned: always
    copied:
      description: When the copy was made.
      type: str
      returned: always
    size_bytes:
      description: Length of all its files; in the repository it takes less.
      type: int
      returned: always
    digest:
      description: SHA-256 of what the backup says about itself, which has those of its files.
      type: str
      returned: always
    snapshot:
      description: The repository's own id.
      type: str
      returned: always
results:
  description: One entry for every object, in the order of the work.
  returned: always
  type: list
  elements: dict
  contains:
    kind:
      description: V(pool) or V(backup_copy).
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
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import copy_kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.ends import run_one
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_backup import copy_spec
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_common import (
    common_spec,
    owner_spec,
)


def main():
    """Say what the options are, and hand them over as a list of one copy."""
    own = copy_spec()
    module = AnsibleModule(
        argument_spec={**common_spec(), **owner_spec(), **own}, supports_check_mode=True
    )
    run_one(module, copy_kind.KIND, list(own))


if __name__ == "__main__":
    main()
