"""Ten and more recorded series: exactly the plans that are expected, and none for the quiet ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from fuyajo.domain.history import NOTHING
from fuyajo.domain.machine import Machine, Snapshot
from fuyajo.domain.suggesting import Load, Seen, suggest
from tests.support.command_line import machine
from tests.support.suggest_series import DAY, END, SHAPES, read

Expected = list[tuple[str, dict[str, Any], str]]
CROWD = Load(16_384, 20_000)
EXPECTED: dict[str, Expected] = {
    "busy_by_day": [("cpu_up", {"op": "resize", "cpus": 4}, "restart")],
    "leak": [("memory_rises", {"op": "resize", "memory": 4096}, "restart")],
    "tight_memory": [("memory_up", {"op": "resize", "memory": 4096}, "restart")],
    "filling_disk": [("disk_fills", {"op": "resize", "disk": 15}, "live")],
    "idle": [("idle", {"op": "stop"}, "stop")],
    "oversized": [
        ("memory_down", {"op": "resize", "memory": 4096}, "restart"),
        ("cpu_down", {"op": "resize", "cpus": 2}, "restart"),
    ],
    "full_disk": [("disk_full", {"op": "resize", "disk": 15}, "live")],
    "crowded_host": [("host_memory", {"op": "resize", "memory": 2816}, "restart")],
    "day_and_night": [],
    "one_batch": [],
    "noise_and_restarts": [],
    "too_young": [],
    "seldom_on": [],
    "enlarged_yesterday": [],
}


def recorded(name: str, load: Load | None = None) -> tuple[Machine, Seen]:
    shape = SHAPES[name]
    sizes = {"cpus": shape.cpus(0), "memory_mib": shape.memory_mib, "disk_gib": 10}
    there = machine(name.replace("_", "-"), **sizes)
    return there, Seen(there, read(name), END, load)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_recorded_series(name: str) -> None:
    there, seen = recorded(name, CROWD if name == "crowded_host" else None)
    found = [(one.rule, one.request["operations"], one.effect) for one in suggest(seen)]
    wanted = [
        (rule, [{"vm": there.name, **request}], effect) for rule, request, effect in EXPECTED[name]
    ]
    assert found == wanted
    assert all(one.measured and one.measured >= 60 and one.numbers for one in suggest(seen))


def test_every_series_is_looked_at() -> None:
    assert EXPECTED.keys() == SHAPES.keys()


@pytest.mark.parametrize("name", ["crowded_host", "day_and_night", "one_batch"])
def test_a_host_with_room_asks_nobody_for_memory(name: str) -> None:
    assert suggest(recorded(name, Load(16_384, 16_384))[1]) == []


@pytest.mark.parametrize("name", [name for name, found in EXPECTED.items() if found])
def test_what_is_off_or_cannot_be_named_gets_no_suggestion(name: str) -> None:
    there, seen = recorded(name, CROWD)
    for other in (replace(there, state="stopped"), replace(there, name="Not_Ours")):
        assert suggest(replace(seen, machine=other)) == []


@pytest.mark.parametrize(("days", "wanted"), [(29, []), (31, ["web.snapshot_old"])])
def test_the_newest_snapshot_is_old(days: int, wanted: list[str]) -> None:
    at = datetime.fromtimestamp(END - days * DAY, UTC).isoformat()
    taken = (Snapshot("a", "2020-01-01T00:00:00Z"), Snapshot("b", at), Snapshot("c", "no time"))
    seen = replace(recorded("one_batch")[1], machine=machine("web", state="stopped"))
    seen = replace(seen, machine=replace(seen.machine, snapshots=taken))
    assert [one.id for one in suggest(seen)] == wanted
    assert suggest(replace(seen, machine=replace(seen.machine, snapshots=()))) == []


@pytest.mark.parametrize(
    ("age", "backups", "wanted"),
    [
        (13, (), []),
        (15, (), ["web.no_backup"]),
        (15, None, []),  # nobody knows
        (400, (29,), []),
        (400, (90, 31), ["web.backup_old"]),
    ],
)
def test_a_machine_without_a_backup(
    age: int, backups: tuple[int, ...] | None, wanted: list[str]
) -> None:
    created = datetime.fromtimestamp(END - age * DAY, UTC).isoformat()
    kept = None if backups is None else tuple(END - days * DAY for days in backups)
    there = replace(machine("web", state="stopped"), created=created)
    found = suggest(Seen(there, NOTHING, END, backups=kept))
    assert [one.id for one in found] == wanted
    for one in found:
        assert one.request["operations"] == [{"op": "backup", "vm": "web"}]
        assert one.numbers["age_days"] in (15, 31)
