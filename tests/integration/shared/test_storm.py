"""Two services and two workers on one PostgreSQL server, and somebody who kills them, and the server too.

What a service has acknowledged (202) is never lost and never carried out twice.
"""

from __future__ import annotations

import os
import random
import signal
import threading
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest

from fuyajo.domain.errors import FuyajoError
from fuyajo.domain.jobs import OVER
from fuyajo.service.runs import list_runs
from tests.support.cluster import Front, Several, apply, plan
from tests.support.postgres import Server
from tests.support.service_host import DRAW, children

USERS = ("mika", "jun", "aya")
#: As many as there is time for in CI; the figure of bench/README.md is of 60.
KILLS = int(os.environ.get("FUYAJO_STORM_KILLS", "24"))
KILLS_OF_SERVICES = KILLS // 6
LEASE = 3.0
WAITING = 6


class Storm:
    """Everything comes back as soon as it was killed."""

    def __init__(self, several: Several, server: Server, draws: Path) -> None:
        self.several, self.server, self.draws = several, server, draws
        self.dice = random.Random(20)
        self.kills: Counter[str] = Counter()
        self.workers = [self._worker(name) for name in ("third", "fourth")]
        self.fronts = [several.service(name) for name in ("one", "other")]
        self.told: list[str] = []

    def count(self) -> int:
        drawn = self.draws.read_text().count("\n") if self.draws.exists() else 0
        return self.kills.total() + drawn

    def ask(self) -> None:
        """A plan at one service, applied at the other one; whoever answers nothing is asked once more."""
        user = self.dice.choice(USERS)
        token, name = self.several.token(user), f"vm-{len(self.told)}-{self.dice.random():.12f}"
        first, second = self.dice.sample(self.fronts, 2)
        with suppress(httpx2.HTTPError, AssertionError):  # killed, or without its database
            wanted = plan(first, token, name.replace(".", "-"))
            self.told += _acknowledged(second, token, wanted) or _acknowledged(first, token, wanted)

    def kill_a_worker(self) -> None:
        place = self.dice.randrange(2)
        self.workers[place].kill()
        self.workers[place].wait()
        self.workers[place] = self._worker(("third", "fourth")[place])
        self.kills["worker"] += 1

    def kill_a_service(self) -> None:
        """While it is being asked."""
        place = self.dice.randrange(2)
        asking = threading.Thread(target=self.ask)
        asking.start()
        self.fronts[place].process.kill()
        asking.join()
        self.fronts[place].kill()
        self.fronts[place] = self.several.service(("one", "other")[place])
        self.kills["service"] += 1

    def kill_a_job(self) -> None:
        found = [pid for one in self.workers for pid in children(one.pid)]
        if found:
            with suppress(ProcessLookupError):
                os.kill(self.dice.choice(found), signal.SIGKILL)
                self.kills["job"] += 1

    def kill_the_server(self) -> None:
        self.server.stop()
        self.server.start()
        self.kills["server"] += 1

    def _worker(self, name: str) -> Any:
        return self.several.worker(name, lease=LEASE, **{DRAW: str(self.draws)})


def _acknowledged(front: Front, token: dict[str, str], wanted: str) -> list[str]:
    with suppress(httpx2.HTTPError):
        answer = apply(front, token, wanted)
        if answer.status_code == 202:
            return [str(answer.json()["run"]["id"])]
    return []


@pytest.mark.slow
@pytest.mark.timeout(300 + 10 * KILLS)
def test_nothing_acknowledged_is_lost_or_doubled(
    several: Several, postgres: Server, tmp_path: Path
) -> None:
    for user in USERS:
        several.token(user)
    storm = Storm(several, postgres, tmp_path / "draws")
    _under_load(storm)
    for process in storm.workers:
        process.kill()
    several.worker("last", slots=4, lease=LEASE)
    told = sorted(set(storm.told))
    several.until(lambda: all(several.job(run).state in OVER for run in told), 120)
    _all_is_known(several, told)
    ends = Counter(several.job(run).state for run in told)
    assert ends["successful"], (ends, storm.kills)
    print(
        f"{storm.count()} kills ({dict(storm.kills)}); of {len(told)} acknowledged runs: {dict(ends)}"
    )


def _under_load(storm: Storm) -> None:
    pause, turn = threading.Event(), 0
    jobs = storm.several.actor().jobs
    while storm.count() < KILLS or storm.kills["service"] < KILLS_OF_SERVICES:
        with suppress(FuyajoError):
            if jobs.waiting() < WAITING:
                storm.ask()
        turn += 1
        if turn % 16 == 0:
            storm.kill_a_service()
        elif turn % 16 == 8:
            storm.kill_a_worker()
        elif turn % 12 == 4:
            storm.kill_a_job()
        elif turn in (20, 52):
            storm.kill_the_server()
        pause.wait(0.03)
        assert turn < 2000


def _all_is_known(several: Several, told: list[str]) -> None:
    ran = several.times_run()
    assert len(ran) == len(set(ran)), "a run was carried out twice"
    content = several.host.content()
    made = [name for _, what, name, _ in content.done if what == "make"]
    assert len(made) == len(set(made)), "a machine was made twice"
    records = {one.id: one for user in USERS for one in list_runs(several.actor(user))}
    assert all(one.status != "running" and one.settled for one in records.values())
    assert several.actor().claims.open() == []
    jobs = {job.run for job in several.actor().jobs.of()}
    assert set(told) <= jobs
    assert set(ran) <= jobs
    for run in told:
        end = several.job(run).state
        assert end in ("successful", "interrupted", "failed"), several.job(run)
        assert end != "successful" or (records[run].status == end and run in ran)
        assert end != "failed" or several.job(run).problems
    uuids = [machine.uuid for machine in content.machines.values()]
    assert set(several.actor().objects.find(uuids)) == set(uuids)
