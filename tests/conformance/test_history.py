"""Measured history in every kind of database: kept, folded once, read the same before and after."""

from __future__ import annotations

from math import isclose
from uuid import UUID

from fuyajo.domain.history import METRICS, Sample, Series, rolled
from fuyajo.store.database import Database
from fuyajo.store.history import DAY, FOLD, HOUR, TIERS, HistoryStore
from fuyajo.store.packing import pack_round
from fuyajo.store.tables import ROUNDS, SAMPLES
from tests.support.places import Place

HOST, ME, OTHER = "qemu:///system", "a-1", "b-2"
ONE, TWO = str(UUID(int=1)), str(UUID(int=2))
BEGIN = 1_800_000_000 // HOUR * HOUR


def values(number: float) -> Sample:
    return (float(number),) * len(METRICS)


def kept(place: Place, seconds: int, begin: int = BEGIN) -> HistoryStore:
    """Two machines, every ten seconds."""
    store = HistoryStore(place.database())
    assert store.hold(HOST, ME, 1 << 40, begin)
    moments = range(begin, begin + seconds, 10)
    bodies = {at: pack_round({ONE: values(at % 600 // 10), TWO: values(7)}) for at in moments}
    with store.database.write() as connection:  # as `note` does, all in one transaction
        rows = [{"host": HOST, "at": at, "body": body} for at, body in bodies.items()]
        connection.execute(ROUNDS.insert(), rows)
    return store


def count(database: Database) -> tuple[int, int]:
    with database.read() as connection:
        found = [len(connection.execute(table.select()).all()) for table in (ROUNDS, SAMPLES)]
    return found[0], found[1]


def same(one: Series, two: Series) -> None:
    assert one.at == two.at
    for mine, theirs in zip(
        (*one.low, *one.mean, *one.high), (*two.low, *two.mean, *two.high), strict=True
    ):
        assert all(isclose(a, b, rel_tol=1e-6) for a, b in zip(mine, theirs, strict=True))


def test_folded_or_not_it_reads_the_same(place: Place) -> None:
    store = kept(place, 1500)
    end = BEGIN + 1500
    before = [store.read(ONE, BEGIN, end, tier) for tier in range(3)]
    assert list(before[0].at) == list(range(BEGIN, end, 10))
    same(before[1], rolled(before[0], 60))
    for at in (BEGIN + FOLD, BEGIN + 2 * FOLD):
        assert store.fold(HOST, ME, 1 << 40, at) == 6
    assert count(store.database) == (30, 2 * (2 + 1 + 1))
    assert store.fold(HOST, ME, 1 << 40, BEGIN + 2 * FOLD) == 0
    for tier in range(3):
        same(store.read(ONE, BEGIN, end, tier), before[tier])
    same(store.read(TWO, BEGIN + 590, BEGIN + 611, 0), Series.of(
        (BEGIN + 590, BEGIN + 600, BEGIN + 610), [values(7)] * 3))  # fmt: skip


def test_the_last_hour_of_everybody(place: Place) -> None:
    store = kept(place, 900)
    before = store.recent(BEGIN)
    store.fold(HOST, ME, 1 << 40, BEGIN + FOLD)
    after = store.recent(BEGIN)
    assert before.keys() == after.keys() == {ONE, TWO}
    for uuid in before:
        same(before[uuid], after[uuid])
    assert store.recent(BEGIN + DAY) == {}


def test_one_measures_and_the_next_after_its_lease(place: Place) -> None:
    mine, other = HistoryStore(place.database()), HistoryStore(place.database())
    assert mine.free(HOST, BEGIN)
    assert mine.hold(HOST, ME, BEGIN + 30, BEGIN)
    assert not other.hold(HOST, OTHER, BEGIN + 35, BEGIN + 5)
    assert not other.free(HOST, BEGIN + 5)
    assert not other.note(HOST, OTHER, BEGIN + 35, BEGIN + 5, {ONE: values(1)})
    assert mine.note(HOST, ME, BEGIN + 40, BEGIN + 10, {ONE: values(1)})
    assert not other.hold(HOST, OTHER, BEGIN + 65, BEGIN + 35)
    assert other.hold(HOST, OTHER, BEGIN + 71, BEGIN + 41)
    assert not mine.note(HOST, ME, BEGIN + 80, BEGIN + 50, {ONE: values(1)})
    assert mine.fold(HOST, ME, BEGIN + 80, BEGIN + FOLD) == 0
    assert count(mine.database) == (1, 0)
    other.release(OTHER)
    assert mine.hold(HOST, ME, BEGIN + 90, BEGIN + 50)


def test_what_is_old_goes_tier_by_tier(place: Place) -> None:
    store = kept(place, FOLD)
    store.fold(HOST, ME, 1 << 40, BEGIN + FOLD)
    store.note(HOST, ME, 1 << 40, BEGIN + FOLD, {ONE: values(1)})
    left = []
    for days in (0, 2, 8, 91):
        store.prune(BEGIN + days * DAY)
        left.append(count(store.database))
    assert left == [(1, 6), (1, 4), (0, 2), (0, 0)]
    assert TIERS[2].kept == 90 * DAY


def test_damage_is_a_hole(place: Place) -> None:
    store = kept(place, 1300)
    store.fold(HOST, ME, 1 << 40, BEGIN + 2 * FOLD)
    with place.database().write() as connection:
        first = SAMPLES.update().where(SAMPLES.c.start == BEGIN, SAMPLES.c.tier == 0)
        connection.execute(first.values(body=b"x"))
        connection.execute(ROUNDS.update().where(ROUNDS.c.at == BEGIN + 1210).values(body=b""))
    found = store.read(ONE, BEGIN, BEGIN + 1300, 0)
    wanted = [at for at in range(BEGIN + FOLD, BEGIN + 1300, 10) if at != BEGIN + 1210]
    assert list(found.at) == wanted
