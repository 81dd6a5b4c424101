"""The story of a run: bounded, readable, and unable to obey a guest."""

from __future__ import annotations

from typing import Any

from fuyajo.views.inert import inert, padded, width
from fuyajo.views.machine import columns
from fuyajo.views.run import event_lines


def event(kind: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "time": "2026-11-22T21:00:00+00:00", **more}


def test_stages_results_and_failures() -> None:
    story = [
        event("stage", stage="create"),
        event("task", task="create: make the machines"),
        event("result", host="localhost", task="create: make the machines", changed=True),
        event("failed", host="a", task="configure: nginx", message="no\nno\nspace left\n"),
        event("recap"),
    ]
    lines = [line[10:] for line in event_lines(story, "en")]
    assert lines == [
        "working on the machines",
        "  changed   localhost create: make the machines",
        "  failed    a configure: nginx: no",
        " " * 12 + "space left",
    ]
    assert len(event_lines(story, "en", verbose=True)) == 5


def test_long_messages_are_bounded() -> None:
    said = "\n".join(f"{n} " + "x" * 500 for n in range(100))
    lines = event_lines([event("failed", host="a", task="t", message=said)], "en")
    assert len(lines) == 7
    assert max(map(len, lines)) < 300
    assert len(event_lines([event("result", host="a", task="t", message=said)], "en")) == 1


def test_odd_events_are_harmless() -> None:
    odd: list[dict[str, Any]] = [{}, {"kind": 5, "time": None}, event("note", message="\x1b[2J!")]
    assert "\x1b" not in "".join(event_lines(odd, "ja"))
    assert event_lines([event("stage", stage="\x1b[1m")], "en")[0].endswith("\ufffd[1m")


def test_terminal_text() -> None:
    assert inert("a\tb\nc\x1b\u202e\x9b") == "a\tb\nc\ufffd\ufffd\ufffd"
    assert inert("a\u3000家\u00a0b") == "a\u3000家\u00a0b"
    assert (width("日本go"), padded("日", 4)) == (6, "日  ")
    assert columns([["日本", "x"], ["abcdef", "y\n"]]) == ["日本     x", "abcdef   y?"]
