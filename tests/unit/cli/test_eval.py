"""`fuyajo eval` and what it means for `fuyajo plan`: measured, admitted, refused, demoted."""

from __future__ import annotations

import json
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fuyajo.domain.errors import Unavailable
from fuyajo.planner.backend import Answer, BackendError, Completion
from fuyajo.planner.gate.cases import DATA, shipped
from fuyajo.service import evaluating
from fuyajo.service.context import Actor, load_settings
from fuyajo.service.serving import Serving
from fuyajo.store.home import Home
from fuyajo.store.reports import ReportStore
from tests.support.command_line import USER, World
from tests.support.gate import SLIP, Errs, Knowing, errs_on, serve

CREATE = "create a web server called shop with 2 GB of memory"  # the canary's own wish


@pytest.fixture
def openai(monkeypatch: pytest.MonkeyPatch) -> Knowing:
    backend = Knowing()
    serve(monkeypatch, backend)
    return backend


def _actor() -> Actor:
    return Actor(USER, load_settings(os.environ))


def _few(tmp_path: Path) -> Path:
    """A small data set of one's own."""
    file = tmp_path / "few.jsonl"
    lines = (DATA / "gate.jsonl").read_text(encoding="utf-8").split("\n")
    kept = [line for line in lines if '"en-greeting-00' in line or '"en-create-001' in line]
    file.write_text("\n".join(kept), encoding="utf-8")
    return file


# --- measuring ---------------------------------------------------------------------------------------


def test_a_perfect_one_passes_and_nothing_is_kept(
    world: World, openai: Knowing, tmp_path: Path
) -> None:
    code, found = world.json("eval", "--backend", "openai", "--dataset", str(_few(tmp_path)))
    assert code == 0 and found["verdict"]["passed"]
    assert found["classes"]["greeting"]["pass_k"] == 1.0 and found["k"] == 5
    assert not (world.home / "gate").exists()


def test_a_recording_is_measured_as_the_planner_was(
    world: World, openai: Knowing, tmp_path: Path
) -> None:
    few, said = str(_few(tmp_path)), str(tmp_path / "said.jsonl")
    openai.errs = errs_on("en-greeting-003", at=2)
    options = ("--dataset", few, "-k", "2")
    recorded = world.json("eval", "--backend", "openai", "--record", said, *options)[1]
    openai.errs = errs_on("en-greeting-001", at=1)  # nobody is asked again
    code, played = world.json("eval", "--replay", said, *options)
    assert code == 1
    assert played["classes"] == recorded["classes"]
    assert played["backend"] == "replay"


def test_a_planner_or_a_recording_is_needed_and_not_both(world: World) -> None:
    for argv in (("-k", "2"), ("--backend", "rules", "--replay", "x.jsonl")):
        code, _, err = world.call("eval", *argv)
        assert code == 2 and "--replay FILE" in err


def test_one_that_errs_on_one_greeting_in_five_fails_with_that_greeting(
    world: World, openai: Knowing, tmp_path: Path
) -> None:
    openai.errs = errs_on("en-greeting-003", at=5)
    page = tmp_path / "report.html"
    few = str(_few(tmp_path))
    code, out, err = world.call(
        "eval", "--backend", "openai", "--dataset", few, "--html", str(page)
    )
    assert code == 1
    assert out.index("en-greeting-003") < out.index("pass@1")
    assert "web-server" in out and "did not pass" in out and "greeting" in err
    assert "en-greeting-003" in page.read_text(encoding="utf-8")
    assert page.stat().st_mode & 0o777 == 0o600


def test_less_may_be_measured(world: World, openai: Knowing) -> None:
    code, found = world.json(
        "eval", "--backend", "openai", "--classes", "greeting,create", "--limit", "2", "-k", "1"
    )
    assert code == 0 and set(found["classes"]) == {"greeting", "create"}
    assert len(found["cases"]) == 4 and found["k"] == 1


