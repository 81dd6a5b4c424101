"""Promises of the store of alerts: equal when it comes back, whole or not at all, told by one."""

from __future__ import annotations

from dataclasses import replace

from fuyajo.domain.alerts import Alert, Event, Message, Rule, Standing, State
from fuyajo.store.alerts import AlertStore
from fuyajo.store.database import Database

STRANGE = "家 ' \" \\ ; -- %s :x \t\n\x1b[31m"
RULE = Rule("memory", 90.5, lasting=60, clear=70, severity="critical")


def alert(number: int, owner: str = "mika") -> Alert:
    return Alert(
        f"a-{number}",
        owner,
        STRANGE,
        RULE,
        ("web",),
        ("db", STRANGE),
        ("log", "ops"),
        True,
        1_000 + number,
    )


def standing(number: int, phase: str = "pending", uuid: str = "u-web") -> Standing:
    state = State(phase, 990, 1_000)  # type: ignore[arg-type]
    return Standing(f"a-{number}", uuid, STRANGE, state, 91.25)


def message(number: int, of: int = 1, due: int = 1_000) -> Message:
    event = Event("fired", 1_000, 91.25)
    return Message(f"m-{number}", f"a-{of}", "mika", "ops", "u-web", STRANGE, event, 1_000, due)


def test_rules_come_back_equal_and_are_counted_by_owner(database: Database) -> None:
    store = AlertStore(database)
    assert store.of("mika") == [] and store.get("a-1") is None
    assert store.add(alert(1), 2) and store.add(alert(2), 2)
    assert not store.add(alert(3), 2)
    assert store.add(alert(3, "jun"), 2)
    assert store.of("mika") == [alert(1), alert(2)] and store.get("a-3") == alert(3, "jun")
    assert store.enabled() == [alert(1), alert(2), alert(3, "jun")]


def test_only_its_owner_changes_it(database: Database) -> None:
    store = AlertStore(database)
    store.add(alert(1), 9)
    store.keep([standing(1)], [message(1)])
    assert not store.set_enabled("jun", "a-1", False) and not store.remove("jun", "a-1")
    assert store.standings(["a-1"]) == {("a-1", "u-web"): standing(1)}
    assert store.set_enabled("mika", "a-1", False)
    assert store.of("mika") == [replace(alert(1), enabled=False)] and store.enabled() == []
    assert store.standings(["a-1"]) == {} and store.due(1_000, 9) == [message(1)]
    assert store.remove("mika", "a-1")
    assert store.of("mika") == [] and store.due(1_000, 9) == []


def test_what_it_stands_at_is_replaced_and_said_in_one(database: Database) -> None:
    store = AlertStore(database)
    store.add(alert(1), 9)
    store.keep([standing(1), standing(1, uuid="u-db")], [])
    store.keep([standing(1, "firing")], [message(1)])
    found = store.standings(["a-1", "a-none"])
    assert found == {
        ("a-1", "u-web"): standing(1, "firing"),
        ("a-1", "u-db"): standing(1, uuid="u-db"),
    }
    assert store.due(1_000, 9) == [message(1)]


def test_of_a_rule_that_went_or_sleeps_nothing_is_kept(database: Database) -> None:
    store = AlertStore(database)
    store.add(alert(1), 9)
    store.set_enabled("mika", "a-1", False)
    store.keep([standing(1), standing(7)], [message(1), message(2, of=7)])
    assert store.standings(["a-1", "a-7"]) == {} and store.due(9_999, 9) == []


def test_a_message_is_told_by_one_and_tried_again(database: Database) -> None:
    store = AlertStore(database)
    store.add(alert(1), 9)
    store.keep([], [message(2, due=2_000), message(1)])
    assert store.due(999, 9) == []
    (found,) = store.due(1_000, 9)
    assert store.take(found, 1_060) and not store.take(found, 1_060)
    assert store.due(1_059, 9) == []  # whoever took it may have died
    (again,) = store.due(1_060, 9)
    assert (again.tries, again.error) == (1, None)
    store.failed("m-1", STRANGE, 1_100)
    (later,) = store.due(1_100, 9)
    assert later.error == STRANGE
    store.told("m-1")
    assert [one.id for one in store.due(9_999, 9)] == ["m-2"]
    assert len(store.due(9_999, 1)) == 1
