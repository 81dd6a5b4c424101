"""Every golden case, through the backend itself; scored as the gate's format says."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from fuyajo.domain.context import VmBrief
from fuyajo.domain.request import Config, Reply
from fuyajo.planner.backend import PlannerRequest
from fuyajo.planner.backends.rules import RulesBackend
from fuyajo.planner.dialogue import answer

HERE = Path(__file__).parent
FILES = ("rules.jsonl", "rules_held_out.jsonl", "rules_round2.jsonl")
BRIEF = ("name", "state", "template", "cpus", "memory_mib", "disk_gib")
CLASSES = """
greeting smalltalk question create power resize delete multi underspecified impossible
injection wrong-target mixed shape
"""


def load(name: str) -> list[dict[str, Any]]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


CASES = [pytest.param(case, id=case["id"]) for name in FILES for case in load(name)]


def reply_to(case: dict[str, Any]) -> Reply:
    vms = tuple(VmBrief(**{key: vm[key] for key in BRIEF}) for vm in case["state"]["vms"])
    text = case["messages"][-1]["content"]
    request = PlannerRequest(text=text, lang=case["lang"], directory=HERE, vms=vms)
    return asyncio.run(answer(RulesBackend(), request)).reply


def expanded(vms: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for vm in vms:
        count = vm.get("count", 1)
        plain = {key: value for key, value in vm.items() if key != "count"}
        for i in range(count):
            numbered = f"{vm['name']}-{i + 1}" if count > 1 and vm.get("name") else None
            found.append({**plain, "name": numbered} if numbered else plain)
    return found


def agrees(wanted: list[dict[str, Any]], found: list[dict[str, Any]]) -> bool:
    return len(wanted) == len(found) and all(
        got.get(key) == value
        for want, got in zip(wanted, found, strict=True)
        for key, value in want.items()
    )


@pytest.mark.parametrize("case", CASES)
def test_case(case: dict[str, Any]) -> None:
    reply = reply_to(case)
    assert reply.message
    assert reply.type == case["expect"]["type"], reply.message
    if reply.type == "chat":
        assert reply.config is None
        return
    assert reply.config is not None
    got = reply.config.model_dump(exclude_none=True)
    wanted = case["expect"]["config"]
    assert agrees(expanded(wanted["vms"]), expanded(list(got["vms"]))), got
    assert agrees(wanted["operations"], list(got["operations"])), got
    assert Config.model_validate(got) == reply.config


def test_the_set_is_broad_and_balanced() -> None:
    cases = [case for name in FILES[:2] for case in load(name)]
    cells = Counter((case["class"], case["lang"]) for case in cases)
    assert len(cases) >= 250
    assert {cells[kind, lang] >= 8 for kind in CLASSES.split() for lang in ("en", "ja")} == {True}
    ids = [case["id"] for name in FILES for case in load(name)]
    assert len(set(ids)) == len(ids)
