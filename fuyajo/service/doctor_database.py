"""Where the state lies, and whether that answers."""

from __future__ import annotations

import shlex

from fuyajo.domain.errors import Param, Unavailable
from fuyajo.engine.doctor.result import Result
from fuyajo.service.context import Actor


def database(actor: Actor) -> list[Result]:
    """An embedded home that has none yet is not given one by being looked at."""
    place = actor.database
    if not place.exists:
        return [Result("ok", "none", {"name": place.name})]
    try:
        found = place.about()
    except Unavailable as error:
        return [
            Result(
                "fail",
                "silent",
                {"name": place.name, "detail": str(error)},
                _fix(actor, place.name),
            )
        ]
    kind = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[found.kind]
    params: dict[str, Param] = {
        "name": found.name,
        "kind": f"{kind} {found.version}",
        "schema": found.schema,
    }
    return [Result("ok", "known", params)]


def _fix(actor: Actor, name: str) -> str:
    """For a file: the copy that `backup-state` made. For a server: the same question without us."""
    if actor.settings.database is None:
        return "fuyajo restore-state --replace FILE"
    return f"pg_isready --dbname={shlex.quote(name)}"
