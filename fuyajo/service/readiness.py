"""Whether everything that a run needs answers."""

from __future__ import annotations

from fuyajo.service.context import Settings
from fuyajo.store.database import Database


def check(settings: Settings, database: Database) -> None:
    """Raises `Unavailable` with what does not answer."""
    from fuyajo.engine.reader import connection

    with database.read() as rows:
        rows.exec_driver_sql("SELECT 1")
    with connection(settings.uri):
        pass
