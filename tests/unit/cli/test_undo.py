"""`fuyajo undo`: a plan that takes a run back, and nothing that was not approved."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from fuyajo.domain.machine import Snapshot
from fuyajo.domain.policy import Policy
from tests.support.command_line import USER, World, machine

WISH = "a web server called shop with 1 GB of memory"


def run_of(world: World, *words: str) -> str:
    """Id of the run that this command made."""
    code, answer = world.json(*words)
    assert code == 0, answer
    run: str = answer["run"]["id"]
    return run


def undo(world: World, run: str) -> dict[str, Any]:
    code, answer = world.json("undo", run)
    assert code == 0, answer
    undone: dict[str, Any] = answer
    return undone


def test_a_machine_that_was_made_is_deleted_and_comes_back(world: World) -> None:
    made = run_of(world, "apply", world.plan(WISH))
    uuid = world.found["shop"].uuid
    undone = undo(world, made)
    assert [(c["action"], c["uuid"]) for c in undone["plan"]["changes"]] == [("delete", uuid)]
    assert len(world.runs) == 1, "it only plans"
    # As any other deletion it needs a yes.
    plan = undone["plan"]["id"]
    assert world.call("apply", plan)[0] == 3
    deleted = run_of(world, "apply", plan, "--yes")
    assert "shop" not in world.found
    again = undo(world, deleted)
    run_of(world, "apply", again["plan"]["id"])
    assert (world.found["shop"].uuid, world.found["shop"].state) == (uuid, "running")


def test_the_card(world: World) -> None:
    world.have(machine("shop"))
    file = world.home.parent / "wish.json"
    wish = {"op": "resize", "vm": "shop", "cpus": 2, "disk": 20}
    file.write_text(json.dumps({"operations": [wish]}))
    shown = world.call("plan", "-f", str(file))[1]
    assert "in part: a disk never shrinks" in shown
    run = run_of(world, "apply", "-f", str(file))
    for lang, words in (
        ("en", f"This stays as the run {run} left it:\n  vm shop (update): a disk never shrinks"),
        ("ja", "ディスクは小さくできません"),
    ):
        code, out, err = world.call("undo", run, "--lang", lang)
        assert (code, words in out) == (0, True), out
        assert "fuyajo apply p-" in err
    world.call("apply")
    assert (world.found["shop"].cpus, world.found["shop"].disk_gib) == (1, 20)
    assert "can be undone: fuyajo" not in shown


def test_nothing_to_undo(world: World) -> None:
    world.have(machine("shop"))
    stopped = run_of(world, "vm", "stop", "shop")
    world.have(machine("shop"))  # somebody started it again
    code, out, _ = world.call("undo", stopped)
    assert (code, "Nothing to undo" in out) == (0, True)
    restarted = run_of(world, "vm", "restart", "shop")
    assert undo(world, restarted) == {"run": restarted, "plan": None, "left": [], "problems": []}


def test_nothing_of_it_can_be_undone(world: World) -> None:
    world.have(machine("shop"))
    run = run_of(world, "vm", "delete", "shop", "--purge", "--yes")
    code, answer = world.json("undo", run)
    assert (code, answer["plan"]) == (1, None)
    assert [one["code"] for one in answer["left"]] == ["purged"]
    assert [p["code"] for p in answer["problems"]] == ["undo_impossible"]
    code, out, err = world.call("undo", run)
    assert code == 1
    assert "its disks are gone for good" in out
    assert "nothing of the run" in err


def test_what_moved_since_is_left_and_the_rest_goes_back(world: World) -> None:
    world.have(machine("shop"), machine("blog"))
    run = run_of(world, "vm", "stop", "shop", "blog")
    world.have(machine("shop", uuid="another", state="stopped"))
    undone = undo(world, run)
    assert [(c["action"], c["name"]) for c in undone["plan"]["changes"]] == [("start", "blog")]
    assert [(one["name"], one["code"]) for one in undone["left"]] == [("shop", "another")]


def test_going_back_and_forth_between_snapshots(world: World) -> None:
    first = Snapshot("first", "2026-11-20T10:00:00Z", "running")
    second = Snapshot("second", "2026-11-21T10:00:00Z", "stopped")
    world.have(machine("shop", snapshots=(first, second)))
    file = world.home.parent / "wish.json"
    wish = {"op": "revert", "vm": "shop", "snapshot": "first"}
    file.write_text(json.dumps({"operations": [wish]}))
    undone = undo(world, run_of(world, "apply", "-f", str(file), "--yes"))
    (change,) = undone["plan"]["changes"]
    assert change["action"] == "revert"
    assert [one["code"] for one in undone["left"]] == ["since_snapshot"]
    assert world.call("apply", undone["plan"]["id"])[0] == 3


def test_runs_that_cannot_be_meant(world: World) -> None:
    world.have(machine("shop"))
    code, answer = world.json("undo", "r-20260101-000000-abcd")
    assert (code, answer["problems"][0]["code"]) == (1, "run_not_found")
    plan = world.plan("stop shop")
    checked = run_of(world, "apply", plan, "--check")
    code, answer = world.json("undo", checked)
    assert (code, answer["problems"][0]["code"]) == (2, "undo_nothing")
    stopped = run_of(world, "apply", plan)
    (world.home / "plans" / USER / f"{plan}.json").unlink()
    code, answer = world.json("undo", stopped)
    assert (code, answer["problems"][0]["code"]) == (1, "undo_no_plan")


def test_a_failed_run_is_undone_as_far_as_it_came(world: World) -> None:
    world.have(machine("shop"))
    world.status = "failed"
    code, answer = world.json("vm", "stop", "shop")
    assert code == 1
    assert undo(world, answer["run"]["id"])["plan"] is None
    world.have(machine("shop", state="stopped"))  # it got that far
    changes = undo(world, answer["run"]["id"])["plan"]["changes"]
    assert [c["action"] for c in changes] == ["start"]


def test_the_first_example_of_the_page(world: World) -> None:
    page = Path(__file__).parents[3] / "docs" / "undo.md"
    example = page.read_text(encoding="utf-8").split("```console\n")[1].split("```")[0]
    world.have(machine("hello"))
    for line in example.splitlines():
        assert world.call(*line.removeprefix("$ fuyajo ").split())[0] == 0, line
    assert list(world.found) == ["hello"]
    assert len(world.runs) == 2


def test_the_policy_of_the_page() -> None:
    page = Path(__file__).parents[3] / "docs" / "undo.md"
    said = tomllib.loads(page.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0])
    assert Policy.model_validate(said) == Policy()
