"""A snapshot with a pattern: what a plan says goes, what never goes, and whose word that is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fuyajo.domain.effects import with_effects
from fuyajo.domain.errors import InvalidInput
from fuyajo.domain.machine import HostFacts, HostView, Machine, Snapshot
from fuyajo.domain.parse import parse_config
from fuyajo.domain.plan import Change, risk_of
from fuyajo.domain.planning import changes_of, fingerprint
from fuyajo.domain.ruling import doomed
from fuyajo.domain.snapshots import retired_of
from fuyajo.domain.spec import Spec, normalise
from fuyajo.domain.undo import noted

NOW = datetime(2026, 11, 22, 3, 0, 0, tzinfo=UTC)
WEB = Machine("web", "uuid-web", "running", 1, 1024, 10, owner="mika", template="web-server")


def auto(days: int) -> Snapshot:
    at = NOW - timedelta(days=days)
    return Snapshot(f"s-{at:%Y%m%d-%H%M%S}", f"{at:%Y-%m-%dT%H:%M:%SZ}", "running")


def spec(keep: Any) -> Spec:
    wanted = {"operations": [{"op": "snapshot", "vm": "web", "keep": keep}]}
    return normalise(parse_config(wanted), moment=NOW)


def host(*snapshots: Snapshot) -> HostView:
    facts = HostFacts("qemu:///system", 32_000)
    return HostView(facts, {"web": replace(WEB, snapshots=snapshots)})


def plan(keep: Any, found: HostView) -> Change:
    (change,), problems = changes_of(spec(keep), found, "mika")
    assert problems == []
    return noted(change, found)


def test_what_outlived_the_pattern_goes_with_the_new_one() -> None:
    found = host(*(auto(days) for days in (4, 3, 2, 1)))
    change = plan({"daily": 3}, found)
    assert retired_of(change) == [auto(3).name, auto(4).name]
    assert (change.action, change.irreversible, risk_of((change,))) == ("snapshot", True, "destroy")
    assert (change.effect, change.why) == ("destroy", "retired")
    assert (change.undo, change.undo_why) == ("no", ("retired",))


def test_what_somebody_gave_a_name_never_goes() -> None:
    named = [replace(auto(days), name=name) for days, name in ((900, "golden"), (800, "s-mine"))]
    evil = replace(auto(700), name="s-20260101-030000\n")
    wrong = replace(auto(600), name="s-20261399-990000")
    change = plan({"last": 1}, host(*named, evil, wrong, auto(2), auto(1)))
    assert retired_of(change) == [auto(1).name, auto(2).name]


def test_while_there_is_room_it_is_a_snapshot_like_any_other() -> None:
    found = host(auto(1))
    change = plan({"daily": 7, "weekly": 4}, found)
    assert (retired_of(change), risk_of((change,)), change.undo) == ([], "change", "none")
    assert doomed_names(change) == []


def doomed_names(change: Change) -> list[str]:
    class Alone:
        changes = (change,)

    return doomed(Alone())  # type: ignore[arg-type]


def test_a_plan_is_old_when_others_would_go() -> None:
    wanted = spec({"daily": 2})
    before = fingerprint(wanted, host(auto(2), auto(1)))
    assert fingerprint(wanted, host(auto(2), auto(1))) == before
    assert fingerprint(wanted, host(auto(3), auto(2), auto(1))) != before


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ({"op": "snapshot", "snapshot": "mine", "keep": {"daily": 7}}, "only_keep"),
        ({"op": "revert", "keep": {"daily": 7}}, "only_keep"),
        ({"op": "snapshot", "keep": {"zone": "Asia/Tokyo"}}, "keep_nothing"),
        ({"op": "snapshot", "keep": {"daily": 0}}, "keep_nothing"),
        ({"op": "snapshot", "keep": {"daily": 367}}, "range"),
        ({"op": "snapshot", "keep": {"daily": -1}}, "range"),
        ({"op": "snapshot", "keep": {"daily": 1, "zone": "Moon/Crater"}}, "schedule_zone"),
        ({"op": "snapshot", "keep": {"nightly": 1}}, "unknown_key"),
        ({"op": "snapshot", "keep": 7}, "wrong_type"),
    ],
)
def test_what_is_no_pattern(operation: dict[str, Any], code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_config({"operations": [{"vm": "web", **operation}]})
    assert [p.code for p in refused.value.problems] == [code]


def test_effects_need_no_machine() -> None:
    change = plan({"last": 1}, host(auto(1)))
    assert with_effects(change, None).effect == "destroy"
