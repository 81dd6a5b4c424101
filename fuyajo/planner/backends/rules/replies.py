"""Drafts → Config and its summary; questions → chat. All words come from `texts`."""

from __future__ import annotations

from collections.abc import Iterable

from fuyajo.domain.catalogue import TEMPLATES
from fuyajo.domain.errors import shown
from fuyajo.domain.references import Known, Unclear, select
from fuyajo.domain.request import Config, OperationRequest, Reply, Selector, VmRequest
from fuyajo.domain.texts import Lang
from fuyajo.planner.backend import PlannerRequest
from fuyajo.planner.backends.rules.drafts import OpDraft, Sizes, VmDraft
from fuyajo.planner.backends.rules.normalise import MAX_CHARS
from fuyajo.planner.backends.rules.scene import Vms
from fuyajo.planner.backends.rules.texts import TABLES
from fuyajo.planner.backends.rules.tokens import Ask
from fuyajo.planner.backends.rules.understand import Wish

_EXAMPLES = {
    "bigger": "resize",
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
    if "sentence" in ask.params:  # as a whole: it is to be typed
        params["sentence"] = _plain(ask.params["sentence"], 200)
    if ask.key == "bigger":
        params["memory"] = _memory(int(str(ask.params["memory"])))
    params |= {
        "example": _example(ask, table, vms),
        "yours": _yours(table, vms),
        "among": _among(ask, table, vms),
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


def _plain(value: object, most: int = 40) -> str:
    return "".join(c for c in shown(value, most) if c.isalnum() or c in " -_.…',、。「」")


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


def _among(ask: Ask, table: dict[str, str], vms: Vms) -> str:
    """The VMs that could be meant: all of them, unless the question says which."""
    said = ask.params.get("names")
    names = [str(name) for name in said] if isinstance(said, list) else []
    if not names or len(names) == len(vms):
        return _yours(table, vms)
    return table["among"].format_map({"names": table["and"].join(names[:_MAX_LISTED])})


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


def planned(wish: Wish, request: PlannerRequest, lang: Lang) -> Reply:
    """The Config with only what was said, and one line for each part of it."""
    table = TABLES[lang]
    config = Config(
        vms=tuple(vm for draft in wish.wanted for vm in _vms(draft)),
        operations=tuple(_request(draft) for draft in wish.operations),
    )
    known = Known(request.vms, request.turns)
    lines = [_creation(table, vm, known) for vm in config.vms]
    lines += [line for draft in wish.operations for line in _operation(table, draft, known)]
    message = table["plan"].format_map({"lines": "\n".join(lines)})
    return Reply(type="config", message=message, config=config)


def _request(draft: OpDraft) -> OperationRequest:
    said: dict[str, object] = {"op": draft.op, **draft.sizes.said()}
    pairs = (("vm", draft.vm), ("select", draft.select), ("snapshot", draft.snapshot))
    said |= {key: value for key, value in pairs if value is not None}
    return OperationRequest.model_validate(said)


def _vms(draft: VmDraft) -> Iterable[VmRequest]:
    said: dict[str, object] = dict(draft.sizes.said())
    if draft.template is not None:
        said["template"] = draft.template
    if draft.like is not None:
        said["like"] = draft.like
    if draft.stopped:
        said["state"] = "stopped"
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


def _creation(table: dict[str, str], vm: VmRequest, known: Known) -> str:
    sizes = Sizes(vm.cpus, vm.memory, vm.disk)
    extra = [table[f"plan.{k}"].format_map({"value": shown(v)}) for k, v in vm.vars.items()]
    if vm.like is not None:
        models = table["and"].join(_names(vm.like, known)) or "?"
        extra.append(table["plan.like"].format_map({"value": models}))
    if vm.state == "stopped":
        extra.append(table["plan.off"])
    return table["plan.create"].format_map(
        {
            "count": table["plan.count"].format_map({"count": vm.count}) if vm.count > 1 else "",
            "template": table["plan.one"] if vm.like is not None else vm.template,
            "name": table["plan.name"].format_map({"name": vm.name}) if vm.name else "",
            "sizes": _with(table, sizes, extra),
        }
    )


def _operation(table: dict[str, str], draft: OpDraft, known: Known) -> Iterable[str]:
    extra = []
    if draft.snapshot:
        extra = [table["plan.snapshot_name"].format_map({"value": draft.snapshot})]
    sizes = _with(table, draft.sizes, extra)
    names = [draft.vm] if draft.vm else _names(draft.select, known) if draft.select else []
    for name in names:
        yield table[f"plan.{draft.op}"].format_map({"name": name, "sizes": sizes})


def _names(selector: Selector, known: Known) -> list[str]:
    """What it means as far as we can see; the dialogue decides, and asks where nothing fits."""
    try:
        return [vm.name for vm in select(selector, known)]
    except Unclear:
        return []


def _with(table: dict[str, str], sizes: Sizes, extra: list[str]) -> str:
    parts = [
        table[f"plan.{key}"].format_map({"value": _memory(value) if key == "memory" else value})
        for key, value in sizes.said().items()
    ] + extra
    return table["plan.with"].format_map({"parts": table["and"].join(parts)}) if parts else ""


def _memory(mib: int) -> str:
    return f"{mib // 1024} GiB" if mib % 1024 == 0 else f"{mib} MiB"
