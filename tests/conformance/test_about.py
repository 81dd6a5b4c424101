"""Whoever asks is told which database it is, and that it does not answer."""

from __future__ import annotations

import dataclasses
import importlib.util
from pathlib import Path

import pytest

from fuyajo.domain.errors import InvalidInput, Unavailable
from fuyajo.service.doctor_database import database as probe
from fuyajo.store.database import KEPT, MORE, VERSION, Database
from fuyajo.store.home import Home
from tests.support.claims import actor_at
from tests.support.places import Place

NOWHERE = "postgresql://mika:secret@127.0.0.1:1/fuyajo"


def test_what_it_is(place: Place) -> None:
    about = place.database().about()
    kind = "sqlite" if place.url is None else "postgresql"
    assert (about.kind, about.schema) == (kind, VERSION)
    assert about.version[0].isdigit()
    (found,) = probe(place.actor())
    assert (found.status, found.code, found.params["name"]) == ("ok", "known", about.name)


def test_every_thread_of_a_service_has_a_connection(place: Place) -> None:
    """Forty that answer hold one each, and one of them asks for a second one."""
    from contextlib import ExitStack

    database = place.database()
    with ExitStack() as held:
        for _ in range(KEPT + MORE):
            held.enter_context(database.read())


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    actor = actor_at(tmp_path, "mika")
    away = dataclasses.replace(
        actor, settings=dataclasses.replace(actor.settings, database=NOWHERE)
    )
    (found,) = probe(away)
    assert (found.status, found.code) == ("fail", "silent")
    assert "secret" not in str(found.params) and "mika:***@" in str(found.params["name"])
    with pytest.raises(Unavailable) as caught, away.database.read():
        pass
    assert "secret" not in str(caught.value.problems)


def test_a_home_without_one_is_not_given_one(tmp_path: Path) -> None:
    (found,) = probe(actor_at(tmp_path, "mika"))
    assert (found.status, found.code) == ("ok", "none")
    assert list(tmp_path.iterdir()) == []


def test_without_the_driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fuyajo.store.postgres.find_spec", lambda _name: None)
    with (
        pytest.raises(Unavailable, match="not installed"),
        Database(Home(tmp_path), NOWHERE).read(),
    ):
        pass
    assert importlib.util.find_spec("psycopg") is not None


@pytest.mark.parametrize(
    "said", ["", "mysql://x", "postgresql:/", "sqlite:///x", "http://secret@h"]
)
def test_what_is_no_address(tmp_path: Path, said: str) -> None:
    with pytest.raises(InvalidInput) as caught, Database(Home(tmp_path), said).read():
        pass
    assert "secret" not in str(caught.value.problems)
