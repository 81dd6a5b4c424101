"""Plans, records and events keep the same promises as files of one home and as rows that machines share."""

from __future__ import annotations

import json
import threading
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fuyajo.domain.errors import NotFound
from fuyajo.domain.plan import Plan, plan_digest
from fuyajo.domain.spec import Spec
from fuyajo.service.auditing import verified
from fuyajo.service.context import Actor, Settings
from fuyajo.service.surroundings import _pair
from fuyajo.store import files
from fuyajo.store.runs import RunRecord

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
#: One day for a whole test, even at midnight.
YESTERDAY = f"{datetime.now(UTC) - timedelta(days=1):%Y%m%d}"
Machine = Callable[..., Actor]


@pytest.fixture(params=["files", "rows"])
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Machine:
    """An actor of one installation. Machines that share rows have homes of their own."""
    settings = Settings(tmp_path / "home", "qemu:///system", "p", tmp_path)
    if request.param == "files":
        return lambda user="mika", home="": Actor(user, settings)
    shared = replace(settings, database=request.getfixturevalue("url"))

    def made(user: str = "mika", home: str = "home") -> Actor:
        return Actor(user, replace(shared, home=tmp_path / home))

    return made


def plan(number: int = 0, owner: str = "mika") -> Plan:
    made = Plan(
        id=f"p-{number:08x}",
        owner=owner,
        created=NOW,
        expires=NOW,
        digest="",
        fingerprint="x",
        risk="read",
        cost={},
        spec=Spec(),
        changes=(),
        reason="た\0st",
    )
    return made.model_copy(update={"digest": plan_digest(made)})


def record(number: int = 0, status: str = "successful", owner: str = "mika") -> RunRecord:
    values = {"id": f"r-{YESTERDAY}-210000-{number:04x}", "owner": owner, "plan": None}
    now = datetime.now(UTC).replace(microsecond=0)
    return RunRecord.model_validate(values | {"status": status, "started": now})


def events(actor: Actor, run: str, *numbers: int, rest: str = "") -> None:
    directory = actor.runs.directory(actor.user, run)
    directory.mkdir(exist_ok=True)
    with (directory / "events.jsonl").open("a") as file:
        file.writelines(f'{{"seq":{n},"kind":"note","message":"x"}}\n' for n in numbers)
        file.write(rest)


def test_plans_are_forgotten(machine: Machine) -> None:
    machine().plans.save(plan())
    assert machine("jun").plans.forget("jun") == 0
    assert machine("mika", "other").plans.forget("mika") == 1
    assert machine().plans.ids("mika") == []


def test_a_plan_is_its_owners(machine: Machine) -> None:
    machine().plans.save(plan())
    assert machine("mika", "other").plans.load("mika", plan().id) == plan()
    assert machine().plans.knows("mika")
    assert not machine().plans.knows("jun")
    for owner, wanted in (("jun", plan().id), ("mika", "p-ffffffff"), ("mika", "../x")):
        with pytest.raises(NotFound):
            machine().plans.load(owner, wanted)


def test_a_plan_that_was_changed_is_none(machine: Machine) -> None:
    machine().plans.save(plan().model_copy(update={"reason": "something else"}))
    machine().plans.save(plan(1).model_copy(update={"id": "p-00000002"}))
    for wanted in (plan().id, "p-00000002"):
        with pytest.raises(NotFound):
            machine().plans.load("mika", wanted)


