"""Two services and two workers on one PostgreSQL server: what one of them knows, all of them know."""

from __future__ import annotations

import json
import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from fuyajo.service import working
from fuyajo.service.authenticating import add_user
from fuyajo.service.runs import events
from fuyajo.service.working import LEASE
from tests.support.cluster import Front, Several, apply, plan
from tests.support.service_host import EVENTS, HOLD, TOLD


def follow(front: Front, token: dict[str, str], run: str, after: int = 0) -> list[tuple[int, str]]:
    """(id, event) of everything that a listener hears to the end."""
    found: list[tuple[int, str]] = []
    headers = token | {"Last-Event-ID": str(after)}
    with front.client.stream("GET", f"/runs/{run}/events", headers=headers) as answer:
        number, kind = 0, ""
        for line in answer.iter_lines():
            name, _, value = line.partition(": ")
            if name == "id":
                number = int(value)
            elif name == "event":
                kind = value
            elif name == "data":
                json.loads(value)
                found.append((number, kind))
    return found


def test_what_one_knows_all_know(several: Several) -> None:
    """Planned at one service, applied at the other, carried out by a third machine, followed at both."""
    one, other = several.service("one"), several.service("other")
    several.environment[EVENTS] = "300"
    several.worker("third")
    mika, jun = several.token("mika"), several.token("jun")
    wanted = plan(one, mika, "web")
    assert apply(other, jun, wanted).status_code == 404
    asked = apply(other, mika, wanted, key="k1")
    assert asked.status_code == 202, asked.text
    run = asked.json()["run"]["id"]
    again = apply(one, mika, wanted, key="k1")
    assert again.headers["idempotency-replayed"] == "true"
    assert again.json() == asked.json()
    for front in (one, other):
        heard = follow(front, mika, run)
        assert heard == [*((n, "note") for n in range(1, 301)), (300, "end")]
        assert follow(front, mika, run, 290) == heard[290:]
        assert front.client.get(f"/runs/{run}/events", headers=jun).status_code == 404
        assert front.client.get(f"/runs/{run}", headers=mika).json()["status"] == "successful"
    # The directory is on the third machine alone.
    (kept,) = several.root.glob("*/runs/mika/r-*/events.jsonl")
    assert kept.relative_to(several.root).parts[0] == "third"

    signed = {"user": "aya", "password": "four words in a row"}
    add_user(several.actor("root"), "aya", signed["password"], admin=False)
    token = one.client.post("/sign-in", json=signed).json()["token"]
    aya = {"Authorization": f"Bearer {token}"}
    assert other.client.get("/me", headers=aya).json()["user"] == "aya"

    doomed = one.client.post("/vms/web/delete", headers=mika, json={"purge": True}).json()["id"]
    assert apply(other, mika, doomed).status_code == 403
    said = other.client.post(f"/plans/{doomed}/approve", headers=mika, json={"note": "yes"})
    assert said.status_code == 201, said.text
    gone = apply(one, mika, doomed).json()["run"]["id"]
    several.state(gone, "successful")
    assert several.host.content().machines == {}


@pytest.mark.parametrize("point", ["job-claimed", "job-ended", "in-its-middle"])
def test_a_machine_that_is_gone(several: Several, tmp_path: Path, point: str) -> None:
    """Its worker dies with the processes of its jobs; the run's directory is nowhere else."""
    front, mika = several.service("one"), several.token("mika")
    hold, middle = tmp_path / "hold", point == "in-its-middle"
    more = {HOLD: str(hold)} if middle else {"FUYAJO_FAILPOINT": point}
    hold.touch()
    # What is to be told, or to come to its end, needs its lease for so long.
    lease = 1.5 if point == "job-claimed" else 6.0
    lost = several.worker("lost", lease=lease, **{EVENTS: "5"}, **more)
    run = apply(front, mika, plan(front, mika, "web")).json()["run"]["id"]
    if middle:
        several.until((tmp_path / f"holding-{run}").exists)
        several.until(lambda: len(list(events(several.actor(), run))) == 5)
        lost.kill()
    assert lost.wait(60) == -signal.SIGKILL
    (several.root / "lost").rename(several.root / "nowhere")
    several.worker("other")
    end = "successful" if point == "job-ended" else "interrupted"
    several.state(run, end)
    assert _status(front, mika, run) == end
    told = 0 if point == "job-claimed" else 5
    assert follow(front, mika, run)[-1] == (told, "end")
    actor = several.actor()
    assert actor.claims.open() == []
    assert all(record.settled for record in actor.runs.list("mika"))
    assert several.times_run().count(run) <= 1
    several.state(apply(front, mika, plan(front, mika, "other")).json()["run"]["id"], "successful")


def test_nobody_else_finishes_a_run_that_goes_on(several: Several, tmp_path: Path) -> None:
    """Not even while the server was away: its sessions are gone then, and the run is not."""
    hold = tmp_path / "hold"
    hold.touch()
    one, other, mika = several.service("one"), several.service("other"), several.token("mika")
    several.worker("third", **{HOLD: str(hold)})
    run = apply(one, mika, plan(one, mika, "web")).json()["run"]["id"]
    several.until((tmp_path / f"holding-{run}").exists)
    for pid in _sessions(several):  # they end, as with a server that was started again
        os.kill(pid, signal.SIGTERM)
    for front in (one, other):
        several.until(lambda front=front: _status(front, mika, run) == "running")
        assert _status(front, mika, run) == "running"
    unwanted = apply(one, mika, plan(one, mika, "unwanted")).json()["run"]["id"]
    several.until((tmp_path / f"holding-{unwanted}").exists)
    assert other.client.post(f"/runs/{unwanted}/cancel", headers=mika).status_code == 202
    several.state(unwanted, "canceled")
    assert _status(one, mika, unwanted) != "running"
    hold.unlink()
    several.state(run, "successful")
    assert _status(one, mika, run) == "successful"


def _status(front: Front, token: dict[str, str], run: str) -> str:
    answer = front.client.get(f"/runs/{run}", headers=token)
    return str(answer.json()["status"]) if answer.status_code == 200 else str(answer.status_code)


def _sessions(several: Several) -> list[int]:
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    with several.actor().database.read() as connection:
        wanted = text(f"SELECT pid FROM pg_stat_activity WHERE {others}")
        return list(connection.execute(wanted).scalars())


def test_a_run_is_claimed_when_it_is_asked_for(several: Several) -> None:
    """Not when the worker looks by itself the next time."""
    front, mika = several.service("one"), several.token("mika")
    several.worker("third", **{TOLD: "600"})
    for number in range(5):
        run = apply(front, mika, plan(front, mika, f"vm-{number}")).json()["run"]["id"]
        several.state(run, "successful")


def test_clocks_that_differ_end_no_lease(several: Several, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's clock counts: a machine an hour ahead takes nothing over that goes on."""
    front, mika = several.service("one"), several.token("mika")
    run = apply(front, mika, plan(front, mika, "web")).json()["run"]["id"]
    actor = several.actor()
    ahead = type(
        "Ahead", (datetime,), {"now": lambda zone: datetime.now(zone) + timedelta(hours=1)}
    )
    monkeypatch.setattr(working, "datetime", ahead)
    assert working.datetime.now(UTC) > datetime.now(UTC) + timedelta(minutes=59)
    worker = working.Worker(actor.settings, actor.database)
    assert actor.jobs.claim("other", actor.database.now(), LEASE, per_user=2)
    worker.reconcile()
    held = several.job(run)
    assert (held.worker, held.fence, held.state) == ("other", 1, "starting")
