"""Clauses that forbid or keep: "but don't start it", "leave web alone", dbは止めないで.

A refusal never plans anything by itself; it takes VMs out of what the rest of the message wants, or lets
a new VM stay off. Whatever contradicts it is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from fuyajo.domain.request import Selector
from fuyajo.planner.backends.rules.drafts import Clause, OpDraft, VmDraft
from fuyajo.planner.backends.rules.items import IDLE, not_understood
from fuyajo.planner.backends.rules.operations import all_known
from fuyajo.planner.backends.rules.pointers import TARGETS, targets
from fuyajo.planner.backends.rules.scene import Scene
from fuyajo.planner.backends.rules.tokens import Ask, K

#: What a refusal may say about a VM without meaning anything here: "don't change web's memory".
_BESIDE = frozenset({K.MEMORY, K.DISK, K.CPU, K.SIZE, K.NUMBER, K.PARTICLE, K.SNAPSHOT, K.TIME})
_SIZES_ONLY = IDLE | {K.SIZE, K.NUMBER, K.MEMORY, K.DISK, K.CPU}
_FIELD = {K.MEMORY: "memory", K.DISK: "disk", K.CPU: "cpus"}
_ALLOWED = IDLE | TARGETS | _BESIDE | {K.NAMED, K.NAMED_AFTER, K.NOT, K.PAST}


def refuse(clause: Clause, op: str | None, scene: Scene) -> None:
    """Note what the clause forbids; `op` is None when it only names VMs ("but not web")."""
    verb = clause.verb.text if clause.verb else next((t.text for t in clause.body), "")
    said = clause.said or verb
    scene.refusal = scene.refusal or said
    if op == "create":
        raise Ask("negation", what=said)
    if op == "start" and scene.wanted and _new_ones(clause, scene):
        return
    all_known(clause.body, _ALLOWED, scene)
    if op is None and _only_sizes(clause, scene):
        return  # "4 GB instead of 1 GB"
    names = _own(clause, scene)
    if op == "start" and not names and not clause.has(*TARGETS):
        scene.stays_off = True
    pointed = clause.has(K.PRONOUN, K.ALL, K.CREATED)
    if not names and (op is None or (pointed and not scene.mentioned)):
        raise Ask("negation", what=said)
    _note(clause, op, scene.mentioned if pointed and not names else names, scene)


def _note(clause: Clause, op: str | None, names: tuple[str, ...], scene: Scene) -> None:
    """What is refused of which VMs: everything, one size, or the operation."""
    if op is None:
        scene.spared.update(names)
        return
    if op == "resize" and _label_only(clause):
        fields = {_FIELD[t.kind] for t in clause.body if t.kind in _FIELD}
        scene.refused |= {(f"resize {field}", name) for field in fields for name in names}
    else:
        scene.refused |= {(op, name) for name in names or ("",)}
    if names:
        scene.topic = scene.mentioned = names


def keep(clause: Clause, scene: Scene) -> None:
    """ "leave web running": not touched at all; "leave it off" is about a new VM."""
    said = clause.verb.text if clause.verb else ""
    scene.refusal = scene.refusal or said
    off = any(t.value == "stopped" for t in clause.body if t.kind is K.STATE)
    off = off or clause.has(K.PAST) or any(t.low in ("off", "down") for t in clause.body)
    if off and scene.wanted and _new_ones(clause, scene):
        return
    sizes = set() if _label_only(clause) else {K.SIZE, K.NUMBER}
    all_known(clause.body, _ALLOWED - sizes, scene)
    names = _own(clause, scene)
    rest = any(t.kind is K.PRONOUN and t.value == "other" for t in clause.body)
    if not names and not rest and not _label_only(clause):
        raise Ask("negation", what=said)
    scene.spared.update(names)
    if _label_only(clause):
        scene.spared.difference_update(names)
        if names:
            scene.topic = scene.mentioned = names


def _only_sizes(clause: Clause, scene: Scene) -> bool:
    resized = bool(scene.operations) and scene.operations[-1].op == "resize"
    sized = clause.has(K.SIZE, K.NUMBER) and {t.kind for t in clause.body} <= _SIZES_ONLY
    return resized and sized and clause.said.startswith(("instead", "rather", "in place", "not"))


def _label_only(clause: Clause) -> bool:
    """dbのメモリは変えずに: one size stays, the VM itself may change."""
    return clause.has(K.MEMORY, K.DISK, K.CPU)


def remark(clause: Clause, scene: Scene) -> None:
    """ "I don't need web any more": nothing but what the next clause may point back to."""
    loose = IDLE | TARGETS | {K.REMARK, K.MEMORY, K.DISK, K.CPU, K.NAMED, K.NAMED_AFTER}
    left = [t for t in clause.body if t.kind not in loose]
    if left:
        raise not_understood(left)
    unwanted = any(t.kind is K.REMARK and t.low.endswith("want") for t in clause.body)
    if (
        unwanted
        and not clause.names
        and not any("more" in t.low or "longer" in t.low for t in clause.body)
    ):
        raise Ask("negation", what=clause.body[0].text)
    names = _own(clause, scene) or _described(clause, scene)
    if clause.has(K.EXCEPT):  # "I need nothing but web"
        scene.spared.update(names)
        scene.refusal = scene.refusal or clause.body[0].text
    elif names:
        if clause.has(K.TOO):  # "web is slow. mail too": both
            names = tuple(dict.fromkeys((*scene.topic, *names)))
        scene.mentioned = scene.topic = names
        if any(t.kind is K.REMARK and _goes(t.low) for t in clause.body):
            scene.to_go.update(names)
            scene.surely_go |= any(_GOES.search(t.low) for t in clause.body)


_GOES = re.compile(r" go(?: now)?\Z")


def _goes(low: str) -> bool:
    """ "has to go", "is no longer needed": as good as an order."""
    return low.endswith((" go", " go now", "needed", "in use", "required"))


def _described(clause: Clause, scene: Scene) -> tuple[str, ...]:
    """ "my web server is too slow": the only one there is, in English."""
    if scene.japanese or not clause.heads or clause.has(K.PRONOUN, K.CREATED, K.ALL, K.EXCEPT):
        return ()
    found = targets("restart", clause.body, scene)
    return tuple(n for t in found if t.select and t.select.which == "named" for n in t.select.names)


def _own(clause: Clause, scene: Scene) -> tuple[str, ...]:
    missing = [name for name in clause.names if name not in scene.known]
    if missing:
        raise Ask("unknown_vm", name=missing[0], names=scene.names)
    return clause.names


def _new_ones(clause: Clause, scene: Scene) -> bool:
    """Lets the new VMs that are meant stay off; False when it is about existing ones."""
    loose = IDLE | {K.PRONOUN, K.PARTICLE, K.STATE, K.PAST, K.ALL, K.NOT, K.TIME}
    said = {t.low for t in clause.body if t.kind not in loose and t.kind not in TARGETS - {K.NAME}}
    named = {i for i, d in enumerate(scene.wanted) if said & set(d.names)}
    strange = said - {name for draft in scene.wanted for name in draft.names}
    if strange or clause.has(K.EXCEPT):
        return False
    many = clause.has(K.ALL) or any(t.value != "it" for t in clause.body if t.kind is K.PRONOUN)
    points = clause.has(K.PRONOUN)
    chosen = named or (
        {len(scene.wanted) - 1} if points and not many else set(range(len(scene.wanted)))
    )
    for i in chosen:
        scene.wanted[i] = replace(scene.wanted[i], stopped=True)
    return True


def settle(scene: Scene) -> tuple[list[VmDraft], list[OpDraft]]:
    """What remains wanted. Raises `Ask` when nothing does, or when it was also refused."""
    if not scene.wanted and not scene.operations:
        if scene.refusal:
            raise Ask("negation", what=scene.refusal)
        raise Ask("empty")
    if scene.to_go - _meant(scene):
        raise Ask("one_by_one")  # "stop web, mail has to go": only the half of it is an order
    if scene.stays_off:
        scene.wanted = [replace(draft, stopped=True) for draft in scene.wanted]
    operations = [_without_refused(draft, scene) for draft in scene.operations]
    return scene.wanted, operations


def _meant(scene: Scene) -> set[str]:
    """The own VMs that any operation is about; all of them where one is not by name."""
    if not scene.operations:
        return set() if scene.surely_go else scene.to_go
    found: set[str] = set(scene.spared)
    for draft in scene.operations:
        named = draft.select is not None and draft.select.which == "named"
        if draft.vm is None and not named:
            return scene.to_go
        found |= {draft.vm} if draft.vm else set(draft.select.names if draft.select else ())
    return found


def _without_refused(draft: OpDraft, scene: Scene) -> OpDraft:
    refused = {name for op, name in scene.refused if op == draft.op} | scene.spared
    refused |= {
        name for key in draft.sizes.said() for op, name in scene.refused if op == f"resize {key}"
    }
    against = Ask("negation", what=scene.refusal)
    if not refused:
        return draft
    if draft.vm is not None:
        if draft.vm in refused or "" in refused:
            raise against
        return draft
    if "" in refused or draft.select is None or draft.select.which == "named":
        if draft.select is None or "" in refused or refused & set(draft.select.names):
            raise against
        return draft
    return replace(draft, select=_left_out(draft.select, sorted(refused)))


def _left_out(select: Selector, names: Sequence[str]) -> Selector:
    return select.model_copy(update={"without": tuple(dict.fromkeys((*select.without, *names)))})
