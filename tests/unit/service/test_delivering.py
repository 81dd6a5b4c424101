"""Messages to their channels: told once, tried again, given up, and never held up by another channel."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest

from fuyajo.channels.channel import NotTaken
from fuyajo.channels.log import LogChannel
from fuyajo.domain.alerts import Alert, Event, Message, Rule, Severity
from fuyajo.http.logs import JsonLines
from fuyajo.service.delivering import LEASE_SECONDS, WAITS, Postman
from fuyajo.store.alerts import AlertStore
from fuyajo.store.database import Database
from fuyajo.store.home import Home

RULE = Rule("cpu", 80, severity="critical")


class Memory:
    """Takes what it is told, after so many refusals."""

    def __init__(self, refusals: int = 0) -> None:
        self.refusals, self.told = refusals, list[tuple[str, str]]()

    def tell(self, message: Message, alert: Alert) -> None:
        if self.refusals:
            self.refusals -= 1
            raise NotTaken("nobody\x1b at home")
        self.told.append((message.id, alert.title))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(Database(Home(tmp_path / "home"))) as made:
        yield made


def said(database: Database, *channels: str) -> AlertStore:
    store = AlertStore(database)
    store.add(Alert("a-1", "mika", "busy", RULE, channels=channels), 9)
    event = Event("fired", 1_000, 91.5)
    store.keep(
        [],
        [
            Message(f"m-{name}", "a-1", "mika", name, "u-1", "web\x1b[2J", event, 1_000, 1_000)
            for name in channels
        ],
    )
    return store


def test_one_that_is_away_holds_up_no_other_and_is_asked_again(database: Database) -> None:
    store, away, near = said(database, "away", "near"), Memory(1), Memory()
    postman = Postman(database, {"away": away, "near": near})
    assert postman.round(999) == 0
    assert postman.round(1_000) == 1 and near.told == [("m-near", "busy")]
    (left,) = store.due(9_999, 9)
    assert (left.due, left.tries) == (1_000 + WAITS[0], 1)
    assert left.error is not None and "\x1b" not in left.error
    assert postman.round(1_000 + WAITS[0]) == 1 and away.told == [("m-away", "busy")]
    assert store.due(99_999, 9) == []


def test_it_is_given_up_after_the_last_try(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    store, away = said(database, "away"), Memory(99)
    postman, now = Postman(database, {"away": away}), 1_000
    tries = 0
    while found := store.due(10**9, 1):
        now = found[0].due
        postman.round(now)
        tries += 1
    assert tries == len(WAITS) + 1 and now == 1_000 + sum(WAITS)
    assert "alert given up" in caplog.text


def test_a_channel_that_is_gone_is_an_error_and_not_silence(database: Database) -> None:
    store = said(database, "gone")
    Postman(database, {}).round(1_000)
    (left,) = store.due(9_999, 9)
    assert left.error == "there is no such channel any more"


def test_what_a_dead_service_took_another_one_tells(database: Database) -> None:
    store, near = said(database, "near"), Memory()
    (taken,) = store.due(1_000, 9)
    assert store.take(taken, 1_000 + LEASE_SECONDS)
    postman = Postman(database, {"near": near})
    assert postman.round(1_000 + LEASE_SECONDS - 1) == 0
    assert postman.round(1_000 + LEASE_SECONDS) == 1


def test_one_that_is_away_is_asked_once_in_a_round(database: Database) -> None:
    """Ten messages to a server that says nothing would make everybody else wait ten times."""
    store, away, near = said(database, "away", "near"), Memory(99), Memory()
    event = Event("cleared", 1_001, 1.0)
    later = Message("m-z", "a-1", "mika", "away", "u-2", "db", event, 1_001, 1_001)
    store.keep([], [later])
    assert Postman(database, {"away": away, "near": near}).round(2_000) == 1
    assert away.refusals == 98
    (untried,) = [one for one in store.due(9_999, 9) if one.id == "m-z"]
    assert untried.tries == 0


def test_of_a_removed_rule_nothing_is_told(database: Database) -> None:
    store, near = said(database, "near"), Memory()
    store.remove("mika", "a-1")
    assert Postman(database, {"near": near}).round(1_000) == 0 and near.told == []


@pytest.mark.parametrize(
    ("kind", "severity", "level"),
    [("fired", "critical", "error"), ("fired", "info", "info"), ("cleared", "critical", "info")],
)
def test_the_log_is_one_inert_line(kind: str, severity: Severity, level: str) -> None:
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("fuyajo.alerts")
    before, logger.level = logger.level, logging.INFO
    logger.addHandler(handler)
    try:
        event = Event(kind, 1_000, 91.5)  # type: ignore[arg-type]
        strange = "web\x1b[2J\n{}"
        message = Message("m", "a-1", "mika", "log", "u-1", strange, event, 1_000, 1_000)
        alert = Alert("a-1", "mika", "busy\r\nSubject: x", Rule("cpu", 80, severity=severity))
        LogChannel().tell(message, alert)
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)
    (line,) = stream.getvalue().splitlines()
    found = json.loads(line)
    assert (found["event"], found["level"], found["value"]) == (f"alert {kind}", level, 91.5)
    assert not {"\x1b", "\n", "\r"} & set(found["vm"] + found["title"])
