"""What is right and what is not: configs by what they come down to, restraint without any mercy."""

from __future__ import annotations

from typing import Any

import pytest

from fuyajo.domain.errors import InvalidInput, Problem
from fuyajo.domain.parse import parse_config, parse_reply
from fuyajo.domain.request import Config
from fuyajo.planner.backend import Answer, BackendError
from fuyajo.planner.gate.cases import Case
from fuyajo.planner.gate.score import (
    as_text,
    differences,
    language_of,
    means_config,
    score,
)
from tests.support.gate import SLIP, case

CHAT = {"type": "chat", "message": "Hello!", "config": None}


def _differences(wanted: dict[str, Any], got: dict[str, Any]) -> list[str]:
    return differences(Config.model_validate(wanted), parse_config(got))


@pytest.mark.parametrize(
    ("wanted", "got"),
    [
        ({"vms": [{"memory": "4GB"}]}, {"vms": [{"memory": 4096}]}),
        ({"vms": [{"disk": "1TiB"}]}, {"vms": [{"disk": 1024, "cpus": 7}]}),
        ({"vms": [{"template": "web-server"}]}, {"template": "web-server"}),
        ({"template": "web-server"}, {"vms": [{"name": "x", "template": "web-server"}]}),
        ({"vms": [{"count": 2}]}, {"vms": [{"name": "a"}, {"name": "b"}]}),
        ({"vms": [{"name": "a-1"}, {"name": "a-2"}]}, {"vms": [{"name": "a", "count": 2}]}),
        ({"vms": [{"state": "running"}]}, {"vms": [{}]}),
        ({"vms": [{"template": "basic-server"}]}, {"vms": [{"name": "a"}]}),
        (
            {"operations": [{"op": "resize", "vm": "a", "memory": "2G"}]},
            {"operations": [{"op": "resize", "vm": "a", "memory": 2048, "cpus": 2}]},
        ),
        (
            {"vms": [{"vars": {"title": "x"}, "template": "web-server"}]},
            {"vms": [{"vars": {"title": "x"}, "template": "web-server"}]},
        ),
        (
            {"operations": [{"op": "snapshot", "vm": "a"}]},
            {"operations": [{"op": "snapshot", "vm": "a", "snapshot": "any"}]},
        ),
    ],
)
def test_what_comes_down_to_the_same(wanted: dict[str, Any], got: dict[str, Any]) -> None:
    assert _differences(wanted, got) == []


@pytest.mark.parametrize(
    ("wanted", "got", "where"),
    [
        ({"vms": [{}]}, {"vms": [{"count": 2}]}, "vms: 2 instead of 1"),
        ({"vms": [{"name": "a"}]}, {"vms": [{}]}, "vms[0].name"),
        ({"vms": [{"name": "a"}]}, {"vms": [{"name": "a", "count": 2}]}, "vms: 2"),
        ({"vms": [{}]}, {"operations": [{"op": "stop", "vm": "a"}]}, "operations: 1"),
        ({"vms": [{"memory": 1024}]}, {"vms": [{}]}, "vms[0].memory"),
        (
            {"vms": [{}]},
            {
                "vms": [{"name": "b", "network": "x"}],
                "networks": [{"name": "x", "cidr": "10.9.0.0/24"}],
            },
            "networks: 1 instead of 0",
        ),
        (
            {"operations": [{"op": "stop", "vm": "a"}, {"op": "start", "vm": "b"}]},
            {"operations": [{"op": "start", "vm": "b"}, {"op": "stop", "vm": "a"}]},
            "operations[0].op: start instead of stop",
        ),
        (
            {"vms": [{"vars": {"title": "x"}, "template": "web-server"}]},
            {"vms": [{"vars": {"title": "x", "message": "y"}, "template": "web-server"}]},
            "vms[0].vars",
        ),
    ],
)
def test_what_does_not(wanted: dict[str, Any], got: dict[str, Any], where: str) -> None:
    assert any(one.startswith(where) for one in _differences(wanted, got))


