"""`fuyajo eval admit openai` against real servers on loopback, through the adapter that plans.

The last one is why there is a gate at all: a real small model, asked politely, makes machines of a greeting.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from fuyajo.planner.gate.cases import Case
from tests.support.command_line import World
from tests.support.command_line import world as make
from tests.support.gate import errs_on
from tests.support.llama import LlamaFailed, llama_or_skip, llama_server
from tests.support.openai_gate import MODEL, knowing_server

CREATE = "create a web server called shop with 2 GB of memory"  # the canary's own wish


@pytest.fixture
def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[World]:
    with make(tmp_path / "home", monkeypatch, capsys) as made:
        yield made


def test_a_perfect_server_is_admitted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with knowing_server() as server:
        monkeypatch.setenv("FUYAJO_OPENAI_BASE_URL", server.url)
        assert world.json("plan", CREATE, "--backend", "openai")[0] == 5
        code, found = world.json("eval", "admit", "openai", "--parallel", "8")
        assert code == 0, found["slips"]
        assert found["model"] == MODEL and found["overall"]["pass_k"] == 1.0
        assert found["tokens"]["input"] >= 100 * 5 * len(found["cases"])
        code, planned = world.json("plan", CREATE, "--backend", "openai")
        assert code == 0 and planned["plan"]["changes"][0]["name"] == "shop"


def test_one_that_errs_on_one_greeting_in_five_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = tmp_path / "report.html"
    with knowing_server(errs_on("ja-greeting-003", at=5)) as server:
        monkeypatch.setenv("FUYAJO_OPENAI_BASE_URL", server.url)
        words = ("eval", "admit", "openai", "--parallel", "8", "--html", str(page))
        code, found = world.json(*words)
    assert code == 1 and found["admission"] is None and found["verdict"]["stopped"]
    assert [slip["id"] for slip in found["slips"]] == ["ja-greeting-003"]
    assert "web-server" in found["slips"][0]["replies"][0]
    assert page.read_text(encoding="utf-8").index("ja-greeting-003") < 6000


def test_ctrl_c_prints_what_was_measured_and_leaves_nothing(tmp_path: Path) -> None:
    """In a process of its own, while a reply is outstanding."""
    asked, released = threading.Event(), threading.Event()

    def hangs(case: Case, _number: int) -> None:
        if case.kind == "smalltalk":
            asked.set()
            released.wait(30)

    with knowing_server(hangs) as server:
        environ = {**os.environ, "FUYAJO_HOME": str(tmp_path / "home"), "LANG": "en_US.UTF-8"}
        environ["FUYAJO_OPENAI_BASE_URL"] = server.url
        words = ["eval", "--backend", "openai", "-k", "1", "--json"]
        with subprocess.Popen(
            [sys.executable, "-m", "fuyajo.cli.main", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environ,
        ) as process:
            try:
                assert asked.wait(60)
                process.send_signal(signal.SIGINT)
                out, err = process.communicate(timeout=30)
            finally:
                process.kill()
                released.set()
    assert (process.returncode, err) == (130, b"")
    found = json.loads(out)
    assert found["verdict"]["interrupted"] and set(found["classes"]) == {"greeting"}
    assert not (tmp_path / "home").exists()


@pytest.mark.timeout(300)
def test_a_real_small_model_is_refused_for_a_greeting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        with llama_server(threads=1) as llama:
            monkeypatch.setenv("FUYAJO_OPENAI_BASE_URL", llama.url)
            # One thread: two that wait for each other on a busy machine are ten times slower than one.
            # It may find a rhythm and go on until something stops it; what it says next is no better.
            monkeypatch.setenv("FUYAJO_OPENAI_DEADLINE", "60")
            code, found = world.json("eval", "admit", "openai")
            refused = world.json("plan", "hello", "--backend", "openai")
    except LlamaFailed as error:
        llama_or_skip(error)
    assert code == 1 and found["admission"] is None and found["verdict"]["stopped"]
    slip = found["slips"][0]
    assert slip["class"] in ("greeting", "smalltalk", "question") and slip["config"], slip
    assert slip["words"] and any('"config"' in reply for reply in slip["replies"]), slip
    assert found["model"] == llama.model and found["identity"]["weights"]
    assert refused[0] == 5
    assert "fuyajo eval admit openai" in json.dumps(refused[1], ensure_ascii=False)
