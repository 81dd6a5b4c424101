"""Whether everything that a run needs answers."""

from __future__ import annotations

from fuyajo.service import hosting
from fuyajo.service.context import Actor, Settings
from fuyajo.store.database import Database


def check(settings: Settings, database: Database) -> None:
    """Raises `Unavailable` with what does not answer."""
    from fuyajo.engine.reader import connection

    with database.read() as rows:
        rows.exec_driver_sql("SELECT 1")
    if settings.several:
        hosting.answering(Actor("", settings, door="http", opened=database))
        return
    with connection(settings.uri):
        pass
