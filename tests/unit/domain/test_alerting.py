"""What a round of measuring makes of all alerts at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from math import nan

import pytest

from fuyajo.domain.alerting import Verdict, Watched, judge, value_of
from fuyajo.domain.alerts import Alert, Metric, Rule, Standing
from fuyajo.domain.history import METRICS

RULE = Rule("cpu", 80, lasting=0, clear_lasting=0)
ALERT = Alert("a-1", "mika", "busy", RULE)
WEB, DB = Watched("u-web", "web"), Watched("u-db", "db", ("prod",))
GIB = 2.0**30


def measured(**said: float) -> tuple[float, ...]:
    return tuple(said.get(key, nan) for key in METRICS)


def told(
    *alerts: Alert,
    now: Mapping[str, tuple[float, ...]],
    before: Verdict | None = None,
    at: int = 1_000,
) -> Verdict:
    ids = count(1)
    stood: dict[tuple[str, str], Standing] = {
        (one.alert, one.uuid): one for one in (before.moved if before else ())
    }
    seen = {"mika": (WEB, DB), "jun": (DB,)}
    return judge(alerts, seen, now, stood, at, 10, lambda: f"m-{next(ids)}")


@pytest.mark.parametrize(
    ("metric", "seen", "value"),
    [
        ("cpu", measured(cpu=50), 50),
        ("cpu", measured(), None),
        ("cpu", None, None),
        ("memory", measured(memory_used=3 * GIB, memory_available=GIB), 75),
        ("memory", measured(memory_used=GIB), None),
        ("memory", measured(memory_used=0, memory_available=0), None),
        ("disk_taken", measured(disk_taken=7), 7),
        ("down", measured(), 0),
        ("down", None, 1),
    ],
)
def test_what_a_rule_compares(
    metric: Metric, seen: tuple[float, ...] | None, value: float | None
) -> None:
    assert value_of(metric, seen) == value


def test_each_machine_stands_by_itself_and_each_channel_is_told() -> None:
    both = replace(ALERT, channels=("log", "ops", "log"))
    found = told(both, now={"u-web": measured(cpu=99), "u-db": measured(cpu=10)})
    assert [(m.name, m.channel, m.event.kind, m.id) for m in found.said] == [
        ("web", "log", "fired", "m-1"),
        ("web", "ops", "fired", "m-2"),
    ]
    assert {one.uuid: one.state.phase for one in found.moved} == {"u-web": "firing", "u-db": "ok"}
    later = told(both, now={"u-web": measured(cpu=99)}, before=found, at=1_010)
    assert later.said == ()
    over = told(both, now={"u-web": measured(cpu=1)}, before=found, at=1_010)
    assert [(m.channel, m.event.kind) for m in over.said] == [
        ("log", "cleared"),
        ("ops", "cleared"),
    ]


def test_only_what_its_owner_sees_and_it_is_about() -> None:
    busy = {"u-web": measured(cpu=99), "u-db": measured(cpu=99)}
    for alert, names in (
        (ALERT, ["web", "db"]),
        (replace(ALERT, vms=("web", "gone")), ["web"]),
        (replace(ALERT, tags=("prod",)), ["db"]),
        (replace(ALERT, vms=("web",), tags=("prod",)), ["web", "db"]),
        (replace(ALERT, owner="jun"), ["db"]),
        (replace(ALERT, owner="jun", vms=("web",)), []),
        (replace(ALERT, owner="nobody"), []),
        (replace(ALERT, enabled=False), []),
    ):
        assert [one.name for one in told(alert, now=busy).said] == names


def test_a_machine_that_does_not_run_is_down_and_nothing_else() -> None:
    down = replace(ALERT, id="a-2", rule=Rule("down", 0.5, lasting=0), vms=("web",))
    found = told(ALERT, down, now={"u-db": measured(cpu=1)})
    assert [(m.alert, m.name) for m in found.said] == [("a-2", "web")]
    assert {(s.alert, s.uuid) for s in found.moved} == {("a-1", "u-db"), ("a-2", "u-web")}
