"""What goes into a run's environment, where shipped content is found."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from fuyajo.engine import paths
from fuyajo.engine.box import environ


def scrub(session: bool) -> dict[str, str]:
    return environ.scrubbed(
        Path("/run-1"),
        ansible_cfg=Path("/c/ansible.cfg"),
        collections=Path("/c"),
        control=Path("/cp"),
        session=session,
    )


def test_nothing_of_ours_leaks_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "secret")
    monkeypatch.setenv("PATH", "/evil")
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/1")
    found = scrub(session=False)
    assert found["PATH"].split(":") == [
        str(Path(sys.executable).parent),
        "/usr/bin",
        "/bin",
        "/usr/sbin",
        "/sbin",
    ]
    assert found["HOME"] == "/run-1/home"
    assert "XDG_RUNTIME_DIR" not in found and "TOKEN" not in found
    assert not any("secret" in value or "evil" in value for value in found.values())


def test_a_session_daemon_is_found_but_never_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/1")
    found = scrub(session=True)
    assert (found["XDG_RUNTIME_DIR"], found["LIBVIRT_AUTOSTART"]) == ("/run/user/1", "0")
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", "/home/mika")
    monkeypatch.setattr(os, "geteuid", lambda: 2**31)  # nobody with a directory in /run/user
    assert scrub(session=True)["XDG_RUNTIME_DIR"] == "/home/mika/.cache"


@pytest.mark.parametrize(
    ("stack", "euid", "session"),
    [
        ({"uri": "qemu:///session"}, 0, True),
        ({"uri": "qemu:///session?socket=/x"}, 0, True),
        ({"uri": "qemu:///system?x=/session"}, 1000, False),
        ({"uri": "qemu+ssh://host/system"}, 1000, False),
        ({}, 0, False),
        ({}, 1000, True),
        (None, 1000, True),
    ],
)
def test_wants_session(
    stack: object, euid: int, session: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: euid)
    assert environ.wants_session({"stack": stack}) is session


@pytest.mark.parametrize("depth", [0, 150])
def test_a_control_socket_fits(tmp_path: Path, depth: int) -> None:
    run = tmp_path / ("d" * depth) if depth else tmp_path
    run.mkdir(exist_ok=True)
    with environ.control_directory(run) as place, socket.socket(socket.AF_UNIX) as bound:
        assert place.stat().st_mode & 0o777 == 0o700
        bound.bind(str(place / ("a" * 10 + "." + "b" * 16)))
        assert (place.parent == run) == (depth == 0)
    assert not place.exists()


def test_content_lies_beside_the_package_or_in_shared_data(tmp_path: Path) -> None:
    package, prefix = tmp_path / "src" / "fuyajo", tmp_path / "prefix"
    package.mkdir(parents=True)
    assert paths._root_for(package, prefix) == prefix / "share" / "fuyajo"
    assert paths._collections_for(package) == package.parent
    (package.parent / "playbooks").mkdir()
    (package.parent / "collections" / "ansible_collections").mkdir(parents=True)
    assert paths._root_for(package, prefix) == package.parent
    assert paths._collections_for(package) == package.parent / "collections"


def test_paths_are_absolute() -> None:
    found = (paths.playbook("provision"), paths.inventory(), paths.ansible_cfg())
    assert all(path.is_absolute() for path in found)
    assert (paths.collections_path() / "ansible_collections" / "fuyajo").is_dir()
