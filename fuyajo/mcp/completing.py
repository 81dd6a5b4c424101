"""Names, as far as they were typed. What is not known completes to nothing."""

from __future__ import annotations

import mcp_types as types

from fuyajo.mcp.identity import Identity
from fuyajo.mcp.resources import SCHEME, names_of, uuids_of
from fuyajo.service import templates
from fuyajo.service.following import all_seen
from fuyajo.service.plans import some_plans

MOST = 100  # the protocol's own limit
NEWEST = 200  # plans and runs that are looked through


def values(
    identity: Identity,
    ref: types.PromptReference | types.ResourceTemplateReference,
    argument: types.CompletionArgument,
) -> types.Completion:
    kind = argument.name
    if isinstance(ref, types.ResourceTemplateReference):
        kind = ref.uri.removeprefix(SCHEME)
    known = [one for one in _known(identity, kind) if one.startswith(argument.value)]
    return types.Completion(values=known[:MOST], total=len(known), has_more=len(known) > MOST)


def _known(identity: Identity, kind: str) -> list[str]:
    actor = identity.actor
    if kind == "vm":
        return names_of(identity)
    if kind == "vms/{uuid}":
        return uuids_of(identity)
    if kind in ("template", "templates/{name}"):
        return [one.name for one in templates.all_templates(actor)]
    if kind == "plans/{id}":
        return [one.id for one in some_plans(actor, NEWEST)]
    if kind == "runs/{id}":
        return [one.id for one in all_seen(actor)[:NEWEST]]
    return []
