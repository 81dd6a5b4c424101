"""What there is to make machines of, and where: templates, hosts."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from fuyajo.http.pages.render import page
from fuyajo.http.pages.visitor import Visitor
from fuyajo.service.hosts import list_hosts
from fuyajo.service.templates import all_templates

routes = APIRouter(include_in_schema=False)


@routes.get("/templates")
def templates(caller: Visitor, request: Request) -> Response:
    return page(request, "templates.html", caller, templates=all_templates(caller.actor))


@routes.get("/hosts")
def hosts(caller: Visitor, request: Request) -> Response:
    return page(request, "hosts.html", caller, hosts=list_hosts(caller.actor))
