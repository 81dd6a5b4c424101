# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent's requests and answers: what a hostile guest may send, and what a friendly one does.

The friendly one runs the real programs of this machine, so the script that collects output is the real one.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
from pathlib import Path

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.agent import AgentCalls, Program
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import agent as _agent
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from ansible_collections.fuyajo.libvirt.tests.unit.support.agent_errors import Refused, said

libvirt = pytest.importorskip("libvirt")


class Guest:
    """A guest agent as qemuAgentCommand shows it. Its programs and files are those of this machine."""

    def __init__(self):
        self.asked = []
        self.files = {}
        self.ended = {}
        self.scripted = {}

    def qemuAgentCommand(self, _machine, text, timeout, flags):  # noqa: N802 - libvirt's name
        assert isinstance(timeout, int) and timeout > 0 and flags == 0
        assert len(text) <= _agent.MAX_REQUEST
        request = json.loads(text)
        command, arguments = request["execute"], request.get("arguments", {})
        self.asked.append(command)
        if command in self.scripted:
            answer = self.scripted[command]
            answer = answer.pop(0) if isinstance(answer, list) else answer
            if isinstance(answer, Exception):
                raise answer
            return answer
        return json.dumps({"return": getattr(self, command.replace("-", "_"))(**arguments)})

    def guest_exec(self, path, arg=(), env=None, **more):
        assert more["capture-output"] is True
        stdin = base64.b64decode(more.get("input-data", ""))
        environment = None if env is None else dict(e.split("=", 1) for e in env)
        try:
            done = subprocess.run(
                [path, *arg], input=stdin, capture_output=True, env=environment, check=False
            )
        except FileNotFoundError:
            raise said(f"Failed to execute child process {path}") from None
        self.ended[len(self.ended) + 1] = done
        return {"pid": len(self.ended)}

    def guest_exec_status(self, pid):
        done = self.ended[pid]
        answer = {"exited": True}
        if done.returncode < 0:
            answer["signal"] = -done.returncode
        else:
            answer["exitcode"] = done.returncode
        for key, raw in (("out-data", done.stdout), ("err-data", done.stderr)):
            if raw:
                answer[key] = base64.b64encode(raw).decode()
        return answer

    def guest_file_open(self, path, mode):
        try:
            self.files[len(self.files)] = open(path, mode + "b")  # noqa: SIM115
        except FileNotFoundError:
            raise said(f"failed to open file '{path}': No such file or directory") from None
        return len(self.files) - 1

    def guest_file_read(self, handle, count):
        raw = self.files[handle].read(count)
        return {"count": len(raw), "buf-b64": base64.b64encode(raw).decode(), "eof": not raw}

    def guest_file_write(self, handle, **more):
        raw = base64.b64decode(more["buf-b64"])
        return {"count": self.files[handle].write(raw), "eof": False}

    def guest_file_close(self, handle):
        self.files[handle].close()
        return {}


@pytest.fixture
def guest():
    return Guest()


@pytest.fixture
def calls(guest):
    made = AgentCalls()
    made.lib, made.lib_qemu, made.uri = libvirt, guest, "qemu:///system"
    return made


def leftovers():
    return {name for name in os.listdir("/tmp") if name.startswith(".fuyajo-")}


# --- programs ---------------------------------------------------------------------------------------


def test_a_program_gets_its_words_and_stdin_untouched(calls):
    words = ["$(id)`\"'", "", " a  b", "-n", "*", "x\ny", "日本"]
    ran = calls.run_in_guest(None, Program(["printf", "%s|", *words]))
    assert ran.out.decode() == "".join(word + "|" for word in words)
    ran = calls.run_in_guest(None, Program(["sh", "-c", "cat; echo bad >&2; exit 3"], b"a\0\xff"))
    assert (ran.code, ran.out, ran.err, ran.truncated) == (3, b"a\0\xff", b"bad\n", False)
    assert not leftovers()


def test_a_program_that_fails_says_how(calls):
    assert calls.run_in_guest(None, Program(["sh", "-c", "kill -9 $$"])).code == 137
    missing = calls.run_in_guest(None, Program(["/nonexistent"]))
    assert missing.code == 127 and b"/nonexistent" in missing.err


def test_an_environment_is_the_whole_one(calls):
    ran = calls.run_in_guest(None, Program(["env"], env=["A=1", "B=$(id)"]))
    lines = set(ran.out.decode().splitlines())
    assert {"A=1", "B=$(id)"} < lines and not any(line.startswith("HOME=") for line in lines)
    assert any(line.startswith("PATH=/") for line in lines)


def test_much_output_comes_in_pieces_and_leaves_nothing(calls, guest):
    size = 3_000_000
    ran = calls.run_in_guest(None, Program(["head", "-c", str(size), "/dev/zero"]))
    assert (len(ran.out), ran.truncated) == (size, False)
    assert guest.asked.count("guest-file-read") >= 3
    cut = calls.run_in_guest(None, Program(["head", "-c", str(size), "/dev/zero"], most=1000))
    assert (len(cut.out), cut.truncated) == (1000, True)
    assert not leftovers()


