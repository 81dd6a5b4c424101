"""`fuyajo vm snapshot`: which machines are meant, what is shown of them, and which plans come of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fuyajo.domain.machine import Snapshot
from tests.support.command_line import World, machine

FIRST = Snapshot("first", "2026-11-20T10:00:00Z", "stopped")
SECOND = Snapshot("second", "2026-11-21T10:00:00Z", "running", "first", memory=True)
FORK = Snapshot("fork", "2026-11-22T10:00:00Z", "stopped", "first", current=True)
EVIL = Snapshot("\x1b[2Jboo", "2026-11-23T10:00:00Z", "stopped", "fork")


@pytest.fixture
def shop(world: World) -> World:
    world.have(
        machine("web", environment="shop", tags=("front",), snapshots=(FIRST, SECOND, FORK)),
        machine("db", environment="shop", snapshots=(FIRST,)),
        machine("blog", tags=("front",)),
        machine("theirs", owner="eve", environment="shop", tags=("front",), snapshots=(FIRST,)),
    )
    return world


def wanted(world: World, key: str) -> list[tuple[str, str]]:
    document: Any = world.runs[-1].document
    return [(item["vm"], item["name"]) for item in document[key]]


def test_the_tree_with_what_is_current_and_what_has_memory(shop: World) -> None:
    code, out, err = shop.call("vm", "snapshot", "list", "web")
    assert code == 0
    head, *rows = [line.split("   ") for line in out.splitlines()]
    assert head[0].startswith("VM")
    shown = [" ".join(part.strip() for part in row if part.strip()) for row in rows]
    assert [words.split()[1:3][0] for words in shown] == ["first", "second", "*"]
    assert "running, with memory" in shown[1] and shown[2].split()[2] == "fork"
    assert "goes on from this one" in err


def test_as_json_with_what_each_stands_on(shop: World) -> None:
    _, (tree,) = shop.json("vm", "snapshot", "list", "web")
    assert (tree["vm"], tree["environment"]) == ("web", "shop")
    told = [(s["name"], s["parent"], s["current"], s["memory"]) for s in tree["snapshots"]]
    assert told == [
        ("first", None, False, False),
        ("second", "first", False, True),
        ("fork", "first", True, False),
    ]


def test_without_a_choice_all_that_have_any(shop: World) -> None:
    assert [tree["vm"] for tree in shop.json("vm", "snapshot", "list")[1]] == ["db", "web"]
    shop.have(machine("web"), machine("db"))
    code, out, _ = shop.call("vm", "snapshot", "list")
    assert (code, out) == (
        0,
        "There are no snapshots. `fuyajo vm snapshot create NAME` takes one.\n",
    )


def test_a_foreign_name_moves_no_terminal(shop: World) -> None:
    shop.have(machine("web", snapshots=(EVIL,)))
    out = shop.call("vm", "snapshot", "list", "web")[1]
    assert "\x1b" not in out and "boo" in out


@pytest.mark.parametrize(
    ("chosen", "names"),
    [
        (("--environment", "shop"), ["db", "web"]),
        (("--tag", "front"), ["blog", "web"]),
        (("blog", "--environment", "shop", "blog"), ["blog", "db", "web"]),
    ],
)
def test_a_group_is_of_ones_own_machines(
    shop: World, chosen: tuple[str, ...], names: list[str]
) -> None:
    assert shop.call("vm", "snapshot", "create", *chosen, "-n", "eve")[0] == 0
    assert wanted(shop, "snapshots") == [(name, "eve") for name in names]
    assert [one.name for one in shop.found["theirs"].snapshots] == ["first"]


def test_every_machine_of_a_request(shop: World, tmp_path: Path) -> None:
    file = tmp_path / "env.yml"
    file.write_text(
        "vms: [{name: web}, {name: job, count: 2}, {name: gone, state: absent}]\n"
        "operations: [{op: stop, vm: db}]\n"
    )
    shop.have(machine("job-1"), machine("job-2"))
    assert shop.call("vm", "snapshot", "create", "-f", str(file), "-n", "all")[0] == 0
    assert [vm for vm, _ in wanted(shop, "snapshots")] == ["web", "job-1", "job-2", "db"]


@pytest.mark.parametrize("text", ["vms: [{}]", "template: web-server"])
def test_a_request_that_names_nobody(shop: World, tmp_path: Path, text: str) -> None:
    file = tmp_path / "env.yml"
    file.write_text(text)
    code, answer = shop.json("vm", "snapshot", "create", "-f", str(file))
    assert (code, answer["problems"][0]["code"]) == (2, "snapshots_name")


@pytest.mark.parametrize(
    ("line", "code", "problem"),
    [
        (("create",), 2, "snapshots_of_what"),
        (("create", "--environment", "prod"), 2, "no_environment"),
        (("list", "--tag", "back"), 2, "no_tag"),
        (("list", "theirs"), 1, "vm_not_found"),
        (("list", "nothing"), 1, "vm_not_found"),
        (("create", "theirs"), 2, "unknown_vm"),
        (("delete", "web", "-n", "third"), 2, "unknown_snapshot"),
        (("delete", "web", "-n", "../x"), 2, "bad_name"),
        (("delete", "web"), 2, "usage"),
    ],
)
def test_what_cannot_be_meant(shop: World, line: tuple[str, ...], code: int, problem: str) -> None:
    got, answer = shop.json("vm", "snapshot", *line)
    assert (got, answer["problems"][0]["code"]) == (code, problem)
    assert shop.runs == []


def test_the_known_groups_are_named(shop: World) -> None:
    _, answer = shop.json("vm", "snapshot", "list", "--environment", "prod")
    assert answer["problems"][0]["hint"].endswith("shop")


def test_going_back_and_deleting_want_a_yes(shop: World) -> None:
    for way, key in (("revert", "reverts"), ("delete", "snapshot_deletions")):
        line = ("vm", "snapshot", way, "--environment", "shop", "-n", "first")
        assert shop.json(*line)[0] == 3
        assert shop.call(*line, "--yes")[0] == 0
        assert wanted(shop, key) == [("db", "first"), ("web", "first")]
    assert [one.name for one in shop.found["web"].snapshots] == ["second", "fork"]


def test_the_newest_of_each_is_meant_where_none_is_named(shop: World) -> None:
    assert shop.call("vm", "snapshot", "revert", "--environment", "shop", "--yes")[0] == 0
    assert wanted(shop, "reverts") == [("db", "first"), ("web", "fork")]


def test_cutting_the_power(shop: World) -> None:
    assert shop.json("vm", "restart", "blog", "--force")[0] == 3
    assert shop.call("vm", "restart", "blog", "--force", "--yes")[0] == 0
    document: Any = shop.runs[-1].document
    assert [vm.get("force_off") for vm in document["stack"]["vms"]] == [True]
