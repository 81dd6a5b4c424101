"""A run that fails half-way: what is told, what policy has undone, and that `apply` again does the rest."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fuyajo.domain.machine import Snapshot
from fuyajo.domain.policy import Policy as Rules
from fuyajo.domain.remains import GO_BACK, MAKE
from fuyajo.engine import paths
from fuyajo.service import applying
from fuyajo.service.context import local_actor
from tests.support.command_line import World, machine

ENV = """
vms:
  - {name: one, template: web-server}
  - {name: two, template: web-server}
  - {name: old, template: web-server, disk: 20GiB}
operations:
  - {op: stop, vm: busy}
  - {op: delete, vm: gone}
"""
TRASHED = "trash-uuidgone"  # what is called `gone`, deleted
Policy = Callable[[str], None]


@pytest.fixture
def env(world: World, tmp_path: Path) -> str:
    world.have(*(machine(name) for name in ("old", "busy", "gone")))
    file = tmp_path / "env.yml"
    file.write_text(ENV)
    return str(file)


@pytest.fixture
def policy(monkeypatch: pytest.MonkeyPatch) -> Policy:
    def hold(text: str) -> None:
        found = Rules.model_validate(tomllib.loads(text))
        monkeypatch.setattr("fuyajo.service.policing.load_policy", lambda _path: found)

    return hold


def fail(world: World, plan: str, *makes: str, at: str = "create") -> dict[str, Any]:
    """One apply that fails; afterwards the world works again."""
    world.status, world.makes, world.fails_at = "failed", frozenset(makes), at
    code, answer = world.json("apply", plan, "--yes")
    assert code == 1
    world.status = "successful"
    assert isinstance(answer, dict)
    return answer


def standings(answer: dict[str, Any]) -> dict[str, str]:
    return {r["name"]: r["standing"] for r in answer["remains"]}


def test_what_is_done_left_and_not_begun(world: World, env: str) -> None:
    answer = fail(world, world.plan("-f", env), "one", "gone")
    assert standings(answer) == {
        "one": "left",
        "two": "not_begun",
        "old": "not_begun",
        "busy": "not_begun",
        "gone": "done",
    }
    assert answer["undone"] is None
    assert set(world.found) == {"one", "old", "busy", TRASHED}, "kept: that is the default"


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ("left half-way", "not begun", "Continue:   fuyajo apply", "vm delete one")),
        ("ja", ("途中", "未着手", "続ける:   fuyajo apply", "vm delete one")),
    ],
)
def test_it_is_told_with_commands(
    world: World, env: str, lang: str, words: tuple[str, ...]
) -> None:
    plan = world.plan("-f", env)
    world.status, world.makes = "failed", frozenset({"one"})
    err = world.call("apply", plan, "--yes", "--lang", lang)[2]
    for word in words:
        assert word in err


# --- and again --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "makes"),
    [
        ("prepare", ()),
        ("create", ()),
        ("create", ("one",)),
        ("boot", ("one", "two", "old", "busy", "gone")),
        ("configure", ("one", "two", "old", "busy", "gone")),
        ("verify", ("one", "two", "old", "busy", "gone")),
    ],
)
def test_apply_again_does_the_rest(world: World, env: str, at: str, makes: tuple[str, ...]) -> None:
    plan = world.plan("-f", env)
    fail(world, plan, *makes, at=at)
    code, _, err = world.call("apply", plan, "--yes")
    assert code == 0, err
    again = world.runs[-1].document
    asked = {vm["name"]: vm for vm in again["stack"]["vms"]}  # type: ignore[index]
    assert "gone" not in asked, "what goes into the trash, which finds out whether it is there"
    for name in ("one", "two"):
        assert ("image" in asked[name]) == (name not in makes), "nothing is made twice"
        assert asked[name].get("uuid") == (f"uuid-{name}" if name in makes else None)
    assert [g["name"] for g in again["guests"]] == ["one", "two", "old"]  # type: ignore[attr-defined]
    assert {"one", "two", "old", "busy", TRASHED} == set(world.found)
    there = dict(world.found)
    assert world.call("apply", plan)[0] == 0
    assert world.found == there


def test_what_is_in_the_trash_is_not_agreed_to_twice(world: World, env: str) -> None:
    plan = world.plan("-f", env)
    fail(world, plan, "one", "gone")
    code, _, err = world.call("apply", plan)
    assert code == 0, err
    assert world.runs[-1].document["trash"] == []
    assert set(world.found) == {"one", "two", "old", "busy", TRASHED}


def test_what_was_cut_off_on_its_way_is_gone_on_with(world: World, env: str) -> None:
    plan = world.plan("-f", env)
    answer = fail(world, plan, "gone")
    assert standings(answer)["gone"] == "done"
    kept = world.found[TRASHED]
    assert kept.trashed is not None
    world.have(replace(kept, trashed=replace(kept.trashed, moving=True)))
    code, _, err = world.call("apply", plan)
    assert code == 3, err
    assert world.call("apply", plan, "--yes")[0] == 0
    (item,) = world.runs[-1].document["trash"]  # type: ignore[misc]
    assert item["uuid"] == kept.uuid


def test_another_machine_of_the_name_of_one_in_the_trash_stays(world: World, env: str) -> None:
    plan = world.plan("-f", env)
    fail(world, plan, "one", "gone")
    world.have(machine("gone", uuid="uuid-another"))
    assert world.call("apply", plan)[0] == 0
    assert world.found["gone"].uuid == "uuid-another"


def test_what_cannot_be_seen_afterwards_is_not_done_twice(world: World, tmp_path: Path) -> None:
    """A restart and a way back look the same before and after; that the task went well is remembered."""
    world.have(machine("busy"))
    file = tmp_path / "env.yml"
    file.write_text("vms: [{name: one}]\noperations: [{op: restart, vm: busy}]\n")
    plan = world.plan("-f", str(file))
    answer = fail(world, plan, "one", at="configure")
    assert standings(answer) == {"one": "left", "busy": "done"}
    assert world.call("apply", plan, "--yes")[0] == 0
    assert [vm["name"] for vm in world.runs[-1].document["stack"]["vms"]] == ["one"]  # type: ignore[index]


def test_where_nobody_knows_it_is_asked_again(world: World, tmp_path: Path) -> None:
    first = Snapshot("first", "2026-11-20T10:00:00Z", "running")
    world.have(machine("spoilt", snapshots=(first,)))
    file = tmp_path / "env.yml"
    file.write_text("vms: [{name: one}]\noperations: [{op: revert, vm: spoilt}]\n")
    plan = world.plan("-f", str(file))
    assert standings(fail(world, plan, "one"))["spoilt"] == "unknown"
    code, _, err = world.call("apply", plan)
    assert code == 3, "a second way back needs a second yes"
    assert "everything since is lost" in err


def test_the_playbook_calls_its_tasks_so() -> None:
    told = paths.playbook("provision").read_text(encoding="utf-8")
    for name in (MAKE, GO_BACK):
        assert f'- name: "{name}"' in told


# --- undone ----------------------------------------------------------------------------------------


UNDO = '[roles.default]\non_failure = "undo"\n'


def test_policy_undoes_what_the_run_made_and_only_that(
    world: World, env: str, policy: Policy
) -> None:
    policy(UNDO)
    plan = world.plan("-f", env)
    world.status, world.makes = "failed", frozenset({"one", "two"})
    after_first(world, status="successful")
    code, answer = world.json("apply", plan, "--yes")
    assert code == 1
    assert standings(answer) == {
        "one": "undone",
        "two": "undone",
        "old": "not_begun",
        "busy": "not_begun",
        "gone": "not_begun",
    }
    assert set(world.found) == {"old", "busy", "gone"}
    assert answer["undone"]["id"] != answer["run"]["id"]
    assert answer["undone"]["reason"] == f"{answer['run']['id']} failed: undo"
    removed = world.runs[-1].document["stack"]["vms"]  # type: ignore[index]
    assert {(vm["name"], vm["state"], vm["uuid"]) for vm in removed} == {
        ("one", "absent", "uuid-one"),
        ("two", "absent", "uuid-two"),
    }
    actor = local_actor({"FUYAJO_HOME": str(world.home)})
    rows = [json.loads(row.body) for row in actor.audit.rows()]
    assert [row["event"] for row in rows if row.get("run") == answer["undone"]["id"]] == [
        "run.started",
        "run.finished",
    ]
    # The plan that failed is still the one that `apply` means, and makes everything.
    assert world.call("apply", "--yes")[0] == 0
    assert set(world.found) == {"one", "two", "old", "busy", TRASHED}


def after_first(world: World, **more: Any) -> None:
    """What the world is like for the run that follows the first."""
    run = world.run

    def first(request: Any, on_event: Any) -> Any:
        ended = run(request, on_event)
        vars(world).update(more)
        return ended

    applying.run = first  # the fixture's monkeypatch takes it back


def test_protected_machines_and_those_of_others_stay(
    world: World, env: str, policy: Policy
) -> None:
    policy(UNDO + 'protected = ["one"]\n')
    plan = world.plan("-f", env)
    answer = fail(world, plan, "one")
    assert answer["undone"] is None
    assert "one" in world.found


def test_a_machine_that_somebody_else_made_meanwhile_stays(
    world: World, env: str, policy: Policy
) -> None:
    """The plan wanted to make it, but `stack` found it there: not this run's."""
    policy(UNDO)
    plan = world.plan("-f", env)
    run = world.run

    def raced(request: Any, on_event: Any) -> Any:
        world.have(machine("one"))
        return run(request, on_event)

    applying.run = raced
    answer = fail(world, plan, "one")
    assert answer["undone"] is None
    assert world.found["one"].uuid == "uuid-one"


