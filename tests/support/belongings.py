"""Two users of one service: noriko has one of everything, and mika asks for it.

What is foreign has to answer like what is not there. `Foreign` are names of parameters with their values.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import httpx2

from fuyajo.domain.alerts import Rule
from fuyajo.domain.drift import Baseline
from fuyajo.domain.machine import Trashed
from fuyajo.domain.trash import trash_name
from fuyajo.service import alerting, scheduling
from fuyajo.service.sharing import share
from fuyajo.service.submitting import submit
from fuyajo.store.runs import RunRecord
from tests.support import talks
from tests.support.command_line import World, machine
from tests.support.service import Service

MINE, OTHER = "mika", "noriko"
SECRET, BURIED, NOTE = "sekret-box", "sekret-old", "sekret-note"
RUN_DONE = "r-20261122-210000-aaaa"
UNKNOWN = {
    "plan_id": "p-ffffffff",
    "run_id": "r-20261122-210000-ffff",
    "name": "nothing-here",
    "token_id": "t-ffffffffffff",
    "conversation_id": "c-ffffffffffffffff",
    "number": "1",
    "schedule_id": "s-ffffffff",
    "alert_id": "a-ffffffff",
    "grantee": "jun",
    "user": "nobody-here",
}
CHANGING = {"date", "x-request-id", "content-length"}
_USED = re.compile(r'"used":(?:"[^"]*"|null)')
Foreign = dict[str, str]


def belongings(api: Service, world: World) -> tuple[Foreign, ...]:
    """Make the users, and what is noriko's. Its ids: one of each kind, then others of some kinds."""
    for user in (MINE, OTHER, "jun"):
        api.user(user)
    theirs = api.token(OTHER)
    buried = machine(BURIED, owner=OTHER, state="stopped")
    mark = Trashed(BURIED, "2026-11-22T21:00:00Z", "2099-11-22T21:00:00Z")
    kept = trash_name(buried.uuid)
    world.have(machine(SECRET, owner=OTHER), replace(buried, name=kept, trashed=mark))
    plan, queued = _worked_at(api, theirs)
    token = api.call("GET", "/api/v1/tokens", theirs).json()[0]["id"]
    talk = talks.new(api, theirs, "sekret talk")
    talks.answered(api, theirs, talk, f"stop {SECRET}")
    request = f'{{"operations": [{{"op": "snapshot", "vm": "{SECRET}"}}]}}'
    schedule = scheduling.add(api.actor(OTHER), "0 3 * * *", "UTC", request, NOTE).id
    share(api.actor(OTHER), SECRET, "jun", "operate")
    alert = alerting.add(api.actor(OTHER), Rule("cpu", 90), NOTE, [SECRET]).id
    base = {"plan_id": plan, "run_id": queued, "name": SECRET, "token_id": token}
    base |= {"conversation_id": talk.rsplit("/", 1)[-1], "number": "1"}
    base |= {"schedule_id": schedule, "alert_id": alert, "grantee": "jun", "user": OTHER}
    more = ({"run_id": RUN_DONE}, {"name": BURIED}, {"name": kept}, {"name": buried.uuid})
    return (base, *({**base, **one} for one in more))


def _worked_at(api: Service, theirs: dict[str, str]) -> tuple[str, str]:
    """A plan and its run that waits; one that is over, and what was there before both."""
    actor, now = api.actor(OTHER), datetime.now(UTC)
    plan: str = api.call("POST", f"/api/v1/vms/{SECRET}/stop", theirs).json()["id"]
    queued = submit(actor, plan).run
    done = RunRecord(
        id=RUN_DONE, owner=OTHER, plan=plan, status="successful", started=now, vms=(SECRET,)
    )
    actor.runs.save(done)
    gone = Baseline("uuid-gone", OTHER, "sekret-gone", queued, now.isoformat(), "running", {})
    actor.baselines.note([gone])
    assert api.call("POST", f"/api/v1/plans/{plan}/approve", theirs, {"note": NOTE}).is_success
    return plan, queued


def everything(api: Service, theirs: dict[str, str]) -> list[str]:
    """What the owner of that token sees of what is hers, but for when she last used a token."""
    lists = ("vms", "runs", "plans", "trash", "drift", "audit", "schedules", "shares", "tokens")
    lists += ("conversations", "alerts")
    found = [api.call("GET", f"/api/v1/{what}", theirs) for what in lists]
    assert all(answer.status_code == 200 for answer in found)
    return [_USED.sub("", answer.text) for answer in found]


def without(answer: httpx2.Response, ids: Foreign) -> str:
    """The body without what was asked for; long ones first, since a short one may be part of them."""
    text = answer.text
    for key, value in sorted(ids.items(), key=lambda one: -len(one[1])):
        text = text.replace(json.dumps(value)[1:-1], f"<{key}>")
    return text


def headers(answer: httpx2.Response) -> dict[str, str]:
    return {key: value for key, value in answer.headers.items() if key not in CHANGING}
