"""`fuyajo chat` and conversations on a real terminal: editing, history, Ctrl-C once and twice."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator

import pexpect
import pytest

from fuyajo.domain.texts import text
from tests.integration.terminal.conftest import Place, gone

UP, CTRL_C = "\x1b[A", "\x03"
CANCELED = text("chat.canceled").partition(" (")[0]


@pytest.fixture
def terminals(place: Place) -> Iterator[list[pexpect.spawn]]:
    opened: list[pexpect.spawn] = []
    yield opened
    for child in opened:
        child.close(force=True)


def chat(place: Place, terminals: list[pexpect.spawn], *more: str) -> pexpect.spawn:
    program, *words = place.command("chat", *more)
    child = pexpect.spawn(
        program, words, env=place.environ, encoding="utf-8", timeout=30, dimensions=(40, 150)
    )
    terminals.append(child)
    child.expect("/help shows the commands")
    child.expect("> ")
    return child


def end(child: pexpect.spawn) -> int | None:
    child.expect(pexpect.EOF)
    child.close()
    code: int | None = child.exitstatus
    return code


def test_talk_and_history(place: Place, terminals: list[pexpect.spawn]) -> None:
    first = chat(place, terminals)
    first.sendline("good morning")
    first.expect("Tell me what you need")
    first.expect("> ")
    first.sendline("/quit")
    assert end(first) == 0
    file = place.home / "users"
    (history,) = file.rglob("chat_history")
    assert history.stat().st_mode & 0o777 == 0o600
    assert history.read_text().splitlines()[0] == "good morning"
    second = chat(place, terminals)
    second.send(UP + UP)
    second.expect("good morning")
    second.sendline("")
    second.expect("Tell me what you need")
    second.expect("> ")  # before it, the terminal itself would swallow the end
    second.sendeof()
    assert end(second) == 0


def test_ctrl_c_cancels_an_answer_and_twice_leaves(
    place: Place, terminals: list[pexpect.spawn]
) -> None:
    child = chat(place, terminals, "--backend", "claude")
    child.sendline("a web server")
    planner = place.begun()
    child.send(CTRL_C)
    child.expect_exact(CANCELED)
    child.expect("> ")
    assert gone(planner)
    child.sendline("/backend rules")
    child.expect("From now on: rules")
    child.expect("> ")
    child.sendline("hello")
    child.expect("Tell me what you need")
    child.expect("> ")
    child.send(CTRL_C)
    child.expect_exact(CANCELED)
    child.expect("> ")
    child.send(CTRL_C)
    child.expect("error: interrupted")
    assert end(child) == 130


def test_one_terminal_one_conversation(place: Place, terminals: list[pexpect.spawn]) -> None:
    """Two commands in one terminal are one conversation, a second terminal has its own."""
    plan = shlex.join(place.command("plan", "hello"))
    for _ in range(2):
        child = pexpect.spawn(
            "/bin/sh", ["-c", f"{plan}; {plan}; true"], env=place.environ, timeout=60
        )
        terminals.append(child)
        assert end(child) == 0
    kept = sorted(place.home.rglob("conversations/t-*.json"))
    assert [len(json.loads(path.read_text())["turns"]) for path in kept] == [2, 2]
