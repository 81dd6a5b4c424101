"""Checks across fields of a request, on the raw data, so that they run even where types are wrong."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from fuyajo.domain import expiry
from fuyajo.domain.catalogue import TEMPLATES, Template, Variable
from fuyajo.domain.errors import Param, Problem, shown
from fuyajo.domain.order import Entry, order_problems
from fuyajo.domain.units import parse_memory_mib

if TYPE_CHECKING:  # it takes names from here
    from fuyajo.domain.request import Config

NAME_ROOM = 63
#: What may say which of the older copies stay.
KEEPING_OPS = ("snapshot", "backup")


def config_problems(data: dict[str, Any], prefix: str = "") -> list[Problem]:
    """Everything wrong with a decoded Config that one field alone cannot show."""
    dot = f"{prefix}." if prefix else ""
    problems = _whole_problems(data, dot)
    networks = _entries(data, "networks")
    known = {n.get("name") for _, n in networks} | {"default"}
    for index, vm in _entries(data, "vms"):
        problems += _vm_problems(vm, f"{dot}vms[{index}]", known)
    problems += _name_problems(_entries(data, "vms"), f"{dot}vms")
    problems += order_problems(_order_entries(data), f"{dot}vms")
    problems += _name_problems(networks, f"{dot}networks")
    problems += _cidr_problems(networks, f"{dot}networks")
    problems += _operation_problems(_entries(data, "operations"), f"{dot}operations")
    return problems + _host_problems(data, dot)


def _host_problems(data: dict[str, Any], dot: str) -> list[Problem]:
    """A plan concerns one hypervisor: no two of them can be asked for."""
    said = [(f"{dot}host", data.get("host"))]
    said += [(f"{dot}vms[{i}].host", vm.get("host")) for i, vm in _entries(data, "vms")]
    asked = [(path, name) for path, name in said if isinstance(name, str)]
    return [
        Problem(path, "hosts_asked", {"value": shown(name), "other": shown(asked[0][1])})
        for path, name in asked
        if name != asked[0][1]
    ]


def _entries(data: dict[str, Any], key: str) -> list[tuple[int, dict[str, Any]]]:
    """(index, mapping) of a list in raw data; whatever has another type is reported by the schema."""
    value = data.get(key)
    if not isinstance(value, list | tuple):
        return []
    return [(i, item) for i, item in enumerate(value) if isinstance(item, dict)]


def _order_entries(data: dict[str, Any]) -> list[Entry]:
    entries = _entries(data, "vms")
    names = {index: expanded_names(name, count) for index, name, count in _named(entries)}
    return [Entry(index, vm, names.get(index, [])) for index, vm in entries]


def _whole_problems(data: dict[str, Any], dot: str) -> list[Problem]:
    lists = ("vms", "networks", "operations")
    if data.get("template") is not None:
        problems = _template_problems(data["template"], f"{dot}template")
        if any(data.get(key) for key in lists):
            problems.append(Problem(f"{dot}template", "short_form"))
        return problems
    if not any(data.get(key) for key in lists):
        return [Problem(dot.rstrip("."), "empty")]
    return []


def _template_problems(name: object, path: str) -> list[Problem]:
    if isinstance(name, str) and name not in TEMPLATES:
        known = ", ".join(sorted(TEMPLATES))
        return [Problem(path, "unknown_template", {"value": shown(name), "known": known})]
    return []


def _vm_problems(vm: dict[str, Any], path: str, networks: set[Any]) -> list[Problem]:
    name = vm.get("template", "basic-server")
    problems = _template_problems(name, f"{path}.template")
    template = TEMPLATES.get(name) if isinstance(name, str) else None
    if template is not None:
        problems += _var_problems(vm.get("vars"), template, f"{path}.vars")
        problems += _memory_problems(vm.get("memory"), template, f"{path}.memory")
    problems += _template_of_selector(vm.get("like"), f"{path}.like")
    network = vm.get("network", "default")
    if isinstance(network, str) and network not in networks:
        problems.append(Problem(f"{path}.network", "unknown_network", {"value": shown(network)}))
    return problems


def _memory_problems(value: object, template: Template, path: str) -> list[Problem]:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return []
    try:
        memory = parse_memory_mib(value)
    except ValueError:
        return []  # the schema reports it
    if memory >= template.min_memory_mib:
        return []
    params: dict[str, Param] = {
        "value": memory,
        "template": template.name,
        "low": template.min_memory_mib,
    }
    return [Problem(path, "memory_small", params)]


def _var_problems(values: object, template: Template, path: str) -> list[Problem]:
    if not isinstance(values, dict):
        return []
    problems: list[Problem] = []
    for key, value in values.items():
        variable = template.variables.get(key)
        if variable is None:
            known = ", ".join(sorted(template.variables)) or "-"
            params = {"template": template.name, "key": shown(key), "known": known}
            problems.append(Problem(f"{path}.{shown(key)}", "unknown_var", dict(params)))
        elif not _fits(value, variable):
            params = {"value": shown(value), "key": key, "expected": describe(variable)}
            problems.append(Problem(f"{path}.{key}", "var_type", dict(params)))
    return problems


def describe(variable: Variable) -> str:
    """What a template option accepts, in a few words."""
    if variable.type == "str":
        return f"text of at most {variable.high} characters"
    if variable.type == "int":
        return f"a whole number from {variable.low} to {variable.high}"
    return "true or false"


def _fits(value: object, variable: Variable) -> bool:
    if variable.type == "bool":
        return isinstance(value, bool)
    if variable.type == "int":
        is_int = isinstance(value, int) and not isinstance(value, bool)
        return is_int and variable.low <= int(str(value)) <= variable.high
    if not isinstance(value, str) or not variable.low <= len(value) <= variable.high:
        return False
    return variable.pattern is None or re.fullmatch(variable.pattern, value) is not None


def expanded_names(name: str, count: int) -> list[str]:
    """web × 1 → [web]; web × 3 → [web-1, web-2, web-3]."""
    return [name] if count == 1 else [f"{name}-{i}" for i in range(1, count + 1)]


def _count(entry: dict[str, Any]) -> int:
    count = entry.get("count", 1)
    sane = isinstance(count, int) and not isinstance(count, bool) and 1 <= count <= 50
    return count if sane else 1


def _name_problems(entries: list[tuple[int, dict[str, Any]]], path: str) -> list[Problem]:
    seen: set[str] = set()
    problems: list[Problem] = []
    for index, name, count in _named(entries):
        where = f"{path}[{index}].name"
        if count > 1 and len(name) + len(f"-{count}") > NAME_ROOM:
            problems.append(Problem(where, "name_long", {"value": shown(name)}))
        names = set(expanded_names(name, count))
        for double in sorted(names & seen):
            problems.append(Problem(where, "duplicate_name", {"value": shown(double)}))
        seen |= names
    return problems


def _named(entries: list[tuple[int, dict[str, Any]]]) -> Iterator[tuple[int, str, int]]:
    for index, entry in entries:
        name = entry.get("name")
        if isinstance(name, str):
            yield index, name, _count(entry)


def _cidr_problems(entries: list[tuple[int, dict[str, Any]]], path: str) -> list[Problem]:
    problems: list[Problem] = []
    seen: list[ipaddress.IPv4Network] = []
    for index, entry in entries:
        value = entry.get("cidr")
        if not isinstance(value, str):
            continue
        where = f"{path}[{index}].cidr"
        try:
            network = ipaddress.IPv4Network(value)
        except ValueError:
            problems.append(Problem(where, "bad_cidr", {"value": shown(value)}))
            continue
        if not network.is_private or not 8 <= network.prefixlen <= 29:
            problems.append(Problem(where, "bad_cidr", {"value": shown(value)}))
        for other in seen:
            if network.overlaps(other):
                params = {"value": shown(value), "other": str(other)}
                problems.append(Problem(where, "cidr_overlap", dict(params)))
        seen.append(network)
    return problems


def _operation_problems(entries: list[tuple[int, dict[str, Any]]], path: str) -> list[Problem]:
    problems: list[Problem] = []
    seen: set[object] = set()
    for index, entry in entries:
        where = f"{path}[{index}]"
        sizes = [k for k in ("cpus", "memory", "disk") if entry.get(k) is not None]
        if entry.get("op") == "resize" and not sizes:
            problems.append(Problem(where, "resize_empty"))
        if entry.get("op") != "resize":
            problems += [Problem(f"{where}.{k}", "only_resize", {"key": k}) for k in sizes]
        problems += _snapshot_problems(entry, where)
        if entry.get("force") and entry.get("op") != "restart":
            problems.append(Problem(f"{where}.force", "only_restart", {"key": "force"}))
        if (entry.get("op") == "expire") != (entry.get("expires") is not None):
            problems.append(Problem(f"{where}.expires", "only_expire"))
        problems += _keep_problems(entry, where)
        problems += _backup_problems(entry, where)
        vm = entry.get("vm")
        problems += _target_problems(entry, where)
        if isinstance(vm, str):
            if vm in seen:
                problems.append(Problem(f"{where}.vm", "vm_twice", {"value": shown(vm)}))
            seen.add(vm)
    return problems


def _keep_problems(entry: dict[str, Any], where: str) -> list[Problem]:
    """A pattern belongs to copies that we name: only those does it ever remove."""
    keep = entry.get("keep")
    if keep is None:
        return []
    named = entry.get("snapshot") is not None or entry.get("backup") is not None
    if entry.get("op") not in KEEPING_OPS or named:
        return [Problem(f"{where}.keep", "only_keep")]
    counts = (
        [value for key, value in keep.items() if key != "zone"] if isinstance(keep, dict) else [1]
    )
    return [] if any(counts) else [Problem(f"{where}.keep", "keep_nothing")]


def _backup_problems(entry: dict[str, Any], where: str) -> list[Problem]:
    """What belongs to backups belongs to nothing else; what is to be deleted has to be named."""
    op = entry.get("op")
    belongs = {
        "backup": (
            "backup",
            "restore",
            "delete-backup",
            "test-backup",
            "copy-backup",
            "fetch-backup",
        ),
        "kind": ("backup",),
        "to": ("restore",),
    }
    found = [
        Problem(f"{where}.{key}", "only_backup", {"key": key, "ops": ", ".join(ops)})
        for key, ops in belongs.items()
        if entry.get(key) is not None and op not in ops
    ]
    if op == "delete-backup" and entry.get("backup") is None:
        found.append(Problem(f"{where}.backup", "missing", {"key": "backup"}))
    if op == "restore" and entry.get("to") is not None and entry.get("to") == entry.get("vm"):
        found.append(Problem(f"{where}.to", "restore_same", {"value": shown(entry.get("to"))}))
    return found


def _snapshot_problems(entry: dict[str, Any], where: str) -> list[Problem]:
    """A name belongs to the operations about snapshots; what is to be deleted has to be named."""
    named, op = entry.get("snapshot") is not None, entry.get("op")
    if named and op not in ("snapshot", "revert", "delete-snapshot"):
        return [Problem(f"{where}.snapshot", "only_snapshot", {"key": "snapshot"})]
    if not named and op == "delete-snapshot":
        return [Problem(f"{where}.snapshot", "missing", {"key": "snapshot"})]
    return []


def past_problems(config: Config, now: datetime) -> Iterator[Problem]:
    """An end that is over by now, or further away than anybody plans for."""
    said = [(f"vms[{i}].expires", vm.expires) for i, vm in enumerate(config.vms)]
    said += [(f"operations[{i}].expires", o.expires) for i, o in enumerate(config.operations)]
    for path, expires in said:
        at = expiry.moment(expires)
        if at is not None and not now < at <= now + timedelta(days=expiry.MOST_DAYS):
            yield Problem(path, "expires_when", {"value": expires})


def _target_problems(entry: dict[str, Any], where: str) -> list[Problem]:
    """Exactly one of a name and a selector."""
    problems = _template_of_selector(entry.get("select"), f"{where}.select")
    if entry.get("vm") is None and entry.get("select") is None:
        problems.append(Problem(f"{where}.vm", "missing", {"key": "vm"}))
    if entry.get("vm") is not None and entry.get("select") is not None:
        problems.append(Problem(f"{where}.select", "vm_and_select"))
    return problems


def _template_of_selector(selector: object, path: str) -> list[Problem]:
    if not isinstance(selector, dict) or selector.get("template") is None:
        return []
    return _template_problems(selector["template"], f"{path}.template")
