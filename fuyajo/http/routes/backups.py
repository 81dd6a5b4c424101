"""Backups of machines: reads are of plain files, every change is a plan."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from fuyajo.domain.request import BACKUP_PATTERN, MAX_VMS, Keep, Name
from fuyajo.http.answers import ends, shows
from fuyajo.http.shapes import PlanView
from fuyajo.http.strict import Body, router
from fuyajo.http.who import Planner, Reader
from fuyajo.service import backups
from fuyajo.views.backup import backup_json
from fuyajo.views.plan import plan_json

routes = router("backups")
Vm = Annotated[str, Field(min_length=1, max_length=255, examples=["hello"])]
Backup = Annotated[str, Field(pattern=BACKUP_PATTERN, examples=["b-20270131-030000"])]


class BackupView(BaseModel):
    """`good` unless `problem` says why not; `chain` is what it lies on and itself, the full one first.

    Times are UTC; `bytes` are those of its own files; `checked`: every byte was read (null: nobody looked).
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
    good: bool


class Operation(Body):
    """As in a request; what belongs to which `op` is checked there."""

    op: Literal["backup", "restore", "delete-backup"]
    vm: Name
    backup: Backup | None = None
    kind: Literal["auto", "full", "incremental"] | None = None
    keep: Keep | None = None
    to: Name | None = None


class Wanted(Body):
    operations: Annotated[list[Operation], Field(min_length=1, max_length=MAX_VMS)]


class Checked(Body):
    vm: Vm | None = Field(default=None, description="omit for all of yours")


@routes.get(
    "/backups",
    summary="Your backups, of machines that are gone as well",
    response_model=list[BackupView],
)
def all_of_them(actor: Reader, vm: Vm | None = None) -> JSONResponse:
    return shows([backup_json(one) for one in backups.list_backups(actor, vm)])


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
    summary="A plan that makes, restores or deletes some",
    response_model=PlanView,
    responses=ends(409),
)
def planned(body: Wanted, actor: Planner) -> JSONResponse:
    said: list[dict[str, Any]] = [one.model_dump(exclude_none=True) for one in body.operations]
    plan = backups.plan_backups(actor, said)
    return shows(plan_json(plan), 201, f"/api/v1/plans/{plan.id}")
