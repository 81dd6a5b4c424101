"""Rows of usage as they are kept, and several that count at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

from fuyajo.domain.machine import HostFacts, HostView
from fuyajo.domain.usage import Usage
from fuyajo.service import observing
from tests.support.claims import URI, actor_at, machine_of
from tests.support.places import Place

BEGIN = datetime(2026, 11, 23, 8, 0, 0, 250_000, tzinfo=UTC)
HOST = HostView(HostFacts(URI, 8192), {name: machine_of("mika", name) for name in ("a", "b")})


def test_what_is_kept_comes_back(place: Place) -> None:
    actor = place.actor("mika")
    observing.observe(actor, HOST, BEGIN)
    observing.observe(actor, HOST, BEGIN + timedelta(seconds=90))
    rows = place.actor("mika").usage.of("mika", "2026-11")
    seen = BEGIN + timedelta(seconds=90)
    assert sorted(rows) == [
        Usage(f"uuid-{name}", "2026-11", "mika", URI, 90, seen, True) for name in ("a", "b")
    ]


def test_observers_at_once_count_nothing_twice(place: Place) -> None:
    """Each with its own connection and its own clock, none waiting for another."""
    observing.observe(place.actor("mika"), HOST, BEGIN)
    together = Barrier(8)

    def work(number: int) -> None:
        actor = place.actor("mika" if number % 2 else "noriko")
        together.wait(30)
        for step in range(5):
            observing.observe(actor, HOST, BEGIN + timedelta(seconds=10 * step + number))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    rows = place.actor("mika").usage.of("mika", "2026-11")
    assert [row.seconds for row in rows] == [47, 47]


def test_an_older_month_that_runs_is_gone_on_with(place: Place) -> None:
    actor = place.actor("mika")
    observing.observe(actor, HOST, datetime(2026, 8, 31, 23, tzinfo=UTC))
    now = datetime(2026, 11, 1, 1, tzinfo=UTC)
    assert observing.used(actor, "mika", now) == 2 * 3600
    observing.observe(actor, HOST, now)
    assert observing.used(actor, "mika", now) == 2 * 3600
    for month, hours in (("2026-08", 1), ("2026-09", 720), ("2026-10", 744), ("2026-11", 1)):
        rows = [row for row in actor.usage.of("mika", month) if row.month == month]
        assert [row.seconds for row in rows] == [hours * 3600] * 2
        assert [row.running for row in rows] == [month == "2026-11"] * 2


def test_every_user_has_a_session_daemon_of_their_own(place: Place) -> None:
    mine = HostView(HostFacts("qemu:///session", 8192), dict(HOST.machines))
    empty = HostView(HostFacts("qemu:///session", 8192))
    observing.observe(place.actor("mika"), mine, BEGIN)
    observing.observe(place.actor("noriko"), empty, BEGIN + timedelta(hours=1))
    observing.observe(place.actor("mika"), mine, BEGIN + timedelta(hours=3))
    used = observing.used(place.actor("mika"), "mika", BEGIN + timedelta(hours=3))
    assert used == 2 * 3 * 3600


def test_without_a_database_nothing_was_used(tmp_path: Path) -> None:
    assert observing.used(actor_at(tmp_path / "home", "mika"), "mika", BEGIN) == 0
    assert not (tmp_path / "home").exists()
