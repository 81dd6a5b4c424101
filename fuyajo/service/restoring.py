"""The state of an installation out of one file: the old state or the new one, whatever happens meanwhile.

Everything is made ready beside the old state first: unpacked, checked, loaded into a database of its own that
is brought to the newest schema. What decides is one moment: a file that appears (embedded), or the commit on
the server. Until then nothing was touched; from then on it is gone on with, by the next command if need be.
"""

from __future__ import annotations

import os
import shutil
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

from fuyajo.domain.errors import Conflict, Param, Problem, Unavailable, shown
from fuyajo.service.backing_up import FORMAT, back_up_to, refuse_foreign
from fuyajo.service.context import Actor
from fuyajo.store import alone, keeping, rows, swapping
from fuyajo.store.archive import Caps, refused, unpack
from fuyajo.store.audit import AuditStore
from fuyajo.store.database import VERSION, Database
from fuyajo.store.files import private_directory
from fuyajo.store.home import Home
from fuyajo.store.loading import load

MEMBERS, TOTAL = 500_000, 64 << 30
#: Of what is free on the disk: an archive may take half, its database the other half.
SHARE = 2
CONFIG = "config.toml"


class Restored(NamedTuple):
    """`before`: where the old state is now; `config`: where the old settings are, when not in place."""

    made: str
    rows: dict[str, int]
    canceled: int
    before: str | None
    config: str | None


def trusted(path: Path) -> BinaryIO:
    """The archive, opened. Whoever can write it can make themselves administrator: `InvalidInput`."""
    file = path.open("rb")
    found = os.fstat(file.fileno())
    if found.st_uid not in (0, os.geteuid()) or found.st_mode & 0o022:
        file.close()
        raise refused("state_not_yours", value=shown(str(path), 200))
    return file


def restore(actor: Actor, source: BinaryIO, *, replace: bool) -> Restored:
    """Raises `InvalidInput` for an archive that is not whole, `Conflict` where somebody is at work or
    there is a state already."""
    root = private_directory(actor.settings.home)
    refuse_foreign(root)
    with swapping.locked(root), alone.nobody_else(root):
        swapping.clean(root)
        if not replace:
            _refuse_state(actor)
        with _room(root) as room:
            try:
                return _restore(actor, source, room, replace)
            except Exception:
                with suppress(Unavailable):  # then the next command asks again what was decided
                    swapping.finish(root, lambda step: _decided(actor, step))
                raise


def _restore(actor: Actor, source: BinaryIO, room: Path, replace: bool) -> Restored:
    root, archive = actor.settings.home, room / "archive"
    new, kept = room / swapping.NEW, room / swapping.KEPT
    for directory in (archive, new, kept):
        private_directory(directory)
    free = shutil.disk_usage(room).free // SHARE
    manifest = unpack(source, archive, keeping.known, Caps(MEMBERS, min(TOTAL, free)))
    schema = _checked(manifest)
    target = Home(new)
    loaded = load(archive, target, schema, as_files=actor.settings.database is None)
    config = _files(actor, archive, new)
    made = shown(str(manifest.get("made")))
    note: dict[str, object] = {"event": "state.restored", "made": made, "canceled": loaded.canceled}
    if (replaced := actor.audit.head()) is not None:
        note["replaced"] = str(replaced)  # whoever noted it finds out what became of it
    row = AuditStore(loaded.database, target.audit_head()).append(actor.user, note)
    # Of its own: nothing that was kept earlier is in its way.
    before = f"before-restore-{datetime.now(UTC):%Y%m%d-%H%M%S}-{room.name[-4:]}"
    if actor.settings.database is None:
        loaded.database.close()  # which leaves one file
        swapping.note(root, swapping.Step(room.name, before, _coming(new)))
    else:
        if replace:
            back_up_to(actor, kept / "state.tar.gz")
        coming = tuple(name for name in _coming(new) if name != target.database().name)
        step = swapping.Step(room.name, before, coming, row.seq, row.hash)
        _to_server(actor, step, loaded.database, replace)
    moved = swapping.finish(root, lambda _step: True)
    return Restored(made, loaded.rows, loaded.canceled, moved, config)


