"""`fuyajo plan --graph`: the order as text, SVG and PNG; names are never anything but text."""

from __future__ import annotations

import struct
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from fuyajo.domain.graph import graph_of
from fuyajo.domain.plan import Plan
from fuyajo.service.context import local_actor
from fuyajo.views.graph import graph_svg
from fuyajo.views.graph_png import graph_png
from tests.support.command_line import World, machine

ENV = """
networks: [{name: backend, cidr: 10.10.0.0/24}]
vms:
  - {name: web, template: web-server, network: backend, after: [app]}
  - {name: app, count: 2, after: [db]}
  - {name: db, network: backend}
  - {name: job}
operations:
  - {op: delete, vm: old}
  - {op: snapshot, vm: kept, snapshot: before}
"""
TEXT = """
Order:
  1. ◆ vm kept
  2. + network backend
  3. + vm db   ← after network backend
     + vm job
     - vm old
  4. + vm app-1   ← after vm db
     + vm app-2   ← after vm db
  5. + vm web   ← after network backend, vm app-1, vm app-2
"""


@pytest.fixture
def env(world: World, tmp_path: Path) -> str:
    world.have(machine("old"), machine("kept"))
    file = tmp_path / "env.yml"
    file.write_text(ENV)
    return str(file)


def saved(world: World, env: str) -> Plan:
    actor = local_actor({"FUYAJO_HOME": str(world.home)})
    return actor.plans.load("mika", world.plan("-f", env))


@pytest.mark.parametrize("words", [("--graph",), ("--graph", "-"), ("--graph=-",)])
def test_text_works_everywhere(world: World, env: str, words: tuple[str, ...]) -> None:
    code, out, _ = world.call("plan", "-f", env, *words)
    assert code == 0
    assert out.endswith(TEXT)


def test_a_wish_in_words_is_no_file_name(world: World) -> None:
    code, out, _ = world.call("plan", "--graph", "a web server called hello")
    assert code == 0
    assert out.endswith("Order:\n  1. + vm hello\n")


def test_svg(world: World, env: str, tmp_path: Path) -> None:
    file = tmp_path / "order.svg"
    code, out, err = world.call("plan", "-f", env, "--graph", str(file))
    assert code == 0
    assert "Order:" not in out
    assert f"The picture is in {file}." in err
    root = ET.fromstring(file.read_bytes())
    ns = {"s": "http://www.w3.org/2000/svg"}
    words = [e.text for e in root.findall("s:text", ns)]
    assert "create vm app-2" in words
    assert len(root.findall("s:path", ns)) == len(graph_of(saved(world, env)).edges) == 6
    columns = {e.get("x") for e in root.findall("s:rect", ns) if e.get("rx")}
    assert len(columns) == 5


def test_png(world: World, env: str, tmp_path: Path) -> None:
    file = tmp_path / "order.PNG"
    assert world.call("plan", "-f", env, "--graph", str(file))[0] == 0
    data = file.read_bytes()
    assert data.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", data[16:24])
    assert width > 600 < 4 * height


def test_png_without_pillow_names_the_package(
    world: World, env: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    code, _, err = world.call("plan", "-f", env, "--graph", str(tmp_path / "a.png"))
    assert code == 5
    assert "python3-pil" in err
    assert not (tmp_path / "a.png").exists()


@pytest.mark.parametrize("name", ["order.jpg", "order"])
def test_other_names_say_no_format(world: World, env: str, name: str) -> None:
    code, _, err = world.call("plan", "-f", env, "--graph", name)
    assert code == 2
    assert ".svg or .png" in err


def test_json_and_text_exclude_each_other(world: World, env: str, tmp_path: Path) -> None:
    assert world.call("plan", "-f", env, "--graph", "--json")[0] == 2
    code, answer = world.json("plan", "-f", env, "--graph", str(tmp_path / "a.svg"))
    assert (code, bool(answer["plan"])) == (0, True)
    assert (tmp_path / "a.svg").exists()


def test_untrusted_names_are_text(world: World, env: str) -> None:
    """A template's name comes from the machine's metadata, which anybody may have written."""
    evil = '</text><script xlink:href="http://x">alert(1)</script>\x1b[31m\x00'
    plan = saved(world, env)
    changes = tuple(c.model_copy(update={"template": evil}) for c in plan.changes)
    drawn = graph_svg(plan.model_copy(update={"changes": changes}))
    assert b"<script" not in drawn
    assert b"\x1b" not in drawn
    tags = {e.tag.rpartition("}")[2] for e in ET.fromstring(drawn).iter()}
    assert tags == {"svg", "title", "rect", "path", "polygon", "text"}
    assert graph_png(plan.model_copy(update={"changes": changes})).startswith(b"\x89PNG")
