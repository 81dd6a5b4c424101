"""The hypervisors."""

from __future__ import annotations

from fastapi.responses import JSONResponse

from fuyajo.http.answers import shows
from fuyajo.http.shapes import HostView
from fuyajo.http.strict import router
from fuyajo.http.who import Reader
from fuyajo.service.hosts import list_hosts
from fuyajo.views.host import host_json

routes = router("hosts")


@routes.get(
    "/hosts", summary="The hypervisors that policy lets you use", response_model=list[HostView]
)
def hosts(actor: Reader) -> JSONResponse:
    return shows([host_json(host) for host in list_hosts(actor)])