def test_one_run_takes_a_plan(machine: Machine) -> None:
    machine().plans.save(plan())
    won: list[str] = []
    start = threading.Barrier(6)

    def take(number: int) -> None:
        store = machine("mika", f"home-{number % 2}").plans
        start.wait()
        if store.take(plan(), f"r-{number}"):
            won.append(f"r-{number}")

    threads = [threading.Thread(target=take, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [machine().plans.taken_by(plan())] == won
    machine().plans.free(plan())
    assert machine().plans.taken_by(plan()) is None
    assert machine().plans.take(plan(), "r-again")


def test_the_newest_plan_comes_first_and_old_ones_go(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "KEPT", 3)
    assert machine().plans.newest("mika") is None
    machine("jun").plans.save(plan(9, "jun"))
    for number in (7, 5, 8, 1, 3, 2):
        machine().plans.save(plan(number))
    assert machine().plans.newest("mika") == plan(2).id
    assert machine().plans.ids("mika") == [plan(n).id for n in (2, 3, 1, 8)]
    assert machine().plans.ids("jun") == [plan(9).id]
    monkeypatch.setattr(files, "KEPT_SECONDS", 0.0)
    machine().plans.save(plan(4))
    assert machine().plans.ids("mika") == [plan(4).id]


def test_a_record_is_its_owners(machine: Machine) -> None:
    made = record()
    machine().runs.save(made)
    machine().runs.save(made.model_copy(update={"failure": "た\0"}))
    assert machine("mika", "other").runs.load("mika", made.id).failure == "た\0"
    for owner, wanted in (("jun", made.id), ("mika", "r-20261122-210000-ffff"), ("mika", "../x")):
        with pytest.raises(NotFound):
            machine().runs.load(owner, wanted)
    machine().runs.save(record(1))
    machine("jun").runs.save(record(2, owner="jun"))
    assert [one.id for one in machine().runs.list("mika")] == [record(1).id, made.id]
    machine().runs.discard(made)
    assert [one.id for one in machine().runs.list("mika")] == [record(1).id]


def test_old_runs_go_but_never_a_running_one(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "KEPT", 2)
    runs = machine().runs
    (machine().home.runs("mika") / "notes.txt").touch()
    for number, status in enumerate(["running", "failed", "successful", "canceled"]):
        runs.save(record(number, status))
        events(machine(), record(number).id, 1)
        with runs.telling("mika", record(number).id):
            pass
    runs.prune("mika")
    left = [record(3).id, record(2).id, record(0).id]
    assert [one.id for one in runs.list("mika")] == left
    assert len(runs.tail("mika", left[2]).more()) == 1
    assert runs.tail("mika", record(1).id).more() == []
    assert runs.directory("mika", left[0]).exists()
    monkeypatch.setattr(files, "KEPT_SECONDS", -60.0)
    with runs.hold("mika", left[0]):
        pass
    runs.prune("mika")
    kept = {path.name.split(".")[0] for path in machine().home.runs("mika").iterdir()}
    assert kept == {left[2], "notes"}


def test_one_at_a_time_finishes_a_record(machine: Machine) -> None:
    run = record().id
    with machine().runs.hold("mika", run) as first:
        assert first
        for status in ("running", "successful"):
            machine().runs.save(record(0, status))
            for home in ("home", "other"):
                with machine("mika", home).runs.hold("mika", run) as second:
                    assert not second
    for home in ("other", "home"):
        with machine("mika", home).runs.hold("mika", run) as again:
            assert again


def test_events_come_once_in_order_and_while_they_are_written(machine: Machine) -> None:
    run = record().id
    machine().runs.save(record())
    heard: list[int] = []
    tail = machine("mika", "other").runs.tail("mika", run)
    pause = threading.Event()
    with machine().runs.telling("mika", run):
        for first in (1, 401):
            events(machine(), run, *range(first, first + 400), 3, rest='{"seq": 9')
            size = 0
            while len(heard) < first + 399:
                assert tail.size() >= size
                heard += [seq for seq, _ in tail.more()]
                pause.wait(0.02)
            events(machine(), run, rest='99, "torn\n')
    heard += [seq for seq, _ in tail.more()]
    assert heard == list(range(1, 801))
    with machine().runs.telling("mika", run):
        pass  # everything a second time changes nothing
    late = machine("mika", "other").runs.tail("mika", run, 700)
    found = late.more()
    assert [seq for seq, _ in found] == list(range(701, 801))
    assert json.loads(found[0][1])["kind"] == "note"


@pytest.mark.slow
def test_a_hundred_thousand_events_take_no_more_memory_than_a_few(tmp_path: Path, url: str) -> None:
    shared = Settings(tmp_path / "home", "qemu:///system", "p", tmp_path, database=url)
    actor, run = Actor("mika", shared), record().id
    actor.runs.save(record())
    events(actor, run, *range(1, 100_001))
    tracemalloc.start()
    try:
        with actor.runs.telling("mika", run):
            pass
        tail, heard = actor.runs.tail("mika", run), 0
        while found := tail.more():
            assert found[0][0] == heard + 1
            heard = found[-1][0]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert heard == 100_000
    assert peak < 16 * 2**20


def test_a_run_without_a_job_is_left_to_its_machine(machine: Machine) -> None:
    """Nobody else knows whether it goes on; when it cannot any more, anybody may finish it."""
    young = record(0, "running")
    with machine().runs.hold("mika", young.id):
        machine().runs.save(young)
    with machine("mika", "other").runs.hold("mika", young.id) as theirs:
        assert theirs == (machine().settings.database is None)
    old = young.model_copy(update={"id": record(1).id, "started": NOW - timedelta(days=1)})
    machine().runs.save(old)
    with machine("mika", "other").runs.hold("mika", old.id) as theirs:
        assert theirs


def test_every_machine_has_the_same_keys(tmp_path: Path, url: str) -> None:
    shared = Settings(tmp_path / "home", "qemu:///system", "p", tmp_path, database=url)
    pairs = []
    for user, home in (("mika", "one"), ("mika", "two"), ("mika", "one"), ("jun", "two")):
        actor = Actor(user, replace(shared, home=tmp_path / home))
        pair = _pair(actor, actor.home.ssh(user))
        assert pair.private.stat().st_mode & 0o777 == 0o600
        pairs.append((pair.private.read_text(), pair.public))
    assert pairs[0] == pairs[1] == pairs[2] != pairs[3]


def test_every_machine_notes_its_own_end_of_the_audit(tmp_path: Path, url: str) -> None:
    shared = Settings(tmp_path / "home", "qemu:///system", "p", tmp_path, database=url)
    one, two, three = (
        Actor("mika", replace(shared, home=tmp_path / n)) for n in ("one", "two", "three")
    )
    for actor in (one, two, one, two):
        actor.home.plans("mika")  # the home is there
        actor.audit.append("mika", {"event": "test"})
        assert verified(actor).problems == ()
    assert verified(three).problems == ()
    assert [str(one.audit.head()), str(two.audit.head())] == [
        f"{row.seq}:{row.hash}" for row in list(one.audit.rows())[2:]
    ]
