"""The table of machines as an address says it."""

from __future__ import annotations

import pytest

from fuyajo.domain.machine import Machine
from fuyajo.http.pages.listing import Wanted, choices, listed
from fuyajo.http.pages.machine_parts import where
from fuyajo.service.portraits import Standing


def a(name: str, **more: object) -> Standing:
    values = {"uuid": f"u-{name}", "state": "running", "cpus": 1, "memory_mib": 1, "disk_gib": 1}
    return Standing(Machine(name=name, owner="mika", **{**values, **more}), "own", False)  # type: ignore[arg-type]


ROWS = [
    a("web-10", memory_mib=2048, environment="shop"),
    a("web-2", memory_mib=512, state="stopped"),
    a("db", memory_mib=2048, template="basic-server"),
]


def names(**said: str) -> list[str]:
    return [one.machine.name for one in listed(ROWS, Wanted(**said))]


def test_numbers_in_names_count() -> None:
    assert names() == ["db", "web-2", "web-10"]


def test_sorted_by_a_column_ties_go_by_name() -> None:
    assert names(sort="memory") == ["web-2", "db", "web-10"]
    assert names(sort="-memory") == ["db", "web-10", "web-2"]
    assert names(sort="nonsense") == names()


def test_filters_and_words_all_have_to_fit() -> None:
    assert names(q="WEB") == ["web-2", "web-10"]
    assert names(q="web shop") == ["web-10"]
    assert names(q="web", state="stopped") == ["web-2"]
    assert names(template="basic-server") == ["db"]
    assert names(state="nonsense") == []


def test_there_is_a_choice_only_where_there_is_one() -> None:
    offered = choices(ROWS, Wanted())
    assert offered == {
        "state": ["running", "stopped"],
        "template": ["basic-server"],
        "environment": ["shop"],
    }
    assert choices(ROWS[:1], Wanted(host="h")) == {"host": ["h"]}


def test_a_column_is_turned_and_keeps_the_rest() -> None:
    wanted = Wanted(q="a&b", sort="memory")
    assert wanted.turned("memory") == "/machines?q=a%26b&sort=-memory"
    assert wanted.turned("name") == "/machines?q=a%26b&sort=name"
    assert Wanted().turned("name") == "/machines?sort=-name"
    assert (wanted.direction("memory"), wanted.direction("name")) == ("ascending", "none")
    assert Wanted().direction("name") == "ascending"


@pytest.mark.parametrize("name", ["new", "marks", "..", "a/b", "A b", "x?y", "<b>"])
def test_a_name_that_means_something_else_in_an_address_goes_by_its_uuid(name: str) -> None:
    assert where(a(name, uuid="0-1").machine) == "/machines/0-1"
    assert where(a("web-1").machine) == "/machines/web-1"
