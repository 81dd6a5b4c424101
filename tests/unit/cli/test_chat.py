"""`fuyajo chat` line by line from a pipe: talk, plans, commands; what was made is known afterwards."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from fuyajo.service import evaluating
from tests.support.command_line import World, machine
from tests.support.gate import Knowing
from tests.support.scripted_backend import CHAT, ScriptedBackend, config, stand_in

WISH = "a web server called shop with 1 GB of memory"


class Chat:
    def __init__(self, world: World, patch: pytest.MonkeyPatch) -> None:
        self.world, self._patch = world, patch

    def __call__(self, *lines: str, argv: tuple[str, ...] = ()) -> tuple[int, str, str]:
        typed = io.TextIOWrapper(io.BytesIO("".join(f"{line}\n" for line in lines).encode()))
        self._patch.setattr("sys.stdin", typed)
        return self.world.call("chat", *argv)


@pytest.fixture
def chat(world: World, monkeypatch: pytest.MonkeyPatch) -> Chat:
    return Chat(world, monkeypatch)


def test_every_line_is_answered(chat: Chat) -> None:
    code, out, err = chat("hello", "", WISH)
    assert code == 0
    assert "Hello!" in out and "+ vm shop" in out
    assert err.splitlines()[-1] == "Carry it out:   /apply"


def test_a_plan_is_carried_out_and_known_then(
    chat: Chat, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = ScriptedBackend(
        config(vms=[{"name": "shop", "template": "web-server", "memory": "1GiB"}]),
        config(operations=[{"op": "stop", "select": {"which": "last_created"}}]),
    )
    stand_in(monkeypatch, backend)
    code, out, _ = chat(WISH, "/apply", "stop it", argv=("--backend", "claude"))
    assert code == 0
    assert "shop is running" in out
    assert "“the one made last” → shop (uuid-sho…)" in out
    assert "■ vm shop" in out
    assert backend.requests[1].turns[0].made == ("shop",)


def test_deleting_asks_as_apply_does(chat: Chat, world: World) -> None:
    world.have(machine("shop"))
    code, _, err = chat("delete shop", "/apply", "hello")
    assert code == 0
    assert "--yes" in err and "puts shop into the trash" in err
    assert (world.runs, list(world.found)) == ([], ["shop"])


def test_the_plan_again(chat: Chat) -> None:
    out = chat(WISH, "/plan")[1]
    assert out.count("Plan p-") == 2
    assert "There is no plan yet." in chat("/plan", "/apply")[2]
    assert "There is no plan yet." in chat(WISH, "/new", "/apply")[2]


def test_commands(chat: Chat) -> None:
    code, out, err = chat(
        "/help", "/nonsense\x1b[2J", "/backend x", "/backend rules", "/quit", "hello"
    )
    assert (code, out) == (0, "")
    assert "/backend NAME" in err
    assert "There is no command /nonsense\\x1b[2J." in err
    assert "x is not one of the choices" in err
    assert "From now on: rules" in err


def test_a_failure_is_told_and_the_chat_goes_on(chat: Chat, world: World) -> None:
    world.have(machine("shop", owner="ken"))
    code, out, err = chat(WISH, "hello")
    assert code == 0
    assert "the name shop is taken" in err and "Hello!" in out


def test_new_forgets(chat: Chat, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = ScriptedBackend({"type": "chat", "message": "x"})
    stand_in(monkeypatch, backend)
    chat("a", "b", "/new", "c", argv=("--backend", "claude"))
    assert [len(request.turns) for request in backend.requests] == [0, 1, 0]


def test_with_json_every_answer_is_one_line(chat: Chat) -> None:
    out = chat("hello", WISH, argv=("--json",))[1]
    first, second = (json.loads(line) for line in out.splitlines())
    assert first["plan"] is None and second["plan"]["changes"][0]["name"] == "shop"


def test_the_language_is_that_of_the_line(chat: Chat) -> None:
    out = chat("hello", "メモリ1GBのウェブサーバーshopを作って")[1]
    assert "計画 p-" in out and "Hello!" in out


def test_bytes_that_are_no_text_are_only_not_understood(
    chat: Chat, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed: Any = io.TextIOWrapper(io.BytesIO(b"\xff\xfe\x00\nhello\n"), encoding="utf-8")
    monkeypatch.setattr("sys.stdin", typed)
    code, out, _ = world.call("chat")
    assert code == 0 and "Hello!" in out


def test_a_pipe_keeps_nothing_but_plans(chat: Chat, world: World) -> None:
    chat("hello")
    assert not world.home.exists()


def test_a_wrong_backend_is_told_at_once(chat: Chat) -> None:
    assert chat("hello", argv=("--backend", "x"))[0] == 2


@pytest.mark.parametrize(("reply", "may"), [(CHAT, False), ("right", True)])
def test_the_known_questions_come_first_once_a_day(
    chat: Chat, monkeypatch: pytest.MonkeyPatch, reply: Any, may: bool
) -> None:
    """A planner that serves without an admission: one that plans nothing at all fails them too."""
    backend = Knowing() if may else ScriptedBackend(reply)
    backend.name = "claude"
    asked: list[str] = []

    def make(name: str, _settings: object) -> object:
        asked.append(name)
        return backend

    monkeypatch.setattr(evaluating, "make", make)
    monkeypatch.setattr(evaluating, "missing", lambda name, _: () if name == "claude" else ("x",))
    _, _, err = chat("/quit", argv=("--backend", "claude"))
    assert "known questions first" in err
    assert ("may not plan" in err) is not may
    chat("/quit", argv=("--backend", "claude"))
    assert asked == (["claude"] if may else ["claude", "claude"])
