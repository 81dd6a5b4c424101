"""The rim of the command line: help, usage, streams, configuration, exit codes."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import World, machine

FUYAJO = [sys.executable, "-m", "fuyajo.cli.main"]


@pytest.mark.parametrize("argv", [[], ["vm"], ["run"], ["image"], ["template"]])
def test_no_arguments_is_help(world: World, argv: list[str]) -> None:
    code, out, err = world.call(*argv)
    assert (code, err) == (0, "")
    assert "Examples:" in out


@pytest.mark.parametrize(
    ("argv", "nearest"),
    [(["plann"], "plan"), (["aply"], "apply"), (["vm", "strat"], "start"), (["te"], "template")],
)
def test_a_mistyped_command(world: World, argv: list[str], nearest: str) -> None:
    code, _, err = world.call(*argv)
    assert code == 2
    assert f"Did you mean {nearest}?" in err
    assert world.call("zzz")[0] == 2


def test_unknown_names_are_all_told(world: World) -> None:
    world.have(machine("shop"))
    code, answer = world.json("vm", "stop", "a", "shop", "b", "shop")
    assert code == 2
    assert [p["code"] for p in answer["problems"]] == ["unknown_vm", "unknown_vm"]
    assert world.runs == []


def test_several_names(world: World) -> None:
    world.have(machine("a"), machine("b"))
    assert world.call("vm", "stop", "a", "b")[0] == 0
    assert {m.state for m in world.found.values()} == {"stopped"}
    assert world.call("vm", "stop", "a", "b") == (
        0,
        "Nothing to do: everything is as wished.\n",
        "",
    )
    assert len(world.runs) == 1


@pytest.mark.parametrize(
    "content", [b"x = [", b"\xff\xfe", b'foo = "x"', b"uri = 3", b'claude_credential = "x"']
)
def test_a_broken_configuration(world: World, content: bytes) -> None:
    world.home.mkdir()
    (world.home / "config.toml").write_bytes(content)
    assert world.json("vm", "list")[0] == 2


def test_a_home_that_is_a_file(world: World) -> None:
    world.home.write_text("")
    code, answer = world.json("vm", "list")
    assert (code, answer["problems"][0]["code"]) == (2, "config_unreadable")


def test_a_full_disk(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/some/where")

    monkeypatch.setattr("fuyajo.store.plans.write_whole", full)
    code, answer = world.json("vm", "stop", "x")
    assert code == 2
    world.have(machine("x"))
    code, answer = world.json("vm", "stop", "x")
    assert code == 1
    assert answer["problems"][0]["path"] == "/some/where"
    assert answer["problems"][0]["code"] == "os_error"


def test_an_error_of_ours_goes_to_a_file(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("fuyajo.cli.commands.vm.list_vms", broken)
    code, answer = world.json("vm", "list")
    assert (code, answer["problems"][0]["code"]) == (1, "internal")
    Path(answer["problems"][0]["hint"].split()[4].rstrip(";")).unlink()


@pytest.mark.parametrize("lang", ["ja_JP.UTF-8", "en_US.UTF-8"])
def test_the_locale_decides(world: World, monkeypatch: pytest.MonkeyPatch, lang: str) -> None:
    monkeypatch.setenv("LANG", lang)
    err = world.call("vm", "show", "x")[2]
    assert ("エラー" in err) == lang.startswith("ja")


def shell(world: World, script: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = ["sh", "-c", script.replace("FUYAJO", f"'{sys.executable}' -m fuyajo.cli.main")]
    environ = {**os.environ, **more}
    return subprocess.run(command, capture_output=True, text=True, env=environ, check=False)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("FUYAJO template list >&-", 0),
        ("FUYAJO template list >/dev/full", 1),
        ("FUYAJO template list --json >/dev/full", 1),
        ("FUYAJO plan -f - <&-", 2),
        ("FUYAJO template list 2>&-", 0),
    ],
)
def test_streams_that_are_closed_or_full(world: World, script: str, code: int) -> None:
    ended = shell(world, script)
    assert ended.returncode == code
    assert "Traceback" not in ended.stderr
    assert "inside Fuyajo" not in ended.stderr


@pytest.mark.slow
def test_a_narrow_encoding(world: World) -> None:
    ended = shell(world, "FUYAJO template show basic-server --lang ja", PYTHONIOENCODING="ascii")
    assert (ended.returncode, ended.stderr) == (0, "")


def test_completion(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.shell_completion import ShellComplete

    from fuyajo.cli.main import cli

    world.have(machine("shop"), machine("show"))
    plan = world.plan("stop shop")
    complete = ShellComplete(cli, {}, "fuyajo", "_FUYAJO_COMPLETE")

    def offered(*argv: str) -> list[str]:
        return [item.value for item in complete.get_completions(list(argv[:-1]), argv[-1])]

    assert offered("vm", "stop", "sho") == ["shop", "show"]
    assert offered("apply", "p-") == [plan]
    assert offered("template", "show", "w") == ["web-server"]
    assert offered("pl") == ["plan"]
    world.down = True
    assert offered("vm", "stop", "sho") == []


def test_stdin_is_bounded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b" " * 1_048_577)))
    code, answer = world.json("plan", "-")
    assert (code, answer["problems"][0]["code"]) == (2, "too_large")
