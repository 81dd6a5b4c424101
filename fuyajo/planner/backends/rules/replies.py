"""Drafts → Config and its summary; questions → chat. All words come from `texts`."""

from __future__ import annotations

from collections.abc import Iterable

from fuyajo.domain.catalogue import TEMPLATES
from fuyajo.domain.errors import shown
from fuyajo.domain.request import Config, OperationRequest, Reply, VmRequest
from fuyajo.domain.texts import Lang
from fuyajo.planner.backends.rules.drafts import OpDraft, Sizes, VmDraft
from fuyajo.planner.backends.rules.normalise import MAX_CHARS
from fuyajo.planner.backends.rules.operations import Vms
from fuyajo.planner.backends.rules.texts import TABLES
from fuyajo.planner.backends.rules.tokens import Ask

_EXAMPLES = {
    "how_much": "resize",
    "absolute": "resize",
    "size_without_resize": "resize",
    "quote_text": "text",
    "no_variable": "text",
}
_MAX_LISTED = 50


def chat(ask: Ask, lang: Lang, vms: Vms) -> Reply:
    """The question or the explanation, in the language of the wish."""
    table = TABLES[lang]
    key = "list_none" if ask.key == "list" and not vms else ask.key
    params = {name: _inert(value, table) for name, value in ask.params.items()}
    params |= {
        "example": _example(ask, table, vms),
        "yours": _yours(table, vms),
        "templates": table["and"].join(TEMPLATES),
        "list": "\n".join(_row(table, vms)),
        "limit": MAX_CHARS,
    }
    return Reply(type="chat", message=table[key].format_map(params))


def _inert(value: object, table: dict[str, str]) -> object:
    """Echoed words are shortened, printable and carry no markup of any door."""
    if isinstance(value, list):
        return table["and"].join(
            table["quoted"].format_map({"word": _inert(item, table)}) for item in value[:5]
        )
    return value if isinstance(value, int) else _plain(value)


def _plain(value: object) -> str:
    return "".join(c for c in shown(value, 40) if c.isalnum() or c in " -_.…'")


def _example(ask: Ask, table: dict[str, str], vms: Vms) -> str:
    op = _EXAMPLES.get(ask.key) or str(ask.params.get("op", ""))
    key = f"example.{op}" if f"example.{op}" in table else "example"
    return table[key].format_map({"vm": vms[0].name if vms else "hello"})


def _yours(table: dict[str, str], vms: Vms) -> str:
    if not vms:
        return table["yours_none"]
    return table["yours"].format_map(
        {"names": table["and"].join(v.name for v in vms[:_MAX_LISTED])}
    )


def _row(table: dict[str, str], vms: Vms) -> Iterable[str]:
    for vm in vms[:_MAX_LISTED]:
        yield table["row"].format_map(
            {
                "name": vm.name,
                "state": table.get(vm.state, shown(vm.state, 20)),
                "template": vm.template or "-",
                "cpus": vm.cpus,
                "memory": _memory(vm.memory_mib),
                "disk": vm.disk_gib,
            }
        )


def planned(wanted: list[VmDraft], operations: list[OpDraft], lang: Lang) -> Reply:
    """The Config with only what was said, and one line for each part of it."""
    table = TABLES[lang]
    config = Config(
        vms=tuple(vm for draft in wanted for vm in _vms(draft)),
        operations=tuple(
            OperationRequest.model_validate({"op": d.op, "vm": d.vm, **d.sizes.said()})
            for d in operations
        ),
    )
    lines = [_creation(table, vm) for vm in config.vms]
    lines += [_operation(table, draft) for draft in operations]
    message = table["plan"].format_map({"lines": "\n".join(lines)})
    return Reply(type="config", message=message, config=config)


def _vms(draft: VmDraft) -> Iterable[VmRequest]:
    said: dict[str, object] = {"template": draft.template, **draft.sizes.said()}
    if draft.variables:
        said["vars"] = dict(draft.variables)
    if len(draft.names) > 1:
        yield from (VmRequest.model_validate({"name": name, **said}) for name in draft.names)
        return
    if draft.names:
        said["name"] = draft.names[0]
    if draft.count > 1:
        said["count"] = draft.count
    yield VmRequest.model_validate(said)


def _creation(table: dict[str, str], vm: VmRequest) -> str:
    sizes = Sizes(vm.cpus, vm.memory, vm.disk)
    extra = [table[f"plan.{k}"].format_map({"value": shown(v)}) for k, v in vm.vars.items()]
    return table["plan.create"].format_map(
        {
            "count": table["plan.count"].format_map({"count": vm.count}) if vm.count > 1 else "",
            "template": vm.template,
            "name": table["plan.name"].format_map({"name": vm.name}) if vm.name else "",
            "sizes": _with(table, sizes, extra),
        }
    )


def _operation(table: dict[str, str], draft: OpDraft) -> str:
    params = {"name": draft.vm, "sizes": _with(table, draft.sizes, [])}
    return table[f"plan.{draft.op}"].format_map(params)


def _with(table: dict[str, str], sizes: Sizes, extra: list[str]) -> str:
    parts = [
        table[f"plan.{key}"].format_map({"value": _memory(value) if key == "memory" else value})
        for key, value in sizes.said().items()
    ] + extra
    return table["plan.with"].format_map({"parts": table["and"].join(parts)}) if parts else ""


def _memory(mib: int) -> str:
    return f"{mib // 1024} GiB" if mib % 1024 == 0 else f"{mib} MiB"
