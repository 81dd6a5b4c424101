"""`fuyajo vm metrics`: here and at a service, as curves and as data."""

from __future__ import annotations

import json
import sys
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from fuyajo.store.database import Database
from fuyajo.store.home import Home
from fuyajo.views.history_png import CURVE, EACH, HEAD, WIDTH
from tests.support.command_line import World, machine
from tests.support.measured import measure

UUID = "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def measured(world: World) -> World:
    world.have(machine("web", uuid=UUID), machine("other", owner="noriko"))
    database = Database(Home(world.home))
    measure(database, [UUID], hole=(2400, 1800))
    database.close()
    return world


def test_curves_are_as_wide_as_the_terminal(
    measured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    code, out, _ = measured.call("vm", "metrics", "web")
    assert code == 0
    lines = out.splitlines()
    assert lines[0].startswith("web: ")
    drawn = [line for line in lines if " |" in line]
    assert len(drawn) == 6 * 3
    assert 50 < max(map(len, drawn)) <= 60
    assert "█" in out and "CPU" in out


def test_the_same_as_data(measured: World) -> None:
    code, found = measured.json("vm", "metrics", "web", "--since", "30m")
    assert (code, found["vm"], found["uuid"]) == (0, "web", UUID)
    assert len(found["at"]) == len(found["metrics"]["cpu"]["mean"]) > 10


def test_nothing_measured_and_nobodys(measured: World) -> None:
    measured.have(machine("new", uuid=UUID.replace("1", "2")))
    code, out, _ = measured.call("vm", "metrics", "new")
    assert (code, out.count("\n")) == (0, 1)
    assert "nothing was measured of new" in out
    told = [measured.call("vm", "metrics", name, "--json") for name in ("other", "no-such")]
    assert [code for code, *_ in told] == [1, 1]
    codes = [json.loads(out)["problems"][0]["code"] for _, out, _ in told]
    assert codes == ["vm_not_found"] * 2
    code, out, _ = measured.call("vm", "metrics", "web", "--since", "yesterday", "--json")
    assert (code, json.loads(out)["problems"][0]["code"]) == (2, "audit_since")


def blue(picture: Image.Image, column: int) -> int:
    """How many pixels of a curve there are in that column."""
    wanted = tuple(bytes.fromhex(CURVE[1:]))
    return sum(picture.getpixel((column, y)) == wanted for y in range(picture.height))


def test_a_picture_has_the_curves_and_the_hole(measured: World, tmp_path: Path) -> None:
    file = tmp_path / "web 家.png"
    code, out, err = measured.call("vm", "metrics", "web", "--png", str(file))
    assert (code, out) == (0, "") and str(file) in err
    picture = Image.open(BytesIO(file.read_bytes())).convert("RGB")
    assert picture.size == (WIDTH, HEAD + 6 * EACH)
    assert blue(picture, 200) >= 6 and blue(picture, 800) >= 6, "a point of each of the six"
    assert blue(picture, 415) == 0, "nobody measured from 40 to 30 minutes ago"
    code, found = measured.json("vm", "metrics", "web", "--png", str(file))
    assert (code, found["vm"]) == (0, "web")


def test_a_picture_that_cannot_be_drawn_or_written(
    measured: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = str(tmp_path / "no-such" / "web.png")
    code, out, _ = measured.call("vm", "metrics", "web", "--json", "--png", gone)
    assert code != 0 and gone in out
    monkeypatch.setitem(sys.modules, "PIL", None)
    code, out, _ = measured.call("vm", "metrics", "web", "--json", "--png", str(tmp_path / "a.png"))
    assert code != 0 and json.loads(out)["problems"][0]["code"] == "history_png"
    assert not (tmp_path / "a.png").exists()
