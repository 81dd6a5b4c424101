"""ansible-runner's events → ours: kinds, stages, cleaning, bounds."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuyajo.engine.box import events
from fuyajo.engine.box.events import (
    MAX_MESSAGE,
    Event,
    Translator,
    clean,
    clean_data,
    clean_name,
    recap,
    result_message,
    stage_of,
)

CREATED = "2026-11-22T10:00:00.5+09:00"


def raw(kind: str, **body: object) -> dict[str, object]:
    return {"event": kind, "created": CREATED, "event_data": body}


def translate(*raws: dict[str, object]) -> list[Event]:
    translator = Translator()
    return [event for each in raws for event in translator.translate(each)]


def test_a_stage_is_told_once_and_sticks() -> None:
    found = translate(
        raw("playbook_on_task_start", task="create: make the machines"),
        raw("playbook_on_task_start", task="create: wait"),
        raw("runner_on_ok", task="create: wait", host="here", res={"changed": True}),
        raw("playbook_on_task_start", task="install nginx"),
        raw("playbook_on_task_start", task="boot: wait"),
    )
    assert [(e.kind, e.stage) for e in found] == [
        ("stage", "create"),
        ("task", "create"),
        ("task", "create"),
        ("result", "create"),
        ("task", "create"),
        ("stage", "boot"),
        ("task", "boot"),
    ]
    assert [e.seq for e in found] == [1, 2, 3, 4, 5, 6, 7]
    assert found[0].time == "2026-11-22T01:00:00.500000+00:00"


@pytest.mark.parametrize(
    ("name", "stage"),
    [
        ("create: x", "create"),
        ("verify:", "verify"),
        ("create", None),
        ("delete: x", None),
        (" create: x", None),
        ("Create: x", None),
        ("", None),
    ],
)
def test_stage_of(name: str, stage: str | None) -> None:
    assert stage_of(name) == stage


def test_failures_of_every_kind() -> None:
    found = translate(
        raw("runner_on_failed", task="t", host="a", res={"msg": "no", "stderr": "why"}),
        raw("runner_on_failed", task="t", host="a", res={"msg": "no"}, ignore_errors=True),
        raw("runner_on_unreachable", task="t", host="b", res={"msg": "refused"}),
    )
    assert [(e.kind, e.host, e.message) for e in found] == [
        ("failed", "a", "no\nwhy"),
        ("result", "a", "no"),
        ("unreachable", "b", "refused"),
    ]


def test_a_failed_item_says_why() -> None:
    res = {
        "msg": "One or more items failed",
        "results": [{"msg": "fine"}, {"failed": 1, "msg": "x"}],
    }
    assert result_message(res, failed=True) == "One or more items failed\nx"
    assert result_message(res, failed=False) == "One or more items failed"


def test_stack_facts_travel_and_are_clean() -> None:
    facts = {"web": {"state": "running", "note": "\x1b[31mred\u202e"}}
    res = {"changed": True, "vms": facts, "results": [{"kind": "vm", "name": "web"}], "diff": "…"}
    stack = raw("runner_on_ok", task="t", host="h", res=res, task_action=events.STACK_ACTION)
    other = raw("runner_on_ok", task="t", host="h", res=res, task_action="ansible.builtin.debug")
    first, second = translate(stack, other)
    assert first.data == {
        "vms": {"web": {"state": "running", "note": "red"}},
        "results": [{"kind": "vm", "name": "web"}],
    }
    assert second.data == {}


def test_too_many_results_are_left_out_before_the_facts() -> None:
    res = {"vms": {"web": {}}, "results": [{"name": "x" * 1000}] * 1000}
    (found,) = translate(raw("runner_on_ok", res=res, resolved_action=events.STACK_ACTION))
    assert found.data == {"vms": {"web": {}}}


def test_recap_is_by_host() -> None:
    body = {"ok": {"a": 3, "b": 1}, "changed": {"a": 1}, "dark": {"b": 1}, "processed": {"a": 1}}
    assert recap(body)["a"]["changed"] == 1
    assert recap(body)["b"]["unreachable"] == 1
    (found,) = translate(raw("playbook_on_stats", **body))
    assert found.data == {"stats": recap(body)}


def test_notes_and_noise() -> None:
    found = translate(
        {"event": "verbose", "stdout": "\x1b[0;31mERROR! no play\x1b[0m\r\n"},
        {"event": "verbose", "stdout": "  \r\n"},
        {"event": "EOF"},
        raw("playbook_on_play_start", play="x"),
        raw("runner_item_on_ok", host="a", res={}),
        {},
        {"event": "runner_on_ok", "event_data": None},
    )
    assert [(e.kind, e.message) for e in found] == [("note", "ERROR! no play"), ("result", "")]


@pytest.mark.parametrize(
    ("dirty", "shown"),
    [
        ("plain é 日本語", "plain é 日本語"),
        ("a\r\nb\rc\u2028d\x85e", "a\nb\nc\nd\ne"),
        ("\x1b[31mred\x1b[0m \x9b1mbold", "red bold"),
        ("\x1b]0;title\x07x\x1b]8;;http://e\x1b\\link", "xlink"),
        ("\x1bPdcs\x1b\\y\x1b(B\x1bc", "y"),
        ("cut\x1b", "cut"),
        ("a\0b\x08c\x7fd", "abcd"),
        ("\u202egnp.exe\u2066\u200b\ufeff", "gnp.exe"),
        ("lone \ud800 \ue000 \uffff", "lone"),
        ("  tab\there  ", "tab\there"),
        ("x" * 5000, "x" * (MAX_MESSAGE - 1) + "…"),
        ("", ""),
    ],
)
def test_clean(dirty: str, shown: str) -> None:
    assert clean(dirty) == shown


def test_names_are_one_line() -> None:
    assert clean_name("a\nb \x1b[1m c") == "a b c"
    assert clean_name("\x00") is None
    assert clean_name(7) is None


def test_numbers_that_json_cannot_carry() -> None:
    odd = {"big": 10**5000, "nan": float("nan"), "inf": float("inf"), "ok": -3, "yes": True}
    assert clean_data(odd) == {"big": None, "nan": None, "inf": None, "ok": -3, "yes": True}
    deep: object = "x"
    for _ in range(2000):
        deep = [deep]
    assert json.dumps(clean_data(deep))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    ),
    st.sampled_from(["runner_on_ok", "runner_on_failed", "playbook_on_stats", "verbose", "x"]),
)
def test_nothing_makes_it_fail_and_lines_stay_lines(value: object, kind: str) -> None:
    """Whatever a host answers, an event is one line of JSON that reads back as it was."""
    body = {"res": {"msg": value, "vms": {"x": value}}, "task": value, "host": value, "ok": value}
    incoming = {**raw(kind, **body, task_action=events.STACK_ACTION), "stdout": str(value)}
    for event in translate(incoming):
        line = event.to_json()
        assert "\n" not in line and line.isascii()
        assert Event.from_json(line) == event


@pytest.mark.parametrize(
    "line", ["", "{", "[]", "1", '{"kind":"x"}', '{"kind":"note"}', '{"kind":"note","evil":1}']
)
def test_what_is_not_an_event_is_refused(line: str) -> None:
    with pytest.raises(ValueError):
        Event.from_json(line)
