"""Whether everything that a run needs answers."""

from __future__ import annotations

from fuyajo.service import hosting
from fuyajo.service.context import Actor, Settings
from fuyajo.store.database import About, Database


def check(settings: Settings, database: Database) -> About:
    """What the state lies in. Raises `Unavailable` with what does not answer."""
    from fuyajo.engine.reader import connection

    found = database.about()
    if settings.several:
        hosting.answering(Actor("", settings, door="http", opened=database))
        return found
    with connection(settings.uri):
        return found
