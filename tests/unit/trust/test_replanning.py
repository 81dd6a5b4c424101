"""A stale plan: what moved is said, one key makes a fresh plan, and nothing is ever applied unasked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fuyajo.service import applying
from tests.support.command_line import USER, World, machine
from tests.support.terminal import typing
from tests.support.trust import loaded, me


@pytest.fixture
def stale(world: World) -> str:
    """A plan whose machine got another processor since."""
    world.have(machine("shop"))
    plan = world.plan("delete shop")
    world.have(machine("shop", cpus=3))
    return plan


@pytest.mark.parametrize(
    ("lang", "difference"),
    [("en", "cpus was 1 when this plan was shown and is 3 now"), ("ja", "1 でしたが、今は 3 です")],
)
def test_without_a_terminal_the_hint_says_the_command(
    world: World, stale: str, lang: str, difference: str
) -> None:
    code, _, err = world.call("apply", stale, "--lang", lang)
    assert code == 4
    assert difference in err
    assert f"fuyajo plan --again {stale}" in err
    assert len(me().plans.ids(USER)) == 1, "and makes none by itself"


def test_one_key_shows_a_fresh_plan(
    world: World, stale: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    typing(monkeypatch, "y\n")
    code, out, err = world.call("apply", stale)
    assert code == 4, "what was asked for was not done"
    assert err.index("is 3 now") < err.index("Plan again now? [y/N]")
    fresh = me().plans.newest(USER)
    assert fresh not in (None, stale)
    assert f"Plan {fresh}" in out
    assert "- vm shop" in out
    assert f"fuyajo apply {fresh}" in err
    assert err.count("was 1 when") == 1, "told once"
    assert world.runs == []


@pytest.mark.parametrize("typed", ["\n", "n\n"])
def test_another_key_does_nothing(
    world: World, stale: str, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    typing(monkeypatch, typed)
    assert world.call("apply", stale)[0] == 4
    assert me().plans.ids(USER) == [stale]
    assert world.runs == []


def test_yes_is_not_a_yes_to_another_plan(
    world: World, stale: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    typing(monkeypatch, "y\n")
    assert world.call("apply", stale, "--yes")[0] == 4
    assert world.runs == []
    assert world.found["shop"].cpus == 3


def test_an_assistant_is_not_asked(
    world: World, stale: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDECODE", "1")
    typing(monkeypatch, "y\n")
    assert world.call("apply", stale)[0] == 4
    assert me().plans.ids(USER) == [stale]


def test_an_approval_does_not_move_to_the_fresh_plan(
    world: World, stale: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert world.call("approve", stale, "--yes")[0] == 0
    assert world.call("apply", stale)[0] == 4
    code, answer = world.json("plan", "--again", stale)
    assert code == 0
    assert world.call("apply", answer["plan"]["id"])[0] == 3


def test_the_same_request_again(world: World, stale: str) -> None:
    code, answer = world.json("plan", "--again", stale)
    assert (code, answer["backend"]) == (0, "again")
    fresh, old = loaded(answer["plan"]["id"]), loaded(stale)
    assert fresh.spec == old.spec
    assert (fresh.planner, fresh.conversation) == (old.planner, old.conversation)
    assert fresh.reason == f"cli: again {stale}"
    assert fresh.fingerprint != old.fingerprint
    assert world.call("apply", fresh.id, "--yes")[0] == 0


def test_an_expired_plan_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.have(machine("shop"))
    plan = world.plan("stop shop")

    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + timedelta(hours=2)

    monkeypatch.setattr(applying, "datetime", Later)
    code, _, err = world.call("apply", plan)
    assert (code, f"fuyajo plan --again {plan}" in err) == (4, True)
    typing(monkeypatch, "y\n")
    assert world.call("apply", plan)[0] == 4
    assert len(me().plans.ids(USER)) == 2


def test_a_plan_that_runs_is_not_made_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.have(machine("shop"))
    plan = world.plan("delete shop")
    assert world.call("apply", plan, "--yes")[0] == 0
    world.have(machine("shop", uuid="another"))
    typing(monkeypatch, "y\n")
    code, _, err = world.call("apply", plan)
    assert code == 4
    assert "Plan again" not in err


@pytest.mark.parametrize(
    "words",
    [["--again", "p-00000000"], ["--again", "../x"]],
)
def test_a_plan_that_is_nowhere(world: World, words: list[str]) -> None:
    code, answer = world.json("plan", *words)
    assert (code, answer["problems"][0]["code"]) == (1, "plan_not_found")


@pytest.mark.parametrize("words", [["x", "--again", "p-00000000"], []])
def test_one_of_three(world: World, words: list[str]) -> None:
    assert world.call("plan", *words)[0] == 2


def test_what_cannot_be_planned_again(world: World, stale: str) -> None:
    world.found.clear()
    code, answer = world.json("plan", "--again", stale)
    assert (code, answer["problems"][0]["code"]) == (2, "unknown_vm")


def test_in_a_chat_the_fresh_plan_is_the_one_to_apply(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fuyajo.cli.commands import chat

    world.have(machine("shop"))
    lines = iter(["stop shop", "/apply", "/apply", ""])

    def typed() -> str:
        line = next(lines)
        if line == "":
            raise EOFError
        if line == "/apply" and not moved:
            moved.append(True)
            world.have(machine("shop", configured="again"))
            typing(monkeypatch, "y\n")
        return line

    moved: list[bool] = []
    monkeypatch.setattr(chat, "read_line", typed)
    assert world.call("chat")[0] == 0
    assert len(world.runs) == 1
    assert world.found["shop"].state == "stopped"
