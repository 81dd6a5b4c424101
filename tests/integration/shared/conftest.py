from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fuyajo.store.database import Database
from fuyajo.store.home import Home
from tests.support.cluster import Several
from tests.support.postgres import Server, server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    with server() as running:
        yield running


@pytest.fixture
def url(postgres: Server) -> str:
    """An empty database at the newest schema."""
    made = postgres.new_database()
    with Database(Home(Path("/nowhere")), made).read():
        pass
    return made


@pytest.fixture
def several(tmp_path: Path, url: str) -> Iterator[Several]:
    made = Several(tmp_path, url)
    try:
        yield made
    finally:
        made.close()
