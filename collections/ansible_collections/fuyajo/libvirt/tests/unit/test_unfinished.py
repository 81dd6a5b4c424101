# SPDX-License-Identifier: GPL-3.0-or-later
"""Machines that are being made: marks and locks. Failures that stay small and say what is missing."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

import libvirt
import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import binding as _binding
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import connect as _connect
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import locks as _locks
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import unfinished as _unfinished
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kinds import wanted_of_all

WEB = {"name": "web", "state": "started", "disk": "1G", "nics": []}


@pytest.fixture
def host():
    with Host.open("test:///default") as connection:
        yield connection


def run(host, *vms, check=False, **more):
    options = {"owner": "mika", "pool": {"name": "default-pool"}, "shutdown_timeout": 0, **more}
    return converge(host, wanted_of_all({**options, "vms": list(vms)}), check)


def leave_unfinished(host, monkeypatch, wish=None):
    """Make a machine up to its volumes, as if this process had ended there."""
    wish = wish or WEB

    def stop(*_arguments, **_more):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(host, "set_meta", stop)
        patch.setattr(host, "undefine", lambda _handle: None)
        patch.setattr(host, "delete_volume", lambda _handle: None)
        with pytest.raises(SystemExit):
            run(host, wish)


def test_the_mark_goes_when_the_machine_is_complete(host):
    texts, really = [], host.define
    host.define = lambda xml: (texts.append(xml), really(xml))[1]
    made = run(host, WEB)
    (text,) = texts
    assert _domain.parse_domain(text).meta.unfinished is not None
    assert made.vms["web"]["unfinished"] is False
    xml = host.domain_xml(host.lookup("web"))
    assert "unfinished" not in xml
    texts.clear()
    # Without volumes there is nothing that could be half made.
    run(host, {"name": "bare", "nics": []})
    assert "unfinished" not in texts[0]


def test_an_unfinished_machine_is_listed_completed_and_removed(host, monkeypatch):
    leave_unfinished(host, monkeypatch)
    assert host.vm("web")["unfinished"] and host.vm("web")["state"] == "stopped"
    young = run(host, WEB)
    assert "may still be at work" in young.errors[0]
    assert young.results[-1]["error_kind"] == "conflict" and not young.changed
    monkeypatch.setattr(_unfinished, "_BELIEVED_SECONDS", -1)
    planned = run(host, WEB, check=True)
    (state, *_rest) = planned.results[-1]["changes"]
    assert (state["path"], state["before"], state["after"]) == ("state", "unfinished", "running")
    done = run(host, WEB)
    assert not done.errors and not done.vms["web"]["unfinished"]
    actions = ["delete web.qcow2", "undefine", "define", "create web.qcow2", "start"]
    assert done.results[-1]["actions"] == actions
    assert not run(host, WEB).changed
    run(host, dict(WEB, state="absent", remove_storage=True))
    leave_unfinished(host, monkeypatch)
    gone = run(host, {"name": "web", "state": "absent"})
    assert gone.changed and not gone.errors
    assert "web.qcow2" not in {v["name"] for v in host.pool_volumes("default-pool")}


def test_what_cannot_be_taken_back_stays_listed(host, monkeypatch):
    def fail(*_arguments):
        raise FuyajoError("the disk is on fire")

    monkeypatch.setattr(host, "start", fail)
    monkeypatch.setattr(host, "delete_volume", fail)
    done = run(host, WEB)
    result = done.results[-1]
    assert result["error"] == "the disk is on fire"
    assert result["actions"][-1].startswith("could not delete web.qcow2 again")
    assert result["uuid"] == host.vm("web")["uuid"]
    assert done.changed


@pytest.mark.parametrize(
    ("seconds", "had_lock", "have_lock", "stale"),
    [
        (0, True, True, True),
        (0, True, False, False),
        (0, False, True, False),
        (-599, False, True, False),
        (-601, False, True, True),
        (-601, True, False, True),
        (3600, False, False, True),
    ],
)
def test_marks(monkeypatch, seconds, had_lock, have_lock, stale):
    text = _unfinished.mark(had_lock)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now - seconds)
    assert _unfinished.is_stale(text, have_lock) is stale


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-40T00:00:00Z", "\0", "9" * 400])
def test_marks_of_others_hold_up_nobody(text):
    assert _unfinished.is_stale(text, False)


def test_locks_are_one_for_every_name(tmp_path):
    place = str(tmp_path)
    with _locks.making(place, "web") as seen, _locks.making(place, "web") as too:
        assert seen and too
        begin = time.monotonic()
        with pytest.raises(FuyajoError, match="web is being") as caught:
            _locks.taking_over(place, "web", 0.2).__enter__()
        assert caught.value.kind == "conflict" and 0.2 <= time.monotonic() - begin < 3
        with _locks.taking_over(place, "db", 0.2) as other:
            assert other
    with _locks.taking_over(place, "web", 0.2) as seen:
        assert seen
        with pytest.raises(FuyajoError), _locks.taking_over(place, "web", 0.1):
            raise AssertionError
    assert list(tmp_path.iterdir()) == []


def test_a_lock_ends_with_its_holder_however_that_ends(tmp_path):
    code = (
        "import os, sys\n"
        "from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import locks\n"
        "with locks.making(sys.argv[1], 'web'):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as maker:
        assert maker.stdout.readline() == b"held\n"
        with pytest.raises(FuyajoError), _locks.taking_over(str(tmp_path), "web", 0.1):
            raise AssertionError
        maker.kill()
        with _locks.taking_over(str(tmp_path), "web", 10) as seen:
            assert seen


def test_of_many_who_take_over_one_is_first(tmp_path):
    inside, most = [], []

    def take():
        with _locks.taking_over(str(tmp_path), "web", 20):
            inside.append(1)
            most.append(len(inside))
            inside.pop()

    threads = [threading.Thread(target=take) for _unused in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 12


def test_where_no_lock_can_be_had_that_is_said(tmp_path):
    for directory in (None, str(tmp_path / "nowhere")):
        with _locks.making(directory, "web") as seen:
            assert not seen
        with _locks.taking_over(directory, "web", 0.1) as seen:
            assert not seen


def test_a_dead_daemon_is_noticed_in_twenty_seconds():
    # libvirt asks COUNT times and ends the connection at the question after those.
    assert _connect.KEEPALIVE_SECONDS * (_connect.KEEPALIVE_COUNT + 1) <= 20


def busy() -> libvirt.libvirtError:
    return libvirt.libvirtError("internal error: pool 'x' has asynchronous jobs running.")


def test_a_busy_pool_is_asked_again(host):
    class Pool:
        def __init__(self, refusals):
            self.refusals, self.asked = refusals, 0

        def createXML(self, _xml, _flags):  # noqa: N802
            self.asked += 1
            if self.asked <= self.refusals:
                raise busy()
            return "made"

    pool = Pool(4)
    begin = time.monotonic()
    assert host.make_volume(pool, _storage.Volume("a.qcow2", 1)) == "made"
    # Pauses that grow: 20, 30, 45, 67 ms.
    assert pool.asked == 5 and 0.15 < time.monotonic() - begin < 5


def test_one_bad_of_ten(host):
    # libvirt's mock driver has a network "default" and no other.
    wishes = [dict(WEB, name=f"n{i}", nics=[{"network": "default"}]) for i in range(10)]
    wishes[4]["nics"] = [{"network": "nowhere"}]
    wishes[4]["image"] = "base-0123456789abcdef.qcow2"
    for check in (True, False):
        done = run(host, *wishes, check=check)
        results = [r for r in done.results if r["kind"] == "vm"]
        assert [bool(r["error"]) for r in results] == [i == 4 for i in range(10)]
        assert done.changed
    assert len(done.vms) == 9 and "n4" not in done.vms


@pytest.mark.parametrize("go_on", [True, False])
def test_going_on_or_not_after_an_error(host, go_on):
    wishes = [dict(WEB, name=f"n{i}") for i in range(3)]
    bad = dict(WEB, name="bad", image="base-0123456789abcdef.qcow2")
    done = run(host, *wishes, bad, continue_on_error=go_on)
    errors = {r["name"]: r["error"] for r in done.results if r["kind"] == "vm"}
    assert "has no image" in errors["bad"]
    said = None if go_on else "not tried, because this failed: vm bad"
    assert {errors[f"n{i}"] for i in range(3)} == {said}
    assert (host.vm("n0") is not None) is go_on and done.changed is go_on


@pytest.mark.parametrize(
    ("release", "command"),
    [
        ({"ID": "debian"}, "apt-get install python3-libvirt"),
        ({"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, "apt-get install python3-libvirt"),
        ({"ID": "rocky", "ID_LIKE": "rhel centos fedora"}, "dnf install python3-libvirt"),
        ({"ID": "opensuse-leap", "ID_LIKE": "suse opensuse"}, "zypper install python3-libvirt-"),
        ({"ID": "arch"}, "pacman -S libvirt-python"),
        ({"ID": "alpine"}, "apk add py3-libvirt"),
        ({}, "install the package python3-libvirt"),
    ],
)
def test_the_missing_library_has_another_name_everywhere(release, command):
    plain = _binding.explain("/usr/bin/python3", "No module named 'libvirt'", release)
    assert command in plain and "/usr/bin/python3" in plain
    assert "ansible_python_interpreter" not in plain
    other = _binding.explain("/opt/venv/bin/python", "No module named 'libvirt'", release)
    assert "/opt/venv/bin/python -m pip install libvirt-python" in other
    assert command in other and "ansible_python_interpreter" in other


def test_this_interpreter_is_named():
    assert sys.executable in _binding.missing_binding("x")
    assert os.path.exists(sys.executable)
