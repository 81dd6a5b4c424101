"""Probes of `fuyajo doctor`, each against the thing itself or a stand-in for it."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

from fuyajo.engine.doctor import host, machine, result
from fuyajo.engine.doctor.result import Result, bounded


def only(results: list[Result]) -> Result:
    assert len(results) == 1
    return results[0]


@pytest.fixture
def user(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a normal user asked."""
    monkeypatch.setattr("os.geteuid", lambda: 12345)


# --- the frame ------------------------------------------------------------------------------------------


def test_a_probe_that_hangs_is_left_behind() -> None:
    release = threading.Event()

    def hang() -> list[Result]:
        release.wait()
        return []

    assert bounded(hang, 0.05) is None
    release.set()


def test_a_probe_that_raises_is_a_value() -> None:
    def broken() -> list[Result]:
        raise RuntimeError("no")

    assert isinstance(bounded(broken), RuntimeError)


def test_commands_get_sudo_for_a_user_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert result.as_root("x") == "x"
    monkeypatch.setattr("os.geteuid", lambda: 1)
    assert result.as_root("x") == "sudo x"


# --- libvirt --------------------------------------------------------------------------------------------


def test_libvirt_that_answers() -> None:
    assert only(host.libvirt("test:///default")).status == "ok"


def test_libvirt_that_is_not_there() -> None:
    found = only(host.libvirt("qemu+unix:///system?socket=/nonexistent"))
    assert found.status == "fail"
    assert found.fix
    assert "nonexistent" in str(found.params["detail"])


def test_virtlogd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "sock"
    monkeypatch.setattr(host, "VIRTLOGD", place)
    assert host.virtlogd("qemu:///session") == []
    assert only(host.virtlogd("qemu:///system")).status == "fail"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(place))
        # A socket file that nobody listens on is what a daemon that died leaves behind.
        assert only(host.virtlogd("qemu:///system")).status == "fail"
        server.listen()
        assert only(host.virtlogd("qemu:///system")).status == "ok"


@pytest.mark.parametrize(
    ("systemd", "expected"), [(True, "systemctl start"), (False, "libvirt_daemons.py")]
)
def test_how_to_start_the_daemons(
    systemd: bool, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host, "_SYSTEMD", tmp_path if systemd else tmp_path / "none")
    assert expected in host.start_daemons()


