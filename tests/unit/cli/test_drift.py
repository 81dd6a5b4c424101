"""`fuyajo drift` and `fuyajo import` on a host that is only a value."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.command_line import World, machine

WISH = "a web server called shop with 1 GB of memory"


@pytest.fixture(autouse=True)
def person(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CLAUDECODE", "CLAUDE_CODE_ENTRYPOINT"):
        monkeypatch.delenv(name, raising=False)


def made(world: World) -> None:
    assert world.call("apply", world.plan(WISH))[0] == 0


def test_a_run_leaves_a_baseline_and_a_hand_is_noticed(world: World) -> None:
    made(world)
    code, out, _ = world.call("drift")
    assert (code, "No drift" in out) == (0, True)
    world.have(replace(world.found["shop"], cpus=4, state="stopped"))
    code, out, _ = world.call("drift", "shop")
    assert code == 10
    for words in ("CPUs", "1 → 4", "changed by hand", "revert: resize", "running → stopped"):
        assert words in out
    assert "手で変更" in world.call("drift", "--lang", "ja")[1]


def test_revert_and_adopt_are_plans(world: World) -> None:
    made(world)
    world.have(
        replace(world.found["shop"], cpus=4, state="stopped", document=lambda: {"title": "x"})
    )
    code, answer = world.json("drift", "revert", "shop")
    assert (code, answer["left"][0]["code"]) == (0, "drift_text")
    (change,) = answer["plan"]["changes"]
    assert {f["path"]: f["after"] for f in change["fields"]} == {"cpus": 1, "state": "running"}
    assert world.call("apply", answer["plan"]["id"])[0] == 0
    entry = world.runs[-1].document["stack"]["vms"][0]  # type: ignore[index]
    assert (entry["cpus"], entry["state"]) == (1, "started")
    code, answer = world.json("drift", "adopt", "shop")
    assert answer["plan"]["changes"][0]["action"] == "adopt"
    assert answer["plan"]["cost"]["cpus"] == 0, "the host holds it already"
    assert world.call("apply", answer["plan"]["id"])[0] == 0
    assert world.call("drift")[0] == 0


def test_a_run_adopts_nothing_by_the_way(world: World) -> None:
    made(world)
    world.have(replace(world.found["shop"], document=lambda: {"title": "by hand"}))
    assert world.call("apply", world.plan("stop shop"))[0] == 0
    code, report = world.json("drift")
    assert (code, [f["path"] for f in report["vms"][0]["fields"]]) == (10, ["title"])


def test_gone_and_forgotten(world: World) -> None:
    made(world)
    world.found.clear()
    code, report = world.json("drift")
    assert (code, report["vms"][0]["status"]) == (10, "gone")
    assert world.json("drift", "adopt", "shop")[0] == 2
    assert world.call("drift", "forget", "shop")[0] == 0
    assert world.call("drift")[0] == 0


def test_what_a_run_deleted_is_not_missed(world: World) -> None:
    made(world)
    assert world.call("vm", "delete", "shop", "--yes")[0] == 0
    assert world.json("drift") == (0, {"drift": False, "vms": []})


@pytest.mark.parametrize("command", [("drift",), ("drift", "adopt"), ("import",)])
def test_foreign_machines_do_not_exist(world: World, command: tuple[str, ...]) -> None:
    world.have(machine("theirs", owner="somebody"))
    code, answer = world.json(*command, "theirs")
    assert (code, answer["problems"][0]["code"]) == (1, "vm_not_found")


def test_import_round_trip(world: World, tmp_path: Path) -> None:
    world.have(machine("web", cpus=3), machine("no", state="stopped", configured=None))
    file = tmp_path / "env.yml"
    assert world.call("import", "web", "no", "-o", str(file))[0] == 0
    _, answer = world.json("plan", "-f", str(file))
    assert [c["action"] for c in answer["plan"]["changes"]] == ["noop", "noop"]
    assert world.call("import", "web", "-o", str(file))[0] == 2
    assert "cpus: 3" in world.call("import", "web")[1]


def test_import_says_every_reason(world: World) -> None:
    world.have(
        machine("half", configured=None),
        machine("held", state="paused"),
        machine("Win 10", template="other", cpus=999),
        machine("free", owner=None, template=None),
    )
    code, answer = world.json("import", "half", "held", "Win 10", "free")
    found = {(p["path"], p["code"]) for p in answer["problems"]}
    assert code == 2
    assert found == {
        ("", "import_ownerless"),
        ("half", "import_configured"),
        ("held", "import_state"),
        ("Win 10", "import_name"),
        ("Win 10", "import_template"),
        ("Win 10", "import_size"),
    }


def test_a_machine_of_nobody_is_taken_over_by_a_plan_alone(world: World) -> None:
    world.have(machine("free", owner=None, template=None, configured=None))
    code, answer = world.json("import", "--adopt", "free")
    assert (code, answer["plan"]["cost"]["vms"]) == (0, 1)
    world.call("apply", answer["plan"]["id"])
    stack = world.runs[-1].document["stack"]
    assert stack["adopt"] is True  # type: ignore[index]
    assert stack["vms"][0]["metadata"]["configured"] == "imported"  # type: ignore[index]


def test_a_guest_that_is_not_ours_is_never_logged_in_to(world: World, tmp_path: Path) -> None:
    imported = machine("free", configured="imported", template="basic-server")
    world.have(replace(imported, document=lambda: {"metadata.configured": "imported"}))
    file = tmp_path / "env.yml"
    file.write_text("vms: [{name: free, cpus: 2}, {name: new}]")
    world.call("apply", "-f", str(file))
    assert [g["name"] for g in world.runs[-1].document["guests"]] == ["new"]  # type: ignore[attr-defined]


def test_what_was_seen_stays_in_the_file(world: World) -> None:
    world.have(machine("shop"))
    code, answer = world.json("plan", "stop shop")
    assert (code, "seen" in answer["plan"]) == (0, False)
    (file,) = world.home.glob("plans/*/*.json")
    assert '"seen"' in file.read_text()
