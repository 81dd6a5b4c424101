"""What a planner said, kept without secrets, and said again without a planner."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fuyajo.domain.context import Quota, Turn, VmBrief
from fuyajo.domain.errors import InvalidInput, Problem
from fuyajo.planner.backend import (
    Answer,
    Backend,
    BackendError,
    Completion,
    Partial,
    PlannerRequest,
    Repair,
)
from fuyajo.planner.backends.rules import RulesBackend
from fuyajo.planner.dialogue import ask
from fuyajo.planner.recording import (
    REDACTED,
    NotRecorded,
    Recorder,
    Redactor,
    ReplayBackend,
    request_key,
)
from tests.support.scripted_backend import CHAT, ScriptedBackend, config

WEB = VmBrief("web", "running", "web-server", 1, 1024, 10, uuid="u-web")
WISH = PlannerRequest(
    "stop web", "en", Path("/home/x"), (WEB,), (Turn("hi", "hello"),), Quota(vms=3)
)
STOP = config(operations=[{"op": "stop", "vm": "web"}])
WRONG = config(vms=[{"memory": "lots"}])
SECRET = "hunter2-but-longer"


@pytest.fixture
def tape(tmp_path: Path) -> Path:
    return tmp_path / "tape.jsonl"


def recorded(
    tape: Path, backend: Backend, wish: PlannerRequest = WISH, secrets: tuple[str, ...] = ()
) -> tuple[Answer, list[Any]]:
    seen: list[Any] = []
    return ask(Recorder(backend, tape, Redactor(secrets)), wish, on_event=seen.append), seen


def replayed(tape: Path, wish: PlannerRequest = WISH) -> tuple[Answer, list[Any]]:
    seen: list[Any] = []
    return ask(ReplayBackend(tape), wish, on_event=seen.append), seen


def test_the_same_pieces_the_same_reply(tape: Path) -> None:
    first, pieces = recorded(tape, ScriptedBackend(STOP, pieces=["I would ", "stop it."]))
    again, same = replayed(tape, replace(WISH, directory=Path("/elsewhere")))
    assert same == pieces == [Partial("I would "), Partial("stop it.")]
    assert (again.reply, again.model, again.usage) == (first.reply, first.model, first.usage)
    assert again.backend == "replay"
    assert tape.stat().st_mode & 0o777 == 0o600


def test_a_repair_is_recorded_and_played_too(tape: Path) -> None:
    first, events = recorded(tape, ScriptedBackend(WRONG, STOP))
    again, same = replayed(tape)
    assert again.reply == first.reply and again.attempts == (WRONG, STOP)
    assert same == events
    assert len(tape.read_text().splitlines()) == 2


def test_a_failure_is_played_as_the_same_failure(tape: Path) -> None:
    class Broken(ScriptedBackend):
        async def complete(self, request: PlannerRequest) -> AsyncGenerator[Partial | Completion]:
            yield Partial("hm")
            raise BackendError("scripted", "overloaded", f"529 {SECRET}")

    failures = []
    with pytest.raises(BackendError) as caught:
        recorded(tape, Broken(), secrets=(SECRET,))
    failures.append(caught.value)
    with pytest.raises(BackendError) as caught:
        replayed(tape)
    failures.append(caught.value)
    assert [(e.backend, e.kind) for e in failures] == [("scripted", "overloaded")] * 2
    assert failures[1].problems[0].params["detail"] == f"529 {REDACTED}"


def test_several_answers_to_one_request_come_in_their_order(tape: Path) -> None:
    backend = ScriptedBackend({**CHAT, "message": "one"}, {**CHAT, "message": "two"})
    for _ in range(2):
        recorded(tape, backend)
    player = ReplayBackend(tape)
    assert [ask(player, WISH).reply.message for _ in range(3)] == ["one", "two", "two"]


def test_the_rules_are_recorded_as_what_they_said(tape: Path) -> None:
    wish = replace(WISH, text="a web server called shop with 2 GB of memory")
    first, _ = recorded(tape, RulesBackend(), wish)
    again, _ = replayed(tape, wish)
    assert again.reply.config is not None
    assert again.reply.model_dump() == first.reply.model_dump()
    assert ReplayBackend(tape).repairs is False


def test_what_comes_out_of_a_file_is_judged_like_a_model(tape: Path) -> None:
    """A recording that was tampered with may not say more than a planner may."""
    recorded(tape, RulesBackend())
    line = json.loads(tape.read_text())
    line["said"] = config(operations=[{"op": "delete", "vm": "db"}])
    tape.write_text(json.dumps(line))
    with pytest.raises(BackendError, match="nobody said the name db"):
        replayed(tape)


def test_an_unknown_request_says_how_to_record_it(tape: Path) -> None:
    recorded(tape, ScriptedBackend(CHAT))
    with pytest.raises(NotRecorded) as caught:
        replayed(tape, replace(WISH, text="something else"))
    problem = caught.value.problems[0]
    assert "--record" in problem.hint("en") and "--record" in problem.hint("ja")


@pytest.mark.parametrize(
    "other",
    [
        {"text": "x"},
        {"lang": "ja"},
        {"vms": ()},
        {"vms": (replace(WEB, state="stopped"),)},
        {"turns": ()},
        {"quota": Quota(vms=2)},
        {"repair": Repair("{}", (Problem("a", "empty"),))},
    ],
)
def test_what_makes_a_request_another_one(other: dict[str, Any]) -> None:
    assert request_key(replace(WISH, **other)) != request_key(WISH)


@pytest.mark.parametrize("other", [{"directory": Path("/z")}, {"vms": (replace(WEB, cpus=8),)}])
def test_what_does_not(other: dict[str, Any]) -> None:
    assert request_key(replace(WISH, **other)) == request_key(WISH)


# --- secrets ------------------------------------------------------------------------------------------

TOKENS = (
    SECRET,
    "sk-ant-api03-AAAA_bbbb-cccc",
    "sk-ant-x",
    "sk-proj0123456789abcdef",
    "Bearer abcdefgh.ijkl",
    "bearer: 0123456789abcdef",
    'with "quotes" \\ and backslashes',
)


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("place", ["text", "vm", "turn", "message", "said", "pieces", "repair"])
def test_no_secret_reaches_the_file(tape: Path, token: str, place: str) -> None:
    wish = {
        "text": replace(WISH, text=f"use {token} please"),
        "vm": replace(WISH, vms=(replace(WEB, name=token),)),
        "turn": replace(WISH, turns=(Turn("my token", f"is {token}!", touched=(token,)),)),
        "repair": replace(WISH, repair=Repair(f"x {token}", ())),
    }.get(place, WISH)
    reply: Any = {**CHAT, "message": f"so {token}"} if place == "message" else CHAT
    reply = json.dumps({**CHAT, "message": f"so {token}"}) if place == "said" else reply
    half = len(token) // 2
    pieces = ["so ", token[:half], token[half:]] if place == "pieces" else []
    quoted = TOKENS[-1]
    recorded(tape, ScriptedBackend(reply, pieces=pieces), wish, (SECRET, quoted))
    content = tape.read_text()
    known = token.partition(" ")[2] if token.lower().startswith("bearer") else token
    assert known not in content
    assert json.dumps(known)[1:-1] not in content
    assert "so" not in place or json.dumps(json.dumps(known)[1:-1])[1:-1] not in content
    assert REDACTED in content


def test_names_that_only_look_a_little_like_it_stay() -> None:
    clean = Redactor(["short"])
    for text in ("desk-lamps12345678901234567890", "sk-1", "the bearer of", "short", "task-force"):
        assert clean.text(text) == text


def test_a_file_that_was_open_to_all_is_closed(tape: Path) -> None:
    tape.touch()
    tape.chmod(0o644)
    recorded(tape, ScriptedBackend(CHAT))
    assert tape.stat().st_mode & 0o777 == 0o600


def test_a_link_is_not_followed(tape: Path, tmp_path: Path) -> None:
    tape.symlink_to(tmp_path / "target")
    with pytest.raises(OSError, match="symbolic"):
        recorded(tape, ScriptedBackend(CHAT))
    assert not (tmp_path / "target").exists()


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "{}",
        '{"key": 1, "said": ""}',
        '{"key": "x", "said": "", "pieces": [1]}',
        '{"key": "x", "said": "", "usage": {"tokens": 1}}',
        '{"key": "x", "said": "", "usage": {"cost_usd": "1"}}',
        '{"key": "x", "said": "", "model": 7}',
        '{"key": "x", "said": "", "confidence": null}',
        '{"key": "x", "error": {"backend": "b", "kind": "made-up", "detail": ""}}',
        '{"key": "x", "error": {"backend": "b", "kind": "api"}}',
        "\udcff",
        "[" * 9999,
    ],
)
def test_what_is_no_recording_is_refused_by_its_line(tape: Path, line: str) -> None:
    recorded(tape, ScriptedBackend(CHAT))
    with tape.open("ab") as stream:
        stream.write(line.encode("utf-8", "surrogateescape") + b"\n")
    with pytest.raises(InvalidInput) as caught:
        ReplayBackend(tape)
    assert caught.value.problems[0].params["line"] == 2


def test_a_missing_file_is_told(tape: Path) -> None:
    with pytest.raises(InvalidInput):
        ReplayBackend(tape)


def test_a_cancelled_answer_is_not_kept_and_everything_is_closed(tape: Path) -> None:
    backend = ScriptedBackend(CHAT, hangs=True, pieces=["…"])
    backend.deadline_s = 0.05
    with pytest.raises(BackendError):
        recorded(tape, backend)
    assert backend.closed == 1
    assert not tape.exists()