def test_a_shipped_set_by_name(world: World, openai: Knowing) -> None:
    openai.errs = lambda _case, _number: {"type": "chat", "message": "?", "config": None}
    openai._cases[None] = next(iter(shipped().cases))
    openai._case = lambda _request: openai._cases[None]  # type: ignore[method-assign]
    words = ("eval", "--backend", "openai", "--dataset", "held_out", "-k", "1")
    code, found = world.json(*words)
    assert code == 1 and found["dataset"]["name"] == "held_out"
    assert all("words" not in case and "replies" not in case for case in found["cases"])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--backend", "nobody"), "choice"),
        (("--backend", "auto"), "choice"),
        (("--backend", "openai", "--classes", "chitchat"), "choice"),
        (("--backend", "openai", "--dataset", "/nonexistent"), "gate_unreadable"),
        (("--backend", "openai", "-k", "0"), "usage"),
        (("--backend", "openai", "--html", "/nonexistent/x.html"), "usage"),
        (("--limit", "3"), "usage"),
        (("--backend", "openai", "list"), "usage"),
    ],
)
def test_bad_input(world: World, openai: Knowing, words: tuple[str, ...], code: str) -> None:
    exit_code, found = world.json("eval", *words)
    assert (exit_code, found["problems"][0]["code"]) == (2, code)


def test_a_wrong_data_set_names_its_lines(world: World, openai: Knowing, tmp_path: Path) -> None:
    file = tmp_path / "mine.jsonl"
    file.write_text('{"id": "a"}\n[]\n', encoding="utf-8")
    code, _, err = world.call("eval", "--backend", "openai", "--dataset", str(file))
    assert code == 2 and "mine.jsonl:1" in err and "mine.jsonl:2" in err
    few = _few(tmp_path).read_text(encoding="utf-8").replace('"greeting"', '"create"')
    file.write_text(few, encoding="utf-8")
    code, found = world.json(
        "eval", "--backend", "openai", "--dataset", str(file), "--classes", "shape"
    )
    assert code == 2 and found["problems"][0]["code"] == "gate_no_case"


def test_one_that_is_not_there_is_unavailable(world: World, openai: Knowing) -> None:
    openai.errs = lambda _case, _number: BackendError("openai", "api", "connection refused")
    code, found = world.json("eval", "--backend", "openai")
    assert code == 5 and found["problems"][0]["code"].startswith("backend_api")
    assert world.call("eval", "admit", "openai")[0] == 5
    assert not (world.home / "gate").exists()


def test_one_that_goes_away_is_reported_until_then(world: World, openai: Knowing) -> None:
    gone = BackendError("openai", "quota", "limit")
    openai.errs = errs_on("en-create-001", at=1, said=gone)
    code, out, err = world.call("eval", "--backend", "openai", "-k", "1")
    assert code == 5 and "greeting" in out and "limit" in err
    openai.errs = errs_on("en-create-001", at=2, said=gone)
    assert world.call("eval", "admit", "openai")[0] == 5
    assert not (world.home / "gate").exists()


def test_interrupted_it_prints_what_was_measured(world: World, openai: Knowing) -> None:
    def interrupts(case: Any, number: int) -> None:
        if case.kind == "create" and number == 1:
            os.kill(os.getpid(), signal.SIGINT)

    openai.errs = interrupts
    code, out, err = world.call("eval", "--backend", "openai")
    assert code == 130 and "Interrupted" in out and "greeting 100/100" in err
    assert openai.at_once == 0
    code, found = world.json("eval", "admit", "openai")
    assert code == 130 and found["verdict"]["interrupted"] and found["admission"] is None


