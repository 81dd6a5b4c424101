"""The message on a terminal while it arrives: harmless, once, and begun afresh after a refused try."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuyajo.planner.backend import Completion, Partial, PlannerRequest
from fuyajo.views.inert import KEPT, inert
from tests.support.command_line import World, machine
from tests.support.scripted_backend import CHAT, ScriptedBackend, config, stand_in

STOP = config(operations=[{"op": "stop", "vm": "web"}])
MESSAGE = "This is what would be done."


@pytest.fixture
def terminal(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    world.have(machine("web"))
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda _self: True)
    yield world


def plan(
    world: World, patch: pytest.MonkeyPatch, backend: ScriptedBackend, *argv: str
) -> tuple[int, str, str]:
    stand_in(patch, backend)
    return world.call("plan", "stop web", "--backend", "claude", *argv)


def test_pieces_are_shown_once(terminal: World, monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = ["This is what ", "would be done."]
    code, out, _ = plan(terminal, monkeypatch, ScriptedBackend(STOP, pieces=pieces))
    assert code == 0
    assert out.startswith(f"{MESSAGE}\n\nPlan p-")
    assert out.count(MESSAGE) == 1


def test_another_message_in_the_end_is_said_in_full(
    terminal: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = ScriptedBackend(CHAT, pieces=["hello th"])
    assert plan(terminal, monkeypatch, backend)[1] == "hello th\nhello there\n"


def test_a_refused_try_is_said_in_one_line(
    terminal: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = config(vms=[{"memory": "lots"}])
    backend = ScriptedBackend(wrong, STOP, pieces=[MESSAGE])
    _, out, err = plan(terminal, monkeypatch, backend)
    assert out.startswith(f"{MESSAGE}\n{MESSAGE}\n\nPlan")
    assert err.splitlines()[0] == "(that reply was refused: lots is not a size. Asking once more.)"


def test_nothing_of_it_with_json_or_into_a_pipe(
    world: World, terminal: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = ScriptedBackend(STOP, pieces=["This ", "is what"])
    assert plan(terminal, monkeypatch, backend, "--json")[1].startswith("{\n")
    monkeypatch.undo()


def test_into_a_pipe_only_the_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.have(machine("web"))
    out = plan(world, monkeypatch, ScriptedBackend(STOP, pieces=["This ", "no"]))[1]
    assert out.startswith(f"{MESSAGE}\n\nPlan")


def test_a_sequence_split_between_pieces_stays_harmless(
    terminal: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces = ["a\x1b", "]0;owned\x07", "\x9b", "2J\r", "\u202e", "z"]
    out = plan(terminal, monkeypatch, ScriptedBackend(CHAT, pieces=pieces))[1]
    assert not {c for c in out if not c.isprintable()} - {"\n"}


@given(st.lists(st.text(max_size=5)))
def test_pieces_are_as_inert_as_the_whole(pieces: list[str]) -> None:
    shown = "".join(map(inert, pieces))
    assert shown == inert("".join(pieces))
    assert all(c.isprintable() or c in KEPT for c in shown)


def test_the_line_is_finished_when_the_planner_fails(
    terminal: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = ScriptedBackend("no json", pieces=["I wo"])
    code, out, err = plan(terminal, monkeypatch, backend)
    assert (code, out) == (5, "I wo\nI wo\n")
    assert err.splitlines()[-2].startswith("error: claude proposed something that is not valid")


def test_a_message_that_the_planner_itself_begins_anew(
    terminal: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Restarting(ScriptedBackend):
        async def complete(self, request: PlannerRequest) -> AsyncGenerator[Partial | Completion]:
            yield Partial("no such")
            yield Partial(MESSAGE, restarts=True)
            yield Completion(STOP)

    _, out, _ = plan(terminal, monkeypatch, Restarting())
    assert out.startswith(f"no such\n{MESSAGE}\n\nPlan")
