"""Decoded TOML → `Policy`, or every problem that it has at once, each with its dotted path. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from fuyajo.domain import policy
from fuyajo.domain.errors import Param, Problem, shown
from fuyajo.domain.hours import DAYS
from fuyajo.domain.parse import path_of, problem_of

_ROLE = re.compile(r"[a-z][a-z0-9_-]{0,31}")
# Groups are named by whoever runs the directory: spaces and capitals are usual there.
_WHO = re.compile(r"[a-z_][a-z0-9_.-]{0,63}|@[^@\x00-\x1f]{1,64}")
_SECTIONS: dict[str, type[BaseModel]] = {
    "needs": policy.Needs,
    "limits": policy.Limits,
    "hours": policy.Hours,
    "approvals": policy.Approvals,
    "trash": policy.Trash,
}
_OWN = {"days", "clock", "zone"}
_BOUNDS = {"greater_than_equal": ("policy_least", "ge"), "less_than_equal": ("policy_most", "le")}


def read_policy(data: dict[str, Any]) -> tuple[policy.Policy | None, list[Problem]]:
    """(policy, []) or (None, every problem)."""
    problems = list(_names(data))
    try:
        found = policy.Policy.model_validate(data)
    except ValidationError as error:
        seen = [_problem(item) for item in error.errors(include_url=False) if not _echo(item)]
        return None, [*seen, *problems]
    return (None, problems) if problems else (found, [])


def _names(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Roles that are named and are not there, and names that nobody has."""
    roles, users = data.get("roles"), data.get("users")
    known = set(roles) if isinstance(roles, dict) else set()
    for name in sorted(known):
        if not _ROLE.fullmatch(name):
            yield Problem(f"roles.{shown(name)}", "policy_role_name", {"value": shown(name)})
    for who, role in users.items() if isinstance(users, dict) else ():
        path = f"users.{shown(who)}"
        if not _WHO.fullmatch(who):
            yield Problem(path, "policy_user_name", {"value": shown(who)})
        if isinstance(role, str) and role not in known | {policy.DEFAULT_ROLE}:
            there = ", ".join(sorted(known | {policy.DEFAULT_ROLE}))
            params: dict[str, Param] = {"value": shown(role), "known": shown(there, 200)}
            yield Problem(path, "policy_no_role", params)


def _echo(item: Any) -> bool:
    """A list is called too short when its wrong items were left out: they are named already."""
    return item["type"] == "too_short" and bool(item.get("input"))


def _problem(item: Any) -> Problem:
    kind, location, value = str(item["type"]), tuple(item["loc"]), item.get("input")
    # A part that is a key of the file may hold anything; one of ours is plain.
    location = tuple(shown(p) if isinstance(p, str) else p for p in location if p != "[key]")
    path = path_of(location)
    if kind == "extra_forbidden":
        return _unknown(path, location)
    if kind in _OWN:
        params: dict[str, Param] = {"value": shown(value), "known": ", ".join(DAYS)}
        return Problem(path, f"policy_{kind}", params)
    if kind in _BOUNDS:
        code, key = _BOUNDS[kind]
        bound = (item.get("ctx") or {}).get(key)
        return Problem(path, code, {"value": shown(value), "bound": bound})
    if kind in {"too_short", "string_too_short"}:
        return Problem(path, "policy_empty")
    return problem_of({**item, "loc": location})


def _unknown(path: str, location: tuple[int | str, ...]) -> Problem:
    known = ", ".join(_keys(_model(location)))
    return Problem(path, "unknown_key", {"key": shown(location[-1]), "known": known})


def _model(location: tuple[int | str, ...]) -> type[BaseModel]:
    """The model whose key the last part of the location would be."""
    if location[0] != "roles" or len(location) == 1:
        return policy.Policy
    if len(location) == 3:
        return policy.Role
    return _SECTIONS.get(str(location[2]), policy.Role)


def _keys(model: type[BaseModel]) -> list[str]:
    """As they are written in the file."""
    return [str(field.validation_alias or name) for name, field in model.model_fields.items()]
