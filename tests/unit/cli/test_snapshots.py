"""`fuyajo plan` and `fuyajo apply` of snapshots and of going back to them."""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fuyajo.domain.machine import Snapshot
from fuyajo.domain.parse import parse_config
from fuyajo.service import planning
from fuyajo.service.context import local_actor
from tests.support.command_line import World, machine

FIRST = Snapshot("first", "2026-11-20T10:00:00Z", "running")
SECOND = Snapshot("second", "2026-11-21T10:00:00Z", "running")
Wish = Callable[..., str]


@pytest.fixture
def wish(tmp_path: Path) -> Wish:
    """The path of a file that asks for these operations."""

    def write(*operations: dict[str, Any]) -> str:
        file = tmp_path / "wish.json"
        file.write_text(json.dumps({"operations": operations}))
        return str(file)

    return write


def test_a_snapshot_that_nobody_named(world: World, wish: Wish) -> None:
    world.have(machine("shop"))
    plan = world.plan("-f", wish({"op": "snapshot", "vm": "shop"}))
    assert world.call("apply", plan)[0] == 0
    (run,) = world.runs
    (item,) = run.document["snapshots"]  # type: ignore[misc]
    assert re.fullmatch(r"s-\d{8}-\d{6}", item["name"])
    assert (item["vm"], item["uuid"]) == ("shop", "uuid-shop")
    # The same plan again: that snapshot is there, whatever the clock says by now.
    code, out, _ = world.call("apply", plan)
    assert (code, len(world.runs)) == (0, 1)
    assert "Nothing to do" in out


def test_an_old_one_of_that_name_is_not_passed_off_as_a_new_one(world: World, wish: Wish) -> None:
    world.have(machine("shop", snapshots=(FIRST,)))
    code, out, _ = world.call(
        "plan", "-f", wish({"op": "snapshot", "vm": "shop", "snapshot": "first"})
    )
    assert code == 0
    assert "Nothing to do" in out
    assert f"shop has the snapshot first already, taken {FIRST.created}" in out


def test_going_back_needs_a_yes_as_a_deletion_does(world: World, wish: Wish) -> None:
    world.have(machine("shop", snapshots=(FIRST, SECOND)), machine("old"))
    operations = wish({"op": "revert", "vm": "shop"}, {"op": "delete", "vm": "old"})
    plan = world.plan("-f", operations)
    code, answer = world.json("apply", plan)
    assert (code, world.runs) == (3, [])
    assert [p["code"] for p in answer["problems"]] == ["confirm_trash", "confirm_revert"]
    assert (
        "shop" in answer["problems"][1]["message"] and "second" in answer["problems"][1]["message"]
    )
    assert world.call("apply", plan, "--yes")[0] == 0
    (run,) = world.runs
    assert run.document["reverts"] == [{"vm": "shop", "uuid": "uuid-shop", "name": "second"}]
    # Once is what was agreed to.
    code, answer = world.json("apply", world.plan("-f", wish({"op": "revert", "vm": "shop"})))
    assert code == 3
    code, answer = world.json("apply", plan, "--yes")
    assert (code, answer["problems"][0]["code"]) == (4, "plan_done")


