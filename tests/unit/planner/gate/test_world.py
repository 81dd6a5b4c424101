"""What a planner gets of a case, and the host that its configs are held against."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fuyajo.domain.context import Turn
from fuyajo.domain.parse import parse_config
from fuyajo.planner.gate.cases import Message, parse
from fuyajo.planner.gate.world import check_of, request_of, turns_of
from tests.support.gate import case

HERE = Path("/nonexistent")


def test_only_own_vms_and_what_is_left_are_told() -> None:
    request = request_of(case(), HERE)
    assert [(vm.name, vm.state) for vm in request.vms] == [("web", "running"), ("db", "stopped")]
    assert (request.text, request.quota.vms, request.quota.cpus) == ("hello", 1, None)


def test_the_quota_is_checked() -> None:
    check = check_of(case())
    assert check(parse_config({"template": "web-server"})) == []
    two = check(parse_config({"vms": [{"count": 2}]}))
    assert [problem.code for problem in two] == ["over_quota_vms"]


def test_a_foreign_vm_does_not_exist() -> None:
    problems = check_of(case())(parse_config({"operations": [{"op": "stop", "vm": "bobs"}]}))
    assert [problem.code for problem in problems] == ["unknown_vm"]


def _turns(*said: str, names: tuple[str, ...] = ("web", "db", "shop", "web-1")) -> list[Turn]:
    roles = ("user", "assistant") * len(said)
    messages = [
        Message(role=role, content=words)  # type: ignore[arg-type]
        for role, words in zip(roles, said, strict=False)
    ]
    return list(turns_of(messages, names))


@pytest.mark.parametrize(
    ("user", "reply", "made", "touched"),
    [
        ("Create a web server called shop", "- create web-server “shop”", ("shop",), ()),
        ("shopを作って", "- web-server「shop」を作成", ("shop",), ()),
        ("Create a web server called shop", "", ("shop",), ()),
        ("stop it", "- stop “web”", (), ("web",)),
        ("stop web", "Which one: web-1 or db?", (), ()),
        ("webを止めて", "web-1とdbのどちらですか", (), ()),
        ("stop both", "- stop “web-1”\n- stop db", (), ("web-1",)),
        ("stop both", "- stop web-1\n- stop db", (), ("web-1", "db")),
        ("webを止めて", "", (), ("web",)),
        ("dbを消して", "「db」を削除する計画を作りますか？", (), ()),
        ("hello", "Hello! I plan web servers.", (), ()),
        ("both", "- create “shop”\n- stop “db”", ("shop",), ("db",)),
        ("a webserver, a web-server, a Webサーバー", "", (), ()),
    ],
)
def test_turns_know_what_they_were_about(
    user: str, reply: str, made: tuple[str, ...], touched: tuple[str, ...]
) -> None:
    (turn,) = _turns(user, reply)
    assert (turn.user, turn.reply, turn.made, turn.touched) == (user, reply, made, touched)


def test_turns_are_pairs() -> None:
    messages = [
        Message(role="assistant", content="Welcome"),
        Message(role="user", content="one"),
        Message(role="user", content="two"),
        Message(role="assistant", content="answer"),
    ]
    pairs = [(turn.user, turn.reply) for turn in turns_of(messages, ())]
    assert pairs == [("", "Welcome"), ("one", ""), ("two", "answer")]


def test_names_with_signs_that_mean_something_to_a_pattern() -> None:
    (turn,) = _turns("stop a.b", "", names=("a.b", "(x", "*"))
    assert turn.touched == ("a.b",)


def test_snapshots_are_those_of_the_case_and_of_its_right_answer() -> None:
    revert = {"op": "revert", "vm": "web"}
    wanted = {"type": "config", "config": {"operations": [{**revert, "snapshot": "good"}]}}
    check = check_of(case("put it back", "snapshot", json.dumps(wanted)))
    assert check(parse_config({"operations": [{**revert, "snapshot": "good"}]})) == []
    assert check(parse_config({"operations": [{**revert, "snapshot": "bad"}]}))
    assert check(parse_config({"operations": [{"op": "snapshot", "vm": "web"}]})) == []
    assert check_of(case())(parse_config({"operations": [revert]}))


def test_a_data_set_may_list_snapshots() -> None:
    vm = {"name": "web", "owner": "m", "template": "web-server", "snapshots": ["old", "new"]}
    line = {
        "id": "a",
        "lang": "en",
        "class": "snapshot",
        "messages": [{"role": "user", "content": "x"}],
        "state": {"user": "m", "vms": [vm]},
        "expect": {"type": "chat"},
    }
    (found,) = parse(json.dumps(line))
    revert = {"op": "revert", "vm": "web", "snapshot": "old"}
    assert check_of(found)(parse_config({"operations": [revert]})) == []
