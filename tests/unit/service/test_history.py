"""Collecting and reading with a host that is a value: rounds, restarts, silence, who may see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import true

from fuyajo.domain.errors import InvalidInput, NotFound, Problem, Unavailable
from fuyajo.domain.history import Counters, Sample
from fuyajo.domain.machine import HostFacts, HostView, Machine
from fuyajo.service import machines
from fuyajo.service.collecting import Collector, Host, Round, Watched
from fuyajo.service.context import Actor, Settings
from fuyajo.service.history import Recent, _step, history
from fuyajo.service.setting_values import seconds
from fuyajo.store.database import Database
from fuyajo.store.history import HistoryStore
from fuyajo.store.home import Home
from tests.support.command_line import machine

URI = "qemu:///system"
UUID = "11111111-2222-4333-8444-555555555555"
HOST = Host("local", URI, URI)


class Meter:
    """One machine that reads 1000 bytes each second; `life` is another one after a restart."""

    def __init__(self) -> None:
        self.life, self.now, self.read, self.down = 1, 0.0, 0, False

    def round(self) -> dict[str, Counters]:
        if self.down:
            raise Unavailable(Problem("", "libvirt_unavailable", {"uri": URI, "detail": "gone"}))
        self.now, self.read = self.now + 10, self.read + 10_000
        known = Counters(self.life, self.now, 1, int(self.now * 5e8), 750, 250, self.read)
        return {UUID: known}

    def close(self) -> None:
        pass


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "home", URI, "p", Path("/p"))


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    with closing(Database(Home(settings.home))) as made:
        yield made


@pytest.fixture
def actor(settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch) -> Actor:
    mine = machine("web", uuid=UUID)
    found: dict[str, Machine] = {"web": mine}
    view = HostView(HostFacts(URI, 8192), found)
    monkeypatch.setattr(machines, "look", lambda _actor: view)
    return Actor("mika", settings, opened=database)


def watched(settings: Settings, database: Database, told: list[Round]) -> tuple[Watched, Meter]:
    made, meter = Watched(Collector(settings, database, told.append), HOST), Meter()
    made._meter = meter  # type: ignore[assignment]
    return made, meter


def measured(actor: Actor, rounds: int, restart: int = -1, begin: int | None = None) -> int:
    """Rounds until now; when they began."""
    told: list[Round] = []
    one, meter = watched(actor.settings, actor.database, told)
    now = int(datetime.now(UTC).timestamp()) // 10 * 10
    begin = now - rounds * 10 if begin is None else begin
    for number in range(rounds):
        if number == restart:
            meter.life, meter.now, meter.read = 2, meter.now, 999_999
        one.round(begin + 10 * number)
    assert len(told) == rounds and all(said.machines == 1 for said in told)
    return begin


def test_what_comes_after_a_round_sees_it_once_and_only_where_it_is_kept(
    settings: Settings, database: Database
) -> None:
    seen: list[tuple[int, set[str]]] = []

    def after(now: int, samples: Mapping[str, Sample]) -> None:
        seen.append((now, set(samples)))

    shared = replace(settings, database="postgresql://elsewhere")  # others may measure as well
    one = Watched(Collector(shared, database), HOST, after)
    other = Watched(Collector(shared, database), HOST, after)
    for each in (one, other):
        each._meter = Meter()  # type: ignore[assignment]
    for at in (1_000, 1_010):
        one.round(at)
        other.round(at)
    assert seen == [(1_000, {UUID}), (1_010, {UUID})]


def test_what_was_measured_is_read_by_who_may_see(actor: Actor) -> None:
    measured(actor, 30)
    for said in ("web", UUID):
        found = history(actor, said)
        assert (found.vm, found.uuid, found.step) == ("web", UUID, 20)
        assert found.metrics["cpu"].mean[-1] == 50.0
        assert found.metrics["disk_read"].mean[-1] == 1000.0
        assert set(found.metrics["net_sent"].mean) == {None}
        assert not found.empty
    for said in ("web", UUID, "no-such"):
        with pytest.raises(NotFound, match=said):
            history(replace(actor, user="noriko"), said)


def test_a_restart_is_no_peak(actor: Actor) -> None:
    measured(actor, 30, restart=15)
    read = history(actor, "web", points=2000).metrics["disk_read"].mean
    assert [value for value in read if value is not None] == [1000.0] * 28


def test_a_host_that_is_silent_is_a_hole_and_a_note(
    actor: Actor, caplog: pytest.LogCaptureFixture
) -> None:
    one, meter = watched(actor.settings, actor.database, [])
    assert one._quietly()
    meter.down = True
    assert not one._quietly()
    assert not one._quietly()
    meter.down = False
    with caplog.at_level("INFO"):
        assert one._quietly()
    said = [record.getMessage() for record in caplog.records if record.name == "fuyajo.history"]
    assert said == ["not measured", "measured again"]


def test_two_services_measure_once(actor: Actor, settings: Settings) -> None:
    shared = replace(settings, database="postgresql://elsewhere")  # only that there may be others
    told: tuple[list[Round], list[Round]] = ([], [])
    mine, theirs = (watched(shared, actor.database, each)[0] for each in told)
    now = int(datetime.now(UTC).timestamp())
    for number in range(4):
        mine.round(now + 10 * number)
        theirs.round(now + 10 * number)
    assert list(map(len, told)) == [4, 0]
    for number in range(4, 9):  # the first one is gone
        theirs.round(now + 10 * number)
    mine.round(now + 90)
    assert list(map(len, told)) == [4, 3]
    assert len(HistoryStore(actor.database).read(UUID, now, now + 999, 0).at) == 7


def test_rounds_are_folded_when_ten_minutes_are_over(actor: Actor) -> None:
    begin = int(datetime.now(UTC).timestamp()) // 600 * 600 - 1200
    measured(actor, 70, begin=begin)
    store = HistoryStore(actor.database)
    assert len(store._rounds(true())) == 10
    assert len(store.read(UUID, begin, begin + 700, 0).at) == 70


def test_the_small_curves(actor: Actor) -> None:
    measured(actor, 60)
    recent = Recent(actor.database)
    found = recent.sparks()[UUID]
    assert found.now == (50.0, 75.0)
    assert len(found.cpu) == 30 and found.cpu[0] is None
    assert recent.sparks() is recent.sparks()


def test_what_is_asked_wrongly(actor: Actor) -> None:
    now = datetime.now(UTC)
    with pytest.raises(InvalidInput, match="before it begins"):
        history(actor, "web", now, now - timedelta(hours=1))
    for points in (1, 2001):
        with pytest.raises(InvalidInput, match="points"):
            history(actor, "web", points=points)
    for said in ("-1", "1.5", "3601", "x", "", "٣"):
        with pytest.raises(InvalidInput):
            seconds(said)
    assert [seconds(said) for said in ("0", "10", "3600")] == [0, 10, 3600]


@pytest.mark.parametrize(
    ("back", "points", "tier", "step"),
    [(3600, 240, 0, 20), (3600, 2000, 0, 10), (86400, 240, 1, 360), (7 * 86400, 240, 2, 3000),
     (2 * 86400, 2000, 1, 120), (30 * 86400, 240, 2, 10_800), (400 * 86400, 2000, 2, 17_400)],
)  # fmt: skip
def test_the_tier_that_reaches_back_and_is_fine_enough(
    back: int, points: int, tier: int, step: int
) -> None:
    now = int(datetime.now(UTC).timestamp())
    assert _step(now - back, now, points, 10) == (tier, step)


def test_nothing_is_measured_when_nobody_wants_it(actor: Actor) -> None:
    off = Collector(replace(actor.settings, history_seconds=0), actor.database)
    off.start()
    assert off._threads == []
    off.stop()
