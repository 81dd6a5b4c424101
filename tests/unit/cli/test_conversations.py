"""`fuyajo plan` in a conversation: continued, shown, kept or not kept; records and replays."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import World, machine
from tests.support.scripted_backend import CHAT, ScriptedBackend, config, stand_in

UUID = "3f2a9c10-0000-4000-8000-000000000000"
STOP_IT = config(operations=[{"op": "stop", "select": {"which": "last_mentioned"}}])
START_WEB = config(operations=[{"op": "start", "vm": "web"}])


@pytest.fixture
def planner(monkeypatch: pytest.MonkeyPatch) -> ScriptedBackend:
    """What every call of `--backend claude` asks; its replies are said in order."""
    return stand_in(monkeypatch, ScriptedBackend(START_WEB, STOP_IT))


@pytest.fixture
def web(world: World) -> World:
    world.have(machine("web", uuid=UUID))
    return world


def kept(world: World) -> list[Path]:
    return sorted((world.home / "users").rglob("conversations/*"))


@pytest.mark.usefixtures("planner")
def test_it_is_what_was_said_last_in_this_terminal(web: World) -> None:
    web.terminal = "t-one"
    web.call("plan", "start web", "--backend", "claude")
    code, out, _ = web.call("plan", "stop it", "--backend", "claude")
    assert code == 0
    assert "  “it” → web (3f2a9c10…)\n" in out
    assert "■ vm web" in out
    assert [path.name for path in kept(web)] == ["t-one.json"]


@pytest.mark.usefixtures("planner")
def test_references_are_in_the_json_and_in_the_readers_language(web: World) -> None:
    web.terminal = "t-one"
    web.call("plan", "start web", "--backend", "claude")
    _, answer = web.json("plan", "stop it", "--backend", "claude")
    (reference,) = answer["plan"]["references"]
    assert reference["which"] == "last_mentioned"
    assert reference["vms"] == [{"name": "web", "uuid": UUID}]
    out = web.call("plan", "それを止めて", "--backend", "claude")[1]
    assert "  「それ」 → web (3f2a9c10…)\n" in out


def test_another_terminal_a_name_and_a_fresh_start(web: World, planner: ScriptedBackend) -> None:
    def turns(*argv: str, terminal: str | None = None) -> int:
        web.terminal = terminal
        planner.replies = [CHAT]
        assert web.call("plan", "hello", "--backend", "claude", *argv)[0] == 0
        return len(planner.requests[-1].turns)

    assert [turns(terminal="t-one"), turns(terminal="t-one")] == [0, 1]
    assert [turns(terminal="t-two"), turns(terminal="t-one")] == [0, 2]
    assert turns("--new", terminal="t-one") == 0
    assert turns(terminal="t-one") == 1
    assert [turns("--conversation", "shop"), turns("--conversation", "shop")] == [0, 1]
    assert turns("--conversation", "shop", terminal="t-one") == 2
    assert [turns(), turns()] == [0, 0]


def test_a_greeting_without_a_terminal_writes_nothing(world: World) -> None:
    assert world.call("plan", "hello")[0] == 0
    assert not world.home.exists()


def test_a_conversation_is_private(world: World) -> None:
    world.terminal = "t-one"
    world.call("plan", "hello")
    (file,) = kept(world)
    assert file.stat().st_mode & 0o777 == 0o600
    turn = json.loads(file.read_text())["turns"][0]
    assert turn["user"] == "hello" and turn["planner"]["backend"] == "rules"


def test_a_bad_name_is_refused(world: World) -> None:
    code, answer = world.json("plan", "hello", "--conversation", "../x")
    assert (code, answer["problems"][0]["code"]) == (2, "bad_conversation")


def test_who_answered_why_how_long_and_at_what_cost(web: World, planner: ScriptedBackend) -> None:
    planner.replies = [START_WEB]
    _, _, err = web.call("plan", "start web", "--backend", "claude", "-v")
    first, second, *_ = err.splitlines()
    assert first == "planner: claude (claude, as asked for)"
    assert second.startswith("  scripted-1 · 0.0")
    assert second.endswith(" s · 10 + 5 tokens · 0.2500 USD")
    _, answer = web.json("plan", "start web", "--backend", "claude")
    assert answer["planner"] == {
        "backend": "claude",
        "model": "scripted-1",
        "why": "claude, as asked for",
        "seconds": answer["planner"]["seconds"],
        "input_tokens": 10,
        "output_tokens": 5,
        "cost_usd": 0.25,
    }
    assert world_plan(web, answer)["planner"] == answer["planner"]


def world_plan(world: World, answer: dict[str, Any]) -> dict[str, Any]:
    path = world.home / "plans" / "mika" / f"{answer['plan']['id']}.json"
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def test_record_then_replay_needs_no_planner(
    web: World, planner: ScriptedBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tape = str(tmp_path / "tape.jsonl")
    secret = "a-credential-of-somebody"
    monkeypatch.setenv("SOME_API_KEY", secret)
    words = f"start web, my key is {secret}"
    web.call("plan", words, "--backend", "claude", "--record", tape)
    assert secret not in Path(tape).read_text()
    code, out, err = web.call("plan", words, "--replay", tape, "-v")
    assert code == 0 and "everything is as wished" in out
    assert err.splitlines()[0] == "planner: replay (played back from tape.jsonl)"
    assert len(planner.requests) == 1
    code, answer = web.json("plan", "start db", "--replay", tape)
    assert (code, answer["problems"][0]["code"]) == (5, "not_recorded")
    assert answer["backend"] == "replay"
    assert web.call("plan", "x", "--replay", tape, "--backend", "rules")[0] == 2


def test_a_failure_in_auto_is_said_and_the_next_answers(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stub = tmp_path / "claude"
    stub.write_text("#!/bin/sh\nexit 3\n")
    stub.chmod(0o755)
    monkeypatch.setenv("FUYAJO_CLAUDE_BINARY", str(stub))
    monkeypatch.setenv("CLAUDE_CODE_OAUTH_TOKEN", "sk-ant-oat01-x")
    code, out, err = world.call("plan", "frobnicate the gizmo", "--backend", "auto")
    assert code == 0 and out
    assert "claude failed" in err
    assert os.environ["FUYAJO_BACKEND"] == "rules"
    by_name = world.call("plan", "frobnicate the gizmo", "--backend", "claude")
    assert by_name[0] == 5