def _to_server(actor: Actor, step: swapping.Step, scratch: Database, replace: bool) -> None:
    """One transaction; its commit decides."""
    actor.database.close()  # its own sessions are not others
    with actor.database.write() as connection, scratch.read() as source:
        if others := rows.other_sessions(connection):
            raise Conflict(Problem("", "state_sessions", {"count": others}))
        if not replace and rows.any_there(connection):
            raise Conflict(Problem("", "state_there", {"value": actor.database.name}))
        rows.empty(connection)
        for name in rows.names():
            rows.insert(connection, name, rows.read(source, name))
        swapping.note(actor.settings.home, step)
    scratch.close()


def go_on(actor: Actor) -> bool:
    """Whether a restore that was interrupted was found; it is finished, or taken back if it was not decided.

    Raises `Unavailable` when the server that knows does not answer.
    """
    root = actor.settings.home
    if not swapping.pending(root):
        return False

    with swapping.locked(root):
        swapping.finish(root, lambda step: _decided(actor, step))
    actor.database.close()
    return True


def _decided(actor: Actor, step: swapping.Step) -> bool:
    return step.seq is None or any(
        (row.seq, row.hash) == (step.seq, step.hash) for row in actor.audit.rows()
    )


@contextmanager
def _room(root: Path) -> Iterator[Path]:
    """Beside the old state, on the same disk. It stays only when the decision fell and the rest is to do."""
    room = root / f"{swapping.ROOM}{os.urandom(4).hex()}"
    room.mkdir(mode=0o700)
    try:
        yield room
    finally:
        if not swapping.pending(root):
            shutil.rmtree(room, ignore_errors=True)


def _checked(manifest: dict[str, object]) -> int:
    schema = manifest.get("schema")
    if manifest.get("format") != FORMAT or not isinstance(schema, int) or schema < 1:
        raise refused("state_no_archive")
    if schema > VERSION:
        params: dict[str, Param] = {"found": schema, "known": VERSION}
        raise refused("state_newer", **params)
    return schema


def _refuse_state(actor: Actor) -> None:
    """Settings are no state: whoever moves to a server wrote them down before."""
    home = actor.home
    kept = any(name != CONFIG for name, _ in keeping.files(home))
    work = any(next(keeping.rows(home, name), None) for name in ("plans", "records"))
    if kept or work or home.database().exists():
        params: dict[str, Param] = {"value": shown(str(home.root), 200)}
        raise Conflict(Problem("", "state_there", params))


def _files(actor: Actor, archive: Path, new: Path) -> str | None:
    """Every file but the tables. Returns where the settings are, if they do not become those of this home.

    Settings that are here stay: they say what this machine has, and where the state was restored to.
    """
    shutil.rmtree(archive / "tables", ignore_errors=True)
    config, here = archive / CONFIG, actor.settings.home / CONFIG
    aside = None
    if config.exists() and here.exists() and here.read_bytes() == config.read_bytes():
        config.unlink()
    elif config.exists() and (here.exists() or actor.settings.database != _said(config)):
        aside = f"config.restored-{datetime.now(UTC):%Y%m%d-%H%M%S}.toml"
        config.rename(archive / aside)
    for path in archive.iterdir():
        path.rename(new / path.name)
    return aside


def _said(config: Path) -> object:
    """The database that these settings name."""
    try:
        return tomllib.loads(config.read_text(encoding="utf-8")).get("database")
    except ValueError:
        return None


def _coming(new: Path) -> tuple[str, ...]:
    """Of what is there, what becomes part of the home: locks do not."""
    names = {path.name for path in new.iterdir()}
    return tuple(sorted(n for n in names if n in keeping.REPLACED or n.startswith("config.")))
