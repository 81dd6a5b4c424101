"""What can be read by its address. Somebody else's answers exactly like what is not there."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

import mcp_types as types

from fuyajo.domain.errors import NotFound, Problem, shown
from fuyajo.domain.plan import Plan
from fuyajo.mcp.identity import Identity
from fuyajo.mcp.shapes import changes_of, cut, detail_of, template_of, vm_of
from fuyajo.service import assisting, following, templates
from fuyajo.service.machines import list_vms
from fuyajo.views.plan import plan_lines

SCHEME = "fuyajo://"
MEDIA = "application/json"
PAGE = 50
_PATTERNS = {
    "vms/{uuid}": ("vm", "One VM: state, sizes, ports"),
    "plans/{id}": ("plan", "One plan: what it changes, what it needs"),
    "runs/{id}": ("run", "One run: how it stands"),
    "templates/{name}": ("template", "What a VM can be"),
}


def patterns() -> list[types.ResourceTemplate]:
    return [
        types.ResourceTemplate(
            name=name, uri_template=SCHEME + path, description=what, mime_type=MEDIA
        )
        for path, (name, what) in _PATTERNS.items()
    ]


def listed(identity: Identity, cursor: str | None) -> types.ListResourcesResult:
    """Templates, then machines, page by page. `cursor` is the last UUID of the page before."""
    machines = sorted(list_vms(identity.actor), key=lambda one: one.uuid)
    rest = [one for one in machines if one.uuid > (cursor or "")]
    page = rest[:PAGE]
    first = [] if cursor else templates.all_templates(identity.actor)
    found = [_resource(f"templates/{one.name}", one.name, one.summary["en"]) for one in first]
    found += [_resource(f"vms/{one.uuid}", cut(one.name), one.state) for one in page]
    more = page[-1].uuid if len(rest) > len(page) else None
    return types.ListResourcesResult(
        resources=found, next_cursor=more, ttl_ms=0, cache_scope="private"
    )


def _resource(path: str, name: str, what: str) -> types.Resource:
    return types.Resource(uri=SCHEME + path, name=name, description=what, mime_type=MEDIA)


def read(identity: Identity, uri: str) -> str:
    """JSON. Raises `NotFound`."""
    kind, _, name = uri.removeprefix(SCHEME).partition("/")
    actor, name = identity.actor, unquote(name)
    if not uri.startswith(SCHEME) or not name or "/" in name:
        raise unknown(uri)
    if kind == "vms":
        return _json(detail_of(assisting.named(actor, name), actor.user).model_dump())
    if kind == "plans":
        return _json(_plan(actor.plans.load(actor.user, name)))
    if kind == "runs":
        return _json(_run(following.seen(actor, name)))
    if kind == "templates":
        return _json(template_of(templates.one(actor, name), identity.lang).model_dump())
    raise unknown(uri)


def unknown(uri: str) -> NotFound:
    return NotFound(Problem("", "mcp_resource", {"value": shown(uri, 200)}))


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "id": plan.id,
        "digest": plan.digest,
        "risk": plan.risk,
        "taint": plan.taint,
        "created": plan.created.isoformat(),
        "expires": plan.expires.isoformat(),
        "changes": changes_of(plan),
        "lines": [cut(line) for line in plan_lines(plan, "en")],
    }


def _run(seen: following.Seen) -> dict[str, Any]:
    record, job = seen.record, seen.job
    return {
        "id": seen.id,
        "status": seen.status,
        "plan": record.plan if record else job.plan if job else None,
        "vms": [cut(name) for name in (record.vms if record else job.locks if job else ())],
        "seconds": record.seconds if record else None,
        "stages": dict(record.stages) if record else {},
    }


def names_of(identity: Identity) -> list[str]:
    """Of machines, for completions."""
    return [vm_of(one, identity.actor.user).name for one in list_vms(identity.actor)]


def uuids_of(identity: Identity) -> list[str]:
    return [one.uuid for one in list_vms(identity.actor)]


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)
