"""From words to a run and back, over HTTP; events arrive once, in order, from where a listener was."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from fuyajo.service.job import perform
from fuyajo.store.jobs import JobStore
from tests.support.command_line import World
from tests.support.listening import Listener, going
from tests.support.service import Service, service


@pytest.fixture
def mika(api: Service) -> dict[str, str]:
    return api.token(api.user("mika"))


def work(api: Service) -> str:
    """What a worker and its process do for the next job. How it ended."""
    store, now = JobStore(api.app.state.database), datetime.now(UTC)
    job = store.claim("test", now, timedelta(minutes=1), 2)
    assert job is not None
    assert store.move(job, "running", now)
    code = perform(api.actor(job.owner), job.run, job.fence, watched=False)
    state = api.actor(job.owner).runs.load(job.owner, job.run).status if code == 0 else "failed"
    assert store.move(job, "successful" if state == "successful" else "failed", now)
    return state


def test_from_words_to_a_machine_and_back(api: Service, world: World, mika: dict[str, str]) -> None:
    made = api.call("POST", "/api/v1/plans", mika, {"words": "a web server called hello"})
    assert made.status_code == 201, made.text
    plan = made.json()["plan"]
    assert made.headers["location"] == f"/api/v1/plans/{plan['id']}"
    assert api.call("GET", made.headers["location"], mika).json() == plan
    assert [one["id"] for one in api.call("GET", "/api/v1/plans", mika).json()] == [plan["id"]]

    applied = api.call("POST", f"/api/v1/plans/{plan['id']}/apply", mika, {})
    assert applied.status_code == 202, applied.text
    run = applied.json()["run"]
    assert (run["status"], run["job"]["state"], run["started"]) == ("queued", "queued", None)
    again = api.call("POST", f"/api/v1/plans/{plan['id']}/apply", mika, {})
    assert again.json()["run"]["id"] == run["id"]
    path = applied.headers["location"]
    assert api.call("GET", path, mika).json() == run

    assert work(api) == "successful"
    done = api.call("GET", path, mika).json()
    assert (done["status"], done["job"]["state"], done["id"]) == ("successful",) * 2 + (run["id"],)
    assert [vm["name"] for vm in api.call("GET", "/api/v1/vms", mika).json()] == ["hello"]
    assert api.call("GET", "/api/v1/vms/hello", mika).json()["url"].startswith("http://")
    assert api.call("POST", f"{path}/cancel", mika).status_code == 409

    undone = api.call("POST", f"{path}/undo", mika)
    assert undone.status_code == 201, undone.text
    back = undone.json()["plan"]["id"]
    refused = api.call("POST", f"/api/v1/plans/{back}/apply", mika, {})
    assert refused.status_code == 403
    assert api.call("POST", f"/api/v1/plans/{back}/apply", mika, {"yes": True}).status_code == 202
    assert work(api) == "successful"
    assert api.call("GET", "/api/v1/vms", mika).json() == []
    audit = api.call("GET", f"/api/v1/audit?run={run['id']}", mika).json()
    assert [row["body"]["event"] for row in audit] == ["run.started", "run.finished"]
    world.call("audit", "verify")


def test_talk_makes_no_plan(api: Service, mika: dict[str, str]) -> None:
    answer = api.call("POST", "/api/v1/plans", mika, {"words": "こんにちは"})
    assert answer.status_code == 200
    assert answer.json()["plan"] is None
    assert answer.json()["reply"]["message"]


def test_problems_come_all_at_once_and_in_the_language_that_was_asked_for(
    api: Service, mika: dict[str, str]
) -> None:
    body = {"config": {"vms": [{"name": "A", "template": "nope"}], "more": 1}}
    answer = api.call("POST", "/api/v1/plans", {**mika, "Accept-Language": "ja,en"}, body)
    assert answer.status_code == 422
    found = answer.json()["errors"]
    assert len(found) >= 3
    assert any("あ" <= char <= "ん" for char in found[0]["message"])


def test_an_approval_ahead(api: Service, world: World, mika: dict[str, str]) -> None:
    api.call("POST", "/api/v1/plans", mika, {"words": "a web server called hello"})
    plan = api.call("GET", "/api/v1/plans", mika).json()[0]["id"]
    api.call("POST", f"/api/v1/plans/{plan}/apply", mika, {})
    work(api)
    doomed = api.call("POST", "/api/v1/vms/hello/delete", mika, {"purge": True}).json()["id"]
    told = api.call("GET", f"/api/v1/policy/explain?plan={doomed}", mika).json()
    assert told["decision"]["need"] == "approval"
    approved = api.call("POST", f"/api/v1/plans/{doomed}/approve", mika, {"note": "yes"})
    assert (approved.status_code, approved.json()["kind"]) == (201, "flag")
    assert api.call("POST", f"/api/v1/plans/{doomed}/apply", mika, {}).status_code == 202
    assert work(api) == "successful"

    api.call("POST", "/api/v1/plans", mika, {"words": "a web server called again"})
    plan = api.call("GET", "/api/v1/plans", mika).json()[0]["id"]
    rejected = api.call("POST", f"/api/v1/plans/{plan}/reject", mika, {"note": "no"})
    assert rejected.json()["verdict"] == "rejected"
    assert api.call("POST", f"/api/v1/plans/{plan}/apply", mika, {}).status_code == 403


def test_a_run_that_waits_is_cancelled_at_once(
    api: Service, world: World, mika: dict[str, str]
) -> None:
    woken = threading.Event()
    api.app.state.wake = woken.set
    plan = api.call("POST", "/api/v1/plans", mika, {"words": "a web server called hello"}).json()
    path = f"/api/v1/plans/{plan['plan']['id']}/apply"
    run = api.call("POST", path, mika, {}).json()["run"]
    assert woken.is_set()
    answer = api.call("POST", f"/api/v1/runs/{run['id']}/cancel", mika)
    assert (answer.status_code, answer.json()["status"]) == (202, "canceled")
    assert [one["status"] for one in api.call("GET", "/api/v1/runs", mika).json()] == ["canceled"]
    assert world.runs == []


# --- events ------------------------------------------------------------------------------------------


def test_events_come_once_and_in_order(api: Service, mika: dict[str, str]) -> None:
    with going(api) as run:
        run.write(3)
        listener = Listener(api, mika, enough=3).start()
        assert listener.some.wait(20)
        assert not listener.ends.is_set()
        run.write(500)
        run.write(1, tail="")  # half of a line, for now
    (run.directory / "events.jsonl").open("a").write("\n")
    assert listener.ends.wait(20)
    assert listener.ids[:-1] == sorted(set(listener.ids[:-1]))
    assert listener.ids[:503] == list(range(1, 504))
    assert listener.kinds[-1] == "end"
    assert listener.data[-1]["status"] == "successful"
    assert set(listener.kinds[:-1]) == {"note"}


def test_a_listener_goes_on_where_it_was(api: Service, mika: dict[str, str]) -> None:
    with going(api) as run:
        run.write(10)
    for after, first in (("7", 8), ("0", 1), ("nonsense", 1), ("10", None), ("99", None)):
        listener = Listener(api, mika, after)
        listener.listen()
        heard = [
            seq for seq, kind in zip(listener.ids, listener.kinds, strict=True) if kind != "end"
        ]
        assert heard == ([] if first is None else list(range(first, 11))), after
        assert listener.kinds[-1] == "end"
    answer = api.call("GET", f"/api/v1/runs/{run.id}/events?after=9", mika)
    assert answer.text.count("event: note") == 1


def test_a_quiet_run_is_kept_open_by_heartbeats(world: World) -> None:
    with service(world.home, heartbeat=0.2) as api:
        token = api.token(api.user("mika"))
        with going(api):
            listener = Listener(api, token, enough=99).start()
            assert listener.some.wait(20)
            assert listener.beats
        assert listener.ends.wait(20)


def test_a_service_that_ends_ends_its_streams(world: World) -> None:
    with service(world.home) as api:
        token = api.token(api.user("mika"))
        held = going(api)
        held.__enter__().write(1)
        listener = Listener(api, token).start()
        assert listener.some.wait(20)
        api.app.state.streams.end()
        assert listener.ends.wait(20)
        assert "end" not in listener.kinds  # the run goes on: the listener comes again
        held.__exit__(None, None, None)


def test_many_listeners_hear_everything(api: Service, mika: dict[str, str]) -> None:
    with going(api) as run:
        listeners = [Listener(api, mika, enough=5).start() for _ in range(20)]
        run.write(5)
        assert all(listener.some.wait(30) for listener in listeners)
        run.write(300)
    assert all(listener.ends.wait(30) for listener in listeners)
    assert {tuple(listener.ids) for listener in listeners} == {(*range(1, 306), 305)}
    assert not api.app.state.streams._watches  # nobody is watched for any more
