# SPDX-License-Identifier: GPL-3.0-or-later
"""From every state a machine can be in to every state that can be asked for."""

from __future__ import annotations

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kinds import wanted_of_all
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_power import turn_on

RUNNING, PAUSED, OFF, CRASHED, ASLEEP = 1, 3, 5, 6, 7
NODE = """<node><domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>
<name>web</name><uuid>ef861801-45b9-11cb-88e3-afbfe5370493</uuid>
<metadata><f:vm xmlns:f='urn:fuyajo:domain:1'><f:owner>mika</f:owner></f:vm></metadata>
<memory>65536</memory><vcpu>1</vcpu><os><type>hvm</type></os>
<test:runstate>{state}</test:runstate></domain></node>"""


@pytest.fixture
def in_state(tmp_path, monkeypatch):
    """Return a host with a machine ``web`` in a state; libvirt's mock driver begins with it."""
    opened = []

    def make(state):
        path = tmp_path / f"{state}.xml"
        path.write_text(NODE.format(state=state), encoding="utf-8")
        host = Host.open(f"test://{path}")
        opened.append(host)

        def wake(handle):
            # The mock driver cannot; what it can is to be in the state that follows.
            handle.destroy()
            handle.create()

        monkeypatch.setattr(host, "wake", wake)
        return host

    yield make
    for host in opened:
        host.close()


def run(host, check=False, **vm):
    options = {"owner": "mika", "pool": {"name": "p"}, "vms": [{"name": "web", **vm}]}
    return converge(host, wanted_of_all({**options, "shutdown_timeout": 0}), check)


@pytest.mark.parametrize(
    ("state", "wanted", "actions", "after"),
    [
        (RUNNING, "present", [], "running"),
        (RUNNING, "started", [], "running"),
        (RUNNING, "stopped", ["destroy"], "stopped"),
        (RUNNING, "paused", ["pause"], "paused"),
        (RUNNING, "restarted", ["destroy", "start"], "running"),
        (PAUSED, "present", [], "paused"),
        (PAUSED, "started", ["resume"], "running"),
        (PAUSED, "paused", [], "paused"),
        (PAUSED, "stopped", ["destroy"], "stopped"),
        (PAUSED, "restarted", ["destroy", "start"], "running"),
        (OFF, "present", [], "stopped"),
        (OFF, "started", ["start"], "running"),
        (OFF, "stopped", [], "stopped"),
        (OFF, "paused", ["start paused"], "paused"),
        (OFF, "restarted", ["start"], "running"),
        (CRASHED, "present", [], "crashed"),
        (CRASHED, "started", ["destroy", "start"], "running"),
        (CRASHED, "stopped", ["destroy"], "stopped"),
        (CRASHED, "restarted", ["destroy", "start"], "running"),
        (CRASHED, "paused", ["destroy", "start paused"], "paused"),
        (ASLEEP, "present", [], "suspended"),
        (ASLEEP, "started", ["wake"], "running"),
        (ASLEEP, "stopped", ["destroy"], "stopped"),
        (ASLEEP, "paused", ["wake", "pause"], "paused"),
        (ASLEEP, "restarted", ["destroy", "start"], "running"),
    ],
)
def test_states(in_state, state, wanted, actions, after):
    host = in_state(state)
    planned = run(host, check=True, state=wanted)
    done = run(host, state=wanted)
    assert not done.errors, done.errors
    assert done.results[-1]["actions"] == actions
    assert done.results[-1]["changes"] == planned.results[-1]["changes"]
    assert done.changed is bool(actions)
    assert host.vm("web")["state"] == after
    again = run(host, state=wanted)
    assert again.changed is (wanted == "restarted")


@pytest.mark.parametrize("state", [RUNNING, PAUSED, OFF, CRASHED, ASLEEP])
def test_absent_from_every_state(in_state, state):
    host = in_state(state)
    gone = run(host, state="absent")
    assert gone.changed and not gone.errors
    assert host.vm("web") is None
    assert not run(host, state="absent").changed


def test_a_crashed_machine_can_be_changed(in_state):
    host = in_state(CRASHED)
    done = run(host, cpus=2, title="x")
    assert not done.errors and not done.restart_required
    assert {c["effect"] for c in done.results[-1]["changes"]} == {"live"}
    assert host.vm("web")["cpus"] == 2
    assert not run(host, cpus=2, title="x").changed


@pytest.mark.parametrize("option", [{"force_off": True}, {}])
def test_grace_and_the_plug(in_state, option, monkeypatch):
    host = in_state(PAUSED)
    asked = []
    monkeypatch.setattr(host, "stop", lambda handle, grace: asked.append(grace) or "shutdown")
    options = {"owner": "mika", "vms": [{"name": "web", "state": "stopped", **option}]}
    done = converge(host, wanted_of_all({**options, "shutdown_timeout": 7}), False)
    assert asked == [0 if option else 7]
    # A guest that stands still cannot shut down; it goes on for as long as that takes.
    assert done.results[-1]["actions"] == (["shutdown"] if option else ["resume", "shutdown"])


def test_a_state_that_leads_nowhere_is_said():
    with pytest.raises(FuyajoError, match="cannot be running from there"):
        turn_on(None, None, "unknown", "running", Step("vm", "x"))
