"""A clause about existing VMs → operations. Only on VMs the user has, only when certain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from fuyajo.domain.context import VmBrief
from fuyajo.planner.backends.rules.drafts import OpDraft
from fuyajo.planner.backends.rules.items import IDLE, not_understood
from fuyajo.planner.backends.rules.names import valid
from fuyajo.planner.backends.rules.sizes import bind, checked
from fuyajo.planner.backends.rules.tokens import HEADS, Ask, K, Token, Tokens

Vms = tuple[VmBrief, ...]
_SIZED = frozenset({K.SIZE, K.NUMBER, K.MEMORY, K.DISK, K.CPU, K.COLON})
_JOINS = frozenset({K.AND, K.COMMA})
#: "web's nginx" is a program in a VM; only these words mean the VM itself.
_MACHINE = ("server", "servers", "vm", "vms", "machine", "box", "サーバ", "仮想マシン")
#: webで… and webに… say where, not what.
_PLACES = frozenset({"で", "に", "へ"})
_KNOWN = IDLE | HEADS | {K.NAME, K.NAMED, K.NAMED_AFTER, K.ALL, K.PRONOUN}


@dataclass
class _Group:
    targets: list[Token] = field(default_factory=list)
    sizes: list[Token] = field(default_factory=list)


def parse_operation(op: str, body: Tokens, vms: Vms) -> list[OpDraft]:
    """The operations of one clause; `body` is the clause without its verb."""
    if op == "relative":
        raise Ask("absolute")
    if op == "resize":
        return _resize(body, vms)
    _all_known(body, _KNOWN, vms)
    places = [t for t in body if t.kind is K.JOSHI and t.text in _PLACES]
    if places:
        raise Ask("which_vm", names=[v.name for v in vms])
    return [OpDraft(op, name) for name in _targets(op, body, vms)]


def _all_known(body: Sequence[Token], allowed: frozenset[K], vms: Vms) -> None:
    left = [t for t in body if t.kind not in allowed or _program(t)]
    if not left:
        return
    if all(t.kind in (K.WORD, K.QUOTE, K.GREET) and valid(t.low) for t in left):
        raise Ask("unknown_vm", name=left[0].text, names=[v.name for v in vms])
    if all(t.kind in _SIZED for t in left):
        raise Ask("size_without_resize")
    raise not_understood(left)


def _program(token: Token) -> bool:
    return token.kind is K.TEMPLATE and not token.low.endswith(_MACHINE)


def _targets(op: str, body: Sequence[Token], vms: Vms) -> list[str]:
    """Existing names, in the order they were said; a question whenever one is not certain."""
    known = {v.name: v for v in vms}
    said = [t.low for t in body if t.kind is K.NAME]
    missing = [name for name in said if name not in known]
    if missing:
        raise Ask("unknown_vm", name=missing[0], names=list(known))
    if not vms:
        raise Ask("no_vms")
    templates = {str(t.value) for t in body if t.kind is K.TEMPLATE}
    everything = any(t.kind is K.ALL for t in body)
    if said:
        return _named(said, everything, templates, body, known)
    if everything and not any(t.kind is K.PRONOUN for t in body):
        return _everything(op, templates, vms)
    return _only_one(op, templates, body, vms)


def _named(
    said: list[str],
    everything: bool,
    templates: set[str],
    body: Sequence[Token],
    known: dict[str, VmBrief],
) -> list[str]:
    vague = everything or any(t.kind is K.PRONOUN for t in body)
    wrong = [n for n in said if templates and known[n].template not in (None, *templates)]
    if vague or wrong or len(templates) > 1 or not _all_joined(body):
        raise Ask("which_vm", names=list(known))
    return list(dict.fromkeys(said))


def _all_joined(body: Sequence[Token]) -> bool:
    """Two names need an "and" between them: webのdb is not web and db."""
    joined = True
    for token in body:
        if token.kind is K.NAME:
            if not joined:
                return False
            joined = False
        joined = joined or token.kind in _JOINS
    return True


def _everything(op: str, templates: set[str], vms: Vms) -> list[str]:
    if op in ("delete", "resize"):
        raise Ask(f"{op}_all", names=[v.name for v in vms])
    found = [v.name for v in vms if not templates or v.template in templates]
    if not found:
        raise Ask("which_vm", names=[v.name for v in vms])
    return found


def _only_one(op: str, templates: set[str], body: Sequence[Token], vms: Vms) -> list[str]:
    """ "it" or "the vm" is certain only when there is a single VM, and never enough to delete."""
    pointed = not any(t.kind is K.ALL for t in body) and any(
        t.kind is K.PRONOUN or t.kind in HEADS for t in body
    )
    single = len(vms) == 1 and (not templates or templates == {vms[0].template})
    if pointed and single and op != "delete":
        return [vms[0].name]
    raise Ask("which_vm", names=[v.name for v in vms])


def _resize(body: Tokens, vms: Vms) -> list[OpDraft]:
    _all_known(body, _KNOWN | _SIZED, vms)
    drafts: list[OpDraft] = []
    for group in _groups(body):
        names = _targets("resize", group.targets, vms)
        bound = bind(tuple(group.sizes))
        used = [t for i, t in enumerate(group.sizes) if i not in bound.used]
        if not bound.values or any(t.kind in _SIZED - {K.COLON} for t in used):
            raise Ask("how_much")
        sizes = checked(bound.values)
        drafts += [OpDraft("resize", name, sizes) for name in names]
    return drafts


def _groups(body: Tokens) -> list[_Group]:
    """ "web to 2 GB and db to 4 GB": a new group begins where the first kind of part returns."""
    groups = [_Group()]
    first_is_target: bool | None = None
    for token in body:
        target = token.kind in (K.NAME, K.PRONOUN, K.ALL) or token.kind in HEADS
        sized = token.kind in (K.SIZE, K.NUMBER)
        group = groups[-1]
        if target or sized:
            first_is_target = target if first_is_target is None else first_is_target
            has_size = any(t.kind in (K.SIZE, K.NUMBER) for t in group.sizes)
            if (
                has_size
                and any(t.kind not in _JOINS for t in group.targets)
                and target is first_is_target
            ):
                groups.append(_moved_labels(group))
                group = groups[-1]
        if target or token.kind in _JOINS:
            group.targets.append(token)
        if not target:
            group.sizes.append(token)
    return groups


def _moved_labels(group: _Group) -> _Group:
    """A label that stands before the next target ("…, the memory of db to") belongs to that one."""
    at = len(group.sizes)
    while at and group.sizes[at - 1].kind not in (K.SIZE, K.NUMBER):
        at -= 1
    tail, rest = group.sizes[at:], group.sizes[:at]
    cut = next((i for i, t in enumerate(tail) if t.kind in (K.AND, K.COMMA)), len(tail))
    group.sizes = rest + tail[:cut]
    return _Group(sizes=tail[cut:])
