"""What a process of a job reads before it knows its job: all of that would be waited for afterwards.

Nothing of it is an answer that a job goes by; each is asked again when it counts.
"""

from __future__ import annotations

from contextlib import suppress

from fuyajo.domain.errors import FuyajoError
from fuyajo.domain.plan import Plan
from fuyajo.engine.runner import containment
from fuyajo.service.context import Actor, Settings
from fuyajo.service.policing import role_of
from fuyajo.store.database import Database
from fuyajo.store.home import Home
from fuyajo.store.runs import RunRecord

NOBODY = "nobody"


def warm(settings: Settings) -> Database:
    """The database, connected to; models built, modules read, what holds runs here found out."""
    database = Database(Home(settings.home), settings.database)
    actor = Actor(NOBODY, settings, "worker", opened=database)
    for model in (Plan, RunRecord):
        model.model_rebuild()
    containment()
    with suppress(FuyajoError):  # whatever does not answer now is asked again, and told, by the job
        role_of(actor, NOBODY)
        actor.people.user(NOBODY)
        actor.jobs.get(NOBODY)
        actor.objects.find(())
        actor.audit.head()
        actor.claims.open(NOBODY)
    return database
