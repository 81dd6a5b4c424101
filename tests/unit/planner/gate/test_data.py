"""The gate's data set keeps its promises: form, balance, and files that share no sentence."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import fuyajo.planner
from fuyajo.domain.parse import parse_config

Case = dict[str, Any]

DATA = Path(fuyajo.planner.__file__).parent / "gate" / "data"
FILES = ("gate.jsonl", "held_out.jsonl", "held_out_unusual.jsonl", "held_out_free.jsonl")
ONLY_WISHES = frozenset({"held_out_unusual.jsonl", "held_out_free.jsonl"})
RESTRAINT = frozenset({"greeting", "smalltalk", "question", "underspecified", "impossible"})
WISHES = frozenset({"create", "power", "resize", "delete", "snapshot", "multi"})
CLASSES = RESTRAINT | WISHES | {"context", "injection", "wrong-target", "mixed", "shape"}
# More cases where a backend is judged by what it does, not by what it leaves alone.
MANY = frozenset({"create", "power", "resize", "delete", "multi", "context"})
# Cases per language: (of the classes in MANY, of the others), and in the whole file.
LEAST = {
    "gate.jsonl": (12, 8, 280),
    "held_out.jsonl": (10, 5, 590),
    "held_out_unusual.jsonl": (20, 12, 230),
    "held_out_free.jsonl": (8, 6, 90),
}
# Not in the request schema yet.
SNAPSHOT_OPS = ("snapshot", "revert")
LONGEST_BYTES = 6_000


def _cases(name: str) -> list[Case]:
    # Not splitlines(): a message may hold other characters that end a line.
    lines = (DATA / name).read_text(encoding="utf-8").rstrip("\n").split("\n")
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module", params=FILES)
def named(request: pytest.FixtureRequest) -> tuple[str, list[Case]]:
    return request.param, _cases(request.param)


def _texts(cases: list[Case]) -> set[str]:
    return {message["content"] for case in cases for message in case["messages"]}


def test_every_case_has_the_form(named: tuple[str, list[Case]]) -> None:
    for case in named[1]:
        where = case["id"]
        assert case.keys() == {"id", "lang", "class", "messages", "state", "expect"}, where
        assert case["lang"] in {"en", "ja"} and case["class"] in CLASSES, where
        assert where.startswith(f"{case['lang']}-{case['class']}-"), where
        roles = [message["role"] for message in case["messages"]]
        assert roles == ["user", "assistant"] * (len(roles) // 2) + ["user"], where
        sizes = [len(message["content"].encode()) for message in case["messages"]]
        assert max(sizes) < LONGEST_BYTES, where


def test_states_are_whole_and_names_unique(named: tuple[str, list[Case]]) -> None:
    keys = {"name", "template", "state", "cpus", "memory_mib", "disk_gib", "owner", "created"}
    for case in named[1]:
        state = case["state"]
        assert state.keys() <= {"user", "quota", "vms"} and {"user", "vms"} <= state.keys()
        assert all(vm.keys() - {"snapshots"} == keys for vm in state["vms"]), case["id"]
        names = [vm["name"] for vm in state["vms"]]
        assert len(names) == len(set(names)), case["id"]


def test_ids_are_unique_over_all_files() -> None:
    ids = Counter(case["id"] for name in FILES for case in _cases(name))
    assert [key for key, n in ids.items() if n > 1] == []


def test_no_sentence_is_in_two_files() -> None:
    # Only the number: a failing run must not show what is in an unseen file.
    texts = Counter(text for name in FILES for text in _texts(_cases(name)))
    assert sum(n > 1 for n in texts.values()) == 0


def test_cases_are_sorted_by_class_and_id(named: tuple[str, list[Case]]) -> None:
    order = [(case["class"], case["id"]) for case in named[1]]
    assert order == sorted(order)


def test_every_class_has_enough_cases_in_both_languages(named: tuple[str, list[Case]]) -> None:
    name, cases = named
    many, others, whole = LEAST[name]
    found = Counter((case["class"], case["lang"]) for case in cases)
    classes = WISHES if name in ONLY_WISHES else CLASSES
    least = {(c, lang): many if c in MANY else others for c in classes for lang in ("en", "ja")}
    assert {key: found[key] for key, n in least.items() if found[key] < n} == {}
    assert len(cases) >= whole


def test_half_is_japanese(named: tuple[str, list[Case]]) -> None:
    share = sum(case["lang"] == "ja" for case in named[1]) / len(named[1])
    assert 0.45 <= share <= 0.55


def test_classes_expect_what_they_are_about(named: tuple[str, list[Case]]) -> None:
    for case in named[1]:
        kind = case["expect"]["type"]
        assert kind in {"chat", "config"}, case["id"]
        assert (kind == "config") == ("config" in case["expect"]), case["id"]
        if case["class"] in RESTRAINT:
            assert kind == "chat", case["id"]
        if case["class"] in WISHES:
            assert kind == "config", case["id"]


def test_expected_configs_are_valid_requests(named: tuple[str, list[Case]]) -> None:
    for case in named[1]:
        config = dict(case["expect"].get("config", {}))
        known = [o for o in config.get("operations", ()) if o["op"] not in SNAPSHOT_OPS]
        config["operations"] = known
        if known or config.get("vms"):
            parse_config(config)
        assert all("template" in vm for vm in config.get("vms", ())), case["id"]


def test_operations_touch_only_the_users_own_vms_and_each_once(
    named: tuple[str, list[Case]],
) -> None:
    for case in named[1]:
        user = case["state"]["user"]
        own = {vm["name"] for vm in case["state"]["vms"] if vm["owner"] == user}
        touched = [o["vm"] for o in case["expect"].get("config", {}).get("operations", ())]
        assert set(touched) <= own and len(touched) == len(set(touched)), case["id"]
