"""`select` and `like` → names. Pure; whatever is not certain is a question with the candidates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise

from fuyajo.domain.context import Turn, VmBrief
from fuyajo.domain.errors import Exit, FuyajoError, Param, Problem, shown
from fuyajo.domain.request import Config, OperationRequest, Selector, Strict, VmRequest

# VMs of one run come into being within moments of each other.
TOGETHER_S = 2.0


class Unclear(FuyajoError):
    """A reference that fits no VM, or more than one: to be asked about, never guessed."""

    exit = Exit.INVALID


class Named(Strict):
    name: str
    uuid: str


class Reference(Strict):
    """How the words at `path` of the request were meant, and what they meant."""

    path: str
    which: str
    vms: tuple[Named, ...]


@dataclass(frozen=True)
class Known:
    """VMs that may be operated (see `VmBrief.owner`) and earlier turns, the oldest first."""

    vms: tuple[VmBrief, ...]
    turns: tuple[Turn, ...] = ()


@dataclass
class _Found:
    references: list[Reference] = field(default_factory=list)

    def note(self, path: str, selector: Selector, vms: Sequence[VmBrief]) -> None:
        named = tuple(Named(name=vm.name, uuid=vm.uuid) for vm in vms)
        self.references.append(Reference(path=path, which=selector.which, vms=named))


def resolve(config: Config, known: Known) -> tuple[Config, tuple[Reference, ...]]:
    """The config with plain names in place of every `select` and `like`. Raises `Unclear`."""
    found = _Found()
    operations = [
        plain
        for index, operation in enumerate(config.operations)
        for plain in _operations(operation, f"operations[{index}]", known, found)
    ]
    vms = [_like(vm, f"vms[{index}]", known, found) for index, vm in enumerate(config.vms)]
    if not found.references:
        return config, ()
    update = {"operations": tuple(operations), "vms": tuple(vms)}
    return config.model_copy(update=update), tuple(found.references)


def _operations(
    operation: OperationRequest, path: str, known: Known, found: _Found
) -> list[OperationRequest]:
    selector = operation.select
    if selector is None:
        return [operation]
    vms = select(selector, known, path)
    found.note(path, selector, vms)
    return [operation.model_copy(update={"vm": vm.name, "select": None}) for vm in vms]


def _like(vm: VmRequest, path: str, known: Known, found: _Found) -> VmRequest:
    if vm.like is None:
        return vm
    vms = select(vm.like, known, path)
    if len(vms) != 1:
        raise _unclear(path, "reference_many", vms)
    model = vms[0]
    found.note(path, vm.like, vms)
    copied = {
        "template": model.template or vm.template,
        "cpus": model.cpus,
        "memory": model.memory_mib,
        "disk": model.disk_gib,
    }
    said = vm.model_fields_set
    return vm.model_copy(
        update={"like": None, **{k: v for k, v in copied.items() if k not in said}}
    )


def select(selector: Selector, known: Known, path: str = "") -> list[VmBrief]:
    """The VMs that are meant. Raises `Unclear` when there is any doubt."""
    # "All my VMs" are one's own; a shared one is meant by its name, or by what was just said of it.
    spoken = selector.which in ("last_mentioned", "them")
    pool = [vm for vm in known.vms if _fits(vm, selector) and (spoken or vm.owner is None)]
    if selector.which == "all":
        return pool or _nothing(path, known)
    if selector.which == "named":
        return _named(selector, known, path)
    if selector.which == "only":
        return _only(selector, pool, known, path)
    if selector.which == "last_created":
        return _created(selector, pool, known, path)
    return _mentioned(selector, pool, known, path)


def _fits(vm: VmBrief, selector: Selector) -> bool:
    return (
        (selector.template is None or vm.template == selector.template)
        and (selector.state is None or vm.state == selector.state)
        and vm.name not in selector.without
    )


def _named(selector: Selector, known: Known, path: str) -> list[VmBrief]:
    own = {vm.name: vm for vm in known.vms}
    missing = [name for name in selector.names if name not in own]
    if missing:
        params: dict[str, Param] = {"value": shown(missing[0]), "known": _list(known.vms)}
        raise Unclear(Problem(path, "unknown_vm", params))
    return [own[name] for name in dict.fromkeys(selector.names)] or _nothing(path, known)


def _only(selector: Selector, pool: list[VmBrief], known: Known, path: str) -> list[VmBrief]:
    """ "The web server" means one when there is exactly one."""
    if not pool:
        return _nothing(path, known)
    if len(pool) != selector.count:
        raise _unclear(
            path, "reference_many" if len(pool) > selector.count else "reference_few", pool
        )
    return pool


def _mentioned(selector: Selector, pool: list[VmBrief], known: Known, path: str) -> list[VmBrief]:
    for turn in reversed(known.turns):
        vms = [vm for name in turn.about for vm in pool if vm.name == name]
        if turn.unmade or turn.gone:
            # "it" was about something that is not there; an earlier VM is not what was meant.
            return _nothing(path, known)
        if not vms:
            continue
        if selector.which == "them" or len(vms) == selector.count:
            return vms
        raise _unclear(path, "reference_many" if len(vms) > 1 else "reference_few", vms)
    return _nothing(path, known)


def _created(selector: Selector, pool: list[VmBrief], known: Known, path: str) -> list[VmBrief]:
    """Whole groups, the newest first, until there are exactly as many as were meant."""
    made = next((t for t in reversed(known.turns) if t.made or t.unmade), None)
    if made is not None and made.unmade:
        # The newest VM there is would be another one than the one just planned.
        return _nothing(path, known)
    taken: list[VmBrief] = []
    for group in _groups(pool, known.turns):
        taken += group
        if len(taken) == selector.count:
            order = [vm.name for vm in known.vms]
            return sorted(taken, key=lambda vm: order.index(vm.name))
        if len(taken) > selector.count:
            raise _unclear(path, "reference_many", taken)
    if taken:
        raise _unclear(path, "reference_few", taken)
    return _nothing(path, known)


def _groups(pool: list[VmBrief], turns: tuple[Turn, ...]) -> Iterable[list[VmBrief]]:
    """VMs that were made together, the newest group first; those of unknown age are one last group."""
    dated = sorted(
        ((moment, vm) for vm in pool if (moment := _moment(vm.created))),
        key=lambda pair: pair[0],
        reverse=True,
    )
    groups: list[list[VmBrief]] = [[dated[0][1]]] if dated else []
    for (newer, before), (older, vm) in pairwise(dated):
        close = (newer - older).total_seconds() <= TOGETHER_S
        if close or any({before.name, vm.name} <= set(turn.made) for turn in turns):
            groups[-1].append(vm)
        else:
            groups.append([vm])
    undated = [vm for vm in pool if not _moment(vm.created)]
    return [*groups, undated] if undated else groups


def _moment(created: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(created or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _nothing(path: str, known: Known) -> list[VmBrief]:
    raise _unclear(path, "reference_none" if known.vms else "reference_no_vms", known.vms)


def _unclear(path: str, code: str, candidates: Sequence[VmBrief]) -> Unclear:
    return Unclear(Problem(path, code, {"known": _list(candidates)}))


_MOST = 20


def _list(vms: Sequence[VmBrief]) -> str:
    names: Callable[[Sequence[VmBrief]], str] = lambda some: ", ".join(vm.name for vm in some)  # noqa: E731
    return names(vms[:_MOST]) + (" …" if len(vms) > _MOST else "") or "-"
