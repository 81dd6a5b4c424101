# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection plugin as Ansible uses it, on a host that a test makes up."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleConnectionFailure, AnsibleFileNotFound
from ansible.playbook.play_context import PlayContext
from ansible_collections.fuyajo.libvirt.plugins.connection import guest_agent
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.agent import Ran
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import agent as _agent
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError


class Host:
    uri = "qemu:///system"

    def __init__(self):
        self.opened, self.programs, self.files, self.errors, self.ran = 0, [], {}, [], Ran(0)

    def open(self, _uri):
        self.opened += 1
        return self

    def close(self):
        self.opened -= 1

    def find(self, name):
        return name if name != "nobody" else None

    def run_in_guest(self, machine, program, answer):
        for error in self.errors:
            raise error
        self.programs.append((machine, program, answer))
        return self.ran

    def write_guest_file(self, _machine, path, pieces, _answer):
        self.files[path] = b"".join(pieces)

    def read_guest_file(self, _machine, path, _most, _answer):
        yield self.files[path][:1]
        for error in self.errors:
            raise error
        yield self.files[path][1:]


@pytest.fixture
def host(monkeypatch):
    made = Host()
    monkeypatch.setattr(guest_agent, "Host", made)
    return made


@pytest.fixture
def connection(host):
    made = guest_agent.Connection(PlayContext())
    options = {"machine": "web", "uri": None, "timeout": 7, "command_timeout": 0}
    options["executable"] = "/bin/bash"
    made.get_option = lambda name, *_: options[name]
    made.options = options
    return made


def test_a_command_is_one_word_for_the_guests_shell(connection, host):
    host.ran = Ran(3, b"out", b"err")
    assert connection.exec_command("/bin/sh -c 'id'", in_data=b"x") == (3, b"out", b"err")
    ((machine, program, answer),) = host.programs
    assert (machine, answer, program.stdin, program.seconds) == ("web", 7, b"x", None)
    assert program.argv[:2] == ["/bin/bash", "-c"] and program.argv[-1] == "/bin/sh -c 'id'"
    assert connection.exec_command("true") == (3, b"out", b"err") and host.opened == 1
    connection.options["command_timeout"] = 5
    connection.exec_command("true")
    assert host.programs[-1][1].seconds == 5


def test_it_comes_back_after_a_failure(connection, host):
    host.errors = [FuyajoError("the guest agent is not connected")]
    with pytest.raises(AnsibleConnectionFailure, match="web: the guest agent is not connected"):
        connection.exec_command("true")
    assert host.opened == 0 and not connection.connected
    host.errors = []
    connection.reset()
    assert connection.exec_command("true")[0] == 0 and host.opened == 1
    connection.close()
    connection.close()
    assert host.opened == 0


def test_output_without_end_is_an_error(connection, host):
    host.ran = Ran(0, b"x", truncated=True)
    with pytest.raises(AnsibleConnectionFailure, match="wrote more than"):
        connection.exec_command("yes")


def test_a_machine_that_is_not_there(connection):
    connection.options["machine"] = "nobody"
    with pytest.raises(AnsibleConnectionFailure, match="has no machine 'nobody'"):
        connection.exec_command("true")


def test_files(connection, host, tmp_path):
    (tmp_path / "a").write_bytes(b"x" * 3_000_000)
    connection.put_file(str(tmp_path / "a"), "/there")
    connection.fetch_file("/there", str(tmp_path / "b"))
    assert (tmp_path / "b").read_bytes() == (tmp_path / "a").read_bytes()
    with pytest.raises(AnsibleFileNotFound, match="no file"):
        connection.put_file(str(tmp_path / "none"), "/there")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (_agent.refusal("guest-file-open", "No such file or directory"), AnsibleFileNotFound),
        (_agent.refusal("guest-file-read", "x", True), AnsibleConnectionFailure),
    ],
)
def test_a_part_of_a_file_is_not_left(connection, host, tmp_path, error, kind):
    host.files["/there"], host.errors = b"xyz", [error]
    with pytest.raises(kind):
        connection.fetch_file("/there", str(tmp_path / "b"))
    assert not (tmp_path / "b").exists()