def test_true_is_not_one() -> None:
    wanted = Config.model_validate({"vms": [{"vars": {"a": 1}}]})
    got = Config.model_validate({"vms": [{"vars": {"a": True}}]})
    assert differences(wanted, got)


CONFIGS = [
    SLIP,
    {"type": "config", "config": None},
    {"type": "chat", "message": "Hi", "config": {"vms": []}},
    {"vms": [{"name": "vm1", "cpus": 2}]},
    {"template": "web-server"},
    {"operations": [{"op": "delete", "vm": "web"}]},
    [SLIP],
    '{"type": "config"}',
    '```json\n{"vms": [{"name": "a"}]}\n```',
    'Sure! Here it is: {"vms": [{"name": "a"}]}',
    'Hello! {"type": "config", "config": {',
    parse_reply(SLIP),
]
WORDS = [
    CHAT,
    {"type": "chat", "message": "", "config": None, "vms": []},
    '{"type": "chat", "message": "write \\"vms\\": [{}]", "config": null}',
    "Hello! How are you?",
    'A config looks like "config": null',
    "",
    None,
    7,
    [],
    parse_reply(CHAT),
]


@pytest.mark.parametrize("said", CONFIGS)
def test_a_config_in_any_shape_is_one(said: Any) -> None:
    assert means_config(said)


@pytest.mark.parametrize("said", WORDS)
def test_words_are_none(said: Any) -> None:
    assert not means_config(said)


def _answer(said: dict[str, Any]) -> Answer:
    return Answer(parse_reply(said), "x")


def _failure(kind: str = "invalid_reply") -> BackendError:
    return BackendError("x", kind, "detail")


REFUSED = InvalidInput(Problem("", "over_quota_vms", {"wanted": 9, "left": 1, "limit": 2}))
CREATE = '{"type": "config", "config": {"vms": [{"template": "web-server"}]}}'


@pytest.mark.parametrize("kind", ["greeting", "smalltalk", "question"])
def test_restraint_counts_every_attempt(kind: str) -> None:
    asked = case("hello", kind)
    assert score(asked, _answer(CHAT), [CHAT]).passed
    for outcome in (_answer(CHAT), _failure(), REFUSED):
        found = score(asked, outcome, [SLIP, CHAT])
        assert found.slip and not found.passed


def test_elsewhere_a_repaired_attempt_is_forgiven() -> None:
    asked = case("do it", "underspecified")
    assert score(asked, _answer(CHAT), [SLIP, CHAT]).passed
    assert score(asked, REFUSED, [SLIP]).passed
    assert not score(asked, _answer(SLIP), [SLIP]).passed


@pytest.mark.parametrize("asked", [case(), case("make one", "create", CREATE)])
def test_a_failing_backend_fails_with_its_kind(asked: Case) -> None:
    found = score(asked, _failure("timeout"), [])
    assert not found.passed and not found.slip and found.why.startswith("timeout: ")


def test_a_wish_wants_its_config() -> None:
    asked = case("make one", "create", CREATE)
    assert score(asked, _answer(SLIP), [SLIP]).passed
    assert "instead of a config" in score(asked, _answer(CHAT), [CHAT]).why
    assert score(asked, REFUSED, [SLIP]).why.startswith("refused: ")


@pytest.mark.parametrize(
    ("message", "lang"),
    [
        ("Hello, “こんにちは”!", "en"),
        ("次のように計画します", "ja"),
        ("OK, 「shop」 will be stopped", "en"),
        ("web を停止します", "ja"),
        ("👍 42", None),
        ("", None),
    ],
)
def test_the_language_of_a_message(message: str, lang: str | None) -> None:
    assert language_of(message) == lang


def test_the_language_is_told_apart_from_passing() -> None:
    said = {**CHAT, "message": "こんにちは"}
    found = score(case(), _answer(said), [said])
    assert found.passed and found.speaks is False
    assert score(case("やあ", "mixed"), _answer(said), [said]).speaks is None


def test_what_was_said_is_bounded_in_a_report() -> None:
    assert len(as_text("x" * 10_000)) == 4000
    assert as_text({"a": "日本"}) == '{"a": "日本"}'
