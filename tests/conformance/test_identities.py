"""Who somebody is elsewhere, and codes for a terminal: once, and only in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fuyajo.domain.elsewhere import Identity
from fuyajo.domain.people import User
from fuyajo.store.database import Database
from fuyajo.store.identities import HandOver, IdentityStore
from fuyajo.store.people import PeopleStore

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
ISSUER, OTHER = "https://login.example.org", "https://login.example.com"
LATER = NOW + timedelta(seconds=60)


@pytest.fixture
def store(database: Database) -> IdentityStore:
    return IdentityStore(database)


def identity(user: str, issuer: str = ISSUER, *, made: bool = True) -> Identity:
    return Identity(issuer, "1001", user, made)


def test_an_account_and_who_it_is_come_together(store: IdentityStore, database: Database) -> None:
    people = PeopleStore(database)
    assert store.make(User("mika", False, NOW), identity("mika"))
    assert store.of(ISSUER, "1001") == identity("mika")
    assert store.of(OTHER, "1001") is None  # the same number at another issuer is another person
    assert people.user("mika") is not None
    assert not store.make(User("mika", True, NOW), identity("mika", OTHER))
    assert store.of(OTHER, "1001") is None
    found = people.user("mika")
    assert found is not None and not found.admin


def test_a_link_is_to_one_user(store: IdentityStore) -> None:
    store.link(identity("mika", made=False), NOW)
    store.link(identity("noriko", made=False), NOW)
    assert store.of(ISSUER, "1001") == identity("noriko", made=False)
    assert store.unlink("mika") == 0
    assert store.unlink("noriko") == 1
    assert store.of(ISSUER, "1001") is None


def test_a_code_counts_once_and_for_a_minute(store: IdentityStore) -> None:
    given = HandOver("mika", "c" * 43)
    store.hand_over("one", given, LATER, NOW)
    assert store.take_over("other", NOW) is None
    assert store.take_over("one", LATER) == given
    assert store.take_over("one", NOW) is None
    store.hand_over("two", given, LATER, NOW)
    assert store.take_over("two", LATER + timedelta(seconds=1)) is None
    assert store.take_over("two", NOW) is None  # it was tried


def test_what_nobody_came_for_is_forgotten(store: IdentityStore, database: Database) -> None:
    given = HandOver("mika", "c" * 43)
    for number in range(3):
        store.hand_over(str(number), given, LATER, NOW)
    store.hand_over("new", given, LATER + timedelta(hours=1), NOW + timedelta(hours=1))
    with database.read() as connection:
        rows = connection.exec_driver_sql("SELECT digest FROM handovers").all()
    assert [row.digest for row in rows] == ["new"]
