"""The examples of docs/plans.md are what really comes."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.command_line import World, machine

PAGE = (Path(__file__).parents[3] / "docs" / "plans.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    found = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    return [text for told, text in found if told == kind]


def test_the_order_of_the_example(world: World, tmp_path: Path) -> None:
    file = tmp_path / "env.yml"
    (example,) = [block for block in blocks("yaml") if "after:" in block]
    file.write_text(example)
    code, out, _ = world.call("plan", "-f", str(file), "--graph")
    assert code == 0
    (order,) = [block for block in blocks("") if block.startswith("Order:")]
    assert out.endswith(order)


def test_the_effects_of_the_example(world: World, tmp_path: Path) -> None:
    world.have(machine("shop"))
    file = tmp_path / "env.yml"
    file.write_text("vms: [{name: shop, template: web-server, memory: 2GiB, disk: 20GiB}]")
    assert blocks("")[0] in world.call("plan", "-f", str(file))[1]
