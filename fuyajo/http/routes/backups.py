"""Backups of machines: reads are of plain files, every change is a plan."""

from __future__ import annotations

from typing import Annotated

from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, SkipValidation

from fuyajo.domain.request import OperationRequest
from fuyajo.http.answers import ends, shows
from fuyajo.http.shapes import PlanView
from fuyajo.http.strict import Body, router
from fuyajo.http.who import Planner, Reader
from fuyajo.service import backups
from fuyajo.views.backup import backup_json
from fuyajo.views.plan import plan_json

routes = router("backups")
Vm = Annotated[str, Field(min_length=1, max_length=255, examples=["hello"])]


class TestedView(BaseModel):
    """When (UTC) its machine was started for a test; `sign` is login or agent."""

    at: str
    sign: str
    seconds: float


class BackupView(BaseModel):
    """`good` unless `problem` says why not; `chain` is what it lies on and itself, the full one first.

    Times are UTC; `bytes` are those of its own files; `checked`: every byte was read (null: nobody looked);
    `tested`: it was started once (null: not with what it holds now); `copied`: when this copy was made (null:
    it is none).
    """

    name: str
    vm: str
    uuid: str
    owner: str
    kind: str
    created: str
    parent: str | None
    chain: list[str]
    consistency: str
    bytes: int
    cpus: int
    memory_mib: int
    disk_gib: int
    notes: list[str]
    checked: bool | None
    problem: str | None
    tested: TestedView | None
    copied: str | None
    good: bool


class Wanted(Body):
    """Operations as a request has them, checked as a request is."""

    operations: SkipValidation[list[OperationRequest]] = Field(
        examples=[[{"op": "backup", "vm": "hello"}]]
    )


class Checked(Body):
    vm: Vm | None = Field(default=None, description="omit for all of yours")


@routes.get(
    "/backups",
    summary="Your backups, of machines that are gone as well",
    response_model=list[BackupView],
)
def all_of_them(actor: Reader, vm: Vm | None = None) -> JSONResponse:
    return shows([backup_json(one) for one in backups.list_backups(actor, vm)])


@routes.get(
    "/backup-copies",
    summary="Encrypted copies of your backups elsewhere; 409 where none are kept",
    response_model=list[BackupView],
    responses=ends(409),
)
def copies(actor: Reader, vm: Vm | None = None) -> JSONResponse:
    return shows([backup_json(one) for one in backups.list_copies(actor, vm)])


@routes.post(
    "/backups/verify",
    summary="The same with every byte read; a broken one says so",
    response_model=list[BackupView],
    responses=ends(404),
)
def verified(body: Checked, actor: Reader) -> JSONResponse:
    return shows([backup_json(one) for one in backups.verify(actor, body.vm)])


@routes.post(
    "/backups",
    status_code=201,
    summary="A plan that makes, restores, tests, copies, fetches or deletes some",
    response_model=PlanView,
    responses=ends(409),
)
def planned(body: Wanted, actor: Planner) -> JSONResponse:
    plan = backups.plan_backups(actor, body.operations)
    return shows(plan_json(plan), 201, f"/api/v1/plans/{plan.id}")
