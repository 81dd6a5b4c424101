# SPDX-License-Identifier: GPL-3.0-or-later
"""What an agent, or the way to it, may answer: refusals get words, and nonsense never gets far."""

from __future__ import annotations

import json

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.agent import AgentCalls, Program
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import agent as _agent
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from ansible_collections.fuyajo.libvirt.tests.unit.support.agent_errors import Refused, said

libvirt = pytest.importorskip("libvirt")


class Scripted:
    """A guest agent that says what a test wants, and otherwise the least that will do."""

    def __init__(self):
        self.says = {
            "guest-exec": '{"return": {"pid": 1}}',
            "guest-file-open": '{"return": 1}',
            "guest-file-close": '{"return": {}}',
        }

    def qemuAgentCommand(self, _machine, text, _timeout, _flags):  # noqa: N802 - libvirt's name
        answer = self.says[json.loads(text)["execute"]]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def guest():
    return Scripted()


@pytest.fixture
def calls(guest):
    made = AgentCalls()
    made.lib, made.lib_qemu, made.uri = libvirt, guest, "qemu:///system"
    return made


@pytest.mark.parametrize(
    ("error", "reason", "words"),
    [
        (
            Refused("Requested operation is not valid: domain is not running", 55),
            _agent.OFF,
            "not running",
        ),
        (
            Refused("argument unsupported: QEMU guest agent is not configured", 74),
            _agent.NO_CHANNEL,
            "org.qemu.guest_agent.0",
        ),
        (
            Refused("Guest agent is not responding: QEMU guest agent is not connected", 86),
            _agent.NOT_CONNECTED,
            "not connected",
        ),
        (
            Refused("Guest agent is not responding: Guest agent not available for now", 86),
            _agent.SILENT,
            "Nothing that was started in it has been stopped",
        ),
        (
            Refused("x: QEMU guest agent is not available due to an error", 86),
            _agent.BROKEN,
            "restarted in the guest",
        ),
        (
            Refused("No complete agent response found in 10485760 bytes: out of range", 38),
            _agent.BROKEN,
            "more than libvirt takes",
        ),
        (
            Refused("Unable to encode message payload", 39, libvirt.VIR_FROM_RPC),
            _agent.MALFORMED,
            "larger than libvirt can carry",
        ),
        (
            Refused("Timed out: cannot acquire state change lock (held by agent=x)", 68),
            _agent.BUSY,
            "lock",
        ),
        (
            said("Command guest-exec has been disabled: the command is not allowed"),
            _agent.BLOCKED_HERE,
            "guest-exec is blocked by the guest's agent configuration",
        ),
        (
            said("The command guest-exec has not been found"),
            _agent.UNKNOWN,
            "does not know guest-exec",
        ),
        (said("Invalid \x1b[31m parameter\n'pid'"), _agent.REFUSED, "Invalid [31m parameter 'pid'"),
        (
            Refused("internal error: client socket is closed", 1, libvirt.VIR_FROM_RPC),
            _agent.BROKEN,
            "lost the connection to libvirt",
        ),
    ],
)
def test_every_refusal_has_words(calls, guest, error, reason, words):
    guest.says["guest-exec"] = error
    with pytest.raises(_agent.AgentError) as caught:
        calls.run_in_guest(None, Program(["true"]))
    assert caught.value.reason == reason and words in str(caught.value)
    assert str(caught.value).isprintable()


def test_blocked_names_the_cure():
    text = str(_agent.refusal("guest-exec", "Command guest-exec has been disabled"))
    assert "/etc/sysconfig/qemu-ga" in text and "BLACKLIST_RPC" in text and "block-rpcs" in text


def test_without_the_module_the_package_is_named(calls):
    calls.lib_qemu = None
    with pytest.raises(FuyajoError, match="python3-libvirt"):
        calls.ask_agent(None, "guest-ping")
    assert Host(None, "test:///default").lib_qemu is not None


# --- answers of a hostile guest -----------------------------------------------------------------------

BAD = [
    "",
    "null",
    "[]",
    "7",
    '"return"',
    "{}",
    '{"error": {}}',
    "{",
    "\0",
    "NaN",
    "[" * 100_000,
    '{"return":' + "[" * 100_000,
    "1" * 10_000,
    "x" * (_agent.MAX_ANSWER + 1),
    None,
    b"{}",
]
WRONG = [None, True, 1.5, -1, "1", [], {}, [1], 2**63, {"pid": "1"}, {"pid": True}, {"pid": -1}]
STATUS = [
    None,
    [],
    "x",
    {},
    {"exited": "yes"},
    {"exited": 1},
    {"exited": True, "exitcode": "0"},
    {"exited": True, "exitcode": -5},
    {"exited": True, "signal": []},
    {"exited": True, "exitcode": 0, "out-data": 5},
    {"exited": True, "exitcode": 0, "out-data": "***"},
    {"exited": True, "exitcode": 0, "err-data": "日本"},
]


@pytest.mark.parametrize("text", BAD)
def test_no_answer_at_all(calls, guest, text):
    guest.says["guest-ping"] = text
    with pytest.raises(_agent.AgentError, match="makes no sense"):
        calls.ask_agent(None, "guest-ping")


@pytest.mark.parametrize("value", WRONG)
def test_a_pid_that_is_none(calls, guest, value):
    guest.says["guest-exec"] = json.dumps({"return": value})
    with pytest.raises(_agent.AgentError, match="makes no sense"):
        calls.run_in_guest(None, Program(["true"]))


@pytest.mark.parametrize("value", STATUS)
def test_a_status_that_is_none(calls, guest, value):
    guest.says["guest-exec-status"] = json.dumps({"return": value})
    with pytest.raises(_agent.AgentError, match="makes no sense"):
        calls.run_in_guest(None, Program(["true"]))


@pytest.mark.parametrize("value", [None, [], 5, {"buf-b64": 5}, {"buf-b64": "eHh4", "eof": False}])
def test_a_piece_that_is_none(calls, guest, value):
    guest.says["guest-file-read"] = json.dumps({"return": value})
    with pytest.raises(_agent.AgentError, match="makes no sense"):
        list(calls.read_guest_file(None, "/f", 2))


def test_a_file_that_never_ends_ends(calls, guest):
    guest.says["guest-file-read"] = json.dumps({"return": {"buf-b64": "eA==", "eof": False}})
    assert b"".join(calls.read_guest_file(None, "/f", 1 << 40)) == b"x"