def test_what_was_unfinished_before_is_not_this_runs(
    world: World, env: str, policy: Policy
) -> None:
    policy(UNDO)
    world.have(machine("one", state="unfinished", configured=None))
    answer = fail(world, world.plan("-f", env), "one")
    assert answer["undone"] is None
    assert "one" in world.found


def test_a_run_that_a_person_stopped_is_kept(world: World, env: str, policy: Policy) -> None:
    policy(UNDO)
    plan = world.plan("-f", env)
    world.interrupted = True
    world.found_by_run = (replace(machine("one"), configured=None),)
    code, _, err = world.call("apply", plan, "--yes")
    assert code == 130
    assert "one" in world.found
    assert "not begun" in err
    assert len(world.runs) == 1


def test_an_undo_that_fails_says_what_is_left(world: World, env: str, policy: Policy) -> None:
    policy(UNDO)
    plan = world.plan("-f", env)
    world.status, world.makes = "failed", frozenset({"one"})
    after_first(world, makes=frozenset())
    code, _, err = world.call("apply", plan, "--yes")
    assert code == 1
    assert "could not remove everything" in err
    assert "vm delete one" in err


def test_check_mode_that_fails_undoes_nothing(world: World, env: str, policy: Policy) -> None:
    policy(UNDO)
    plan = world.plan("-f", env)
    world.status, world.makes = "failed", frozenset({"one"})
    assert world.call("apply", plan, "--check")[0] == 1
    assert len(world.runs) == 1
