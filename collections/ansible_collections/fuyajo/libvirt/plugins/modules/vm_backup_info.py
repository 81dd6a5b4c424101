#!/usr/bin/python
# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups of virtual machines."""

from __future__ import annotations

DOCUMENTATION = r"""
module: vm_backup_info
short_description: Backups of virtual machines
version_added: 0.1.0
author:
  - The Fuyajo developers (@fuyajo)
description:
  - Lists the backups in a directory, of all machines or of one, with what each lies on.
  - It reads files only. No libvirt has to run, and the machines need not exist any more.
extends_documentation_fragment:
  - fuyajo.libvirt.attributes.info
  - fuyajo.libvirt.machine
options:
  directory:
    description: The directory that was given to M(fuyajo.libvirt.vm_backup).
    type: path
    required: true
  vm:
    description: Only backups of the machine of that name.
    type: str
  owner:
    description: Only backups of that owner.
    type: str
  verify:
    description: Whether every byte is read and compared with its digest.
    type: bool
    default: false
  timeout:
    description: Seconds that verifying may take.
    type: int
    default: 3600
"""

EXAMPLES = r"""
- name: All backups
  fuyajo.libvirt.vm_backup_info:
    directory: /srv/backups
  register: found

- name: Those of one machine, byte for byte
  fuyajo.libvirt.vm_backup_info:
    directory: /srv/backups
    vm: web
    verify: true
"""

RETURN = r"""
backups:
  description:
    - Facts of the backups, by machine and age, as RV(fuyajo.libvirt.vm_backup#module:backup), and
      C(problem), which is null when there is none.
  returned: always
  type: list
  elements: dict
  sample:
    - name: 20260105-021500
      vm: web
      uuid: 9d3b1a1e-6f0e-4a44-8d1c-0f5f8b1f6a11
      owner: mika
      kind: incremental
      parent: 20260104-021500
      chain: ["20260104-021500", "20260105-021500"]
      created: "2026-01-05T02:15:00.123456Z"
      checkpoint: fuyajo-20260105-021500-1c5f9a20
      consistency: crash
      path: /srv/backups/web/20260105-021500
      size_bytes: 4590012
      disks:
        - target: vda
          format: qcow2
          size_bytes: 10737418240
          file: vda.qcow2
          file_bytes: 4587520
          sha256: 2d3a1b7ee0c1f9a26a7a4f1e7ac1b6c0a4c1b1f3a5f0b9f1e2d3c4b5a6978812
      notes: []
      verified: null
      tested: null
      problem: null
broken:
  description: What lies there and is no backup, as path and problem.
  returned: always
  type: list
  elements: dict
unfinished:
  description:
    - Directories of backups that are being made or removed. Those of a killed run are removed by the next
      run for that machine.
  returned: always
  type: list
  elements: str
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.backup_list import list_backups
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.ends import run_read
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_backup import (
    backup_info_spec,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_common import uri_spec


def main():
    """Say what the options are, and read."""
    spec = {**uri_spec(), **backup_info_spec()}
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True)
    run_read(module, lambda: list_backups(module.params))


if __name__ == "__main__":
    main()
