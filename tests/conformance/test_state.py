"""The state as one file: out of every kind of database, into every kind, whole or not at all."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from fuyajo.domain.audit import verify
from fuyajo.domain.errors import Conflict
from fuyajo.service.backing_up import back_up
from fuyajo.service.restoring import Restored, go_on, restore
from fuyajo.store import alone
from fuyajo.store.runs import RunStore
from tests.support import postgres
from tests.support.places import Place, kinds
from tests.support.states import OTHERS, RUN, after_restore, contents, fill, restored

Make = Callable[[str, str], Place]


@pytest.fixture
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    """Places by kind and name: nothing in them yet."""
    with ExitStack() as stack:

        def made(kind: str, name: str) -> Place:
            if kind == "sqlite":
                return stack.enter_context(Place(tmp_path / name))
            server: postgres.Server = request.getfixturevalue("server")
            url = server.new_database(request.getfixturevalue("template"))
            return stack.enter_context(Place(tmp_path / name, url))

        yield made


def archive(place: Place) -> bytes:
    sink = io.BytesIO()
    actor = place.actor()
    back_up(actor, sink)
    actor.database.close()
    return sink.getvalue()


def into(place: Place, packed: bytes, *, replace: bool = False) -> Restored:
    for database in place.opened:
        database.close()
    return restore(place.actor(), io.BytesIO(packed), replace=replace)


@pytest.mark.parametrize("there", kinds())
@pytest.mark.parametrize("here", kinds())
def test_from_one_kind_into_another(make: Make, here: str, there: str) -> None:
    source, target = fill(make(here, "source")), make(there, "target")
    before = contents(source)
    done = into(target, archive(source))
    assert contents(source) == before
    assert restored(contents(target)) == after_restore(before)
    assert (done.canceled, done.before, done.config) == (1, None, None)
    audit = target.actor().audit
    assert verify(audit.rows(), audit.head()) == []
    for name in OTHERS:
        assert not (target.root / name).exists()
    modes = {p.stat().st_mode & 0o777 for p in target.root.rglob("*") if p.is_file()}
    assert modes == {0o600}
    again = into(make(here, "back"), archive(target))
    assert again.canceled == 0


def test_what_is_restored_is_used(make: Make) -> None:
    target = make("sqlite", "target")
    into(target, archive(fill(make("postgresql", "source"))))
    (record,) = RunStore(target.home).list("mika")
    assert record.id == RUN
    events = target.home.runs("mika") / RUN / "events.jsonl"
    assert [line[:8] for line in events.read_text().splitlines()] == [
        '{"seq":1',
        '{"seq":2',
        '{"seq":5',
    ]
    assert target.actor().people.any()


@pytest.mark.parametrize("kind", kinds())
def test_what_is_there_stays_unless_it_may_go_and_is_kept_beside(make: Make, kind: str) -> None:
    packed = archive(fill(make("sqlite", "source"), "the new one"))
    target = fill(make(kind, "target"), "the old one")
    before = contents(target)
    with pytest.raises(Conflict, match="already"):
        into(target, packed)
    assert contents(target) == before
    done = into(target, packed, replace=True)
    assert restored(contents(target)) == after_restore(
        contents(Place(target.root.with_name("source")))
    )
    assert (target.root / OTHERS[0]).exists(), "images stay where they are"
    assert done.before is not None
    kept = target.root / done.before
    if kind == "sqlite":
        assert contents(Place(kept)) == before
    else:
        back = make(kind, "back")
        into(back, (kept / "state.tar.gz").read_bytes())
        assert restored(contents(back)) == after_restore(before)


def test_a_server_with_rows_is_not_empty(make: Make) -> None:
    packed = archive(fill(make("sqlite", "source")))
    used, target = make("postgresql", "one"), make("postgresql", "two")
    used.actor().shares.put("1", "mika", "user:jun", "read")
    target.url = used.url
    used.opened[-1].close()
    with pytest.raises(Conflict, match="already"):
        into(target, packed)
    assert list(target.root.iterdir()) == [] or not (target.root / "users").exists()


@pytest.mark.parametrize("kind", kinds())
def test_nobody_may_be_at_work(make: Make, kind: str) -> None:
    packed, target = archive(fill(make("sqlite", "source"))), make(kind, "target")
    runs = RunStore(target.home)
    at_work = (
        (alone.service(target.root), "service"),
        (alone.worker(target.root), "worker"),
        (runs.hold("mika", RUN), RUN),
    )
    for busy, who in at_work:
        with busy, pytest.raises(Conflict, match=who):
            into(target, packed, replace=True)
    if kind == "postgresql":
        with target.database().read(), pytest.raises(Conflict, match="1 other connections"):
            restore(target.actor(), io.BytesIO(packed), replace=True)
    for database in target.opened:
        database.close()
    into(target, packed, replace=True)


def test_while_it_goes_on_nobody_begins(tmp_path: Path) -> None:
    with alone.nobody_else(tmp_path):
        for other in (alone.service(tmp_path), alone.worker(tmp_path)):
            with pytest.raises(Conflict), other:
                pass
    with alone.worker(tmp_path), alone.worker(tmp_path), alone.service(tmp_path):
        pass


def test_a_backup_while_others_write(make: Make, tmp_path: Path) -> None:
    """Every transaction adds a share and an object, or neither: an archive of two moments has a different
    number of them."""
    from threading import Event, Thread

    from fuyajo.store.archive import Caps, unpack
    from fuyajo.store.keeping import known

    for kind in kinds():
        place, over = fill(make(kind, f"busy-{kind}")), Event()
        first = contents(place)[0]
        more = len(first["objects"]) - len(first["shares"])

        def write(place: Place = place, over: Event = over) -> None:
            database, number = place.database(), 0
            while not over.is_set():
                number += 1
                with database.write() as connection:
                    for table in ("shares", "objects"):
                        connection.exec_driver_sql(_insert(table, number))

        thread = Thread(target=write)
        thread.start()
        try:
            for number in range(3):
                target = tmp_path / f"{kind}-{number}"
                unpack(io.BytesIO(archive(place)), target, known, Caps(999, 1 << 30))
                counts = {
                    name: len((target / f"tables/{name}.jsonl").read_text().splitlines())
                    for name in ("objects", "shares")
                }
                assert counts["objects"] - counts["shares"] == more
        finally:
            over.set()
            thread.join()


def _insert(table: str, number: int) -> str:
    if table == "shares":
        return f"INSERT INTO shares VALUES ('new-{number}', 'user:x', 'mika', 'read', '')"
    values = f"'new-{number}', 'h', 'n', 'mika', 'gone', '', ''"
    return (
        f"INSERT INTO objects (uuid, host, name, owner, state, created, updated) VALUES ({values})"
    )


def test_settings(make: Make) -> None:
    source = fill(make("sqlite", "source"))
    (source.root / "config.toml").write_text('pool = "x"\n')
    packed = archive(source)
    fresh, used, server = make("sqlite", "a"), make("sqlite", "b"), make("postgresql", "c")
    assert into(fresh, packed).config is None
    assert (fresh.root / "config.toml").read_text() == 'pool = "x"\n'
    (used.root / "config.toml").write_text('pool = "mine"\n')
    aside = into(used, packed).config
    assert aside is not None and (used.root / aside).read_text() == 'pool = "x"\n'
    assert (used.root / "config.toml").read_text() == 'pool = "mine"\n'
    assert into(server, packed).config is not None, "it would lead back to the file"
    assert not (server.root / "config.toml").exists()


def test_an_empty_home(make: Make) -> None:
    source, target = make("sqlite", "source"), make("sqlite", "target")
    done = into(target, archive(source))
    assert sum(done.rows.values()) == 0
    assert not go_on(target.actor())