def test_a_terminal_sees_it_move(
    world: World, openai: Knowing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    few = ("--classes", "greeting", "--limit", "2", "-k", "1")
    code, out, err = world.call("eval", "--backend", "openai", *few)
    assert code == 0 and "greeting" in out and "greeting 2/2" not in err


# --- admission ---------------------------------------------------------------------------------------


def _plan(world: World) -> tuple[int, Any]:
    return world.json("plan", CREATE, "--backend", "openai")


def test_only_an_admitted_one_may_plan(world: World, openai: Knowing) -> None:
    code, found = _plan(world)
    assert code == 5 and found["problems"][0]["code"] == "gate_not_admitted"
    assert "fuyajo eval admit openai" in found["problems"][0]["hint"]
    assert openai.asked.total() == 0
    code, out, _ = world.call("eval", "admit", "openai")
    assert code == 0 and "may plan until" in out
    code, found = _plan(world)
    assert code == 0 and found["plan"]["changes"][0]["name"] == "shop"


def test_one_slip_in_five_is_refused_and_named(world: World, openai: Knowing) -> None:
    openai.errs = errs_on("ja-greeting-002", at=5)
    code, found = world.json("eval", "admit", "openai")
    assert code == 1 and found["admission"] is None and found["verdict"]["stopped"]
    assert found["slips"][0]["id"] == "ja-greeting-002" and found["slips"][0]["config"]
    (kept,) = ReportStore(Home(world.home)).list()
    assert (kept.backend, kept.admitted, kept.verdict.stopped) == ("openai", False, True)
    assert "ja-greeting-002" in [case.id for case in kept.failing]
    code, refused = _plan(world)
    assert code == 5 and refused["problems"][0]["code"] == "gate_demoted"


def test_failing_later_loses_the_admission(world: World, openai: Knowing) -> None:
    assert world.call("eval", "admit", "openai")[0] == 0
    chat = {"type": "chat", "message": "?", "config": None}
    openai.errs = lambda case, _number: chat if case.kind in ("create", "delete") else None
    assert world.call("eval", "admit", "openai")[0] == 1
    assert _plan(world)[1]["problems"][0]["code"] == "gate_not_admitted"
    openai.errs = errs_on("nothing")
    assert world.call("eval", "admit", "openai")[0] == 0
    assert _plan(world)[0] == 0
    rows = [entry["body"] for entry in world.json("audit", "list")[1]]
    events = [(row["event"], row["backend"]) for row in rows]
    said = ["admitted", "refused", "admitted"]
    assert events == [(f"planner.{what}", "openai") for what in said]


def test_another_model_has_to_pass_by_itself(world: World, openai: Knowing) -> None:
    assert world.call("eval", "admit", "openai")[0] == 0
    openai.model = "another"
    assert _plan(world)[1]["problems"][0]["code"] == "gate_changed"


def test_it_expires(world: World, openai: Knowing, monkeypatch: pytest.MonkeyPatch) -> None:
    assert world.call("eval", "admit", "openai")[0] == 0
    later = datetime.now(UTC) + timedelta(days=30)
    monkeypatch.setattr(evaluating, "now", lambda: later)
    assert _plan(world)[1]["problems"][0]["code"] == "gate_expired"


def test_less_than_everything_admits_nobody(world: World, openai: Knowing) -> None:
    assert world.call("eval", "admit", "openai", "-k", "4")[0] == 2
    assert world.call("eval", "admit", "openai", "--classes", "greeting")[0] == 2


# --- the canary --------------------------------------------------------------------------------------


def _later(monkeypatch: pytest.MonkeyPatch, minutes: float) -> None:
    later = datetime.now(UTC) + timedelta(minutes=minutes)
    monkeypatch.setattr(evaluating, "now", lambda: later)


def test_a_canary_comes_before_a_reply_when_the_last_is_old(
    world: World, openai: Knowing, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert world.call("eval", "admit", "openai")[0] == 0
    before = openai.asked.total()
    assert _plan(world)[0] == 0 and openai.asked.total() == before + 1
    _later(monkeypatch, 11)
    assert _plan(world)[0] == 0 and openai.asked.total() == before + 1 + 6
    assert _plan(world)[0] == 0 and openai.asked.total() == before + 1 + 6 + 1


def test_every_time_if_wanted(
    world: World, openai: Knowing, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert world.call("eval", "admit", "openai")[0] == 0
    monkeypatch.setenv("FUYAJO_CANARY_MINUTES", "0")
    before = openai.asked.total()
    assert _plan(world)[0] == 0 and openai.asked.total() == before + 6
    monkeypatch.setenv("FUYAJO_CANARY_MINUTES", "-1")
    assert _plan(world)[1]["problems"][0]["code"] == "minutes"


def test_a_wrong_answer_demotes_before_anything_is_planned(
    world: World, openai: Knowing, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert world.call("eval", "admit", "openai")[0] == 0
    _later(monkeypatch, 11)
    openai.errs = errs_on("ja-canary-hello", at=1)
    code, found = _plan(world)
    assert code == 5 and "こんにちは" in found["problems"][0]["message"]
    openai.errs = errs_on("nothing")
    assert _plan(world)[1]["problems"][0]["code"] == "gate_demoted"
    # Right answers alone do not bring it back.
    code, out, _ = world.call("eval", "canary", "openai")
    assert code == 0 and "may not plan" in out
    assert _plan(world)[0] == 5
    assert world.call("eval", "admit", "openai")[0] == 0
    assert _plan(world)[0] == 0


def test_a_canary_by_hand(world: World, openai: Knowing) -> None:
    assert world.call("eval", "admit", "openai")[0] == 0
    assert world.json("eval", "canary", "openai")[1]["admitted"]
    openai.errs = errs_on("en-canary-hello", at=2)
    code, out, err = world.call("eval", "canary", "openai")
    assert code == 1 and "hello" in out and "eval admit openai" in err
    openai.errs = errs_on("en-canary-hello", at=3)
    code, found = world.json("eval", "canary", "openai")
    assert code == 1 and found["failed"]["id"] == "en-canary-hello"


def test_the_trusted_come_back_by_the_canary(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = Knowing(errs_on("en-canary-thanks", at=1))
    backend.name = "claude"
    serve(monkeypatch, backend)
    monkeypatch.setattr(evaluating, "make", lambda _name, _settings: backend)
    assert evaluating.require_standing(_actor(), backend).admitted
    assert backend.asked.total() == 0, "the trusted are not asked before every reply"
    assert world.call("eval", "canary", "claude")[0] == 1
    with pytest.raises(Unavailable, match="claude"):
        evaluating.require_standing(_actor(), backend)
    assert world.call("eval", "canary", "claude")[0] == 0
    assert evaluating.require_standing(_actor(), backend).admitted


def test_one_that_cannot_be_reached_is_not_demoted(world: World, openai: Knowing) -> None:
    assert world.call("eval", "admit", "openai")[0] == 0
    openai.errs = lambda _case, _number: BackendError("openai", "timeout", "5 s")
    assert world.call("eval", "canary", "openai")[0] == 5
    openai.errs = errs_on("nothing")
    assert _plan(world)[0] == 0


def test_a_slip_in_real_life_is_refused_and_demotes(world: World, openai: Knowing) -> None:
    assert world.call("eval", "admit", "openai")[0] == 0
    actor, sure = _actor(), Completion(None, kind="greeting", confidence=1.0)
    evaluating.refuse_slip(actor, "x", Completion(None, kind="create"), _answer(SLIP))
    with pytest.raises(Unavailable, match="hi there"):
        evaluating.refuse_slip(actor, "hi there", sure, _answer(SLIP))
    assert _plan(world)[1]["problems"][0]["code"] == "gate_demoted"
    kept = json.loads((world.home / "gate" / "openai.demoted.json").read_text())
    assert kept["words"] == "hi there" and "web-server" in kept["reply"]


def _answer(said: dict[str, Any]) -> Answer:
    from fuyajo.domain.parse import parse_reply

    return Answer(parse_reply(said), "openai", attempts=(said,))


# --- who may plan ------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_list_says_who_may_plan(world: World, openai: Knowing, lang: str) -> None:
    code, out, _ = world.call("eval", "list", "--lang", lang)
    assert code == 0 and "eval admit openai" in out and "rules" in out and "claude" in out
    found = {one["backend"]: one for one in world.json("eval", "list")[1]}
    assert found["rules"]["admitted"] and found["rules"]["scores"]["greeting"] == 1.0
    assert not found["openai"]["admitted"] and not found["claude"]["admitted"]
    assert world.call("eval", "admit", "openai")[0] == 0
    found = {one["backend"]: one for one in world.json("eval", "list")[1]}
    assert found["openai"]["admitted"] and found["openai"]["expires"]


def test_the_rules_may_plan_without_any_measuring(world: World) -> None:
    assert world.json("plan", "hello", "--backend", "rules")[0] == 0
    assert not (world.home / "gate").exists()


def test_errs_is_a_function_of_case_and_run() -> None:
    errs: Errs = errs_on("a", at=2)
    case = shipped().cases[0].model_copy(update={"id": "a"})
    assert [errs(case, n) is None for n in (1, 2, 3)] == [True, False, True]


def test_who_chooses_sees_all_of_them(
    world: World, openai: Knowing, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("rules", "openai", "claude")
    found = Serving(_actor()).standings
    assert [found[name].admitted for name in names] == [True, False, True]
    assert openai.asked.total() == 0, "nobody is asked where what is kept says enough"
    assert world.call("eval", "admit", "openai")[0] == 0
    assert Serving(_actor()).standings["openai"].scores["create"] == 1.0
    _later(monkeypatch, 11)
    openai.errs = lambda _case, _number: BackendError("openai", "api", "refused")
    with pytest.raises(Unavailable) as silent:
        Serving(_actor()).require(openai)
    assert silent.value.problems[0].code.startswith("backend_api")
    openai.errs = errs_on("nothing")
    Serving(_actor()).require(openai)
