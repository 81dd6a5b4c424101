"""Turns held by a lease, and what is heard of them elsewhere: nothing twice, nothing lost, nothing left."""

from __future__ import annotations

import json
import random
import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from fuyajo.domain.errors import Problem, Unavailable
from fuyajo.domain.talks import Asked, Talk
from fuyajo.planner.backend import Partial
from fuyajo.planner.dialogue import Again
from fuyajo.service import story, tending
from fuyajo.service.context import Actor
from fuyajo.service.story import Told
from fuyajo.service.tending import Going, Question, Tender
from fuyajo.store.database import Database
from fuyajo.store.pieces import Batch, PieceStore
from fuyajo.store.tables import PIECES
from fuyajo.store.talks import Limits, TalkStore
from tests.support.places import Place

LEASE = timedelta(minutes=1)
OVER = timedelta(0)


def asked(database: Database, name: str = "a", lease: timedelta = LEASE) -> Asked:
    store, now = TalkStore(database), database.now()
    assert store.add(Talk(f"c-{name}", "mika", "", now, now))
    turn = store.ask(Asked(f"c-{name}", 0, "mika", "w", now, now + lease), "", Limits(9, 9))
    assert isinstance(turn, Asked)
    return turn


def going(actor: Actor, turn: Asked) -> Going:
    return Going(actor, turn, Question("w", "en"))


def batch(turn: Asked, last: int, *, anew: bool = False) -> Batch:
    return Batch(turn.talk, turn.n, last, f"[{last}]", anew)


def rows(database: Database) -> int:
    with database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(PIECES)).scalar_one())


def key(turn: Asked) -> tuple[str, int]:
    return turn.talk, turn.n


def test_a_lease_is_renewed_and_one_that_ran_out_is_not(database: Database) -> None:
    store = PieceStore(database)
    one, late = asked(database), asked(database, "late", OVER)
    keys = {key(one), key(late)}
    assert store.held(keys) == {key(one)}
    assert store.tend(keys, [batch(one, 3), batch(late, 3)], 9 * LEASE) == {key(one)}
    renewed = TalkStore(database).turn(*key(one))
    assert renewed is not None
    assert renewed.until > one.until + LEASE
    assert (store.after(*key(one), 0), store.after(*key(late), 0)) == (["[3]"], [])
    assert TalkStore(database).turn(*key(late)) == late
    assert store.tend([], [], LEASE) == set()


def test_the_end_of_a_turn_that_is_lost_does_not_count(database: Database) -> None:
    store = TalkStore(database)
    late = asked(database, "late", OVER)
    assert not store.end(late._replace(state="answered", reply="x"), rest=batch(late, 3))
    assert store.interrupt(database.now()) == 1
    assert rows(database) == 0
    one = asked(database)
    assert store.end(one._replace(state="answered", reply="x"), rest=batch(one, 3))
    assert PieceStore(database).held([key(one)]) == set()
    assert PieceStore(database).tend([key(one)], [batch(one, 4)], LEASE) == set()
    assert PieceStore(database).after(*key(one), 0) == ["[3]"]


def test_batches_in_their_order(database: Database) -> None:
    store, turn = PieceStore(database), asked(database)
    store.tend([key(turn)], [batch(turn, 9), batch(turn, 10), batch(turn, 9)], LEASE)
    assert store.after(*key(turn), 0) == ["[9]", "[10]"]
    assert store.after(*key(turn), 9) == ["[10]"]
    store.tend([key(turn)], [batch(turn, 12, anew=True)], LEASE)
    assert store.after(*key(turn), 0) == ["[12]"]


def test_pieces_end_with_their_turn(database: Database) -> None:
    store, one, other = PieceStore(database), asked(database), asked(database, "b")
    store.tend([key(one), key(other)], [batch(one, 1), batch(other, 1)], LEASE)
    assert store.tidy() == 0
    assert TalkStore(database).end(one._replace(state="canceled"))
    assert rows(database) == 2, "for a moment, so that everybody hears the last of them"
    assert store.tidy() == 1
    assert store.after(*key(other), 0) == ["[1]"]
    TalkStore(database).remove([other.talk])
    assert rows(database) == 0


def heard(store: PieceStore, turn: Asked, after: int) -> list[Told]:
    told: list[Told] = []
    for body in store.after(*key(turn), after):
        for one in (Told(*said) for said in json.loads(body)):
            if one.seq is None or one.seq > after:
                told.append(one)
                after = one.seq or after
    return told


def shown(so_far: str, told: list[Told]) -> str:
    for one in told:
        so_far = "" if one.kind == "again" else so_far + one.data["text"]
    return so_far


@pytest.mark.parametrize("seed", range(8))
def test_whoever_listens_elsewhere_sees_the_same(
    place: Place, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often a model begins anew, and however much it says between two looks."""
    monkeypatch.setattr(story, "KEPT", 8)
    dice, actor = random.Random(seed), place.actor()
    turn = asked(actor.database)
    mine, store = going(actor, turn), PieceStore(actor.database)
    tender = Tender(actor.database)
    text, last = "", 0
    for _ in range(12):
        for _ in range(dice.choice((0, 1, 3, 20))):
            mine.story(Partial(f"w{dice.randrange(99)} ", restarts=dice.random() < 0.1))
        if dice.random() < 0.1:
            mine.story(Again((Problem("", "no_config"),)))
        tender.look({mine.key: mine}, renew=False)
        if dice.random() < 0.5:  # this listener is not there every time
            told = heard(store, turn, last)
            text, last = shown(text, told), max((one.seq or last for one in told), default=last)
            assert text == mine.story._text
            assert shown("", heard(store, turn, 0)) == text
    assert mine.kept > 0
    assert not mine.stop.pressed


def test_whatever_ends_a_turn_elsewhere_stops_its_planner(place: Place) -> None:
    actor = place.actor()
    store, tender = TalkStore(actor.database), Tender(actor.database)
    for how in ("canceled", "deleted", "lost"):
        turn = asked(actor.database, how, OVER if how == "lost" else LEASE)
        mine = going(actor, turn)
        if how == "canceled":
            tender.look({mine.key: mine}, renew=True)
            assert not mine.stop.pressed
            assert store.end(turn._replace(state="canceled"))
        if how == "deleted":
            store.remove([turn.talk])
        tender.look({mine.key: mine}, renew=how == "lost")
        assert mine.stop.pressed


def test_a_database_that_is_away_for_a_while_costs_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Told once; what was said meanwhile is kept as soon as it is back."""
    actor = place.actor()
    turn, tender = asked(actor.database), Tender(actor.database)
    mine, looks, kept = going(actor, turn), [0], threading.Event()
    look = tender.look

    def away(*given: Any, **more: Any) -> bool:
        looks[0] += 1
        if looks[0] < 4:
            raise Unavailable(Problem("", "database", {"detail": "away"}))
        done = look(*given, **more)
        kept.set()
        return done

    monkeypatch.setattr(tending, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(tender, "look", away)
    mine.story(Partial("one "))
    tender.add(mine)
    assert kept.wait(30)
    tender.remove(mine)
    assert shown("", heard(PieceStore(actor.database), turn, 0)) == "one "
    assert [record.message for record in caplog.records] == ["answers not held"]
