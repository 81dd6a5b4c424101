"""One trace from the call over the submit to the worker of another process, told to a real receiver."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from fuyajo.domain.errors import Refused
from fuyajo.service import tracing
from tests.integration.service.conftest import Service
from tests.support import service as http
from tests.support.service_host import worker
from tests.support.spans import Receiver, receiver

pytestmark = pytest.mark.slow
TRACE, CALLER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with receiver() as made:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", made.url)
        yield made


def test_one_trace_from_the_call_to_the_run(service: Service, spans: Receiver) -> None:
    plan = service.plan("web")
    # The traces end after the service: a call goes on for a moment when its answer is already here.
    traced = tracing.on(False, {**os.environ, "OTEL_SERVICE_NAME": "front"})
    with traced, http.service(service.home) as api:
        api.user("mika")
        token = api.token("mika")
        above = {"traceparent": f"00-{TRACE}-{CALLER}-01"}
        answer = api.call("POST", f"/api/v1/plans/{plan}/apply", token | above, {})
        assert answer.status_code == 202, answer.text
        run = answer.json()["run"]["id"]
    found = service.actor().jobs.get(run)
    assert found is not None and found.trace is not None and TRACE in found.trace
    with worker(service.home, OTEL_SERVICE_NAME="back") as process:
        service.state(found, "successful")
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    call, submit = spans.one("call"), spans.one("submit")
    job, ran = spans.one("job"), spans.one("run")
    assert {one.trace for one in (call, submit, job, ran)} == {TRACE}
    assert [one.parent for one in (call, submit, job, ran)] == [CALLER, call.id, submit.id, job.id]
    assert [one.service for one in (call, submit, job, ran)] == ["front", "front", "back", "back"]
    assert call.attributes["http.route"] == "/api/v1/plans/{plan_id}/apply"
    assert call.attributes["http.response.status_code"] == 202
    assert {one.attributes["fuyajo.run"] for one in (submit, job, ran)} == {run}
    secret = token["Authorization"].removeprefix("Bearer ").encode()
    assert not any(secret in body for body in spans.raw)


def test_an_error_is_told_by_its_kind_alone(spans: Receiver) -> None:
    with tracing.on(False, os.environ), pytest.raises(Refused), tracing.span("x"):
        raise Refused([])
    assert spans.one("x").failed == "Refused"
    with tracing.on(False, os.environ), pytest.raises(ValueError), tracing.span("y"):
        raise ValueError("my secret")
    assert spans.one("y").failed == "ValueError"
    assert not any(b"my secret" in body for body in spans.raw)


@pytest.mark.parametrize("said", ["", "nonsense", "00-0-0-00", "é", "00-" + "0" * 32 + "-x-01"])
def test_a_context_that_is_none_begins_a_new_trace(spans: Receiver, said: str) -> None:
    with tracing.on(True, os.environ), tracing.span("x", said):
        pass
    assert (spans.one("x").parent, len(spans.one("x").trace)) == ("", 32)


def test_without_being_asked_nothing_is_imported_or_carried(service: Service) -> None:
    assert service.submit("web").trace is None
    lines = """
import sys
from fuyajo.service import tracing
with tracing.on(False, {}), tracing.span("x", "00-%s-%s-01") as told:
    told.note("y", 1)
    assert tracing.carried() is None
import fuyajo.http.app, fuyajo.service.working
assert not [name for name in sys.modules if name.startswith("opentelemetry.sdk")]
""" % (TRACE, CALLER)  # noqa: UP031
    subprocess.run([sys.executable, "-c", lines], check=True, timeout=60)


def test_a_receiver_that_is_down_holds_nothing_up(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    job = service.submit("web")
    with worker(service.home, **environment) as process:
        service.state(job, "successful")
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
