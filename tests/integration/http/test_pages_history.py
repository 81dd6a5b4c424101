"""Measured history over HTTP: who may see it, what it looks like as data, and what measuring costs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fuyajo.http.shapes import HistoryView
from fuyajo.service.collecting import Round
from fuyajo.service.sharing import share
from tests.integration.http.test_pages_machines import MINE, OTHER, Browser
from tests.support.command_line import World, machine
from tests.support.measured import measure
from tests.support.service import Service

OWN, THEIRS, LENT = (f"11111111-2222-4333-8444-00000000000{n}" for n in range(3))
PIECE = {"HX-Request": "true"}


@pytest.fixture
def mika(api: Service, world: World) -> Browser:
    world.have(machine("own", uuid=OWN), machine("sekret", uuid=THEIRS, owner=OTHER))
    world.have(machine("lent", uuid=LENT, owner=OTHER))
    for user in (MINE, OTHER):
        api.user(user)
    share(api.actor(OTHER), "lent", MINE, "read")
    measure(api.app.state.database, [OWN, THEIRS, LENT], hole=(2400, 1800))
    return Browser(api, MINE)


def test_what_is_not_mine_answers_like_what_is_not_there(api: Service, mika: Browser) -> None:
    headers = api.token(MINE)

    def told(name: str) -> list[tuple[int, str]]:
        page = mika.get(f"/machines/{name}/history", **PIECE)
        data = api.call("GET", f"/api/v1/vms/{name}/metrics", headers)
        return [(one.status_code, one.text.replace(name, "X")) for one in (page, data)]

    unknown = told("nothing-here")
    assert [status for status, _ in unknown] == [404, 404]
    assert told("sekret") == told(THEIRS) == unknown
    text = mika.get("/machines").text
    assert text.count('class="spark"') == 4, "two for each machine that may be seen"
    assert "sekret" not in text


def test_whoever_may_look_sees_the_curves(mika: Browser) -> None:
    for name in ("own", "lent", OWN):
        piece = mika.get(f"/machines/{name}/history?span=24h", **PIECE)
        assert piece.status_code == 200
        assert piece.text.count('<figure class="chart">') == 4
        assert "<html" not in piece.text
        assert mika.get(f"/machines/{name}").text.count('<figure class="chart">') == 4
    whole = mika.get("/machines/own/history?span=<7d>")
    assert (whole.status_code, whole.headers["location"]) == (
        303,
        "/machines/own?span=%3C7d%3E#history",
    )
    odd = mika.get("/machines/own?span=<7d>").text
    assert 'id="span-1h"' in odd and "<7d>" not in odd


def test_numbers_for_programs(api: Service, mika: Browser) -> None:
    headers = api.token(MINE, "read")
    answer = api.call("GET", "/api/v1/vms/own/metrics", headers)
    found = HistoryView.model_validate(answer.json())
    assert (found.vm, found.uuid, found.metrics["cpu"].unit) == ("own", OWN, "%")
    cpu = found.metrics["cpu"]
    assert len(found.at) == len(cpu.low) == len(cpu.mean) == len(cpu.high)
    assert cpu.mean.count(None) == 1, "one moment for the hole"
    assert all(0 <= value <= 100 for value in cpu.mean if value is not None)
    until = datetime.now(UTC) - timedelta(minutes=50)
    query = f"until={until.isoformat().replace('+00:00', 'Z')}&points=5"
    few = api.call("GET", f"/api/v1/vms/own/metrics?{query}", headers).json()
    assert 1 <= len(few["at"]) <= 6
    for query in ("points=1", "since=yesterday", "since=2026-01-01", "until=1969-01-01T00:00:00Z"):
        assert api.call("GET", f"/api/v1/vms/own/metrics?{query}", headers).status_code == 422
    far = "since=2126-01-01T00:00:00Z"
    assert api.call("GET", f"/api/v1/vms/own/metrics?{far}", headers).status_code == 422
    nothing = api.call("GET", "/api/v1/vms/own/metrics?until=0001-01-01T00:00:00Z", headers)
    assert nothing.status_code == 422


def test_a_picture_for_whoever_may_look(api: Service, mika: Browser) -> None:
    headers = api.token(MINE, "read")
    for name in ("own", "lent"):
        answer = api.call(
            "GET", f"/api/v1/vms/{name}/metrics.png?since=2026-01-01T00:00:00Z", headers
        )
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
        assert answer.content.startswith(b"\x89PNG")
    assert api.call("GET", "/api/v1/vms/sekret/metrics.png", headers).status_code == 404


def test_what_measuring_costs_is_told_without_anybodys_machines(
    api: Service, mika: Browser
) -> None:
    api.app.state.metrics.round(Round("kvm1", 0.25, 0.125, 7))
    text = api.call("GET", "/metrics", api.token(MINE, "read")).text
    assert 'fuyajo_history_seconds_sum{host="kvm1"} 0.25' in text
    assert 'fuyajo_history_cpu_seconds_total{host="kvm1"} 0.125' in text
    assert 'fuyajo_history_machines{host="kvm1"} 7.0' in text
    assert OWN not in text and OTHER not in text


def test_nothing_measured_is_said(api: Service, world: World, mika: Browser) -> None:
    world.have(machine("new-one", uuid="11111111-2222-4333-8444-999999999999"))
    assert "Nothing was measured" in mika.get("/machines/new-one").text
    assert mika.get("/machines").text.count('<td class="sparks"></td>') == 1
