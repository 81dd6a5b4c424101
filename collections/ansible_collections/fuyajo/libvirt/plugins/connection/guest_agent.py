# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Playbooks inside a virtual machine that has no network at all."""

from __future__ import annotations

DOCUMENTATION = r"""
name: guest_agent
short_description: Run tasks inside a virtual machine through its QEMU guest agent
version_added: 0.1.0
author:
  - The Fuyajo developers (@fuyajo)
description:
  - Commands and files go over libvirt and the guest agent's channel. The guest needs no network, no SSH and
    no login.
  - Tasks run as whom the agent runs, usually root. C(become) changes that as usual, and needs no password
    from root.
  - With C(ansible_pipelining=true) a task takes fewer and shorter ways; that is recommended here.
  - For guests with a POSIX shell.
extends_documentation_fragment:
  - connection_pipelining
requirements:
  - the Python library libvirt on the controller (package C(python3-libvirt), or C(libvirt-python) from PyPI)
  - qemu-guest-agent in the guest, with C(guest-exec) and C(guest-file-*) allowed
notes:
  - RHEL and its relatives block C(guest-exec) and the file commands; take them out of C(BLACKLIST_RPC) or
    C(--block-rpcs) in the guest's C(/etc/sysconfig/qemu-ga) and restart qemu-guest-agent.
  - Where SELinux is enforcing in the guest, programs of the agent run confined; the boolean
    C(virt_qemu_ga_run_unconfined) (or C(virt_rw_qemu_ga_data) for files) decides what they may do.
  - A task that is stopped by a time-out is not ended in the guest.
  - A file is written with 2 to 3 MB/s and read three times as fast, even under emulation.
options:
  machine:
    description: UUID or name of the machine, tried in this order.
    type: str
    default: inventory_hostname
    vars:
      - name: inventory_hostname
      - name: libvirt_uuid
      - name: ansible_libvirt_vm
  uri:
    description:
      - The libvirt to connect to.
      - When omitted, V(qemu:///system) for root and V(qemu:///session) for anybody else.
    type: str
    vars:
      - name: libvirt_uri
      - name: ansible_libvirt_uri
    env:
      - name: LIBVIRT_DEFAULT_URI
      - name: ANSIBLE_LIBVIRT_URI
  timeout:
    description: How many seconds the agent may be silent before the machine counts as unreachable.
    type: int
    default: 30
    vars:
      - name: ansible_guest_agent_timeout
    env:
      - name: ANSIBLE_GUEST_AGENT_TIMEOUT
    ini:
      - section: guest_agent_connection
        key: timeout
  command_timeout:
    description:
      - How many seconds one command may take. V(0) is as long as it likes.
      - Nothing is ended in the guest when they are over.
    type: int
    default: 0
    vars:
      - name: ansible_guest_agent_command_timeout
    env:
      - name: ANSIBLE_GUEST_AGENT_COMMAND_TIMEOUT
    ini:
      - section: guest_agent_connection
        key: command_timeout
  executable:
    description: The shell of the guest that runs the commands.
    type: str
    default: /bin/sh
    vars:
      - name: ansible_executable
    env:
      - name: ANSIBLE_EXECUTABLE
    ini:
      - section: defaults
        key: executable
"""

import contextlib
import os

from ansible.errors import AnsibleConnectionFailure, AnsibleFileNotFound
from ansible.module_utils.common.text.converters import to_bytes, to_text
from ansible.plugins.connection import ConnectionBase
from ansible.utils.display import Display
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.agent import Program
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import agent as _agent
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    NOT_FOUND,
    FuyajoError,
)

display = Display()

# An agent has no login: no home and nobody's name. Ansible and many programs want both. Then $1 is run.
# Asking who owns /root spares most guests one program for every command.
_LOGIN = """if [ -z "${HOME-}" ]; then
u=root; [ -O /root ] 2>/dev/null || u=$(id -un)
eval "HOME=~$u" && export HOME USER="$u" LOGNAME="$u"
fi
cd 2>/dev/null
eval "$1"
"""
_READ = 1024 * 1024
# A file has to end somewhere; this is more than anybody carries over a serial line.
_MOST = 1 << 40