@pytest.mark.parametrize(("typed", "code"), [("shop\n", 0), ("first\n", 3), ("", 130)])
def test_a_person_reads_both_names_and_types_one(
    world: World, wish: Wish, monkeypatch: pytest.MonkeyPatch, typed: str, code: int
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    world.have(machine("shop", snapshots=(FIRST,)))
    plan = world.plan("-f", wish({"op": "revert", "vm": "shop"}))
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    got, _, err = world.call("apply", plan)
    assert (got, len(world.runs)) == (code, int(code == 0))
    assert "This takes shop back to its snapshot first; everything since is lost. Type shop" in err


def test_deleting_one_needs_a_yes_and_names_what_goes(world: World, wish: Wish) -> None:
    world.have(machine("shop", snapshots=(FIRST, SECOND)))
    plan = world.plan("-f", wish({"op": "delete-snapshot", "vm": "shop", "snapshot": "first"}))
    code, answer = world.json("apply", plan)
    assert (code, world.runs) == (3, [])
    (problem,) = answer["problems"]
    assert problem["code"] == "confirm_delete_snapshot"
    assert "snapshot first of shop" in problem["message"]
    assert world.call("apply", plan, "--yes")[0] == 0
    (run,) = world.runs
    assert run.document["snapshot_deletions"] == [
        {"vm": "shop", "uuid": "uuid-shop", "name": "first"}
    ]
    assert world.found["shop"].snapshots == (SECOND,)


def test_cutting_the_power_needs_a_yes(world: World, wish: Wish) -> None:
    world.have(machine("shop"))
    plan = world.plan("-f", wish({"op": "restart", "vm": "shop", "force": True}))
    code, answer = world.json("apply", plan)
    assert (code, [p["code"] for p in answer["problems"]]) == (3, ["confirm_reset"])
    assert world.call("apply", plan, "--yes")[0] == 0
    (entry,) = world.runs[0].document["stack"]["vms"]  # type: ignore[index]
    assert (entry["state"], entry["force_off"]) == ("restarted", True)


def test_check_needs_no_yes(world: World, wish: Wish) -> None:
    world.have(machine("shop", snapshots=(FIRST,)))
    plan = world.plan("-f", wish({"op": "revert", "vm": "shop"}))
    assert world.call("apply", plan, "--check")[0] == 0
    assert world.runs[0].check


@pytest.mark.parametrize(
    ("operation", "now", "code", "words"),
    [
        ({"op": "revert"}, (FIRST,), "plan_stale_newer", "second"),
        ({"op": "revert"}, (), "plan_stale_untaken", "second"),
        ({"op": "revert", "snapshot": "first"}, (SECOND,), "plan_stale_untaken", "first"),
        (
            {"op": "revert", "snapshot": "second"},
            (Snapshot("second", "2026-11-22T10:00:00Z"),),
            "plan_stale_retaken",
            "second",
        ),
        ({"op": "delete-snapshot", "snapshot": "first"}, (SECOND,), "plan_stale_untaken", "first"),
        (
            {"op": "snapshot", "snapshot": "third"},
            (FIRST, Snapshot("third")),
            "plan_stale_taken",
            "third",
        ),
        ({"op": "snapshot", "snapshot": "first"}, (), "plan_stale_untaken", "first"),
    ],
)
def test_a_stale_plan_names_the_snapshot(
    world: World,
    wish: Wish,
    operation: dict[str, str],
    now: tuple[Snapshot, ...],
    code: str,
    words: str,
) -> None:
    world.have(machine("shop", snapshots=(FIRST, SECOND)))
    plan = world.plan("-f", wish({"vm": "shop", **operation}))
    world.have(machine("shop", snapshots=now))
    got, answer = world.json("apply", plan, "--yes")
    assert (got, [p["code"] for p in answer["problems"]]) == (4, [code])
    assert words in answer["problems"][0]["message"]
    assert world.runs == []


def test_a_look_at_machines_does_not_claim_that_there_are_none(world: World) -> None:
    world.have(machine("shop", snapshots=(FIRST,)))
    for words in (("vm", "show", "shop"), ("vm", "list")):
        assert "snapshots" not in json.dumps(world.json(*words)[1])


def test_what_a_planner_says_is_held_against_the_snapshots_as_well(world: World) -> None:
    world.have(machine("shop", snapshots=(FIRST,)))
    actor = local_actor(os.environ)
    draft = planning.Draft(actor, planning.look(actor))
    unknown = {"op": "revert", "vm": "shop", "snapshot": "third"}
    assert [p.code for p in draft.problems(parse_config({"operations": [unknown]}))] == [
        "unknown_snapshot"
    ]
    for wanted in ({"op": "snapshot", "vm": "shop"}, {"op": "revert", "vm": "shop"}):
        assert draft.problems(parse_config({"operations": [wanted]})) == []
    assert [c.action for c in draft.plan("test").changes] == ["revert"]


def test_all_of_them_at_once(world: World, wish: Wish) -> None:
    world.have(*(machine(name, snapshots=(FIRST,)) for name in ("shop", "blog")))
    every = wish({"op": "revert", "select": {"which": "all"}})
    code, answer = world.json("plan", "-f", every)
    assert (code, [c["action"] for c in answer["plan"]["changes"]]) == (0, ["revert"] * 2)
    assert [p["code"] for p in world.json("apply", "-f", every)[1]["problems"]] == [
        "confirm_revert"
    ] * 2
