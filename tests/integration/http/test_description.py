"""The description is true: made-up calls of every route end as it says, and none ends in a server error."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from pydantic import BaseModel
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from fuyajo.domain.alerts import Rule
from fuyajo.domain.machine import Trashed
from fuyajo.domain.trash import trash_name
from fuyajo.http.shapes import (
    AuditView,
    HostView,
    JobView,
    PlannedView,
    PlanView,
    RunView,
    TrashView,
    VmView,
)
from fuyajo.http.talk_shapes import ExportView, TalkView, TurnView
from fuyajo.service import alerting, scheduling
from fuyajo.service.submitting import submit
from fuyajo.store.runs import RunRecord
from tests.support import talks
from tests.support.command_line import World, machine
from tests.support.service import Service, service

#: For each route and each of both kinds (as described, and not). By hand: 60 make 9,000 in ten minutes.
CASES = int(os.environ.get("FUYAJO_HTTP_CASES", "5"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
    ignored_auth,
    negative_data_rejection,
]
#: Every call of these checks a password, on purpose a slow thing.
SLOW = {f"/api/v1/{path}" for path in ("sign-in", "first-admin", "users", "users/{user}/password")}
DONE = "r-20261122-210000-aaaa"


@dataclass(frozen=True)
class Place:
    """A service with something of everything, and the headers of its owner."""

    api: Service
    token: dict[str, str]

    def plan(self) -> str:
        made = self.api.call("POST", "/api/v1/vms/web/stop", self.token)
        return str(made.json()["id"])

    def ids(self, path: str) -> dict[str, str]:
        """Of things that are there. What a call may use up is made for it."""
        run = submit(self.api.actor("mika"), self.plan()).run if "cancel" in path else DONE
        self.api.token("mika", "read")
        spare = self.api.actor("mika").people.tokens("mika")[-1].id
        talk = talks.new(self.api, self.token) if "conversation_id" in path else ""
        if "number" in path:
            talks.answered(self.api, self.token, talk, "hello")
        known = {"plan_id": self.plan(), "run_id": run, "name": "web", "token_id": spare}
        known |= {"schedule_id": self.schedule(), "grantee": "root", "alert_id": self.alert()}
        return known | {"conversation_id": talk.rsplit("/", 1)[-1], "number": "1", "user": "jun"}

    def alert(self) -> str:
        """A new one, and no more than that one."""
        actor = self.api.actor("mika")
        for old in alerting.of(actor):
            alerting.remove(actor, old.id)
        return alerting.add(actor, Rule("cpu", 90)).id

    def schedule(self) -> str:
        """The only one: a user may have so many."""
        actor = self.api.actor("mika")
        for old in actor.schedules.of("mika"):
            scheduling.remove(actor, old.id)
        request = '{"operations": [{"op": "snapshot", "vm": "web"}]}'
        return scheduling.add(actor, "0 3 * * *", "UTC", request).id


@pytest.fixture
def place(world: World) -> Iterator[Place]:
    with service(world.home) as api:
        api.user("mika", admin=True)
        api.user("jun")
        found = Place(api, api.token("mika", "apply", "approve", "admin"))
        buried = machine("old", state="stopped")
        mark = Trashed("old", "2026-11-22T21:00:00Z", "2099-11-22T21:00:00Z")
        kept = replace(buried, name=trash_name(buried.uuid), trashed=mark)
        world.have(machine("web"), kept)
        now = datetime.now(UTC)
        plan = found.plan()
        record = RunRecord(id=DONE, owner="mika", plan=plan, status="successful", started=now)
        api.actor("mika").runs.save(record)
        yield found


def test_answers_have_what_is_described_and_nothing_else(place: Place) -> None:
    """A key that a view has and the description does not would be found by nobody otherwise."""
    ask = {"plans": PlanView, "runs": RunView, "vms": VmView, "trash": TrashView}
    for path, shape in {**ask, "audit": AuditView}.items():
        answer = place.api.call("GET", f"/api/v1/{path}", place.token).json()
        assert _required(shape) <= set(answer[0]) <= set(shape.model_fields), path
    talk = talks.new(place.api, place.token)
    turn = talks.answered(place.api, place.token, talk, "a web server called hello")
    assert set(turn) == set(TurnView.model_fields)
    answered = set(turn["answer"])
    assert _required(PlannedView) <= answered <= set(PlannedView.model_fields)
    assert set(place.api.call("GET", talk, place.token).json()) == set(TalkView.model_fields)
    export = place.api.call("GET", "/api/v1/me/export", place.token).json()
    assert set(export) == set(ExportView.model_fields)
    submit(place.api.actor("mika"), place.plan())
    job = place.api.call("GET", "/api/v1/runs", place.token).json()[0]["job"]
    assert _required(JobView) <= set(job) <= set(JobView.model_fields)
    hosts = place.api.call("GET", "/api/v1/hosts", place.token).json()
    assert set(hosts[0]) == set(HostView.model_fields)


def _required(shape: type[BaseModel]) -> set[str]:
    """What every answer has: the rest is of installations with several hypervisors."""
    return {name for name, field in shape.model_fields.items() if field.is_required()}


@pytest.mark.timeout(max(300, 60 * CASES))  # every route, in both kinds
def test_no_call_breaks_the_service(place: Place) -> None:
    url = f"http://127.0.0.1:{place.api.port}"
    schema = schemathesis.openapi.from_url(f"{url}/api/v1/openapi.json")
    seen: Counter[int] = Counter()
    for found in schema.get_all_operations():
        operation = found.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            try:
                _try(place, operation, mode, seen)
            except (Unsatisfiable, schemathesis.errors.InvalidSchema):
                assert mode is GenerationMode.NEGATIVE  # nothing about it can be wrong
    print(f"{sum(seen.values())} calls: {sorted(seen.items())}")  # with FUYAJO_HTTP_CASES and -rP
    assert sum(seen.values()) > 40 * CASES
    assert {200, 201, 202, 204, 400, 401, 404, 422} <= set(seen), seen


def _try(place: Place, operation: Any, mode: GenerationMode, seen: Counter[int]) -> None:
    cases = max(1, CASES // 3) if operation.path in SLOW else CASES

    @settings(
        max_examples=cases,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        deadline=None,
    )
    @given(case=operation.as_strategy(mode), real=st.booleans())
    def run(case: Any, real: bool) -> None:
        if real and mode is GenerationMode.POSITIVE:
            ids = place.ids(operation.path)
            case.path_parameters = {key: ids[key] for key in case.path_parameters or {}}
        token = place.token
        if operation.path.endswith("/sign-out"):
            token = place.api.token("mika", "read")  # it works once
        answer = case.call(headers=token, timeout=20)
        seen[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS, headers=token)

    run()