def test_little_output_is_cut_as_well(calls):
    ran = calls.run_in_guest(None, Program(["sh", "-c", "echo 123456789; echo oops >&2"], most=5))
    assert (ran.out, ran.err, ran.truncated) == (b"12345", b"oops\n", True)


def test_much_input_goes_through_a_private_file(calls, guest):
    raw = os.urandom(300_000)
    ran = calls.run_in_guest(None, Program(["cat"], raw))
    assert ran.out == raw and guest.asked.count("guest-file-write") == 4
    assert not leftovers()


def test_output_that_pretends_to_be_elsewhere_is_output(calls):
    # Only the random name of this very run would be believed.
    text = b"/tmp/.fuyajo-" + b"0" * 32 + b" 5 5\n"
    assert calls.run_in_guest(None, Program(["cat"], text)).out == text


def test_a_guest_without_a_shell_collects_by_itself(calls, guest, monkeypatch):
    module = "ansible_collections.fuyajo.libvirt.plugins.module_utils._host.agent"
    monkeypatch.setattr(f"{module}._SHELL", "/no/such/shell")
    ran = calls.run_in_guest(None, Program(["cat"], b"x" * 100, env=["A=1"], most=50))
    assert (ran.code, ran.out, ran.truncated) == (0, b"x" * 50, True)


def test_a_request_that_would_hang_the_agent_is_refused(calls):
    with pytest.raises(FuyajoError, match="more than an agent takes"):
        calls.run_in_guest(None, Program(["echo", "x" * 170_000]))


def test_a_program_that_does_not_end_is_left_alone(calls, guest):
    guest.scripted["guest-exec-status"] = json.dumps({"return": {"exited": False}})
    with pytest.raises(
        FuyajoError, match=r"did not end within 0.2 s; it goes on in the guest \(pid 1"
    ):
        calls.run_in_guest(None, Program(["true"], seconds=0.2))


def test_a_loaded_guest_may_miss_an_answer(calls, guest):
    late = Refused("Guest agent is not responding: x", libvirt.VIR_ERR_AGENT_UNRESPONSIVE)
    done = json.dumps({"return": {"exited": True, "exitcode": 0}})
    guest.scripted["guest-exec-status"] = [late, done]
    assert calls.run_in_guest(None, Program(["true"])).code == 0
    guest.scripted["guest-exec-status"] = late
    with pytest.raises(FuyajoError, match="does not answer"):
        calls.run_in_guest(None, Program(["true"]), answer=0.1)


# --- files ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 5000, 96 * 1024, 96 * 1024 + 1, 700_000])
def test_files_come_and_go(calls, tmp_path, size):
    path, raw = str(tmp_path / "it's a file"), os.urandom(size)
    Path(path).write_bytes(b"older and longer" * 100_000)
    calls.write_guest_file(None, path, [raw[:100], raw[100:]], 5)
    assert b"".join(calls.read_guest_file(None, path, 1 << 30)) == raw


def test_a_new_file_is_private(calls, tmp_path):
    for size in (10, 500_000):
        path = tmp_path / str(size)
        calls.write_guest_file(None, str(path), iter([b"x" * size]), 5)
        assert path.stat().st_mode & 0o777 == 0o600


def test_files_that_cannot_be(calls, guest, tmp_path):
    with pytest.raises(_agent.AgentError, match="no such file") as missing:
        list(calls.read_guest_file(None, str(tmp_path / "none"), 10))
    assert missing.value.reason == _agent.MISSING
    with pytest.raises(FuyajoError, match="in the guest"):
        calls.write_guest_file(None, str(tmp_path / "no" / "dir"), [b"x"], 5)
    guest.scripted["guest-file-write"] = json.dumps({"return": {"count": 7, "eof": False}})
    with pytest.raises(FuyajoError, match="disk full"):
        calls.write_guest_file(None, str(tmp_path / "full"), [b"x" * 200_000], 5)
    assert guest.asked[-1] == "guest-file-close"


def test_a_dead_agent_is_not_asked_to_close(calls, guest, tmp_path):
    (tmp_path / "f").write_bytes(b"x")
    guest.scripted["guest-file-read"] = Refused("x", libvirt.VIR_ERR_AGENT_UNRESPONSIVE)
    with pytest.raises(FuyajoError, match="does not answer"):
        list(calls.read_guest_file(None, str(tmp_path / "f"), 10))
    assert guest.asked == ["guest-file-open", "guest-file-read"]


def test_sizes_that_are_lies_are_output(calls, guest):
    """The place of the output is believed, its sizes are numbers, and reading is bounded anyway."""
    run = guest.guest_exec

    def lie(path, arg=(), **more):
        answer = run(path, arg, **more)
        base = arg[3]
        guest.ended[answer["pid"]].stdout = f"{base} 9e9 -1".encode()
        return answer

    guest.guest_exec = lie
    ran = calls.run_in_guest(None, Program(["true"]))
    assert ran.out.endswith(b" 9e9 -1")
