"""Everything of an installation that cannot be made again, as one file. Nothing has to stop for it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

from fuyajo import __version__
from fuyajo.domain.errors import Conflict, Param, Problem, Refused, shown
from fuyajo.service.context import Actor
from fuyajo.store import keeping, rows
from fuyajo.store.archive import Writer
from fuyajo.store.database import VERSION
from fuyajo.store.rows import Row

#: Of the archive itself: its manifest and the names in it.
FORMAT = "fuyajo-state-1"
IN_MEMORY = 1 << 20  # bytes of a member before it goes to the disk


class Made(NamedTuple):
    """Members, rows by table, the schema, and the last row of the audit that must be in it."""

    members: int
    rows: dict[str, int]
    schema: int
    head: str | None


def back_up_to(actor: Actor, path: Path) -> Made:
    """Into a new file (0600), whole or not at all. Raises `Conflict` where there is one already."""
    part = path.with_name(f".{path.name}.{os.urandom(4).hex()}.part")
    try:
        with part.open("xb") as file:
            part.chmod(0o600)
            made = back_up(actor, file)
            file.flush()
            os.fsync(file.fileno())
        os.link(part, path)
    except FileExistsError as error:
        params = {"value": shown(str(path), 200)}
        raise Conflict(Problem("", "state_file_there", dict(params))) from error
    finally:
        part.unlink(missing_ok=True)
    return made


def back_up(actor: Actor, sink: BinaryIO) -> Made:
    """What was written first is read last, so that nothing in it points at what is not.

    The audit's head comes before its rows: then they can only be more than it says. Files come last.
    """
    refuse_foreign(actor.home.root)
    home, writer = actor.home, Writer(sink)
    head = _head(actor)
    if head is not None:
        with _spool() as spool:
            spool.write(head)
            writer.add(home.audit_head().name, spool)
    counts = _tables(actor, writer)
    for name, path in keeping.files(home):
        if path != home.audit_head():
            _file(writer, name, path)
    about: dict[str, object] = {
        "format": FORMAT,
        "schema": VERSION,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "fuyajo": __version__,
        "database": "sqlite" if actor.settings.database is None else "postgresql",
    }
    writer.close(about)
    said = head.decode("ascii", "replace").strip() if head else None
    return Made(len(writer.members), counts, VERSION, said)


def refuse_foreign(root: Path) -> None:
    """Files that another account makes here could not be read by the one that the home belongs to."""
    if root.exists() and root.stat().st_uid != os.geteuid():
        found: dict[str, Param] = {"value": shown(str(root), 200), "uid": root.stat().st_uid}
        raise Refused(Problem("", "state_foreign_home", found))


def _head(actor: Actor) -> bytes | None:
    try:
        return actor.home.audit_head().read_bytes()
    except FileNotFoundError:
        return None


def _tables(actor: Actor, writer: Writer) -> dict[str, int]:
    """All of one moment. Plans and runs of an embedded home are files there, and rows in here."""
    counts: dict[str, int] = {}
    embedded = actor.settings.database is None
    if actor.database.exists:
        with actor.database.snapshot() as connection:
            for name in rows.names():
                if not (embedded and name in keeping.AS_FILES):
                    counts[name] = _rows(writer, name, rows.read(connection, name))
    if embedded:
        for name in keeping.AS_FILES:
            counts[name] = _rows(writer, name, keeping.rows(actor.home, name))
    return counts


def _rows(writer: Writer, name: str, found: Iterable[Row]) -> int:
    with _spool() as spool:
        count = rows.write_lines(found, spool)
        writer.add(f"tables/{name}.jsonl", spool)
    return count


def _file(writer: Writer, name: str, path: Path) -> None:
    """As it is at this moment: one that grows is not waited for; one that is gone by now is left out."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return
    with os.fdopen(descriptor, "rb") as file, _spool() as spool:
        spool.write(file.read())
        writer.add(name, spool)


def _spool() -> BinaryIO:
    """Nobody else can open it, and it is gone with this process."""
    return tempfile.SpooledTemporaryFile(IN_MEMORY)  # type: ignore[return-value]
