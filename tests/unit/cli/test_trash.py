"""`fuyajo vm delete`, `fuyajo trash` and what a deletion means to everything else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fuyajo.domain.machine import Trashed
from fuyajo.domain.policy import Policy, Role, Trash
from fuyajo.domain.trash import trash_name
from tests.support.command_line import World, machine

KEPT = trash_name("uuid-shop")


def policy(patch: pytest.MonkeyPatch, **trash: int) -> None:
    made = Policy(roles={"default": Role(trash=Trash(**trash))})
    patch.setattr("fuyajo.service.policing.load_policy", lambda _path: made)


def in_trash(world: World, name: str, since: str, until: str = "2099-01-01T00:00:00Z") -> None:
    kept = machine(name, state="stopped", trashed=Trashed(name, since, until))
    world.found[trash_name(kept.uuid)] = machine(
        trash_name(kept.uuid), uuid=kept.uuid, state="stopped", trashed=kept.trashed
    )


def codes(answer: dict[str, object]) -> list[str]:
    return [p["code"] for p in answer["problems"]]  # type: ignore[attr-defined]


def test_there_and_back(world: World) -> None:
    world.have(machine("shop"))
    code, answer = world.json("vm", "delete", "shop", "--yes")
    (item,) = world.runs[0].document["trash"]  # type: ignore[misc]
    assert (code, item["vm"], item["state"]) == (0, "shop", "trashed")
    assert world.runs[0].document["stack"]["vms"] == []  # type: ignore[index]
    (change,) = answer["plan"]["changes"]
    assert (change["irreversible"], change["undo"], change["until"]) == (
        False,
        "yes",
        item["until"],
    )
    assert list(world.found) == [KEPT]
    for words in (("vm", "list"), ("vm", "list", "--all")):
        assert world.json(*words) == (0, [])
    code, (listed,) = world.json("trash", "list")
    assert (code, listed["name"], listed["kept_as"], listed["expired"]) == (0, "shop", KEPT, False)
    assert world.call("trash", "restore", "shop")[0] == 0
    assert world.runs[1].document["trash"] == [  # type: ignore[index]
        {"vm": KEPT, "uuid": "uuid-shop", "name": "shop", "state": "restored"}
    ]
    assert {n: m.state for n, m in world.found.items()} == {"shop": "stopped"}


def test_back_and_on(world: World) -> None:
    in_trash(world, "shop", "2026-11-20T10:00:00Z")
    assert world.call("trash", "restore", "--start", KEPT)[0] == 0
    assert {n: m.state for n, m in world.found.items()} == {"shop": "running"}


def test_absent_goes_to_the_trash_as_well(world: World, tmp_path: Path) -> None:
    world.have(machine("shop"))
    file = tmp_path / "env.yml"
    file.write_text("vms: [{name: shop, template: web-server, state: absent}]")
    assert world.call("apply", "-f", str(file))[0] == 3
    assert world.call("apply", "-f", str(file), "--yes")[0] == 0
    assert list(world.found) == [KEPT]
    assert world.call("apply", "-f", str(file))[0] == 0
    assert len(world.runs) == 1


@pytest.mark.parametrize("grace", [0, 72])
def test_for_good(world: World, monkeypatch: pytest.MonkeyPatch, grace: int) -> None:
    policy(monkeypatch, grace_hours=grace)
    world.have(machine("shop"))
    words = ("vm", "delete", "shop", *(() if grace == 0 else ("--purge",)))
    code, answer = world.json(*words)
    assert (code, codes(answer)) == (3, ["confirm_destroy"])
    code, answer = world.json(*words, "--yes")
    assert (code, world.found) == (0, {})
    assert [c["undo"] for c in answer["plan"]["changes"]] == ["no"]
    (vm,) = world.runs[0].document["stack"]["vms"]  # type: ignore[index]
    assert (vm["state"], vm["remove_storage"]) == ("absent", True)


def test_no_request_can_ask_for_that(world: World, tmp_path: Path) -> None:
    world.have(machine("shop"))
    in_trash(world, "old", "2026-11-20T10:00:00Z")
    file = tmp_path / "wish.json"
    for wish in ({"op": "delete", "vm": "shop", "purge": True}, {"op": "purge", "vm": "old"}):
        file.write_text(json.dumps({"operations": [wish]}))
        assert world.call("plan", "-f", str(file))[0] == 2


def test_a_full_trash_makes_room(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    policy(monkeypatch, budget_gib=25)
    world.have(machine("shop"))
    in_trash(world, "first", "2026-11-20T10:00:00Z")
    in_trash(world, "second", "2026-11-21T10:00:00Z")
    code, answer = world.json("vm", "delete", "shop")
    assert (code, codes(answer)) == (3, ["confirm_trash", "confirm_destroy"])
    assert "first" in answer["problems"][1]["message"]
    assert world.call("vm", "delete", "shop", "--yes")[0] == 0
    assert [kept["name"] for kept in world.json("trash", "list")[1]] == ["second", "shop"]


def test_emptying_asks_and_only_what_is_over(world: World) -> None:
    in_trash(world, "old", "2026-11-20T10:00:00Z", until="2026-11-21T10:00:00Z")
    in_trash(world, "new", "2026-11-22T10:00:00Z")
    assert "fuyajo trash empty --expired" in world.call("trash", "list")[2]
    code, answer = world.json("trash", "empty", "--expired")
    assert (code, codes(answer)) == (3, ["confirm_destroy"])
    assert world.call("trash", "empty", "--expired", "--yes")[0] == 0
    assert [kept["name"] for kept in world.json("trash", "list")[1]] == ["new"]
    assert world.call("trash", "empty", "--yes")[0] == 0
    assert "Your trash is empty" in world.call("trash", "list")[1]
    code, out, _ = world.call("trash", "empty", "--yes")
    assert (code, "Nothing to do" in out) == (0, True)


def test_which_one_is_meant(world: World) -> None:
    in_trash(world, "shop", "2026-11-20T10:00:00Z")
    twin = machine("trash-twin", uuid="twin", trashed=Trashed("shop", "2026-11-21T10:00:00Z", ""))
    world.have(twin)
    code, answer = world.json("trash", "restore", "shop")
    assert (code, codes(answer)) == (2, ["trash_many"])
    assert KEPT in answer["problems"][0]["message"]
    code, answer = world.json("trash", "restore", "nobody")
    assert (code, codes(answer)) == (1, ["not_in_trash"])
    world.have(machine("shop", uuid="newer"))
    code, answer = world.json("trash", "restore", KEPT)
    assert (code, codes(answer)) == (2, ["recover_taken"])


def test_the_trash_of_somebody_else(world: World) -> None:
    theirs = machine("trash-x", uuid="x", owner="noriko", trashed=Trashed("x", "2026", "2026"))
    world.have(theirs)
    assert world.json("trash", "list") == (0, [])
    for words in (("restore", "x"), ("empty", "x", "--yes")):
        assert world.json("trash", *words)[0] == 1
    assert world.call("trash", "empty", "--yes")[0] == 0
    assert list(world.found) == ["trash-x"]


def test_the_quota_counts_what_comes_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUYAJO_QUOTA_VMS", "1")
    world.have(machine("shop"))
    assert world.call("vm", "delete", "shop", "--yes")[0] == 0
    assert world.call("apply", world.plan("a web server called other with 1 GB of memory"))[0] == 0
    code, answer = world.json("trash", "restore", "shop")
    assert (code, codes(answer)) == (2, ["over_quota_vms"])


def test_a_run_that_was_cut_off_on_the_way(world: World) -> None:
    world.have(machine("shop"))
    world.interrupted, world.status = True, "canceled"
    plan = world.plan("delete shop")
    # The name is changed, the files are not.
    moving = machine(
        KEPT, uuid="uuid-shop", trashed=Trashed("shop", "2026-11-23T10:00:00Z", "2099")
    )
    world.found_by_run = (moving, machine("shop", uuid="another"))  # made under its name since
    assert world.call("apply", plan, "--yes")[0] == 130
    world.interrupted, world.status = False, "successful"
    assert world.call("apply", plan, "--yes")[0] == 0
    (item,) = world.runs[-1].document["trash"]  # type: ignore[misc]
    assert (item["uuid"], item["vm"]) == ("uuid-shop", "shop")
    assert world.found["shop"].uuid == "another"


def test_a_stale_plan_of_the_trash(world: World) -> None:
    in_trash(world, "shop", "2026-11-20T10:00:00Z")
    world.interrupted = True
    world.call("trash", "restore", "shop")
    world.interrupted = False
    plan = world.json("trash", "empty", "shop")[1]
    assert codes(plan) == ["confirm_destroy"]
    saved = plan["problems"][0]["hint"].split()[-2]
    del world.found[KEPT]
    code, answer = world.json("apply", saved, "--yes")
    assert (code, codes(answer)) == (4, ["plan_stale_gone"])


def test_the_demo_leaves_nothing_in_the_trash(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fuyajo.cli.commands import demo as command
    from fuyajo.service import demo

    monkeypatch.setattr(command.demo, "clean_up", lambda _actor: None)
    made = demo.Made({"hello": "uuid-hello", "gone": "uuid-gone", "other": "uuid-else"})
    monkeypatch.setattr(demo, "made", lambda _actor: made)
    world.have(machine("hello"), machine("other"))
    in_trash(world, "gone", "2026-11-20T10:00:00Z")
    assert world.call("demo", "--clean")[0] == 0
    assert list(world.found) == ["other"]
