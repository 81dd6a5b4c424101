"""Reads of the shares of an embedded home, for what everybody waits for.

SQLAlchemy would cost 0.16 s at every `plan` and `vm list`; the standard library's SQLite costs 6 ms once
there is a database, and nothing before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from fuyajo.domain.access import RIGHTS, Right, Share
from fuyajo.domain.errors import Problem, Unavailable, shown

WAIT_SECONDS = 5.0


class Given(NamedTuple):
    """One row: the machine, whose it was, with whom it is shared, `read` or `operate`."""

    uuid: str
    owner: str
    grantee: str
    rights: Right


def shared_with(
    rows: Sequence[Given], user: str, groups: Callable[[], Iterable[str]]
) -> list[Share]:
    """What of it is shared with that user. `groups` is asked only where anything is with a group."""
    if not rows:
        return []
    names = {f"user:{user}"}
    if any(row.grantee.startswith("group:") for row in rows):
        names |= {f"group:{name}" for name in groups()}
    return [Share(row.uuid, row.owner, row.rights) for row in rows if row.grantee in names]


def every_share(path: Path) -> list[Given]:
    """Every share of this home. Raises `Unavailable` when the file cannot be read."""
    if not path.exists():
        return []
    import sqlite3

    try:
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=WAIT_SECONDS)
        try:
            if not connection.execute(
                "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'shares'"
            ).fetchone():
                return []  # it only just came into being
            rows = connection.execute("SELECT uuid, owner, grantee, rights FROM shares").fetchall()
        finally:
            connection.close()
    except sqlite3.Error as error:
        detail = shown(str(error), 200)
        raise Unavailable(Problem(str(path), "database", {"detail": detail})) from error
    return [Given(*row) for row in rows if row[3] in RIGHTS]
