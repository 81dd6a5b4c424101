"""Sixty `kill -9` of workers and of processes of jobs while runs are asked for without a pause.

Some kills come from outside at any moment; most are drawn by jobs, at one of the named moments of a run.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
from collections import Counter
from contextlib import suppress
from pathlib import Path
from threading import Event

import pytest

from fuyajo.domain.jobs import OVER
from fuyajo.service.runs import list_runs
from fuyajo.store.jobs import Job
from tests.integration.service.conftest import Service
from tests.support.service_host import DRAW, children, start, worker

USERS = ("mika", "jun", "aya")
WORKERS, KILLS_OF_WORKERS, KILLS_FROM_OUTSIDE, KILLS = 2, 8, 12, 60
LEASE = 1.5


class Storm:
    """Two workers that always come back, and somebody who kills them."""

    def __init__(self, service: Service, draws: Path) -> None:
        self.service, self.draws = service, draws
        self.dice = random.Random(60)
        self.kills = 0
        self.workers = [self.again() for _ in range(WORKERS)]

    def again(self) -> subprocess.Popen[bytes]:
        return start(self.service.home, 3, LEASE, **{DRAW: str(self.draws)})

    def kill_a_worker(self) -> None:
        place = self.dice.randrange(WORKERS)
        self.workers[place].kill()
        self.workers[place].wait()
        self.workers[place] = self.again()
        self.kills += 1

    def kill_a_job(self) -> None:
        found = [pid for one in self.workers for pid in children(one.pid)]
        if found:
            with suppress(ProcessLookupError):
                os.kill(self.dice.choice(found), signal.SIGKILL)
                self.kills += 1

    def drawn(self) -> int:
        return self.draws.read_text().count("\n") if self.draws.exists() else 0

    def close(self) -> None:
        for process in self.workers:
            process.kill()
            process.wait()


@pytest.mark.timeout(300)
def test_nothing_acknowledged_is_lost_and_nothing_is_doubled(
    service: Service, tmp_path: Path
) -> None:
    storm = Storm(service, tmp_path / "draws")
    told: list[Job] = []
    try:
        _under_load(service, storm, told)
    finally:
        storm.close()
    kills = storm.kills + storm.drawn()
    assert kills >= KILLS
    with worker(service.home, lease=LEASE):
        service.until(lambda: all(service.job(job).state in OVER for job in told))
    _all_is_known(service, told)
    ends = Counter(service.job(job).state for job in told)
    assert ends["successful"] and ends["interrupted"]


def _under_load(service: Service, storm: Storm, told: list[Job]) -> None:
    pause, turn = Event(), 0
    while storm.kills + storm.drawn() < KILLS:
        if service.actor().jobs.waiting() < 6:
            told.append(service.submit(f"vm-{len(told)}", storm.dice.choice(USERS)))
        turn += 1
        if turn % 25 == 0 and turn // 25 <= KILLS_OF_WORKERS:
            storm.kill_a_worker()
        elif turn % 15 == 0 and turn // 15 <= KILLS_FROM_OUTSIDE:
            storm.kill_a_job()
        pause.wait(0.03)
        assert turn < 4000


def _all_is_known(service: Service, told: list[Job]) -> None:
    ran = service.times_run()
    assert len(ran) == len(set(ran)), "a run was carried out twice"
    assert set(ran) <= {job.run for job in told}
    content = service.host.content()
    made = [name for _, what, name, _ in content.done if what == "make"]
    assert len(made) == len(set(made)), "a machine was made twice"
    assert service.actor().claims.open() == []
    records = {record.id: record for user in USERS for record in list_runs(service.actor(user))}
    assert all(record.status != "running" and record.settled for record in records.values())
    for job in told:
        end = service.job(job).state
        assert end in ("successful", "interrupted"), service.job(job)
        assert (job.run in records and records[job.run].status == end) or end == "interrupted"
        assert job.run in ran or end == "interrupted"
    uuids = [machine.uuid for machine in content.machines.values()]
    assert set(service.actor().objects.find(uuids)) == set(uuids)
