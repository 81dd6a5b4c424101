"""Machines: reads come straight from libvirt, every change is a plan."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path, Query, Response
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, Field

from fuyajo.domain.history import FEWEST_POINTS, MOST_POINTS
from fuyajo.domain.request import CPUS, MAX_VMS, NAME_PATTERN
from fuyajo.domain.vm_logs import LINES, MOST_GREP, MOST_LINES, Source, Wanted
from fuyajo.http.answers import ends, shows
from fuyajo.http.shapes import HistoryView, PlanView, VmLogView, VmView
from fuyajo.http.strict import Body, router
from fuyajo.http.who import Planner, Reader
from fuyajo.service.context import Actor
from fuyajo.service.history import POINTS, history
from fuyajo.service.machines import get_vm, list_vms, plan_for, plan_operation
from fuyajo.service.vm_logs import vm_log
from fuyajo.views.history import history_json
from fuyajo.views.history_png import history_png
from fuyajo.views.machine import machine_json
from fuyajo.views.plan import plan_json
from fuyajo.views.vm_logs import log_json

routes = router("vms")
Name = Annotated[str, Path(max_length=255, examples=["hello"])]
Size = Annotated[int | Annotated[str, Field(max_length=32)], Field(examples=["4GiB", 4096])]
Moment = Annotated[AwareDatetime, Query(examples=["2026-11-23T08:00:00Z"])]
_PLAN: dict[str, Any] = {
    "status_code": 201,
    "response_model": PlanView,
    "responses": ends(409),
}


class Delete(Body):
    purge: bool = Field(default=False, description="for good, not into the trash")


class Operation(Body):
    """`purge` is for `delete` alone, `force` for `restart`."""

    op: Literal["start", "stop", "restart", "delete"]
    names: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=255)]],
        Field(min_length=1, max_length=MAX_VMS),
    ] = Field(examples=[["web-1", "web-2"]])
    purge: bool = Field(default=False, description="for good, not into the trash")
    force: bool = Field(
        default=False, description="by cutting the power; what is not saved is lost"
    )


class Restart(Body):
    force: bool = Field(
        default=False, description="by cutting the power; what is not saved is lost"
    )


class Resize(Body):
    """At least one of them."""

    cpus: Annotated[int, Field(ge=CPUS[0], le=CPUS[1])] | None = None
    memory: Size | None = None
    disk: Size | None = None


class Snapshot(Body):
    name: Annotated[str, Field(pattern=NAME_PATTERN)] | None = Field(
        default=None, description="omit to let Fuyajo choose one", examples=["before-upgrade"]
    )


@routes.get("/vms", summary="Your machines, and those shared with you", response_model=list[VmView])
def vms(actor: Reader) -> JSONResponse:
    return shows([machine_json(machine) for machine in list_vms(actor)])


@routes.get("/vms/{name}", summary="One machine", response_model=VmView)
def vm(name: Name, actor: Reader) -> JSONResponse:
    return shows(machine_json(get_vm(actor, name)))


@routes.get(
    "/vms/{name}/metrics",
    summary="What it used over a time: the last hour unless told otherwise",
    response_model=HistoryView,
)
def metrics(
    name: Name,
    actor: Reader,
    since: Moment | None = None,
    until: Moment | None = None,
    points: Annotated[int, Query(ge=FEWEST_POINTS, le=MOST_POINTS)] = POINTS,
) -> JSONResponse:
    return shows(history_json(history(actor, name, since, until, points)))


@routes.get(
    "/vms/{name}/metrics.png",
    summary="The same as a picture",
    response_class=Response,
    responses={200: {"content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}}},
)
def metrics_picture(
    name: Name, actor: Reader, since: Moment | None = None, until: Moment | None = None
) -> Response:
    return Response(history_png(history(actor, name, since, until)), media_type="image/png")


@routes.get(
    "/vms/{name}/logs",
    summary="What was written about it: by your runs, by QEMU on the host, or in the guest",
    response_model=VmLogView,
    responses=ends(409),
)
def logs(
    name: Name,
    actor: Reader,
    source: Source = "runs",
    grep: Annotated[str | None, Query(min_length=1, max_length=MOST_GREP)] = None,
    since: Moment | None = None,
    until: Moment | None = None,
    lines: Annotated[int, Query(ge=1, le=MOST_LINES)] = LINES,
) -> JSONResponse:
    return shows(log_json(vm_log(actor, name, Wanted(source, grep, since, until, lines))))


@routes.post("/vms/{name}/start", summary="A plan that starts it", **_PLAN)
def start(name: Name, actor: Planner) -> JSONResponse:
    return _plan(actor, "start", name)


@routes.post("/vms/{name}/stop", summary="A plan that shuts it down", **_PLAN)
def stop(name: Name, actor: Planner) -> JSONResponse:
    return _plan(actor, "stop", name)


@routes.post("/vms/{name}/restart", summary="A plan that restarts it", **_PLAN)
def restart(name: Name, actor: Planner, body: Restart | None = None) -> JSONResponse:
    return _plan(actor, "restart", name, force=True if body and body.force else None)


@routes.post("/vms/{name}/delete", summary="A plan that puts it into the trash", **_PLAN)
def delete(name: Name, body: Delete, actor: Planner) -> JSONResponse:
    return _plan(actor, "delete", name, purge=body.purge)


@routes.post("/vms/{name}/resize", summary="A plan that gives it other sizes", **_PLAN)
def resize(name: Name, body: Resize, actor: Planner) -> JSONResponse:
    return _plan(actor, "resize", name, cpus=body.cpus, memory=body.memory, disk=body.disk)


@routes.post("/vms/{name}/snapshot", summary="A plan that takes a snapshot of it", **_PLAN)
def snapshot(name: Name, body: Snapshot, actor: Planner) -> JSONResponse:
    return _plan(actor, "snapshot", name, snapshot=body.name)


@routes.post("/operations", summary="A plan that does the same to several machines", **_PLAN)
def operation(body: Operation, actor: Planner) -> JSONResponse:
    names = tuple(body.names)
    plan = plan_operation(actor, body.op, names, purge=body.purge, force=body.force)
    return shows(plan_json(plan), 201, f"/api/v1/plans/{plan.id}")


def _plan(actor: Actor, op: str, name: str, **more: Any) -> JSONResponse:
    plan = plan_for(actor, op, name, **more)
    return shows(plan_json(plan), 201, f"/api/v1/plans/{plan.id}")
