"""Conversations and turns: limits in one transaction, ends written once, searches that mean what they say."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fuyajo.domain.plan import PlannerNote
from fuyajo.domain.references import Named
from fuyajo.domain.talks import MOST_TURNS, Asked, Talk
from fuyajo.store import talks
from fuyajo.store.database import Database
from fuyajo.store.talks import Limits, TalkStore

#: Leases are measured by the clock of the database.
NOW = datetime.now(UTC)
LONG = timedelta(days=1)
LIMITS = Limits(2, 8)


@pytest.fixture
def store(database: Database) -> TalkStore:
    return TalkStore(database)


def talk(
    store: TalkStore, name: str, owner: str = "mika", *, days: int = 0, title: str = ""
) -> str:
    then = NOW - timedelta(days=days)
    assert store.add(Talk(f"c-{name}", owner, title, then, then))
    return f"c-{name}"


def asked(
    store: TalkStore, where: str, words: str = "hello", owner: str = "mika", **more: Any
) -> Asked:
    turn = store.ask(Asked(where, 0, owner, words, NOW, NOW + LONG), words, LIMITS)
    assert isinstance(turn, Asked)
    if more:
        assert store.end(turn._replace(finished=NOW, **more))
    return turn


def test_a_turn_comes_back_as_it_was_written(store: TalkStore) -> None:
    where = talk(store, "a")
    turn = asked(store, where, "ウェブ 'サーバー' \N{CAT FACE}")
    assert store.turn(where, 1) == turn
    over = turn._replace(
        state="answered",
        reply="はい",
        planner=PlannerNote(backend="rules", why="sure"),
        plan="p-00000000",
        made=(Named(name="web", uuid=""),),
        touched=(Named(name="db", uuid="uuid-db"),),
        answer={"reply": {"message": "はい\0"}},
        problems=({"code": "x"},),
        events=3,
        finished=NOW,
    )
    assert store.end(over)
    assert store.turn(where, 1) == over
    assert not store.end(over._replace(state="canceled"))  # once
    assert store.turns(where) == [over]
    kept = store.get(where)
    assert kept is not None
    assert (kept.title, kept.turns, kept.owner) == ("ウェブ 'サーバー' \N{CAT FACE}", 1, "mika")


def test_the_limits(store: TalkStore, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = (talk(store, name) for name in "abc")
    theirs = talk(store, "d", "noriko")

    def ask(where: str, owner: str = "mika", limits: Limits = LIMITS, at: datetime = NOW) -> Any:
        return store.ask(Asked(where, 0, owner, "w", at, at + LONG), "", limits)

    assert isinstance(ask(first), Asked)
    assert ask(first) == "talk"
    assert isinstance(ask(second), Asked)
    assert ask(third) == "user"
    assert ask(theirs, "noriko", Limits(2, 2)) == "all"
    assert isinstance(ask(theirs, "noriko"), Asked)
    later = NOW + LONG  # whoever answered those is gone
    assert isinstance(ask(first, at=later), Asked)
    assert ask(third, limits=Limits(2, 8, most=3), at=later + LONG) == "spent"
    monkeypatch.setattr(talks, "MOST_TURNS", 2)
    assert ask(first, at=later + LONG) == "turns"
    assert MOST_TURNS > 2
    store.remove([third])
    assert ask(third, at=later + LONG) == "gone"


def test_of_many_at_once_as_many_as_may_be_come_through(store: TalkStore) -> None:
    places = [talk(store, f"{number}") for number in range(8)]
    found: list[Any] = []
    start = threading.Barrier(len(places))

    def ask(where: str) -> None:
        start.wait()
        found.append(store.ask(Asked(where, 0, "mika", "w", NOW, NOW + LONG), "", LIMITS))

    threads = [threading.Thread(target=ask, args=(where,)) for where in places]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(one, Asked) for one in found) == LIMITS.per_user
    assert found.count("user") == len(places) - LIMITS.per_user


def test_what_is_remembered(store: TalkStore) -> None:
    where = talk(store, "a")
    for state, reply in (
        ("answered", "one"),
        ("canceled", ""),
        ("failed", "two"),
        ("failed", ""),
        ("interrupted", ""),
        ("answered", "three"),
    ):
        asked(store, where, state=state, reply=reply)
    assert [turn.reply for turn in store.last(where, 99, 50)] == ["one", "two", "three"]
    assert [turn.reply for turn in store.last(where, 6, 50)] == ["one", "two"]
    assert [turn.reply for turn in store.last(where, 99, 2)] == ["two", "three"]
    assert [turn.n for turn in store.turns(where, after=2, limit=2)] == [3, 4]


def test_the_end_names_earlier_machines(store: TalkStore) -> None:
    where = talk(store, "a")
    first = asked(store, where, state="answered", reply="x", made=(Named(name="web", uuid=""),))
    second = asked(store, where)
    known = store.turn(where, first.n)
    assert known is not None
    settled = known._replace(made=(Named(name="web", uuid="u"),))
    assert store.end(second._replace(state="answered", finished=NOW), [settled])
    assert store.turn(where, first.n) == settled


def test_searching(store: TalkStore) -> None:
    one, two = talk(store, "a", title="Shop 100%_a\\b"), talk(store, "b", days=1)
    asked(store, two, "ein Wunsch", state="answered", reply="Eine Antwort")
    theirs = talk(store, "c", "noriko", title="Shop")
    asked(store, theirs, "Wunsch", "noriko", state="answered", reply="x")

    def found(*words: str) -> list[str]:
        return [talk.id for talk in store.of("mika", words)]

    assert found() == [one, two] or found() == [two, one]
    assert found("shop") == found("100%") == found("%_a\\b") == [one]
    assert found("0_") == found("%%") == []
    assert found("wunsch", "antwort") == [two]
    assert found("wunsch", "shop") == []
    assert len(store.of("mika", (), 1)) == 1


def test_what_is_removed_is_gone_and_nothing_else(store: TalkStore) -> None:
    one, two = talk(store, "a", days=10), talk(store, "b", days=1)
    for where in (one, two):
        with_turn = store.ask(
            Asked(where, 0, "mika", "w", NOW - timedelta(days=10), NOW), "w", Limits(9, 9)
        )
        assert isinstance(with_turn, Asked)
    store.rename(two, "kept")
    assert store.older_than(NOW - timedelta(days=9), 10) == [one, two]
    store.remove([one])
    assert store.get(one) is None
    assert store.turns(one) == []
    assert len(store.turns(two)) == 1
    assert [talk.title for talk in store.of("mika")] == ["kept"]


def test_turns_of_a_service_that_died(store: TalkStore) -> None:
    old, new = talk(store, "a"), talk(store, "b")
    left = asked(store, old)
    now = NOW + LONG
    going = store.ask(Asked(new, 0, "mika", "w", now, now + LONG), "", LIMITS)
    assert isinstance(going, Asked)
    assert store.answering("mika", now)
    assert left.seen(now).state == "interrupted"
    assert store.interrupt(now) == 1
    assert [store.turns(where)[0].state for where in (old, new)] == ["interrupted", "answering"]
    assert store.interrupt(now, all_of_them=True) == 1
    assert store.interrupt(now, all_of_them=True) == 0
    assert not store.answering("mika", now)


def test_nobody_has_too_many(store: TalkStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talks, "MOST_TALKS", 2)
    for name in ("a", "b"):
        talk(store, name)
    assert not store.add(Talk("c-c", "mika", "", NOW, NOW))
    talk(store, "d", "noriko")
