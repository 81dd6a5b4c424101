"""Every kind of database that the state may lie in: what holds for one holds for the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fuyajo.store import rows
from fuyajo.store.database import Database
from fuyajo.store.home import Home
from tests.support import postgres
from tests.support.places import Place, kinds


@pytest.fixture(scope="session")
def server() -> Iterator[postgres.Server]:
    with postgres.server() as started:
        yield started


@pytest.fixture(scope="session")
def template(server: postgres.Server) -> str:
    """A database of the server at the newest schema, to be copied: nobody connects to it again."""
    return _migrated(server)


@pytest.fixture(scope="session")
def shared(server: postgres.Server) -> str:
    """One that is used by test after test, and emptied between them: a copy for each has eight megabytes."""
    return _migrated(server)


def _migrated(server: postgres.Server) -> str:
    url = server.new_database()
    made = Database(Home(Path("/nonexistent")), url)
    with made.write():
        pass
    made.close()
    return url


@pytest.fixture(params=kinds())
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """At the newest schema, empty."""
    if request.param == "sqlite":
        with Place.of_a_file(tmp_path / "home") as made:
            yield made
        return
    with Place(tmp_path / "home", request.getfixturevalue("shared")) as made:
        yield made
        with made.database().write() as connection:
            rows.empty(connection)


@pytest.fixture
def database(place: Place) -> Database:
    return place.database()
