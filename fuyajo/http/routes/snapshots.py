"""Snapshots: reads come straight from libvirt, every change is a plan."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from fuyajo.domain.request import MAX_VMS
from fuyajo.http.answers import ends, shows
from fuyajo.http.shapes import PlanView
from fuyajo.http.strict import Body, router
from fuyajo.http.who import Planner, Reader
from fuyajo.service.context import Actor
from fuyajo.service.machines import plan_for
from fuyajo.service.snapshots import Chosen, Way, list_snapshots, plan_snapshots
from fuyajo.views.plan import plan_json
from fuyajo.views.snapshot import tree_json

routes = router("snapshots")
Name = Annotated[str, Path(max_length=255, examples=["hello"])]
Vm = Annotated[str, Field(min_length=1, max_length=255)]
Group = Annotated[str, Field(min_length=1, max_length=255)]
#: What a name may be is said where a request says it, in the same words.
Snapshot = Annotated[str, Field(min_length=1, max_length=255, examples=["before-upgrade"])]
_PLAN: dict[str, Any] = {"status_code": 201, "response_model": PlanView, "responses": ends(409)}


class SnapshotView(BaseModel):
    """`state` is what the machine is after going back; `current`: it goes on from this one now."""

    name: str
    created: str | None
    state: str | None
    parent: str | None
    current: bool
    memory: bool


class TreeView(BaseModel):
    """The oldest first; `parent` makes it a tree."""

    vm: str
    uuid: str
    owner: str | None
    environment: str | None
    snapshots: list[SnapshotView]


class Wanted(Body):
    """At least one of `names`, `environment` and `tag`; a group is of one's own machines."""

    way: Way
    names: Annotated[list[Vm], Field(max_length=MAX_VMS)] = Field(
        default=[], examples=[["web-1", "web-2"]]
    )
    environment: Group | None = None
    tag: Group | None = None
    snapshot: Snapshot | None = Field(
        default=None, description="omit for a new name, or to go back to the newest"
    )


class Revert(Body):
    snapshot: Snapshot | None = Field(default=None, description="omit for the newest")


class Delete(Body):
    snapshot: Snapshot


@routes.get(
    "/snapshots",
    summary="Snapshots of these machines, or of all that have any",
    response_model=list[TreeView],
    responses=ends(404),
)
def all_of_them(
    actor: Reader,
    vm: Annotated[list[Vm] | None, Query(max_length=MAX_VMS)] = None,
    environment: Group | None = None,
    tag: Group | None = None,
) -> JSONResponse:
    trees = list_snapshots(actor, Chosen(tuple(vm or ()), environment, tag))
    return shows([tree_json(tree) for tree in trees])


@routes.post("/snapshots", summary="A plan that takes, reverts to or deletes some", **_PLAN)
def several(body: Wanted, actor: Planner) -> JSONResponse:
    chosen = Chosen(tuple(body.names), body.environment, body.tag)
    plan = plan_snapshots(actor, body.way, chosen, body.snapshot)
    return shows(plan_json(plan), 201, f"/api/v1/plans/{plan.id}")


@routes.get("/vms/{name}/snapshots", summary="Snapshots of one machine", response_model=TreeView)
def of_one(name: Name, actor: Reader) -> JSONResponse:
    (tree,) = list_snapshots(actor, Chosen((name,)))
    return shows(tree_json(tree))


@routes.post("/vms/{name}/revert", summary="A plan that takes it back to a snapshot", **_PLAN)
def revert(name: Name, body: Revert, actor: Planner) -> JSONResponse:
    return _plan(actor, "revert", name, body.snapshot)


@routes.post("/vms/{name}/delete-snapshot", summary="A plan that deletes a snapshot", **_PLAN)
def delete(name: Name, body: Delete, actor: Planner) -> JSONResponse:
    return _plan(actor, "delete-snapshot", name, body.snapshot)


def _plan(actor: Actor, op: str, name: str, snapshot: str | None) -> JSONResponse:
    plan = plan_for(actor, op, name, snapshot=snapshot)
    return shows(plan_json(plan), 201, f"/api/v1/plans/{plan.id}")
