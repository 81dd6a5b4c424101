"""What a machine can be at the service: `fuyajo.service.templates`."""

from __future__ import annotations

from fuyajo.cli.remote.address import segment
from fuyajo.cli.remote.like import like
from fuyajo.cli.remote.server import Server
from fuyajo.domain.catalogue import Template
from fuyajo.service import templates


@like(templates.all_templates)
def all_templates(server: Server) -> list[Template]:
    return server.parsed(list[Template], server.get("/templates"))


@like(templates.one)
def one(server: Server, name: str) -> Template:
    return server.parsed(Template, server.get(f"/templates/{segment(name, 'vm_not_found')}"))
