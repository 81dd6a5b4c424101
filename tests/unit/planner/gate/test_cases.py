"""A data set is loaded strictly: whatever is wrong is named with file, line and path."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from fuyajo.domain.errors import InvalidInput, Problem
from fuyajo.planner.gate.cases import DATA, KINDS, SHIPPED, load, parse, shipped

GOOD: dict[str, Any] = {
    "id": "en-greeting-1",
    "lang": "en",
    "class": "greeting",
    "messages": [{"role": "user", "content": "hello"}],
    "state": {"user": "mika"},
    "expect": {"type": "chat"},
}


def _problems(*lines: Any) -> list[Problem]:
    with pytest.raises(InvalidInput) as caught:
        parse("\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines), "x")
    return list(caught.value.problems)


def _found(*lines: Any) -> set[tuple[str, str]]:
    return {(problem.path, problem.code) for problem in _problems(*lines)}


def test_a_good_line_is_a_case() -> None:
    (case,) = parse(json.dumps(GOOD) + "\n\n")
    assert (case.id, case.kind, case.words, case.wanted) == (GOOD["id"], "greeting", "hello", None)


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"klass": 1}, "klass", "unknown_key"),
        ({"class": "chitchat"}, "class", "choice"),
        ({"lang": "fr"}, "lang", "choice"),
        ({"id": "../x"}, "id", "invalid"),
        ({"messages": []}, "messages", "gate_no_user"),
        ({"messages": [{"role": "assistant", "content": "hi"}]}, "messages", "gate_no_user"),
        ({"messages": [{"role": "system", "content": "hi"}]}, "messages[0].role", "choice"),
        ({"messages": [{"role": "user"}]}, "messages[0].content", "missing"),
        (
            {"messages": [{"role": "user", "content": "a", "text": "a"}]},
            "messages[0].text",
            "unknown_key",
        ),
        ({"state": {"user": "m", "quota": {"ram": 1}}}, "state.quota.ram", "unknown_key"),
        ({"state": {"user": "m", "quota": {"vms": -1}}}, "state.quota.vms", "invalid"),
        (
            {"state": {"user": "m", "quota": {"cpus": 1, "vcpus": 1}}},
            "state.quota",
            "gate_cpus_twice",
        ),
        (
            {"state": {"user": "m", "vms": [{"name": "a", "ram": 1}]}},
            "state.vms[0].ram",
            "unknown_key",
        ),
        (
            {"state": {"user": "m", "vms": [{"name": "a"}, {"name": "a"}]}},
            "state.vms",
            "duplicate_name",
        ),
        ({"expect": {"type": "chat", "config": {}}}, "expect.config", "gate_expect_chat"),
        ({"expect": {"type": "config"}}, "expect.config", "gate_expect_config"),
        (
            {"expect": {"type": "config", "config": {"vms": [{"memory": "lots"}]}}},
            "expect.config.vms[0].memory",
            "size",
        ),
        (
            {"expect": {"type": "config", "config": {"operations": [{"op": "fly", "vm": "a"}]}}},
            "expect.config.operations[0].op",
            "choice",
        ),
        (
            {"expect": {"type": "config", "config": {"operations": [{"op": "stop", "what": "a"}]}}},
            "expect.config.operations[0].what",
            "unknown_key",
        ),
    ],
)
def test_every_problem_has_its_line_and_path(change: dict[str, Any], path: str, code: str) -> None:
    assert _found(GOOD, "", {**GOOD, "id": "two", **change}) == {(f"x:3: {path}", code)}


def test_known_keys_are_those_of_the_place() -> None:
    (problem,) = _problems({**GOOD, "state": {"user": "m", "vms": [{"name": "a", "ram": 1}]}})
    assert "memory_mib" in str(problem.params["known"])
    (problem,) = _problems({**GOOD, "klass": 1})
    assert "class" in str(problem.params["known"])


def test_all_problems_of_all_lines_at_once() -> None:
    found = _found("{", "[]", {**GOOD, "a": 1, "b": 2}, GOOD, '{"id": 1, "id": 2}')
    assert found >= {
        ("x:1", "not_json"),
        ("x:2", "not_object"),
        ("x:3: a", "unknown_key"),
        ("x:3: b", "unknown_key"),
        ("x:5", "duplicate_key"),
    }


def test_an_id_belongs_to_one_case() -> None:
    (problem,) = _problems(GOOD, GOOD)
    assert (problem.path, problem.code, problem.params["line"]) == ("x:2: id", "gate_id_twice", 1)


def test_nothing_is_no_data_set() -> None:
    assert _found("", " ") == {("x", "gate_empty")}


def test_vcpus_is_another_word_for_cpus() -> None:
    state = {"user": "m", "quota": {"vcpus": 4, "vms": 2, "memory_mib": 1, "disk_gib": 1}}
    (case,) = parse(json.dumps({**GOOD, "state": state}))
    assert case.state.quota.vcpus == 4


def test_other_line_ends_inside_a_message_are_no_lines() -> None:
    case = {**GOOD, "messages": [{"role": "user", "content": "a\u2028b\x85c"}]}
    (found,) = parse(json.dumps(case, ensure_ascii=False))
    assert found.words == "a\u2028b\x85c"


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe")
    for path in (tmp_path / "absent", tmp_path, binary):
        with pytest.raises(InvalidInput) as caught:
            load(path)
        assert caught.value.problems[0].code == "gate_unreadable"


def test_the_digest_is_that_of_the_file() -> None:
    content = (DATA / "gate.jsonl").read_bytes()
    assert shipped().digest == hashlib.sha256(content).hexdigest()


def test_the_shipped_sets_load() -> None:
    assert {case.kind for case in shipped().cases} == set(KINDS)
    assert all(shipped(name).unseen for name in SHIPPED[1:])
    assert not shipped().unseen
    assert [c.wanted is None for c in shipped("canary").cases] == [True] * 3 + [False] * 2


def test_fewer_cases() -> None:
    some = shipped().only(("greeting", "create"), 3)
    assert [case.kind for case in some.cases].count("greeting") == 3
    assert len(some.cases) == 6
