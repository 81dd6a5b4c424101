"""One request with everything wrong about it here: one list, every entry with its place and a next step."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fuyajo.domain.machine import Subnet, Trashed
from fuyajo.domain.room import Pool
from tests.support.command_line import World, machine

WRONG = """
networks:
  - {name: tight, cidr: 10.10.0.0/29}
  - {name: clash, cidr: 192.168.122.0/25}
  - {name: ours, cidr: 10.20.0.0/24}
vms:
  - {name: small, count: 3, network: tight, template: web-server, vars: {colour: red, title: 5}}
  - {name: huge, memory: 64GiB, disk: 9000GiB, network: tight, after: [nobody]}
  - {name: theirs, network: tight}
  - {name: binned, network: tight, after: [small]}
  - {name: remnant, after: [loop]}
  - {name: loop, after: [remnant]}
  - {name: turned, template: web-server, disk: 5GiB}
  - {name: gone, template: no-such}
operations:
  - {op: start, vm: nobody}
  - {op: revert, vm: plain}
  - {op: stop, select: {which: last_created}}
"""
EXPECTED = {
    # what the file alone shows
    "vms[0].vars.colour": "unknown_var",
    "vms[0].vars.title": "var_type",
    "vms[1].after[0]": "after_unknown",
    "vms[4].after": "after_circle",
    "vms[7].template": "unknown_template",
    # names
    "vms[2].name": "name_taken",
    "vms[3].name": "name_in_trash",
    "vms[4].name": "leftover",
    "vms[6].template": "template_change",
    "operations[0].vm": "unknown_vm",
    "operations[1].snapshot": "no_snapshot",
    # image
    "vms[0].template": "image_missing",
    "vms[1].template": "image_missing",
    # room
    "vms[1].memory": "memory_host",
    "vms[1].disk": "disk_host",
    "vms[6].disk": "disk_shrink",
    "networks[0].cidr": "network_full",
    "networks[1].cidr": "cidr_host",
}
WHOLE = {
    "host_memory",
    "host_disk",
    "over_quota_vms",
    "over_quota_memory_mib",
    "over_quota_disk_gib",
}


@pytest.fixture
def crowded(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    world.facts = replace(
        world.facts,
        memory_mib=8192,
        images=frozenset(),
        networks=frozenset({"ours", "default"}),
        subnets=(Subnet("default", "192.168.122.0/24"), Subnet("ours", "10.20.0.0/24")),
    )
    world.leftovers = frozenset({"remnant"})
    world.pool = Pool({"theirs": 10}, 50)
    world.have(
        machine("theirs", owner="eve"),
        machine("binned", trashed=Trashed("x", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z")),
        machine("turned", template="basic-server"),
        machine("plain", networks=("tight",)),
    )
    for key, value in (("VMS", "3"), ("MEMORY", "4GiB"), ("DISK", "40GiB")):
        monkeypatch.setenv(f"FUYAJO_QUOTA_{key}", value)
    return world


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_all_of_it_at_once(crowded: World, tmp_path: Path, lang: str) -> None:
    file = tmp_path / "env.yml"
    file.write_text(WRONG)
    code, answer = crowded.json("plan", "-f", str(file), "--lang", lang)
    assert code == 2
    problems = [(p["path"], p["code"]) for p in answer["problems"]]
    assert len(problems) == len(set(problems)), "nothing twice"
    assert set(EXPECTED.items()) <= set(problems)
    assert {code for path, code in problems if path == ""} == WHOLE
    assert all(p["message"] and p["hint"] for p in answer["problems"])


def test_the_same_by_apply_and_nothing_runs(crowded: World, tmp_path: Path) -> None:
    file = tmp_path / "env.yml"
    file.write_text(WRONG)
    code, _, err = crowded.call("apply", "-f", str(file))
    assert (code, crowded.runs) == (2, [])
    for path in EXPECTED:
        assert f"error: {path}: " in err


def test_without_a_host_what_the_file_shows_is_told(crowded: World, tmp_path: Path) -> None:
    crowded.down = True
    file = tmp_path / "env.yml"
    file.write_text(WRONG)
    code, _, err = crowded.call("plan", "-f", str(file))
    assert code == 2
    assert "vms[0].vars.colour" in err


def test_a_reference_that_means_nothing_hides_nothing_else(crowded: World, tmp_path: Path) -> None:
    file = tmp_path / "env.yml"
    file.write_text(
        "vms: [{name: huge, memory: 64GiB}]\noperations: [{op: stop, select: {which: only}}]\n"
    )
    crowded.have(machine("another"))
    code, answer = crowded.json("plan", "-f", str(file))
    assert code == 2
    found = {p["code"] for p in answer["problems"]}
    assert {"reference_many", "memory_host", "image_missing"} <= found


def test_together_they_are_too_many_though_none_is_alone(world: World, tmp_path: Path) -> None:
    world.pool = Pool({}, 10)
    world.facts = replace(world.facts, memory_mib=8192)
    file = tmp_path / "env.yml"
    file.write_text("vms: [{name: a, count: 5, disk: 10GiB, memory: 4GiB}]")
    code, answer = world.json("plan", "-f", str(file))
    assert code == 2
    found = {p["code"] for p in answer["problems"]}
    assert found == {"host_memory", "host_disk"}


@pytest.mark.parametrize(("memory", "disk", "code"), [("2", "4", 2), ("2.5", "9", 0)])
def test_how_much_may_be_promised_is_a_setting(
    world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    memory: str,
    disk: str,
    code: int,
) -> None:
    monkeypatch.setenv("FUYAJO_OVERCOMMIT_MEMORY", memory)
    monkeypatch.setenv("FUYAJO_OVERCOMMIT_DISK", disk)
    world.have(*(machine(f"old{i}", memory_mib=4096) for i in range(4)))
    world.facts = replace(world.facts, memory_mib=8192)
    world.pool = Pool({f"old{i}": 10 for i in range(4)}, 10)
    file = tmp_path / "env.yml"
    file.write_text("vms: [{name: a, disk: 50GiB, memory: 1GiB}]")
    assert world.call("plan", "-f", str(file))[0] == code


def test_what_is_there_may_always_be_stopped_and_removed(crowded: World) -> None:
    crowded.have(*(machine(f"old{i}", memory_mib=8192) for i in range(4)))
    for op in ("stop", "delete"):
        assert crowded.call("vm", op, "old0", "--yes")[0] == 0