class Connection(ConnectionBase):
    """One machine; the connection to its libvirt stays open for all that a task does."""

    transport = "fuyajo.libvirt.guest_agent"
    has_pipelining = True
    # Whoever the play names as user: nobody logs in, and agents run as root.
    default_user = "root"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._host = None
        self._machine = None

    def _connect(self):
        if not self._connected:
            with self._failures():
                self._host = Host.open(self.get_option("uri"))
                self._machine = self._found()
            self._connected = True
            self._say("CONNECTED over %s", self._host.uri)
        return self

    def _found(self):
        name = self.get_option("machine")
        machine = self._host.find(name)
        if machine is None:
            raise FuyajoError(f"{self._host.uri} has no machine {name!a:.80}", NOT_FOUND)
        return machine

    @contextlib.contextmanager
    def _failures(self):
        try:
            yield
        except FuyajoError as error:
            name = self.get_option("machine")
            self.close()
            raise AnsibleConnectionFailure(f"{name}: {error}") from None

    def _say(self, text, *values):
        display.vvv(text % values, host=to_text(self.get_option("machine")))

    def exec_command(self, cmd, in_data=None, sudoable=True):
        """Return (exit code, stdout, stderr) of a command that the guest's shell reads."""
        super().exec_command(cmd, in_data=in_data, sudoable=sudoable)
        self._say("EXEC %s", to_text(cmd))
        shell = self.get_option("executable")
        argv = [shell, "-c", _LOGIN, shell, to_text(cmd)]
        seconds = self.get_option("command_timeout") or None
        program = Program(argv, to_bytes(in_data or b""), seconds=seconds)
        with self._failures():
            ran = self._host.run_in_guest(self._machine, program, self.get_option("timeout"))
            if ran.truncated:
                raise FuyajoError(f"a command wrote more than {program.most} bytes")
        return ran.code, ran.out, ran.err

    def put_file(self, in_path, out_path):
        """Copy a file into the guest; only its owner there can read it."""
        super().put_file(in_path, out_path)
        self._say("PUT %s TO %s", in_path, out_path)
        try:
            with open(to_bytes(in_path, errors="surrogate_or_strict"), "rb") as stream:
                pieces = iter(lambda: stream.read(_READ), b"")
                with self._failures():
                    self._host.write_guest_file(
                        self._machine, out_path, pieces, self.get_option("timeout")
                    )
        except FileNotFoundError:
            raise AnsibleFileNotFound(f"no file {to_text(in_path)} to copy") from None

    def fetch_file(self, in_path, out_path):
        """Copy a file out of the guest."""
        super().fetch_file(in_path, out_path)
        self._say("FETCH %s TO %s", in_path, out_path)
        path = to_bytes(out_path, errors="surrogate_or_strict")
        try:
            with self._failures(), open(path, "wb") as stream:
                self._copy_out(in_path, stream)
        except (AnsibleConnectionFailure, AnsibleFileNotFound):
            # A part of a file must not pass for the whole.
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
            raise

    def _copy_out(self, in_path, stream):
        answer = self.get_option("timeout")
        try:
            for piece in self._host.read_guest_file(self._machine, in_path, _MOST, answer):
                stream.write(piece)
        except _agent.AgentError as error:
            if error.reason != _agent.MISSING:
                raise
            raise AnsibleFileNotFound(f"the guest has no file {to_text(in_path)}") from None

    def reset(self):
        """Connect anew."""
        self.close()
        self._connect()

    def close(self):
        """Give the connection to libvirt back."""
        if self._host is not None:
            self._host.close()
        self._host = self._machine = None
        self._connected = False
