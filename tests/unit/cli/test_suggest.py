"""`fuyajo suggest`: evidence in both languages, data, and the plan of one; nobody else's machine."""

from __future__ import annotations

import json
import time
from contextlib import closing

import pytest

from fuyajo.domain.machine import Snapshot
from fuyajo.domain.suggestion import RULES
from fuyajo.domain.texts import TABLES
from fuyajo.store.database import Database
from fuyajo.store.history import FOLD, HistoryStore
from fuyajo.store.home import Home
from fuyajo.store.packing import pack_round
from fuyajo.store.tables import ROUNDS
from tests.support.command_line import World, machine
from tests.support.suggest_series import END, read

UUID = "11111111-2222-4333-8444-555555555555"
OLD = (Snapshot("a", "2020-01-01T00:00:00Z"),)


@pytest.fixture
def busy(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A machine with a recorded week, as the service keeps it; it ends now."""
    monkeypatch.setattr("fuyajo.service.suggesting.time.time", lambda: END)
    world.have(machine("web", uuid=UUID, cpus=2, memory_mib=2048))
    world.have(machine("other", owner="noriko", snapshots=OLD))
    series = read("busy_by_day")
    with closing(Database(Home(world.home))) as database:
        store = HistoryStore(database)
        assert store.hold("h", "me", 1 << 40, END)
        rows = [
            {"host": "h", "at": at, "body": pack_round({UUID: tuple(values)})}
            for at, *values in zip(series.at, *series.mean, strict=True)
        ]
        with database.write() as connection:
            connection.execute(ROUNDS.insert(), rows)
        store.fold("h", "me", 1 << 40, END // FOLD * FOLD - FOLD)
    return world


def test_what_was_kept_is_suggested_and_planned(busy: World) -> None:
    code, out, err = busy.call("suggest")
    assert code == 0 and "web: CPUs 2 → 4" in out and "[web.cpu_up]" in out, out
    assert "80 % or more of its CPUs" in out and "--plan" in err
    assert "other" not in out
    code, found = busy.json("suggest")
    assert (code, [one["id"] for one in found]) == (0, ["web.cpu_up"])
    code, plan = busy.json("suggest", "--plan", "1")
    assert (code, plan["risk"]) == (0, "change")
    (change,) = plan["changes"]
    moved = [(one["path"], one["before"], one["after"]) for one in change["fields"]]
    assert (change["name"], moved) == ("web", [("cpus", 2, 4)])
    assert busy.runs == []


def test_what_is_not_suggested_or_not_mine(busy: World) -> None:
    told = [busy.call("suggest", name, "--json") for name in ("other", "no-such")]
    codes = [(code, json.loads(out)["problems"][0]["code"]) for code, out, _ in told]
    assert codes == [(1, "vm_not_found")] * 2
    for which in ("2", "web.idle", "other.snapshot_old"):
        code, out, err = busy.call("suggest", "--plan", which)
        assert (code, out) == (1, "") and which in err


def test_a_snapshot_in_japanese(world: World) -> None:
    world.have(machine("web", snapshots=OLD, state="stopped"))
    code, out, _ = world.call("suggest", "--lang", "ja")
    assert code == 0 and "スナップショットを取得" in out, out
    code, plan = world.json("suggest", "--plan", "web.snapshot_old")
    assert (code, plan["changes"][0]["action"]) == (0, "snapshot")


def test_what_somebody_does_not_want_is_not_shown_for_a_while(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.have(
        machine("web", snapshots=OLD, state="stopped"),
        machine("db", snapshots=OLD, state="stopped"),
    )
    code, out, _ = world.call("suggest", "--dismiss", "web.snapshot_old", "--days", "10")
    assert code == 0 and "10 days" in out

    def ids(*words: str) -> list[str]:
        code, found = world.json("suggest", *words)
        assert code == 0
        return [one["id"] for one in found]

    assert ids() == ["db.snapshot_old"]
    assert ids("--all") == ["db.snapshot_old", "web.snapshot_old"]
    code, plan = world.json("suggest", "--all", "--plan", "web.snapshot_old")
    assert (code, plan["changes"][0]["action"]) == (0, "snapshot")
    later = time.time() + 11 * 86_400
    monkeypatch.setattr("fuyajo.service.suggesting.time.time", lambda: later)
    assert ids() == ["db.snapshot_old", "web.snapshot_old"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--dismiss", "web.idle"), "suggestion_not_found"),
        (("--dismiss", "1", "--days", "0"), "suggest_days"),
        (("--dismiss", "1", "--days", "366"), "suggest_days"),
        (("--dismiss", "1", "--plan", "1"), "suggest_both"),
    ],
)
def test_what_cannot_be_dismissed(world: World, words: tuple[str, ...], code: str) -> None:
    world.have(machine("web", snapshots=OLD, state="stopped"))
    _, answer = world.json("suggest", *words)
    assert [one["code"] for one in answer["problems"]] == [code]


def test_every_rule_has_its_words() -> None:
    assert [rule for rule in RULES if f"ui.suggest.why.{rule}" not in TABLES["en"]] == []
