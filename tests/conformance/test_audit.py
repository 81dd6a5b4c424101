"""The audit's table: append-only, one chain under eight processes, its head in a second place."""

from __future__ import annotations

import json
from functools import partial

import pytest

from fuyajo.domain.audit import START, parse_head, verify
from fuyajo.domain.errors import Unavailable
from fuyajo.store.audit import AuditStore
from tests.support.places import Place, together

PROCESSES, ROWS = 8, 12
OTHERWISE = "at, 'mallory', body, prev, hash FROM audit"


def store_at(place: Place) -> AuditStore:
    return AuditStore(place.database(), place.home.audit_head())


@pytest.fixture
def store(place: Place) -> AuditStore:
    return store_at(place)


def test_eight_processes_make_one_chain(place: Place, store: AuditStore) -> None:
    def append(process: int) -> None:
        mine = store_at(place)
        for number in range(ROWS):
            mine.append("mika", {"event": "test", "process": process, "number": number})

    together([partial(append, process) for process in range(PROCESSES)])
    rows = list(store.rows())
    assert [row.seq for row in rows] == list(range(1, PROCESSES * ROWS + 1))
    bodies = [json.loads(row.body) for row in rows]
    for number in range(PROCESSES):
        mine = [body["number"] for body in bodies if body["process"] == number]
        assert mine == list(range(ROWS)), "each process's rows in their order, none lost"
    head = store.head()
    assert head == (rows[-1].seq, rows[-1].hash)
    assert verify(rows, head) == []


FORGETTING = [
    "UPDATE audit SET actor = 'mallory'",
    "UPDATE audit SET body = body",
    "DELETE FROM audit",
    "DELETE FROM audit WHERE seq = 2",
    f"INSERT INTO audit SELECT seq + 5, {OTHERWISE}",
    f"INSERT INTO audit SELECT -1, {OTHERWISE} WHERE seq = 1",
]
#: What only one of them knows.
OF_A_FILE = [f"INSERT OR REPLACE INTO audit SELECT seq, {OTHERWISE}"]
OF_A_SERVER = [
    "TRUNCATE audit",
    f"INSERT INTO audit SELECT seq, {OTHERWISE} ON CONFLICT (seq) DO UPDATE SET actor = 'mallory'",
    f"INSERT INTO audit SELECT seq, {OTHERWISE} ON CONFLICT (seq) DO NOTHING",
]


def test_the_table_refuses_to_forget(place: Place, store: AuditStore) -> None:
    for number in range(3):
        store.append("mika", {"event": "test", "number": number})
    before = list(store.rows())
    for statement in FORGETTING + (OF_A_FILE if place.url is None else OF_A_SERVER):
        refused = pytest.raises(Unavailable, match="append-only")
        with refused, store.database.write() as connection:
            connection.exec_driver_sql(statement)
        assert list(store.rows()) == before, statement


def test_the_head_is_noted_before_the_first_row(store: AuditStore) -> None:
    assert store.head() is None
    with pytest.raises(ValueError, match="JSON"):
        store.append("mika", {"event": float("nan")})
    assert store.head() == START, "from here on, no file means that somebody took it"
    assert list(store.rows()) == []
    row = store.append("mika", {"event": "test"})
    assert store.head() == (row.seq, row.hash)
    assert store.path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [None, "", "nonsense", "é"])
def test_a_head_that_was_taken_away_stays_away(store: AuditStore, content: str | None) -> None:
    store.append("mika", {"event": "test"})
    if content is None:
        store.path.unlink()
    else:
        store.path.write_text(content)
    store.append("mika", {"event": "test"})
    assert store.path.exists() == (content is not None)


def test_a_head_never_goes_back(store: AuditStore) -> None:
    rows = [store.append("mika", {"event": "test"}) for _ in range(3)]
    store._advance(parse_head(f"1:{rows[0].hash}"))
    assert store.head() == (3, rows[2].hash)


def test_killed_between_the_row_and_its_head(
    store: AuditStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.append("mika", {"event": "test"})
    with monkeypatch.context() as patch:
        patch.setattr(AuditStore, "_advance", lambda *_: None)
        store.append("mika", {"event": "test"})
    assert store.head() == (1, next(store.rows()).hash)
    assert verify(store.rows(), store.head()) == [], "that is no fault"
    row = store.append("mika", {"event": "test"})
    assert store.head() == (3, row.hash), "and the next row mends it"


def test_the_newest_row_of_an_event(store: AuditStore) -> None:
    assert store.last("x") is None
    first = store.append("mika", {"event": "x", "n": 1})
    store.append("mika", {"event": "y", "note": '"event":"x"', "x": "x"})
    assert store.last("x") == first
    assert store.last("z%") is None
