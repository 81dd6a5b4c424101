"""Plans and run records on disk: private, whole, bound to their owner, and not for ever."""

from __future__ import annotations

import os
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fuyajo.domain.plan import Plan, plan_digest
from fuyajo.domain.spec import Spec
from fuyajo.store import files
from fuyajo.store.home import Home, safe_user
from fuyajo.store.plans import PlanStore
from fuyajo.store.runs import RunRecord, RunStore

NOW = datetime(2026, 11, 22, 21, 0, tzinfo=UTC)
DAY = 24 * 3600


def plan(number: int = 0) -> Plan:
    made = Plan(
        id=f"p-{number:08x}",
        owner="mika",
        created=NOW,
        expires=NOW,
        digest="",
        fingerprint="x",
        risk="read",
        cost={},
        spec=Spec(),
        changes=(),
        reason="test",
    )
    return made.model_copy(update={"digest": plan_digest(made)})


def record(number: int = 0, status: str = "successful") -> RunRecord:
    return RunRecord.model_validate(
        {
            "id": f"r-20261122-210000-{number:04x}",
            "owner": "mika",
            "plan": None,
            "status": status,
            "started": NOW,
        }
    )


def age(path: Path, days: float) -> None:
    then = time.time() - days * DAY
    os.utime(path, (then, then))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "deep" / "home")


def test_everything_is_private(home: Home) -> None:
    store = PlanStore(home)
    store.save(plan())
    (file,) = home.plans("mika").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    for directory in (home.root, home.root / "plans", home.plans("mika")):
        assert directory.stat().st_mode & 0o777 == 0o700


def test_only_one_takes_a_plan(home: Home) -> None:
    store, wanted = PlanStore(home), plan()
    store.save(wanted)
    won: list[str] = []
    start = threading.Barrier(8)

    def take(number: int) -> None:
        start.wait()
        if store.take(wanted, f"r-{number}"):
            won.append(f"r-{number}")

    threads = [threading.Thread(target=take, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [store.taken_by(wanted)] == won
    assert len(list(home.plans("mika").iterdir())) == 2


def test_a_claim_is_never_seen_half_written(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    store, wanted = PlanStore(home), plan()
    link = os.link

    def watched(source: Path, target: Path) -> None:
        assert store.taken_by(wanted) is None
        link(source, target)
        assert store.taken_by(wanted) == "r-1"

    monkeypatch.setattr(os, "link", watched)
    assert store.take(wanted, "r-1")


def test_old_plans_go_when_a_new_one_is_saved(home: Home) -> None:
    store = PlanStore(home)
    old, young = plan(1), plan(2)
    for kept in (old, young):
        store.save(kept)
        store.take(kept, "r-1")
    age(home.plans("mika") / f"{old.id}.json", 31)
    age(home.plans("mika") / f"{young.id}.json", 29)
    store.save(plan(3))
    assert set(store.ids("mika")) == {young.id, plan(3).id}
    assert store.taken_by(old) is None
    assert store.taken_by(young) == "r-1"


def test_no_more_plans_than_the_limit(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "KEPT", 3)
    store = PlanStore(home)
    for number in range(6):
        store.save(plan(number))
        age(home.plans("mika") / f"{plan(number).id}.json", (10 - number) / DAY)
    assert store.ids("mika") == [plan(n).id for n in (5, 4, 3, 2)]


def test_old_runs_go_with_their_files_but_never_a_running_one(home: Home) -> None:
    store = RunStore(home)
    for number, status in enumerate(["successful", "running", "failed"]):
        found = record(number, status)
        store.save(found)
        directory = store.directory("mika", found.id)
        directory.mkdir()
        (directory / "events.jsonl").touch()
        if number < 2:
            age(directory.with_suffix(".json"), 31)
    store.prune("mika")
    assert [r.id for r in store.list("mika")] == [record(2).id, record(1).id]
    assert not store.directory("mika", record(0).id).exists()
    assert store.directory("mika", record(1).id).exists()


def test_a_damaged_record_is_left_out(home: Home) -> None:
    store = RunStore(home)
    store.save(record())
    (home.runs("mika") / "r-20261122-210000-ffff.json").write_text("{")
    assert store.list("mika") == [record()]


def test_a_file_that_vanishes_meanwhile(home: Home) -> None:
    assert files.newest_first([home.root / "gone"]) == []


@pytest.mark.parametrize("name", ["", "..", "a/b", "A", "a..b", "-a", "a" * 65, "a\n"])
def test_a_user_name_is_a_directory_name(name: str) -> None:
    with pytest.raises(ValueError, match="user name"):
        safe_user(name)
