"""One machine: what is known of it, and what can be asked of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Form, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from fuyajo.domain.backups import Backup
from fuyajo.domain.catalogue import TEMPLATES
from fuyajo.domain.errors import FuyajoError, NotFound, Problem, Unavailable
from fuyajo.domain.plan import Plan
from fuyajo.domain.snapshots import in_branches
from fuyajo.domain.spec import BACKUP_OPS, SNAPSHOT_OPS
from fuyajo.http import problems as statuses
from fuyajo.http.pages.machine_parts import number, parts, plain, planned, to, where
from fuyajo.http.pages.past import USUAL, used
from fuyajo.http.pages.render import is_piece, page
from fuyajo.http.pages.sizes import size
from fuyajo.http.pages.visitor import OURS, ApplyActor, PlanActor, Visitor
from fuyajo.http.problems import language
from fuyajo.http.who import Caller
from fuyajo.service import alerting, consoling, drifting, sharing
from fuyajo.service.backups import list_backups
from fuyajo.service.machines import get_vm, plan_for
from fuyajo.service.portraits import Portrait, name_of, portrait, waits_for_restart
from fuyajo.views import backup as backup_views
from fuyajo.views import drift as drifts
from fuyajo.views.alert import rule_words
from fuyajo.views.machine import login, url

routes = APIRouter(include_in_schema=False)
Name = Annotated[str, Path(max_length=255)]
Text = Annotated[str, Field(max_length=64)]
Op = Literal[
    "start",
    "stop",
    "restart",
    "delete",
    "resize",
    "snapshot",
    "revert",
    "delete-snapshot",
    "backup",
    "restore",
    "delete-backup",
    "test-backup",
    "copy-backup",
    "expire",
]


class Order(BaseModel):
    """Sizes are for `resize`, the name of a snapshot for the operations about snapshots, `purge` for
    `delete`, `force` for `restart`, `expires` for `expire`, `backup` and `to` for those about backups."""

    model_config = ConfigDict(extra="forbid")

    cpus: Text = ""
    memory: Text = ""
    disk: Text = ""
    snapshot: Annotated[str, Field(max_length=255)] = ""
    purge: bool = False
    force: bool = False
    expires: Annotated[str, Field(max_length=40)] = ""
    backup: Annotated[str, Field(max_length=63)] = ""
    to: Annotated[str, Field(max_length=63)] = ""


class Share(BaseModel):
    model_config = ConfigDict(extra="forbid")

    grantee: Annotated[str, Field(max_length=65)] = ""
    rights: Literal["read", "operate", "none"] = "read"


@routes.get("/machines/{name}")
def machine(
    name: Name, caller: Visitor, request: Request, said: Text = "", span: Text = USUAL
) -> Response:
    return _shown(request, caller, name, said=said, span=span)


@routes.get("/machines/{name}/history")
def history(name: Name, caller: Visitor, request: Request, span: Text = USUAL) -> Response:
    """What it used, for a page that is there already; anybody else gets the whole page."""
    if not is_piece(request):
        return to(f"/machines/{quote(name, safe='')}?{urlencode({'span': span})}#history")
    at = f"/machines/{quote(name, safe='')}"
    return page(
        request, "_machine_history.html", caller, at=at, **used(request, caller, name, span)
    )


@routes.post("/machines/{name}/drift/{way}", dependencies=[OURS])
def settle(
    name: Name,
    way: Literal["adopt", "revert"],
    caller: Visitor,
    actor: PlanActor,
    request: Request,
) -> Response:
    """A plan after which what is there is what was wanted, or the other way round."""
    named = name_of(actor, name)

    def make() -> Plan | None:
        if way == "adopt":
            return drifting.plan_adopt(actor, (named,))
        return drifting.plan_revert(actor, (named,)).plan

    again = _again(request, caller, name)
    return planned(make, again, where(get_vm(actor, named)))


# Before operations: an address is matched in order.
@routes.post("/machines/{name}/shares", dependencies=[OURS])
def share(
    name: Name,
    given: Annotated[Share, Form()],
    caller: Visitor,
    actor: ApplyActor,
    request: Request,
) -> Response:
    """Give it, or with `rights=none` take it back."""
    named = name_of(actor, name)
    back = where(get_vm(actor, named))
    try:
        if given.rights == "none":
            sharing.unshare(actor, named, given.grantee)
        else:
            sharing.share(actor, named, given.grantee, given.rights)
    except NotFound:
        raise
    except FuyajoError as error:
        status = statuses.status_of(error)
        return _shown(request, caller, name, status, problems=error.problems, grantee=given.grantee)
    return to(f"{back}#shares")


@routes.post("/machines/{name}/{op}", dependencies=[OURS])
def operation(
    name: Name,
    op: Op,
    given: Annotated[Order, Form()],
    caller: Visitor,
    actor: PlanActor,
    request: Request,
) -> Response:
    """A plan that does it."""

    def make() -> Plan:
        named = name_of(actor, name)
        more = _sizes(given, caller, named) if op == "resize" else {}
        if op in SNAPSHOT_OPS:
            more["snapshot"] = given.snapshot or None
        if op in BACKUP_OPS:
            more["backup"] = given.backup.strip() or None
            more["to"] = given.to.strip() or None
        if op == "restart" and given.force:
            more["force"] = True
        if op == "expire":
            more["expires"] = given.expires.strip()
        return plan_for(actor, op, named, purge=given.purge and op == "delete", **more)

    return planned(make, _again(request, caller, name, given))


def _again(request: Request, caller: Caller, name: str, given: Order | None = None) -> Any:
    def shown(problems: Sequence[Problem], status: int) -> Response:
        return _shown(request, caller, name, status, problems=plain(problems), given=given)

    return shown


def _sizes(given: Order, caller: Caller, name: str) -> dict[str, Any]:
    """What is asked for besides what is there."""
    there = _sizes_now(get_vm(caller.actor, name))
    said = {key: getattr(given, key).strip() for key in there}
    return {key: number(value) for key, value in said.items() if value and value != there[key]}


def _sizes_now(found: Any) -> dict[str, str]:
    memory = size(found.memory_mib).replace(" ", "")
    return {"cpus": str(found.cpus), "memory": memory, "disk": f"{found.disk_gib}GiB"}


def _shown(request: Request, caller: Caller, name: str, status: int = 200, **said: Any) -> Response:
    found = portrait(caller.actor, name)
    lang_parts = parts(request)
    vm = found.machine
    values = {"said": "", "problems": (), "given": None, "grantee": "", "span": USUAL, **said}
    past = used(request, caller, vm.uuid, values.pop("span"))
    given: Order | None = values["given"]
    now = _sizes_now(vm)
    return page(
        request, "machine.html", caller, status,
        one=found, vm=vm, at=where(vm), page_at=url(vm),
        login=login(vm, caller.actor.home.ssh(caller.actor.user)),
        about=TEMPLATES.get(vm.template or ""),
        branches=in_branches(vm.snapshots) if found.operable else [],
        sizes={key: (getattr(given, key) or now[key]) if given else now[key] for key in now},
        backups=_backups(caller, found), backup_size=backup_views.size,
        backup_state=partial(backup_views.state_words, lang=language(request)),
        copies=caller.actor.settings.vault is not None,
        on=vm.state in consoling.ON, screen=consoling.has_screen(vm), stamp=time.time_ns() // 1_000_000,
        fires=[one for one, stands in alerting.firing(caller.actor) if stands.uuid == vm.uuid],
        rule_words=rule_words, drifted=_drifted(found), pending=_pending(found), drifts=drifts,
        **lang_parts, **values, **past,
    )  # fmt: skip


def _backups(caller: Caller, found: Portrait) -> list[Backup]:
    """The newest first; none where they cannot be read, which the command line says."""
    if not found.own:
        return []
    try:
        kept = list_backups(caller.actor, found.machine.name)
    except Unavailable:
        return []
    return kept[::-1]


def _drifted(found: Portrait) -> bool:
    return found.drift is not None and found.drift.status == "drift"


def _pending(found: Portrait) -> bool:
    return found.drift is not None and waits_for_restart(found.drift)
