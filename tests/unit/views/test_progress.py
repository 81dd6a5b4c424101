"""How far a run came, from its events."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fuyajo.views.inert import KEPT
from fuyajo.views.progress import MARKS, MOST_LINES, Progress, gathered, line_of

AT = "2026-11-22T21:00:{:02}+00:00"
WORDS = st.one_of(st.none(), st.text(max_size=20), st.integers(), st.lists(st.text(), max_size=2))
EVENTS = st.fixed_dictionaries(
    {"seq": st.integers(1, 2**53)},
    optional={
        "kind": st.one_of(st.sampled_from([*MARKS, "result"]), WORDS),
        **dict.fromkeys(("time", "stage", "host", "task", "message", "changed"), WORDS),
        "data": st.one_of(WORDS, st.dictionaries(st.text(max_size=5), WORDS)),
    },
)


def told(*events: dict[str, Any]) -> Progress:
    return gathered(
        ({"seq": seq, "time": AT.format(seq), **event} for seq, event in enumerate(events, 1)),
        ["hello"],
    )


def test_stages_take_as_long_as_to_the_next_one() -> None:
    found = told(
        {"kind": "stage", "stage": "prepare"},
        {"kind": "stage", "stage": "create"},
        {"kind": "note"},
        {"kind": "stage", "stage": "configure"},
    )
    assert (found.seconds, found.stage, found.reached) == (
        {"prepare": 1, "create": 2},
        "configure",
        4,
    )
    ended = told({"kind": "stage", "stage": "prepare"}, {"kind": "recap"}, {"kind": "note"})
    assert (ended.seconds, ended.reached, ended.since) == ({"prepare": 1}, 1, "")


def test_a_task_begins_for_those_on_its_side_who_have_not_failed() -> None:
    found = told(
        {"kind": "task", "stage": "create", "task": "make"},
        {"kind": "result", "stage": "create", "host": "localhost", "task": "make", "changed": True},
        {"kind": "task", "stage": "configure", "task": "install"},
        {"kind": "failed", "stage": "configure", "host": "hello.guest", "task": "install"},
        {"kind": "result", "stage": "configure", "host": "new.guest", "task": "install"},
        {"kind": "task", "stage": "configure", "task": "start"},
    )
    lanes = {name: (one.state, one.now) for name, one in found.lanes.items()}
    assert lanes == {
        "localhost": ("idle", "make"),
        "hello": ("failed", "install"),
        "new": ("busy", "start"),
    }
    counts = [(one.ok, one.changed, one.failed) for one in found.lanes.values()]
    assert counts == [(0, 1, 0), (0, 0, 1), (1, 0, 0)]


def test_as_many_lines_as_a_page_can_hold() -> None:
    found = gathered({"seq": seq, "kind": "note"} for seq in range(1, MOST_LINES + 11))
    assert (found.earlier, found.lines[0].seq, found.last) == (10, 11, MOST_LINES + 10)


def test_a_filter_leaves_what_was_asked_for() -> None:
    line = line_of(
        {"seq": 1, "kind": "result", "host": "db.guest", "task": "Install", "changed": 1}
    )
    assert line.shows() and line.shows("INST", "db", only=True)
    assert not (line.shows("nginx") or line.shows(who="web"))
    assert not line_of({"seq": 1, "kind": "task", "task": "Install"}).shows(only=True)


@given(st.lists(EVENTS, max_size=8))
def test_nothing_that_is_told_breaks_it(events: list[dict[str, Any]]) -> None:
    found = gathered(events)
    for line in found.lines:
        assert line.mark in MARKS
        assert all(c.isprintable() or c in KEPT for c in line.who + line.what + line.said)
    assert found.count == len(events)
