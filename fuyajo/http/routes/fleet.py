"""All machines at once."""

from __future__ import annotations

from datetime import datetime

from fastapi.responses import JSONResponse
from pydantic import BaseModel

from fuyajo.domain.errors import Problem, Refused
from fuyajo.http.answers import ends, shows
from fuyajo.http.shapes import HostView
from fuyajo.http.strict import router
from fuyajo.http.who import Known, Reader
from fuyajo.service.fleet import fleet
from fuyajo.views.fleet import fleet_json

routes = router("fleet")


class RowView(BaseModel):
    """`values` by metric: per cent of its vCPUs, bytes, bytes a second; what nobody knows is left out."""

    vm: str
    uuid: str
    owner: str | None
    host: str | None
    state: str
    cpus: int
    memory_mib: int
    disk_gib: int
    values: dict[str, float]


class FleetView(BaseModel):
    """`measured`: whether anybody measured lately."""

    at: datetime
    measured: bool
    hosts: list[HostView]
    machines: list[RowView]


@routes.get(
    "/fleet",
    summary="What all machines use, as it was measured last, and what the hypervisors have",
    response_model=FleetView,
    responses=ends(403),
)
def all_of_them(actor: Reader, caller: Known, everybody: bool = False) -> JSONResponse:
    """`everybody`: for administrators, with a token of that scope."""
    if everybody and not caller.admin:
        raise Refused(Problem("everybody", "scope_missing", {"value": "admin"}))
    return shows(fleet_json(fleet(actor, everybody)))
