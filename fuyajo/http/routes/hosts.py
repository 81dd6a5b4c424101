"""The hypervisors."""

from __future__ import annotations

from fastapi.responses import JSONResponse

from fuyajo.http.answers import shows
from fuyajo.http.shapes import HostView, OutlookView
from fuyajo.http.strict import router
from fuyajo.http.who import Reader
from fuyajo.service.forecasting import outlooks
from fuyajo.service.hosts import list_hosts
from fuyajo.views.forecast import outlook_json
from fuyajo.views.host import host_json

routes = router("hosts")


@routes.get(
    "/hosts", summary="The hypervisors that policy lets you use", response_model=list[HostView]
)
def hosts(actor: Reader) -> JSONResponse:
    return shows([host_json(host) for host in list_hosts(actor)])


@routes.get(
    "/hosts/forecast",
    summary="When the hypervisors are full, as their machines grow",
    response_model=list[OutlookView],
)
def forecast(actor: Reader) -> JSONResponse:
    return shows([outlook_json(one) for one in outlooks(actor)])
