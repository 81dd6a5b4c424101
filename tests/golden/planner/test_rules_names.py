"""A VM may be called like a word of ours: what is asked of it is done to it, never to another."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fuyajo.planner.backends.rules import RulesBackend
from fuyajo.planner.gate.cases import DATA, parse
from fuyajo.planner.gate.run import one

CLASSES = ("power", "resize", "delete", "snapshot", "multi")
# Of about a hundred, how many are understood; the others are asked about ("all" by itself always is).
LEAST = {
    "shop": 101,
    "hello": 98,
    "server": 99,
    "nightly": 98,
    "all": 97,
    "backup": 101,
    "start": 90,
}


def _alone(name: str) -> str:
    return rf"(?<![A-Za-z0-9-]){re.escape(name)}(?![A-Za-z0-9-])"


def _renamed(case: dict[str, Any], odd: str) -> str | None:
    """The case with one of its VMs called `odd`; None where that cannot be done."""
    config = case["expect"].get("config")
    if case["class"] not in CLASSES or not config:
        return None
    wish, vms, operations = case["messages"][-1], case["state"]["vms"], config.get("operations", [])
    once = (o["vm"] for o in operations if len(re.findall(_alone(o["vm"]), wish["content"])) == 1)
    name = next(once, None)
    if name is None or name in LEAST or odd in {vm["name"] for vm in vms}:
        return None
    wish["content"] = re.sub(_alone(name), odd, wish["content"])
    for entry in vms:
        entry["name"] = odd if entry["name"] == name else entry["name"]
    for entry in operations:
        entry["vm"] = odd if entry["vm"] == name else entry["vm"]
    return json.dumps(case, ensure_ascii=False)


def _cases(odd: str) -> Iterator[str]:
    for line in (DATA / "gate.jsonl").read_text(encoding="utf-8").split("\n"):
        case = _renamed(json.loads(line), odd) if line else None
        if case:
            yield case


@pytest.mark.parametrize("odd", LEAST)
def test_an_odd_name_is_meant_or_asked_about(odd: str, tmp_path: Path) -> None:
    wrong, right, every = [], 0, 0
    for line in _cases(odd):
        (case,) = parse(line)
        run, _ = asyncio.run(one(RulesBackend(), case, tmp_path))
        every, right = every + 1, right + run.score.passed
        if not run.score.passed and any('"type": "config"' in reply for reply in run.replies):
            wrong.append((case.words, run.replies))
    assert wrong == []
    assert every > 90 and right >= LEAST[odd], f"{right} of {every}"
