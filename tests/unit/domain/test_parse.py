"""Every problem at once, each with its path; nothing but `InvalidInput` ever comes out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuyajo.domain.errors import InvalidInput
from fuyajo.domain.parse import parse_config, parse_config_json, parse_reply
from fuyajo.domain.texts import known


def problems(data: Any) -> dict[str, str]:
    """path → first code of what is wrong with this Config."""
    with pytest.raises(InvalidInput) as caught:
        parse_config(data)
    for problem in caught.value.problems:
        assert known(f"problem.{problem.code}"), problem.code
        assert problem.message("en") and problem.hint("en")
        assert problem.message("ja") and problem.hint("ja")
    found: dict[str, str] = {}
    for problem in caught.value.problems:
        found.setdefault(problem.path, problem.code)
    return found


def test_all_problems_come_at_once_with_their_paths() -> None:
    found = problems(
        {
            "vms": [
                {"name": "Web", "memory": "much", "cpus": "2", "template": "nope", "count": 99},
                {"name": "db", "vars": {"title": "{{ 7*7 }}"}, "template": "web-server"},
                {"name": "db", "network": "backend", "memory": "2PB"},
            ],
            "networks": [{"name": "n", "cidr": "8.8.8.0/24"}],
            "operations": [{"op": "start", "vm": "x", "cpus": 2}, {"op": "resize", "vm": "x"}],
            "colour": "red",
        }
    )
    assert found == {
        "vms[0].name": "bad_name",
        "vms[0].memory": "size",
        "vms[0].cpus": "wrong_type",
        "vms[0].template": "unknown_template",
        "vms[0].count": "range",
        "vms[1].vars.title": "jinja",
        "vms[2].memory": "size",
        "vms[2].name": "duplicate_name",
        "vms[2].network": "unknown_network",
        "networks[0].cidr": "bad_cidr",
        "operations[0].cpus": "only_resize",
        "operations[1]": "resize_empty",
        "operations[1].vm": "vm_twice",
        "colour": "unknown_key",
    }


@pytest.mark.parametrize(
    ("vm", "code"),
    [
        ({"name": "a\n"}, "bad_name"),
        ({"name": "-a"}, "bad_name"),
        ({"name": "a" * 64}, "bad_name"),
        ({"name": "été"}, "bad_name"),
        ({"name": "a", "cpus": True}, "wrong_type"),
        ({"name": "a", "cpus": 1.0}, "wrong_type"),
        ({"name": "a", "cpus": 0}, "range"),
        ({"name": "a", "memory": True}, "size"),
        ({"name": "a", "memory": -1}, "size"),
        ({"name": "a", "memory": "900TB"}, "size_range"),
        ({"name": "a", "disk": "0"}, "size"),
        ({"name": "a", "state": "on"}, "choice"),
        ({"name": "a", "vars": {"motd": "x\u202ey"}}, "control"),
        ({"name": "a", "vars": {"motd": "x\x00y"}}, "control"),
        ({"name": "a", "vars": {"motd": "\ud800"}}, "control"),
        ({"name": "a", "vars": {"motd": 5}}, "var_type"),
        ({"name": "a", "vars": {"motd": ["x"]}}, "wrong_type"),
        ({"name": "a", "vars": {"other": "x"}}, "unknown_var"),
        ({"name": "a", "vars": {"ansible_connection": "local"}}, "forbidden_key"),
        ({"name": "a", "__ansible_unsafe": "x"}, "forbidden_key"),
        ({"name": "a", "xml": "<domain/>"}, "unknown_key"),
    ],
)
def test_each_guard_fires(vm: dict[str, Any], code: str) -> None:
    assert code in problems({"vms": [vm]}).values()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"version": 1, "version": 1}', "duplicate_key"),
        ('{"version": NaN}', "not_json"),
        ("[" * 100_000, "too_deep"),
        ('{"vms": ' + "[" * 30 + "]" * 30 + "}", "too_deep"),
        ('{"version": ' + "9" * 5000 + "}", "not_json"),
        ("[]", "not_object"),
        ("", "not_json"),
        ("{}", "empty"),
        ('{"a": "' + "x" * 1_100_000 + '"}', "too_large"),
    ],
)
def test_json_as_data_only(text: str, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_config_json(text)
    assert [p.code for p in caught.value.problems] == [code]


def test_short_form_and_its_misuse() -> None:
    assert parse_config({"template": "basic-server"}).template == "basic-server"
    assert problems({"template": "basic-server", "vms": [{"name": "a"}]}) == {
        "template": "short_form"
    }
    assert problems({"template": "nope"}) == {"template": "unknown_template"}


def test_reply_kinds_exclude_each_other() -> None:
    assert parse_reply('{"type": "chat", "message": "hi", "config": null}').config is None
    for data, code in [
        ({"type": "chat", "message": "hi", "config": {"template": "web-server"}}, "chat_config"),
        ({"type": "config", "message": "hi"}, "config_missing"),
        ({"type": "config", "message": "hi", "config": {"vms": [{"name": "A"}]}}, "bad_name"),
        ({"type": "tool", "message": "hi"}, "choice"),
    ]:
        with pytest.raises(InvalidInput) as caught:
            parse_reply(data)
        assert code in [p.code for p in caught.value.problems]
        assert all(p.path.startswith(("config", "type")) for p in caught.value.problems)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=20,
)
keys = st.sampled_from(["version", "name", "template", "vms", "networks", "operations", "x"])


@given(st.dictionaries(keys, json_values, max_size=6))
def test_malformed_requests_end_in_problems_only(data: dict[str, Any]) -> None:
    try:
        parse_config(data)
    except InvalidInput as error:
        assert error.problems
        for problem in error.problems:
            assert problem.message("en") and problem.message("ja")
            assert len(json.dumps(problem.as_json("en"))) < 4000


@given(st.text(max_size=200))
def test_arbitrary_text_never_raises_anything_else(text: str) -> None:
    try:
        parse_reply(text)
    except InvalidInput as error:
        assert error.problems
