"""When a machine expires: how it is said, and what a plan makes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuyajo.domain import expiry
from fuyajo.domain.checks import past_problems
from fuyajo.domain.errors import InvalidInput
from fuyajo.domain.machine import HostFacts, HostView, Machine
from fuyajo.domain.parse import parse_config
from fuyajo.domain.plan import Change
from fuyajo.domain.planning import changes_of
from fuyajo.domain.rewriting import request_of
from fuyajo.domain.spec import normalise
from tests.support.command_line import machine

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
FACTS = HostFacts("qemu:///system", 16_384, images=frozenset({"debian-12"}))
SOON = "2026-11-26T12:00:00Z"


def changes(data: dict[str, Any], *there: Machine) -> Change:
    spec = normalise(parse_config(data), moment=NOW)
    found, problems = changes_of(spec, HostView(FACTS, {m.name: m for m in there}), "mika")
    assert problems == []
    return found[0]


def moved(change: Change) -> list[tuple[object, ...]]:
    return [(f.before, f.after, f.effect) for f in change.fields if f.path == "expires"]


def wish(expires: str) -> dict[str, Any]:
    return {"operations": [{"op": "expire", "vm": "web", "expires": expires}]}


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("8h", "2026-11-23T20:00:00Z"),
        ("3d", SOON),
        ("2w", "2026-12-07T12:00:00Z"),
        ("2026-11-26T21:00:00+09:00", SOON),
        ("never", "never"),
    ],
)
def test_what_can_be_said(said: str, meant: str) -> None:
    assert expiry.settled(said, NOW) == meant


@pytest.mark.parametrize(
    "said", ["", "0d", "3", "3 days", "-3d", "99999w", "2026-11-26", "2026-11-26T12:00:00", "²d"]
)
def test_what_cannot(said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_config(wish(said))
    assert refused.value.problems[0].path == "operations[0].expires"
    assert refused.value.problems[0].code == "expires"


@given(st.text(max_size=50))
def test_anybodys_text_is_a_time_or_none(text: str) -> None:
    at = expiry.moment(text)
    assert at is None or expiry.moment(expiry.stamp(at)) is not None
    assert expiry.over(text, NOW) in (True, False)


def test_a_time_that_is_over_is_no_wish() -> None:
    for said in ("2026-11-23T12:00:00Z", "2126-11-23T12:00:00Z"):
        (problem,) = past_problems(parse_config(wish(said)), NOW)
        assert (problem.path, problem.code) == ("operations[0].expires", "expires_when")
    assert not list(past_problems(parse_config(wish("3d")), NOW))


@pytest.mark.parametrize(
    "operation", [{"op": "expire", "vm": "web"}, {"op": "stop", "vm": "web", "expires": "3d"}]
)
def test_the_operation_and_its_time_belong_together(operation: dict[str, str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_config({"operations": [operation]})
    assert [problem.code for problem in refused.value.problems] == ["only_expire"]


def test_a_new_machine_gets_it_and_what_is_there_keeps_its_own() -> None:
    data = {"vms": [{"name": "web", "template": "web-server", "expires": "3d"}]}
    assert moved(changes(data)) == [(None, SOON, "none")]
    assert moved(changes(data, machine("web"))) == []
    said = {"vms": [{"name": "web", "template": "web-server", "expires": SOON}]}
    assert moved(changes(said, machine("web"))) == [("never", SOON, "live")]
    assert changes(said, machine("web", expires=SOON)).action == "noop"


def test_it_moves_and_goes_without_a_restart() -> None:
    change = changes(wish("3d"), machine("web", expires="2026-11-24T00:00:00Z"))
    assert (change.action, change.effect) == ("update", "live")
    assert moved(change) == [("2026-11-24T00:00:00Z", SOON, "live")]
    assert moved(changes(wish("never"), machine("web", expires=SOON))) == [(SOON, "never", "live")]
    assert changes(wish("never"), machine("web")).action == "noop"


def test_a_plan_can_be_changed_as_a_request() -> None:
    spec = normalise(parse_config(wish("3d")), moment=NOW)
    assert request_of(spec) == wish(SOON)


def test_what_is_left_is_told_in_days_and_hours() -> None:
    from fuyajo.http.pages.machine_parts import left_of

    for hours, told in (
        (72, ("in_days", 3)),
        (25, ("in_day", 1)),
        (5, ("in_hours", 5)),
        (0.5, ("in_soon", 0)),
        (-1.5, ("ago_soon", 0)),
        (-49, ("ago_days", 2)),
    ):
        assert left_of(expiry.stamp(NOW + timedelta(hours=hours)), NOW) == told
