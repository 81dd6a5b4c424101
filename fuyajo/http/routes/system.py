"""Is it alive, can it work, what has it done: for whoever watches over it."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel

from fuyajo.domain.errors import FuyajoError
from fuyajo.http.problems import ProblemDocument, answer, language
from fuyajo.http.who import Reader
from fuyajo.service.readiness import check

router = APIRouter(tags=["system"])


class Health(BaseModel):
    status: Literal["ok"] = "ok"


@router.get("/healthz", summary="The process answers")
def healthz() -> Health:
    return Health()


@router.get(
    "/readyz",
    summary="Database and libvirt answer",
    responses={503: {"model": ProblemDocument, "description": "something is missing"}},
)
def readyz(request: Request) -> Response:
    try:
        check(request.app.state.settings, request.app.state.database)
    except FuyajoError as error:
        return answer(503, error.problems, language(request))
    return Response(Health().model_dump_json(), media_type="application/json")


@router.get(
    "/metrics", summary="Prometheus metrics; any token that may read", response_class=Response
)
def metrics(_actor: Reader) -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
