"""`fuyajo plan`: the JSON contract, the language of the card, the exit codes."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from fuyajo.service import planning
from tests.support.command_line import World, machine

WISH = "a web server called shop with 1 GB of memory"
KEYS = ["reply", "plan", "backend", "planner", "decision", "problems"]


def test_a_wish_becomes_a_plan(world: World) -> None:
    code, answer = world.json("plan", WISH)
    assert code == 0
    assert list(answer) == KEYS
    assert answer["backend"] == "rules"
    assert answer["plan"]["changes"][0]["name"] == "shop"


def test_talk_is_no_plan(world: World) -> None:
    code, answer = world.json("plan", "hello")
    assert (code, answer["plan"], answer["problems"]) == (0, None, [])


def test_problems_of_planning_keep_the_contract(world: World) -> None:
    world.have(machine("shop", owner="somebody"))
    code, answer = world.json("plan", WISH)
    assert code == 2
    assert list(answer) == KEYS
    assert [p["code"] for p in answer["problems"]] == ["name_taken"]


def test_a_missing_backend_keeps_the_contract(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CLAUDE_CODE_OAUTH_TOKEN", "ANTHROPIC_API_KEY", "FUYAJO_CLAUDE_BIN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", "/nonexistent")
    code, answer = world.json("plan", WISH, "--backend", "claude")
    assert code == 5
    assert list(answer) == KEYS
    assert answer["backend"] == "claude"
    assert answer["problems"]


def test_libvirt_down_keeps_the_contract(world: World) -> None:
    world.down = True
    code, answer = world.json("plan", WISH)
    assert (code, list(answer)) == (5, KEYS)
    assert world.json("plan", "hello")[0] == 0  # a greeting needs no host


def test_several_problems_at_once(world: World, tmp_path: Path) -> None:
    file = tmp_path / "env.yml"
    file.write_text("vms: [{name: A, memory: lots}, {name: b, colour: red}]")
    code, answer = world.json("plan", "-f", str(file))
    assert code == 2
    assert len(answer["problems"]) == 3
    assert answer["backend"] == "file"


def test_words_and_a_file_are_too_much(world: World) -> None:
    assert world.call("plan", "-", "-f", "x.yml")[0] == 2
    assert world.call("plan")[0] == 2


def test_the_reason_of_the_planner_only_when_asked(world: World) -> None:
    _, _, short = world.call("plan", WISH)
    _, _, long = world.call("plan", WISH, "-v")
    assert short.splitlines()[0] == "planner: rules"
    assert long.splitlines()[0].startswith("planner: rules (")


def test_a_japanese_wish_gets_a_japanese_card(world: World) -> None:
    wish = "メモリ1GBのウェブサーバーshopを作って"
    assert "計画 p-" in world.call("plan", wish)[1]
    assert "Plan p-" in world.call("plan", wish, "--lang", "en")[1]
    assert "Plan p-" in world.call("plan", WISH)[1]


def test_detailed_exit_code(world: World) -> None:
    assert world.call("plan", WISH, "--detailed-exitcode")[0] == 10
    world.have(machine("shop"))
    assert world.call("plan", "start shop", "--detailed-exitcode")[0] == 0


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_json_on_stdin(world: World, monkeypatch: pytest.MonkeyPatch, mark: str) -> None:
    text = mark + json.dumps({"vms": [{"name": "a"}]})
    stdin = io.TextIOWrapper(io.BytesIO(text.encode()))
    monkeypatch.setattr("sys.stdin", stdin)
    assert world.call("plan", "-")[0] == 0


def test_a_model_cannot_write_to_the_terminal(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fuyajo.domain.request import Reply

    reply = Reply(type="chat", message="hi \x1b]0;owned\x07\nthere")
    monkeypatch.setattr(
        "fuyajo.cli.talking.from_words",
        lambda *_, **__: planning.Planned(reply, None, "claude"),
    )
    out = world.call("plan", "x")[1]
    assert "\x1b" not in out
    assert out.endswith("\nthere\n")


def test_too_much_memory_together(world: World, tmp_path: Path) -> None:
    file = tmp_path / "env.yml"
    file.write_text("vms: [{name: a, count: 3, memory: 6GB}]")
    code, answer = world.json("plan", "-f", str(file))
    assert code == 2
    (problem,) = answer["problems"]
    assert problem["code"] == "host_memory"
    file.write_text("vms: [{name: a, count: 2, memory: 6GB}]")
    assert world.call("plan", "-f", str(file))[0] == 0


def test_a_stopped_machine_is_not_configured(world: World, tmp_path: Path) -> None:
    file = tmp_path / "env.yml"
    file.write_text("vms: [{name: a, template: web-server, state: stopped}]")
    assert "then:" not in world.call("plan", "-f", str(file))[1]
