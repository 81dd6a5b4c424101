"""Jobs of several hypervisors: who takes which, and what is said of one that nobody works for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fuyajo.service.following import AWAY_SECONDS, seen
from fuyajo.service.submitting import submit
from fuyajo.store.workers import FORGET, WorkerStore
from fuyajo.views.run import queued_fields, run_json
from tests.support.jobs import LEASE, START, job_of, new_jobs
from tests.support.several import Several, several

NOW = datetime.now(UTC)


def test_a_worker_takes_the_jobs_of_its_hosts_alone(tmp_path: Path) -> None:
    jobs = new_jobs(tmp_path / "home")
    for number, host in enumerate(("kvm1", "kvm2", None, "kvm2"), start=1):
        job = job_of(number)._replace(host=host)
        assert jobs.enqueue(job) == job
        assert jobs.get(job.run) == job

    def claim(*hosts: str) -> str | None:
        job = jobs.claim("w", START, LEASE, 9, hosts)
        return str(job.plan)[-1] if job else None

    assert [claim("kvm2"), claim("kvm2"), claim("kvm2")] == ["2", "4", None]
    assert claim("kvm2", "kvm1") == "1"
    assert claim() == "3"


def test_a_job_that_waits_for_another_host_keeps_its_machines(tmp_path: Path) -> None:
    jobs = new_jobs(tmp_path / "home")
    first, second = job_of(1, "mika", "web")._replace(host="kvm1"), job_of(2, "jun", "web")
    for job in (first, second._replace(host="kvm2")):
        jobs.enqueue(job)
    assert jobs.claim("w", START, LEASE, 9, ("kvm2",)) is None


@pytest.fixture
def fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Several]:
    with several(tmp_path / "home", monkeypatch) as made:
        yield made


def test_who_was_seen(fleet: Several) -> None:
    workers = fleet.actor().workers
    assert workers.seen("kvm1") is None
    workers.note("a", ("kvm1", "kvm3"), NOW)
    workers.note("b", (), NOW - timedelta(seconds=9))
    assert workers.seen("kvm1") == NOW
    assert workers.seen("kvm2") == NOW - timedelta(seconds=9)
    workers.gone("b")
    assert workers.seen("kvm2") is None
    workers.note("c", (), NOW + FORGET + timedelta(seconds=1))
    assert workers.seen("kvm3") == NOW + FORGET + timedelta(seconds=1)


def test_a_run_says_that_nobody_works_for_its_host(fleet: Several) -> None:
    fleet.add("old", "kvm1", memory_mib=4096)
    actor = fleet.actor()
    plan = fleet.planned({"vms": [{"name": "web", "template": "web-server"}]})
    job = submit(actor, plan.id, "web")
    assert job.host == plan.host == "kvm2"
    rows = dict(queued_fields(seen(actor, job.run), "en"))
    assert rows["waiting"] == "queued: no worker for kvm2 was ever seen"
    workers = WorkerStore(actor.database)
    workers.note("a", ("kvm1",), datetime.now(UTC))
    workers.note("b", ("kvm2",), datetime.now(UTC) - timedelta(seconds=AWAY_SECONDS + 5))
    told = run_json(seen(actor, job.run))["job"]
    assert (told["host"], told["waiting"][:41]) == (
        "kvm2",
        "queued: no worker for kvm2 was seen for 2",
    )
    assert "確認されていません" in dict(queued_fields(seen(actor, job.run), "ja"))["waiting"]
    workers.note("b", ("kvm2",), datetime.now(UTC))
    assert run_json(seen(actor, job.run))["job"]["waiting"] is None
