#!/usr/bin/python
# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program inside a virtual machine."""

from __future__ import annotations

DOCUMENTATION = r"""
module: vm_exec
short_description: Run a program inside a virtual machine, without any network
version_added: 0.1.0
author:
  - The Fuyajo developers (@fuyajo)
description:
  - Runs one program in a running guest through the QEMU guest agent. The machine needs neither a network
    nor a login.
  - The program and its arguments are a list. No shell reads them, neither here nor in the guest.
  - The program runs as whom the agent runs, usually root, in C(/). An agent cannot change the directory; put
    C(env --chdir=DIR) or C(sh -c) into O(argv) for that.
  - What the program prints comes from the guest. Treat it as data.
  - For whole playbooks inside a guest there is the connection P(fuyajo.libvirt.guest_agent#connection).
extends_documentation_fragment:
  - fuyajo.libvirt.attributes
  - fuyajo.libvirt.machine
attributes:
  check_mode:
    details: The program does not run. Only O(creates) and O(removes) are looked at.
  idempotent:
    support: partial
    details: Only with O(creates) or O(removes).
options:
  vm:
    description: UUID or name of the machine, tried in this order. The owner of the machine does not matter.
    type: str
    required: true
    aliases: [name]
  argv:
    description: The program and its arguments. A program without a C(/) is looked for in the agent's path.
    type: list
    elements: str
    required: true
  stdin:
    description: What the program reads from its standard input. Nothing when omitted.
    type: str
  stdin_add_newline:
    description: End O(stdin) with a newline.
    type: bool
    default: true
  env:
    description:
      - The whole environment of the program. What the agent has is not passed on, except for a usual C(PATH)
        when there is none in here.
      - When omitted, the program gets the environment of the agent.
    type: dict
  timeout:
    description:
      - How many seconds the program may take.
      - When they are over the task fails, but B(nothing is ended in the guest); the program goes on there.
    type: int
    default: 60
  agent_timeout:
    description: How many seconds the agent may be silent before it counts as gone.
    type: int
    default: 30
  capture_bytes:
    description: How many bytes of each, standard output and standard error, are brought back. At most 64 MiB.
    type: int
    default: 1048576
  creates:
    description: A file of the guest. When it exists, the program does not run.
    type: str
  removes:
    description: A file of the guest. When it does not exist, the program does not run.
    type: str
notes:
  - The guest needs qemu-guest-agent with C(guest-exec) allowed. RHEL and its relatives block that in
    C(/etc/sysconfig/qemu-ga) (C(BLACKLIST_RPC) or C(--block-rpcs)), and SELinux in the guest may restrict
    what the agent's programs can do (see C(virt_qemu_ga_run_unconfined)).
  - In guests with C(/bin/sh), the output waits in two private files below C(/tmp) until it has been read. In
    other guests (Windows) the agent itself collects it; more than 7 MB of it would break libvirt's line to
    that agent.
seealso:
  - plugin: fuyajo.libvirt.guest_agent
    plugin_type: connection
"""

EXAMPLES = r"""
- name: What time is it in there
  fuyajo.libvirt.vm_exec:
    vm: web
    argv: [date, --utc]
  register: clock
  changed_when: false

- name: Set up once
  fuyajo.libvirt.vm_exec:
    vm: web
    argv: [/usr/local/bin/setup, --name, "{{ title }}"]
    env:
      LANG: C.UTF-8
    creates: /var/lib/setup.done
    timeout: 600
"""

RETURN = r"""
rc:
  description:
    - The program's exit code; 128 plus the signal when a signal ended it. The task fails when it is not 0.
    - Null when the program did not run.
  returned: always
  type: int
  sample: 0
stdout:
  description: What it wrote to its standard output. Bytes that are no UTF-8 are replaced.
  returned: always
  type: str
stderr:
  description: What it wrote to its standard error.
  returned: always
  type: str
stdout_lines:
  description: RV(stdout) as lines.
  returned: always
  type: list
  elements: str
stderr_lines:
  description: RV(stderr) as lines.
  returned: always
  type: list
  elements: str
truncated:
  description: Whether there was more than O(capture_bytes) of either.
  returned: always
  type: bool
cmd:
  description: What O(argv) was.
  returned: always
  type: list
  elements: str
start:
  description: When it was started, in UTC. Null when it did not run.
  returned: always
  type: str
end:
  description: When its end was seen.
  returned: always
  type: str
delta:
  description: The seconds between the two.
  returned: always
  type: float
msg:
  description: Why it did not run, or why the task failed.
  returned: always
  type: str
actions:
  description: V(run) when it was started.
  returned: always
  type: list
  elements: str
changes:
  description: The run, as a change from null to O(argv). Empty when it is not to run.
  returned: always
  type: list
  elements: dict
uuid:
  description: The machine's UUID.
  returned: always
  type: str
duration:
  description: How many seconds the whole task took on the host.
  returned: always
  type: float
restart_required:
  description: Never true here.
  returned: always
  type: bool
results:
  description: The same in the form of M(fuyajo.libvirt.stack).
  returned: always
  type: list
  elements: dict
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import exec_kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.ends import run_one
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_common import uri_spec
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_exec import exec_spec


def main():
    """Say what the options are, and hand them over."""
    own = exec_spec()
    module = AnsibleModule(argument_spec={**uri_spec(), **own}, supports_check_mode=True)
    run_one(module, exec_kind.KIND, list(own), flat=True)


if __name__ == "__main__":
    main()
