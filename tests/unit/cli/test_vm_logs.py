"""`fuyajo vm logs`: whose, of what file, and what it says when it cannot."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fuyajo.domain.errors import Exit
from fuyajo.engine import qemu_log
from tests.support.command_line import World, machine
from tests.unit.domain.test_vm_logs import JOURNAL, LOG, MINE, start


@pytest.fixture
def logs(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    world.have(machine("web", uuid=MINE), machine("other", owner="noriko"))
    folder = tmp_path / "qemu"
    folder.mkdir()
    monkeypatch.setattr(qemu_log, "folder", lambda _uri: folder)
    monkeypatch.setattr(qemu_log, "is_local", lambda uri: True)
    monkeypatch.setenv("FUYAJO_URI", "qemu:///system")
    return folder


def test_the_file_and_the_one_before_it(world: World, logs: Path) -> None:
    (logs / "web.log.0").write_text(LOG)
    (logs / "web.log").write_bytes(b"after \xff\x1b]0;title\x07\n")
    code, out, _ = world.call("vm", "logs", "web", "--source", "qemu")
    assert code == 0 and "\x1b" not in out and "earlier" not in out
    assert out.splitlines()[-1] == "-" + " " * 20 + "after \ufffd\ufffd]0;title\ufffd"
    code, found = world.json("vm", "logs", "web", "--source", "qemu", "--tail", "2")
    assert (code, found["more"], found["lines"][1]["at"]) == (0, True, None)


def test_no_link_no_pipe_and_nothing_of_others(world: World, logs: Path) -> None:
    (logs / "real").write_text(start(MINE, "02:00:00", "through a link"))
    (logs / "web.log").symlink_to(logs / "real")
    code, out, err = world.call("vm", "logs", "web", "--source", "qemu")
    assert code == 5 and "link" not in out and "web.log" in err
    (logs / "web.log").unlink()
    os.mkfifo(logs / "web.log")
    code, found = world.json("vm", "logs", "web", "--source", "qemu")
    assert (code, found["lines"]) == (0, [])
    code, found = world.json("vm", "logs", "other", "--source", "qemu")
    assert (code, found["problems"][0]["code"]) == (1, "vm_not_found")


def test_another_host_says_where_to_ask(
    world: World, logs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(qemu_log, "is_local", lambda uri: False)
    code, found = world.json("vm", "logs", "web", "--source", "qemu")
    assert (code, found["problems"][0]["code"]) == (5, "vm_log_elsewhere")


def test_times_that_end_before_they_begin(world: World, logs: Path) -> None:
    code, found = world.json("vm", "logs", "web", "--since", "1h", "--until", "2h")
    assert (code, found["problems"][0]["code"]) == (2, "history_times")


def test_a_guest_is_asked_only_for_who_may_operate_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, bool]] = []

    def said(_uri: str, uuid: str, cloud_init: bool, _since: object) -> str:
        asked.append((uuid, cloud_init))
        return JOURNAL

    monkeypatch.setattr("fuyajo.engine.guest_log.read_journal", said)
    world.have(machine("web", uuid=MINE), machine("other", owner="noriko"))
    code, out, _ = world.call("vm", "logs", "web", "--source", "journal", "--grep", "ssh")
    assert (code, len(out.splitlines()), asked) == (0, 1, [(MINE, False)])
    code, out, _ = world.call("vm", "logs", "web", "--source", "cloud-init")
    assert code == 0 and asked[-1] == (MINE, True) and "\x1b" not in out
    assert world.json("vm", "logs", "other", "--source", "journal")[0] == 1 and len(asked) == 2
    codes = []
    for rights in ((), ("--operate",)):
        assert world.call("share", "web", "nobody", *rights)[0] == 0
        with monkeypatch.context() as other:
            entry = type("Entry", (), {"pw_name": "nobody"})()
            other.setattr("pwd.getpwuid", lambda _uid, found=entry: found)
            codes.append(world.json("vm", "logs", "web", "--source", "journal")[0])
    assert codes == [3, 0] and len(asked) == 3


def test_a_host_without_agents_says_so(world: World) -> None:
    world.have(machine("web", uuid=MINE))
    code, found = world.json("vm", "logs", "web", "--source", "journal")
    assert (code, found["problems"][0]["code"]) == (Exit.CONFLICT, "vm_log_guest")


def test_following_ends_with_ctrl_c(
    world: World, logs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (logs / "web.log").write_text(start(MINE, "02:00:00", "first"))
    rounds = iter(("second", "third"))

    def wait(_self: object, _seconds: float) -> None:
        text = next(rounds, None)
        if text is None:
            raise KeyboardInterrupt
        with (logs / "web.log").open("a") as file:
            file.write(f"{text}\n")

    monkeypatch.setattr("fuyajo.cli.commands.vm_logs.threading.Event.wait", wait)
    code, out, _ = world.call("vm", "logs", "web", "--source", "qemu", "--follow")
    assert code == 0
    assert [line.split()[-1] for line in out.splitlines()[1:]] == ["first", "second", "third"]
