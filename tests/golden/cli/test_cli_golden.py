"""What a person sees, word for word: help of every command, plan cards, results.

FUYAJO_REGENERATE=1 pytest tests/golden/cli    writes the files again; then read the difference.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
import pytest

from fuyajo.cli.main import cli
from fuyajo.domain.machine import Snapshot, Trashed
from tests.support.command_line import World, machine
from tests.support.command_line import world as make

HERE = Path(__file__).parent


def _below(group: click.Command, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Every command of a group, and those of the groups in it."""
    if isinstance(group, click.Group):
        for name in group.list_commands(click.Context(group)):
            found = group.get_command(click.Context(group), name)
            assert found is not None
            yield (*path, name)
            yield from _below(found, (*path, name))


HELP = list(_below(cli, ()))
EVERYTHING = """
name: shop
networks: [{name: backend, cidr: 10.10.0.0/24}]
vms:
  - {name: web, template: web-server, cpus: 2, memory: 2GiB, network: backend, vars: {title: 店}}
  - {name: job, count: 2, state: stopped}
  - {name: big, template: web-server, memory: 2GiB, disk: 20GiB}
  - {name: same, template: web-server}
  - {name: away, state: absent}
operations:
  - {op: start, vm: sleeper}
  - {op: stop, vm: runner}
  - {op: restart, vm: again}
  - {op: delete, vm: old}
  - {op: delete, vm: huge}
  - {op: resize, vm: small, cpus: 4, disk: 30GiB}
  - {op: snapshot, vm: kept, snapshot: before-upgrade}
  - {op: snapshot, vm: seen, snapshot: monday}
  - {op: revert, vm: spoilt}
"""
WRONG = (
    "{op: revert, vm: spoilt}",  # without a yes
    "{op: revert, vm: kept}",
    "{op: revert, vm: seen, snapshot: sunday}",
    "{op: stop, vm: x, snapshot: y}",
)


@pytest.fixture
def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[World]:
    monkeypatch.setenv("COLUMNS", "100")
    with make(tmp_path / "home", monkeypatch, capsys) as made:
        made.facts = replace(made.facts, memory_mib=65_536)
        made.have(machine("huge", disk_gib=500))  # more than the whole trash may hold
        made.have(
            machine("trash-1", uuid="1", trashed=Trashed("early", "2026", "2026"), disk_gib=195)
        )
        names = ("big", "same", "runner", "again", "old", "small")
        made.have(
            *(machine(name) for name in (*names, "kept")), machine("sleeper", state="stopped")
        )
        monday = Snapshot("monday", "2026-11-16T10:00:00Z", "stopped")
        made.have(*(machine(name, snapshots=(monday,)) for name in ("seen", "spoilt")))
        yield made


def same(name: str, shown: str, world: World) -> None:
    for pattern, steady in (
        (re.escape(str(world.home)), "HOME"),
        (r"p-[0-9a-f]{8}", "p-00000000"),
        (r"r-\d{8}-\d{6}-[0-9a-f]{4}", "r-20261122-210000-0000"),
        (r"\d\d:\d\d(?= \(| まで)", "00:00"),
        (r"\d+\.\d s", "0.0 s"),
        (r"(?!2026-11-16)20\d\d-\d\d-\d\dT[\d:]{8}Z", "2026-11-26T10:00:00Z"),  # kept until
        (r"\[ *\d+\.\d s\]", "[0.0 s]"),
    ):
        shown = re.sub(pattern, steady, shown)
    file = HERE / f"{name}.txt"
    if os.environ.get("FUYAJO_REGENERATE"):
        file.write_text(shown, encoding="utf-8")
    assert shown == file.read_text(encoding="utf-8"), "if meant: FUYAJO_REGENERATE=1"


def _commands(path: tuple[str, ...]) -> Iterator[click.Command]:
    found: click.Command | None = cli
    for name in (*path, ""):
        assert found is not None
        yield found
        if isinstance(found, click.Group) and name:
            found = found.get_command(click.Context(found), name)


@pytest.mark.parametrize("command", [(), *HELP], ids=lambda c: "-".join(c) or "fuyajo")
def test_help(world: World, command: tuple[str, ...]) -> None:
    # click remembers the help option of a command as the first context wanted it, whatever asked first.
    for known in _commands(command):
        known.__dict__["_help_option"] = None
    code, out, err = world.call(*command, "--help")
    assert (code, err) == (0, "")
    assert "Examples:" in out
    same("-".join(("help", *command)), out, world)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_plan_card(world: World, lang: str, tmp_path: Path) -> None:
    file = tmp_path / "env.yml"
    file.write_text(EVERYTHING, encoding="utf-8")
    code, out, err = world.call("plan", "-f", str(file), "--lang", lang)
    assert code == 0
    same(f"plan-{lang}", f"{out}--- stderr\n{err}", world)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_result(world: World, lang: str) -> None:
    plan = world.plan("a web server called hello with 1 GB of memory")
    code, out, err = world.call("apply", plan, "--lang", lang)
    assert code == 0
    gone = world.call("vm", "delete", "hello", "old", "--yes", "--lang", lang)[1]
    gone += world.call("trash", "list", "--lang", lang)[1]
    gone += world.call("trash", "restore", "old", "--lang", lang)[1]
    gone += world.call("trash", "empty", "--yes", "--lang", lang)[1]
    gone += world.call("vm", "delete", "old", "--purge", "--yes", "--lang", lang)[1]
    same(f"apply-{lang}", f"{out}--- stderr\n{err}--- delete\n{gone}", world)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_problems(world: World, lang: str) -> None:
    world.status = "failed"
    err = world.call("apply", world.plan("a web server called hello"), "--lang", lang)[2]
    for words in (("vm", "delete", "old"), ("vm", "delete", "old", "--purge")):
        err += world.call(*words, "--lang", lang)[2]
    err += world.call("trash", "restore", "old", "--lang", lang)[2]
    err += world.call("vm", "stop", "nobody", "nowhere", "--lang", lang)[2]
    for wish in WRONG:
        file = world.home / "wish.yml"
        file.write_text(f"operations: [{wish}]")
        err += world.call("apply", "-f", str(file), "--lang", lang)[2]
    same(f"problems-{lang}", err, world)
