"""The supervisor of libvirt's daemons, with stand-ins for the daemons."""

from __future__ import annotations

import grp
import importlib.util
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "libvirt_daemons.py"


@pytest.fixture
def daemons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("libvirt_daemons", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "STATE", tmp_path / "pid")
    monkeypatch.setattr(module, "LOG", tmp_path / "log")
    monkeypatch.setattr(module, "KVM", tmp_path / "kvm")  # never the machine's own
    return module


@pytest.mark.parametrize(("before", "after"), [(0o600, 0o660), (0o660, 0o660), (0o640, 0o660)])
def test_kvm_is_given_to_its_group(
    daemons: ModuleType, monkeypatch: pytest.MonkeyPatch, before: int, after: int
) -> None:
    """A group that is not ours would need root; our own shows the same."""
    device = daemons.KVM
    device.touch()
    device.chmod(before)
    mine = grp.getgrgid(os.getgid())
    monkeypatch.setattr(daemons.grp, "getgrnam", lambda _name: mine)
    daemons.give_kvm_to_its_group()
    assert device.stat().st_mode & 0o777 == after
    assert device.stat().st_gid == mine.gr_gid


def test_without_kvm_or_its_group_nothing_is_touched(
    daemons: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    daemons.give_kvm_to_its_group()  # no device
    daemons.KVM.touch(mode=0o600)

    def unknown(name: str) -> None:
        raise KeyError(name)

    monkeypatch.setattr(daemons.grp, "getgrnam", unknown)
    daemons.give_kvm_to_its_group()
    assert daemons.KVM.stat().st_mode & 0o777 == 0o600


def test_a_process_is_found_by_name(daemons: ModuleType) -> None:
    own = Path("/proc/self/comm").read_text().strip()
    assert daemons.running(own)
    assert not daemons.running("no-such-daemon")


def test_nothing_is_started_where_libvirt_answers(
    daemons: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(daemons, "running", lambda _daemon: True)
    monkeypatch.setattr(daemons, "answers", lambda: True)
    assert daemons.main(["start"]) == 0
    assert capsys.readouterr().out == ""


def test_only_root_starts(
    daemons: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(daemons, "running", lambda _daemon: False)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert daemons.main(["start"]) == 1
    assert "sudo" in capsys.readouterr().err


@pytest.mark.parametrize("kept", ["", "x", "1", str(os.getpid())])
def test_a_process_that_is_not_ours_is_never_stopped(
    daemons: ModuleType, kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    daemons.STATE.write_text(kept)
    killed: list[int] = []
    monkeypatch.setattr("os.kill", lambda pid, _signal: killed.append(pid))
    assert daemons.main(["stop"]) == 0
    assert killed == []


def test_another_supervisor_is_not_stopped(
    daemons: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemons, "supervisor_pid", lambda: 123456)
    killed: list[int] = []
    monkeypatch.setattr("os.kill", lambda pid, _signal: killed.append(pid))
    assert daemons.main(["stop", "99"]) == 0
    assert killed == []


@pytest.mark.parametrize("arguments", [[], ["run"], ["start", "1"], ["stop", "-1"]])
def test_usage(daemons: ModuleType, arguments: list[str]) -> None:
    assert daemons.main(arguments) == 2


def test_the_supervisor_ends_its_daemons_when_told(tmp_path: Path) -> None:
    """In a process of its own: it becomes a subreaper and waits for every child."""
    for name in ("fuyajo-d1", "fuyajo-d2"):
        (tmp_path / name).write_text(f"#!/bin/bash\necho $$ >>{tmp_path}/pids\nexec sleep 600\n")
        (tmp_path / name).chmod(0o755)
    os.mkfifo(tmp_path / "pids")
    code = (
        f"import sys; sys.path.insert(0, {str(SCRIPT.parent)!r}); import libvirt_daemons as d;"
        f"from pathlib import Path; d.STATE = Path({str(tmp_path / 'state')!r});"
        f"d.LOG = Path({str(tmp_path / 'log')!r}); d.DAEMONS = ('fuyajo-d1', 'fuyajo-d2');"
        "sys.exit(d.supervise())"
    )
    environ = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    supervisor = subprocess.Popen([sys.executable, "-c", code], env=environ)
    try:
        pids: list[int] = []
        while len(pids) < 2:  # reading waits until a daemon has written
            pids += [int(word) for word in (tmp_path / "pids").read_text().split()]
        supervisor.send_signal(signal.SIGTERM)
        assert supervisor.wait(20) == 0
    finally:
        supervisor.kill()
        supervisor.wait()
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("up", [True, False])
def test_status_to_a_reader_that_is_gone(up: bool, unbuffered: str) -> None:
    """As `status | head -1` does: no traceback, and still the answer as the exit code."""
    code = (
        f"import sys; sys.path.insert(0, {str(SCRIPT.parent)!r}); import libvirt_daemons as d;"
        f"d.answers = lambda: {up}; sys.exit(d.main(['status']))"
    )
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
            stdout=writer,
            stderr=subprocess.PIPE,
            text=True,
            timeout=30,
            check=False,
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (0 if up else 1, "")
