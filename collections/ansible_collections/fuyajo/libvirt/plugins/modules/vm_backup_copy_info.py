#!/usr/bin/python
# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies of backups in a repository."""

from __future__ import annotations

DOCUMENTATION = r"""
module: vm_backup_copy_info
short_description: Copies of backups in a repository
version_added: 0.1.0
author:
  - The Fuyajo developers (@fuyajo)
description:
  - Lists what M(fuyajo.libvirt.vm_backup_copy) copied, of all machines or of one.
  - No libvirt has to run, and neither the machines nor their backups need exist any more.
extends_documentation_fragment:
  - fuyajo.libvirt.attributes.info
  - fuyajo.libvirt.machine
options:
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
  vm:
    description: Only copies of backups of the machine of that name.
    type: str
  owner:
    description: Only those of that owner.
    type: str
  timeout:
    description: Seconds that reading may take.
    type: int
    default: 3600
"""

EXAMPLES = r"""
- name: All copies
  fuyajo.libvirt.vm_backup_copy_info:
    repository: s3:https://s3.example.org/backups
    password_file: /etc/fuyajo/vault-password
    credentials_file: /etc/fuyajo/vault-credentials
  register: found
"""

RETURN = r"""
copies:
  description: Facts of the copies, by age of the backup.
  returned: always
  type: list
  elements: dict
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
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.copy_kind import list_copies
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.ends import run_read
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_backup import copy_info_spec
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_common import uri_spec


def main():
    """Say what the options are, and read."""
    spec = {**uri_spec(), **copy_info_spec()}
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True)
    run_read(module, lambda: list_copies(module.params))


if __name__ == "__main__":
    main()
