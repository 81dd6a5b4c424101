"""Every kind of database that the state may lie in: what holds for one holds for the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

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
    """A database of the server at the newest schema: a migration for each test would cost a minute."""
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
        made = Place.of_a_file(tmp_path / "home")
    else:
        server, template = (request.getfixturevalue(name) for name in ("server", "template"))
        made = Place(tmp_path / "home", server.new_database(template))
    with made:
        yield made


@pytest.fixture
def database(place: Place) -> Database:
    return place.database()
