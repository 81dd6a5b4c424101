"""New machines of a template, by a form that says everything that is wrong beside the field it is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response

from fuyajo.domain.catalogue import Template, Variable
from fuyajo.domain.errors import Problem, shown
from fuyajo.domain.parse import parse_config
from fuyajo.domain.plan import Plan
from fuyajo.domain.request import COUNT, CPUS
from fuyajo.http.pages.machine_parts import number, parts, planned
from fuyajo.http.pages.render import is_piece, page
from fuyajo.http.pages.sizes import size
from fuyajo.http.pages.visitor import OURS, PlanActor, Visitor
from fuyajo.http.who import Caller
from fuyajo.service.context import Actor
from fuyajo.service.planning import from_config
from fuyajo.service.portraits import quota_left
from fuyajo.service.templates import all_templates, one

routes = APIRouter(include_in_schema=False)
NUMBERS, SIZES = ("count", "cpus"), ("memory", "disk")
#: Where a request speaks of the machine, and of its options.
VM, VARS = "vms[0]", "vms[0].vars"
OPTION = "option."
MOST_FIELDS = 100


async def _fields(request: Request) -> dict[str, str]:
    """What the form says. Options are the template's, so no class can name them; the address names it."""
    async with request.form(max_files=0, max_fields=MOST_FIELDS) as form:
        said = {key: value for key, value in form.items() if isinstance(value, str)}
    return {**said, "template": request.query_params.get("template", "")}


Fields = Annotated[dict[str, str], Depends(_fields)]


@routes.get("/machines/new")
def new(caller: Visitor, request: Request) -> Response:
    """What the address says is in the fields already: another template keeps what was typed."""
    fields = dict(request.query_params)
    answer = _form(request, caller, fields)
    if is_piece(request):
        chosen = urlencode({"template": fields.get("template", "")})
        answer.headers["HX-Replace-Url"] = f"/machines/new?{chosen}"
    return answer


@routes.post("/machines/new", dependencies=[OURS])
def make(fields: Fields, caller: Visitor, actor: PlanActor, request: Request) -> Response:
    def again(problems: Sequence[Problem], status: int) -> Response:
        return _form(request, caller, fields, status, problems)

    names = [template.name for template in all_templates(actor)]
    if fields.get("template") not in names:
        params = {"value": shown(fields.get("template", "")), "known": ", ".join(names)}
        return again([Problem("", "unknown_template", dict(params))], 422)
    return planned(lambda: _plan(actor, fields), again)


def _plan(actor: Actor, fields: dict[str, str]) -> Plan:
    template = one(actor, fields.get("template", ""))
    config = parse_config({"vms": [_request(template, fields)]})
    plan = from_config(actor, config, "form").plan
    if plan is None:
        raise AssertionError("a config always makes a plan")
    return plan


def _request(template: Template, fields: dict[str, str]) -> dict[str, Any]:
    """The entry of a request. What was left as the template has it is not said."""
    said: dict[str, Any] = {
        key: number(value)
        for key in (*NUMBERS, *SIZES)
        if (value := fields.get(key, "")) and value.strip()
    }
    if name := fields.get("name", "").strip():
        said["name"] = name
    if end := fields.get("expires", "").strip():
        said["expires"] = end
    if fields.get("off"):
        said["state"] = "stopped"
    options = {
        key: _option(variable, fields.get(OPTION + key, ""))
        for key, variable in template.variables.items()
        if fields.get(OPTION + key)
    }
    return {"template": template.name, **said, **({"vars": options} if options else {})}


def _option(variable: Variable, said: str) -> str | int | bool:
    if variable.type == "int":
        return number(said)
    # A browser sends a line's end as two characters.
    return said == "yes" if variable.type == "bool" else said.replace("\r\n", "\n")


def _form(
    request: Request,
    caller: Caller,
    fields: dict[str, str],
    status: int = 200,
    problems: Sequence[Problem] = (),
) -> Response:
    templates = all_templates(caller.actor)
    chosen = next((t for t in templates if t.name == fields.get("template")), None)
    beside, rest = _sorted(problems, chosen)
    return page(
        request, "machine_new.html", caller, status,
        templates=templates, chosen=chosen, fields=fields, beside=beside, problems=rest,
        left=quota_left(caller.actor), option=OPTION, most={"count": COUNT[1], "cpus": CPUS[1]},
        defaults=_defaults(chosen), **parts(request),
    )  # fmt: skip


def _defaults(template: Template | None) -> dict[str, str]:
    if template is None:
        return {}
    memory, disk = size(template.memory_mib).replace(" ", ""), f"{template.disk_gib}GiB"
    return {"count": "1", "cpus": str(template.cpus), "memory": memory, "disk": disk}


def _sorted(
    problems: Sequence[Problem], template: Template | None
) -> tuple[dict[str, list[Problem]], list[Problem]]:
    """By the field that each is about; the rest is about all of it."""
    names = {f"{VM}.{key}": key for key in ("name", "expires", *NUMBERS, *SIZES)}
    names |= {f"{VARS}.{key}": OPTION + key for key in (template.variables if template else ())}
    beside: dict[str, list[Problem]] = {}
    rest = []
    for problem in problems:
        field = names.get(problem.path)
        if field is None:
            rest.append(Problem("", problem.code, problem.params))
        else:
            beside.setdefault(field, []).append(problem)
    return beside, rest
