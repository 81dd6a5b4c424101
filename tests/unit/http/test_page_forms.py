"""A request as a form: nothing is lost on the way, and what is typed is data whatever it is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuyajo.domain.parse import parse_config
from fuyajo.domain.request import NAME_PATTERN
from fuyajo.domain.rewriting import request_of
from fuyajo.domain.spec import OperationSpec, Spec, normalise
from fuyajo.domain.texts import TABLES, Lang
from fuyajo.http.pages.forms import Form, Input, data_of, form_of, holds, with_one_more, without

NAMES = st.from_regex(NAME_PATTERN, fullmatch=True).filter(lambda name: len(name) < 50)
OPTIONS = {"web-server": ("title", "message"), "basic-server": ("motd",)}
#: What an empty input or a text's own end means is not said apart.
PLAIN = st.characters(categories=["L", "N", "P", "S"], exclude_characters="{}%")


VALUES = st.none() | st.integers() | st.text(max_size=9)
ENTRIES = st.dictionaries(
    st.sampled_from(["name", "vars", "template", "after", "cpus"]),
    VALUES
    | st.lists(VALUES, max_size=2)
    | st.dictionaries(st.text(max_size=3), st.booleans(), max_size=2),
    max_size=3,
)
NONSENSE = st.dictionaries(
    st.sampled_from(["vms", "networks", "operations", "name", "labels"]),
    VALUES | st.lists(VALUES | ENTRIES, max_size=3),
)


def inputs(form: Form) -> list[Input]:
    entries = [entry for some in form.lists.values() for entry in some]
    return [*form.inputs, *(one for entry in entries for one in entry.inputs)]


def back(data: dict[str, Any]) -> dict[str, Any]:
    return data_of((one.path, one.value) for one in inputs(form_of(data)))


@st.composite
def machines(draw: st.DrawFn) -> dict[str, Any]:
    template = draw(st.sampled_from(sorted(OPTIONS)))
    options = {name: st.text(PLAIN, min_size=1, max_size=60) for name in OPTIONS[template]}
    made: dict[str, Any] = draw(
        st.fixed_dictionaries(
            {"template": st.just(template), "name": NAMES},
            optional={
                "cpus": st.integers(1, 8),
                "memory": st.integers(512, 4096) | st.just("4GiB"),
                "disk": st.integers(10, 40) | st.just("20GiB"),
                "state": st.sampled_from(["running", "stopped"]),
                "ready": st.sampled_from(["running", "configured"]),
                "count": st.integers(1, 3),
                "vars": st.fixed_dictionaries({}, optional=options),
            },
        )
    )
    return made


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    vms = draw(st.lists(machines(), min_size=1, max_size=4, unique_by=lambda vm: vm["name"][:20]))
    operations = draw(st.lists(st.sampled_from(["start", "stop", "delete"]), max_size=2))
    return {
        "name": draw(NAMES),
        "vms": vms,
        "networks": draw(st.sampled_from([[], [{"name": "back", "cidr": "10.20.0.0/24"}]])),
        "operations": [{"op": op, "vm": f"zz-{i}"} for i, op in enumerate(operations)],
    }


@settings(max_examples=40)
@given(requests())
def test_a_form_says_all_of_a_request(data: dict[str, Any]) -> None:
    assert holds(data)
    assert parse_config(back(data)) == parse_config(data)


@settings(max_examples=40)
@given(requests())
def test_the_request_behind_a_plan_makes_the_same_plan(data: dict[str, Any]) -> None:
    spec = normalise(parse_config(data))
    again = request_of(spec)
    assert again is not None
    assert normalise(parse_config(again)) == spec
    assert holds(again)


@pytest.mark.parametrize(
    "operation",
    [
        OperationSpec(op="recover", vm="a", uuid="u"),
        OperationSpec(op="purge", vm="a", uuid="u"),
        OperationSpec(op="adopt", vm="a"),
        OperationSpec(op="delete", vm="a", purge=True),
        OperationSpec(op="resize", vm="a", cpus=1, power="running"),
    ],
)
def test_what_no_request_can_say_has_none(operation: OperationSpec) -> None:
    assert request_of(Spec(operations=(operation,))) is None


def test_what_the_trash_had_to_give_up_is_asked_for_by_nobody() -> None:
    operations = (
        OperationSpec(op="purge", vm="old", uuid="u"),
        OperationSpec(op="delete", vm="hello"),
    )
    spec = Spec(operations=operations, kept={"hello": "2026-11-22T21:00:00Z"})
    assert request_of(spec) == {"operations": [{"op": "delete", "vm": "hello"}]}


@pytest.mark.parametrize(
    "data",
    [
        {"template": "web-server"},
        {"vms": [{"like": {"which": "only"}, "name": "x"}]},
        {"operations": [{"op": "stop", "select": {"which": "all"}}]},
    ],
)
def test_what_the_form_cannot_show_is_not_dropped_in_silence(data: dict[str, Any]) -> None:
    parse_config(data)
    assert not holds(data)


@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), max_size=10))
def test_any_post_is_data(posted: list[tuple[str, str]]) -> None:
    data = data_of(posted)
    assert isinstance(data, dict)
    form_of(data)


@given(NONSENSE)
def test_what_is_no_request_has_a_form_too(data: dict[str, Any]) -> None:
    form_of(data)


def test_entries_come_and_go() -> None:
    data = {"vms": [{"name": "a"}, {"name": "b"}]}
    assert without(data, "vms[0]") == {"vms": [{"name": "b"}]}
    assert without({"vms": [{"name": "a"}]}, "vms[0]") == {}
    assert with_one_more(data, "vms")["vms"][2] == {}
    for odd in ("x[0]", "vms[9]", "vms", "", "vms[-1]"):
        assert without(data, odd) == data
    assert with_one_more(data, "name") == data


def test_every_input_has_a_label() -> None:
    data = {"vms": [{}], "networks": [{}], "operations": [{}]}
    keys = {one.key for one in inputs(form_of(data))} - {"vars"}
    for table in TABLES.values():
        assert {key for key in keys if f"page.plan.field.{key}" not in table} == set()
    for one in inputs(form_of(data)):
        for choice in one.choices if one.key != "template" else ():
            assert f"page.plan.choice.{choice}" in TABLES["en"]


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_input_has_its_words(lang: Lang) -> None:
    data: dict[str, Any] = {name: [{}] for name in ("vms", "networks", "operations")}
    for one in inputs(form_of(data)):
        keys = [f"page.plan.hint.{one.key}"] if one.example else []
        if one.key in ("state", "ready", "mode", "op"):
            keys += [f"page.plan.choice.{choice}" for choice in one.choices]
        assert [key for key in keys if key not in TABLES[lang]] == [], one.path