def test_groups(user: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert only(host.groups("qemu:///session")).code == "session"
    monkeypatch.setattr(host, "_in_group", lambda _name: False)
    assert only(host.groups("qemu:///system")).fix == "sudo usermod --append --groups libvirt 12345"
    monkeypatch.setattr(host, "_in_group", lambda _name: True)
    assert only(host.groups("qemu:///system")).status == "ok"


def test_runtime_directory(tmp_path: Path) -> None:
    def look(environ: dict[str, str], usual: str = "none") -> Result:
        found = host.runtime_directory("qemu:///session", environ, tmp_path / usual)
        return only(found)

    assert host.runtime_directory("qemu:///system", {}) == []
    assert look({}).code == "cache"
    (tmp_path / "usual").mkdir()
    unset = look({}, "usual")
    assert (unset.status, unset.fix) == ("warn", f"export XDG_RUNTIME_DIR={tmp_path / 'usual'}")
    said = {"XDG_RUNTIME_DIR": str(tmp_path / "run")}
    missing = look(said)
    assert (missing.code, missing.fix) == ("missing", f"mkdir -m 0700 {tmp_path / 'run'}")
    # What a shell kept of another account (su without a dash) cannot be mended, only left.
    foreign = look({"XDG_RUNTIME_DIR": "/proc/none/none"}, "usual")
    assert (foreign.code, foreign.fix) == ("missing", unset.fix)
    assert look({"XDG_RUNTIME_DIR": "/proc/none/none"}).fix == "unset XDG_RUNTIME_DIR"
    (tmp_path / "run").mkdir()
    (tmp_path / "run").chmod(0o777)
    assert look(said).code == "open"
    (tmp_path / "run").chmod(0o755)
    assert look(said).status == "ok"


@pytest.mark.parametrize(
    ("home", "status", "letters"),
    [(17, "ok", None), (18, "warn", 19), (36, "warn", 1), (37, "fail", None)],
)
def test_room_for_sockets(home: int, status: str, letters: int | None) -> None:
    """A home of 17 letters takes a name of 63, one of 49 did not (tried with libvirt 9.0.0)."""
    environ = {"XDG_CONFIG_HOME": "/" + "h" * (home - 1) + "/.config"}
    found = only(host.socket_room("qemu:///session", environ))
    assert (found.status, found.params.get("letters")) == (status, letters)
    assert host.socket_room("qemu:///system", environ) == []


@pytest.mark.parametrize(("usable", "status"), [(True, "ok"), (False, "warn")])
def test_kvm_is_never_a_failure(usable: bool, status: str, monkeypatch: pytest.MonkeyPatch) -> None:
    probe = "ansible_collections.fuyajo.libvirt.plugins.module_utils._host.probe.probe_kvm"
    monkeypatch.setattr(probe, lambda: (usable, "because"))
    found = only(host.kvm())
    assert (found.status, found.params["reason"]) == (status, "because")


# --- the machine ----------------------------------------------------------------------------------------


def test_home(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    assert only(machine.home(tmp_path)).status == "ok"
    assert only(machine.home(tmp_path / "not" / "yet")).status == "ok"
    tmp_path.chmod(0o755)
    assert only(machine.home(tmp_path)).fix == f"chmod 0700 {tmp_path}"
    assert only(machine.home(Path("/proc/fuyajo"))).status == "fail"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("free", "status"), [(0.5, "fail"), (2, "warn"), (50, "ok")])
def test_disk(free: float, status: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    usage = type("Usage", (), {"free": free * machine.GIB})
    monkeypatch.setattr("shutil.disk_usage", lambda _path: usage)
    found = only(machine.disk(tmp_path / "later", "FUYAJO_HOME"))
    assert found.status == status
    assert (found.fix is None) == (status == "ok")


@pytest.mark.parametrize(("free", "status"), [(100, "fail"), (1000, "warn"), (4000, "ok")])
def test_memory(free: int, status: str, tmp_path: Path) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text(f"MemTotal: 8388608 kB\nMemAvailable: {free * 1024} kB\nHugePages_Free: 0\n")
    assert only(machine.memory(meminfo)).status == status


def test_memory_of_this_machine_can_be_read() -> None:
    assert int(str(only(machine.memory()).params["total"])) > 0


def test_missing_tools_name_their_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "find", lambda command: None if "ssh" in command else "/x")
    found = only(machine.tools())
    assert found.status == "fail"
    assert found.params["missing"] == "ssh, ssh-keygen"
    assert str(found.fix).endswith("apt-get install --no-install-recommends openssh-client")


@pytest.mark.parametrize(("image_there", "status"), [(True, "warn"), (False, "fail")])
def test_build_tools_matter_less_once_an_image_is_there(
    image_there: bool, status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "find", lambda _command: None)
    found = only(machine.build_tools(image_there))
    assert found.status == status
    assert "mmdebstrap" in str(found.fix)


def test_port() -> None:
    assert only(machine.port()).status == "ok"


def test_port_that_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise OSError("no loopback")

    monkeypatch.setattr("socket.create_server", refuse)
    assert only(machine.port()).status == "fail"


@pytest.mark.parametrize(("kind", "status"), [("bubblewrap", "ok"), ("subreaper", "warn")])
def test_containment(kind: str, status: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fuyajo.engine.runner.containment", lambda: kind)
    monkeypatch.setattr(machine, "find", lambda _command: None)
    found = only(machine.containment())
    assert found.status == status
    assert (found.fix is not None and "bubblewrap" in found.fix) == (status == "warn")


def test_user_namespaces_of_a_user(user: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def tried(code: int) -> object:
        done = type("Done", (), {"returncode": code})
        return lambda *_arguments, **_options: done

    monkeypatch.setattr("subprocess.run", tried(1))
    assert only(machine.user_namespaces()).code == "forbidden"
    monkeypatch.setattr("subprocess.run", tried(0))
    monkeypatch.setattr(machine, "_has_range", lambda _file: False)
    assert "--add-subuids" in str(only(machine.user_namespaces()).fix)
    monkeypatch.setattr(machine, "_has_range", lambda _file: True)
    assert only(machine.user_namespaces()).status == "ok"


def test_subordinate_ranges_are_read(
    tmp_path: Path, user: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "account", lambda: "mika")
    file = tmp_path / "subuid"
    assert not machine._has_range(file)
    file.write_text("mikako:1:2\n")
    assert not machine._has_range(file)
    file.write_text("mika:100000:65536\n")
    assert machine._has_range(file)
    file.write_text("12345:100000:65536\n")
    assert machine._has_range(file)
