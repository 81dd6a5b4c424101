"""Is it alive, can it work, what has it done: for whoever watches over it."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel

from fuyajo.domain.errors import FuyajoError
from fuyajo.http.answers import ends
from fuyajo.http.logs import Metrics
from fuyajo.http.problems import answer, language
from fuyajo.http.who import Known, Reader
from fuyajo.service.gauging import gauges
from fuyajo.service.readiness import check
from fuyajo.views.gauges import gauges_text

routes = APIRouter(tags=["system"])


class Health(BaseModel):
    status: Literal["ok"] = "ok"


class Readiness(Health):
    """Of a cluster, every service names the same kind and the same schema."""

    database: Literal["sqlite", "postgresql"]
    schema_version: int


@routes.get("/healthz", summary="The process answers")
def healthz() -> Health:
    return Health()


@routes.get(
    "/readyz",
    summary="Database and libvirt answer",
    response_model=Readiness,
    responses=ends(503),
)
def readyz(request: Request) -> Response:
    try:
        about = check(request.app.state.settings, request.app.state.database)
    except FuyajoError as error:
        return answer(503, error.problems, language(request))
    found = Readiness(database=about.kind, schema_version=about.schema)
    return Response(found.model_dump_json(), media_type="application/json")


@routes.get(
    "/metrics",
    summary="Prometheus metrics; any token that may read",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(actor: Reader, request: Request) -> Response:
    found: Metrics = request.app.state.metrics
    found.waiting.set(actor.jobs.waiting())
    return Response(generate_latest(found.registry), media_type=CONTENT_TYPE_LATEST)


@routes.get(
    "/api/v1/metrics/machines",
    summary="Prometheus metrics of your machines and those shared with you; administrators: of all",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def machine_metrics(actor: Reader, caller: Known) -> Response:
    found = gauges(actor, everybody=caller.admin)
    return Response(gauges_text(found), media_type=CONTENT_TYPE_LATEST)
