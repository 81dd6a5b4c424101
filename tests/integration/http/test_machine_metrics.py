"""Gauges of machines for Prometheus, read with its own parser: whose they are, odd names, what is fresh."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from fuyajo.domain.history import METRICS
from fuyajo.service.sharing import share
from fuyajo.store.people import PeopleStore
from fuyajo.views.gauges import ABOUT, FAMILIES, LABELS, PREFIX
from tests.integration.http.test_pages_machines import MINE, OTHER
from tests.support.command_line import World, machine
from tests.support.measured import measure
from tests.support.service import Service

OWN, THEIRS, LENT, STOPPED, FOREIGN = (f"11111111-2222-4333-8444-00000000000{n}" for n in range(5))
PATH = "/api/v1/metrics/machines"
DASHBOARD = Path(__file__).parents[3] / "examples" / "grafana" / "fuyajo.json"
EVERY = {PREFIX + name for name, _, _ in FAMILIES.values()} | {
    PREFIX + name for name in ("up", "info", "measured_timestamp_seconds")
}


@pytest.fixture
def people(api: Service, world: World) -> None:
    world.have(machine("own", uuid=OWN), machine("sekret", uuid=THEIRS, owner=OTHER))
    world.have(machine("lent", uuid=LENT, owner=OTHER), machine("other", uuid=FOREIGN, owner=None))
    world.have(machine("off", uuid=STOPPED, state="stopped"))
    for user in (MINE, OTHER):
        api.user(user)
    api.user("root-of-all", admin=True)
    share(api.actor(OTHER), "lent", MINE, "read")


def told(api: Service, headers: dict[str, str]) -> list[Sample]:
    answer = api.call("GET", PATH, headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain")
    return [one for family in text_string_to_metric_families(answer.text) for one in family.samples]


def names(found: list[Sample]) -> set[str]:
    return {one.labels["machine"] for one in found}


def values(found: list[Sample], name: str) -> dict[str, float]:
    return {one.name: one.value for one in found if one.labels["machine"] == name}


def test_each_token_shows_what_its_owner_may_see(api: Service, people: None) -> None:
    assert names(told(api, api.token(MINE, "read"))) == {"own", "lent", "off"}
    assert names(told(api, api.token(OTHER, "read"))) == {"lent", "sekret"}
    everything = {"own", "lent", "off", "sekret"}
    assert names(told(api, api.token("root-of-all", "read", "admin"))) == everything
    assert told(api, api.token("root-of-all", "read")) == [], (
        "a token without the scope is no admin's"
    )
    assert api.call("GET", PATH).status_code == 401


def test_the_scope_alone_makes_no_administrator(api: Service, people: None) -> None:
    headers = api.token("root-of-all", "read", "admin")
    assert PeopleStore(api.app.state.database).change("root-of-all", admin=False)
    assert told(api, headers) == []


def test_what_was_measured_is_told_in_base_units(api: Service, people: None) -> None:
    measure(api.app.state.database, [OWN, STOPPED], 60, each=5, cpu=25.0)
    found = told(api, api.token(MINE, "read"))
    own = values(found, "own")
    assert set(own) == EVERY
    assert own[PREFIX + "cpu_usage_ratio"] == pytest.approx(0.25)
    assert own[PREFIX + "disk_taken_bytes"] == 3 * 2**30
    assert (own[PREFIX + "up"], own[PREFIX + "cpus"]) == (1, 1)
    bare = {PREFIX + "up": 0.0, PREFIX + "info": 1.0}
    assert values(found, "off") == bare, "what it used before it was stopped is not told as now"
    assert values(found, "lent") == {**bare, PREFIX + "up": 1.0}


def test_what_is_old_is_not_told_as_now(api: Service, people: None) -> None:
    measure(api.app.state.database, [OWN], 600, each=5, hole=(120, -10))
    assert set(values(told(api, api.token(MINE, "read")), "own")) == {
        PREFIX + "up",
        PREFIX + "info",
    }


@pytest.mark.parametrize(
    "name",
    [
        'a"} 1\nfuyajo_machine_up{machine="sekret"} 1',
        "back\\slash\\n",
        "\r\n# EOF",
        "名前\u2028{}",
        "\\",
    ],
)
def test_odd_names_stay_labels(api: Service, world: World, people: None, name: str) -> None:
    odd = replace(machine("x", uuid=OWN), name=name, template=name, environment=name)
    world.found.clear()
    world.have(odd)
    found = told(api, api.token(MINE, "read"))
    assert [(one.name, one.labels["machine"]) for one in found] == [
        (PREFIX + "up", name),
        (PREFIX + "info", name),
    ]
    assert found[1].labels["template"] == found[1].labels["environment"] == name


def test_what_is_no_text_is_sent_all_the_same(api: Service, world: World, people: None) -> None:
    world.have(machine("half-\udce9", uuid=THEIRS))
    assert "half-?" in names(told(api, api.token(MINE, "read")))


def test_everything_measured_has_a_name() -> None:
    assert set(FAMILIES) == set(METRICS)
    assert all(re.fullmatch(r"[a-z][a-z_]*[a-z]", name) for name, _, _ in FAMILIES.values())


def _expressions(found: Any) -> list[str]:
    panels = [target["expr"] for panel in found["panels"] for target in panel.get("targets", ())]
    return panels + [one["query"] for one in found["templating"]["list"] if one["type"] == "query"]


def test_the_dashboard_asks_for_what_there_is(api: Service) -> None:
    found = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    service = generate_latest(api.app.state.metrics.registry).decode()
    ours = {one.name for one in text_string_to_metric_families(service)}
    series = EVERY | ours | {f"{name}_total" for name in ours} | {f"{n}_bucket" for n in ours}
    expressions = _expressions(found)
    asked = {name for one in expressions for name in re.findall(r"\bfuyajo_\w+", one)}
    assert asked <= series, asked - series
    assert EVERY - {PREFIX + "info"} <= asked, "a panel for everything that is measured"
    selectors = [label for one in expressions for label in re.findall(r"[{,]\s*(\w+)\s*=~?\"", one)]
    assert selectors and set(selectors) <= set(ABOUT)
    legends = [t["legendFormat"] for p in found["panels"] for t in p.get("targets", ())]
    named = {label for one in legends for label in re.findall(r"{{(\w+)}}", one)}
    assert named <= {*LABELS, "route", "status", "host"}
