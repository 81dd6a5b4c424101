"""A clause about existing VMs → operations. Only on VMs the user has, only when certain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from fuyajo.planner.backends.rules.drafts import OpDraft, Sizes
from fuyajo.planner.backends.rules.items import IDLE, not_understood
from fuyajo.planner.backends.rules.names import valid
from fuyajo.planner.backends.rules.pointers import TARGETS, Target, program, targets, which
from fuyajo.planner.backends.rules.scene import Scene
from fuyajo.planner.backends.rules.sizes import bind, checked
from fuyajo.planner.backends.rules.tokens import Ask, K, Token, Tokens

_SIZED = frozenset({K.SIZE, K.NUMBER, K.MEMORY, K.DISK, K.CPU, K.COLON})
_JOINS = frozenset({K.AND, K.COMMA})
#: webで… and webに… say where, not what.
_PLACES = frozenset({"で", "に", "へ"})
KNOWN = IDLE | TARGETS | {K.NAMED, K.NAMED_AFTER}
#: "start web up", "bump web up to 4 GB"; which of them mean anything is decided with the verb.
_LOOSE = frozenset({"up", "back", "down"})
_LOOSE_SIZES = _LOOSE | {"on"}


@dataclass
class _Group:
    targets: list[Token] = field(default_factory=list)
    sizes: list[Token] = field(default_factory=list)


def parse_operation(op: str, body: Tokens, scene: Scene) -> list[OpDraft]:
    """The operations of one clause; `body` is the clause without its verb."""
    if op == "relative":
        raise Ask("absolute")
    loose = _LOOSE_SIZES if op == "resize" else _LOOSE
    body = tuple(t for t in body if not (t.kind is K.PARTICLE and t.low in loose))
    if op == "resize":
        return _resize(body, scene)
    all_known(body, KNOWN, scene)
    places = [t for t in body if t.kind is K.JOSHI and t.text in _PLACES]
    if places:
        raise which(scene)
    return [OpDraft(op, t.vm, select=t.select) for t in meant(op, body, scene)]


def meant(op: str, body: Sequence[Token], scene: Scene) -> list[Target]:
    """The targets of an operation; a Japanese sentence may leave them to what was said before."""
    if not any(t.kind in TARGETS for t in body):
        silent = _unsaid(op, scene)
        if silent:
            return silent
    found = targets(op, body, scene)
    names = [t.vm for t in found if t.vm]
    named = [n for t in found if t.select and t.select.which == "named" for n in t.select.names]
    scene.mentioned = tuple(names + named) or scene.mentioned
    return found


def _unsaid(op: str, scene: Scene) -> list[Target]:
    """消さないで止めて: the topic of the refusal; もう一度起動して: what was spoken of."""
    if scene.topic:
        topic, scene.topic = scene.topic, ()
        scene.mentioned = topic
        return [Target(name) for name in topic]
    if scene.japanese and scene.spoken_of and op not in ("delete", "revert"):
        return targets(op, (Token(K.PRONOUN, "それ", "it"),), scene)
    return []


def all_known(body: Sequence[Token], allowed: frozenset[K], scene: Scene) -> None:
    left = [t for t in body if t.kind not in allowed or program(t)]
    if not left:
        return
    if all(t.kind in (K.WORD, K.QUOTE, K.GREET) and valid(t.low) for t in left):
        raise Ask("unknown_vm", name=left[0].text, names=scene.names)
    if all(t.kind in (K.NUMBER, K.COUNT) for t in left):
        raise which(scene)
    if all(t.kind in _SIZED for t in left):
        raise Ask("size_without_resize")
    raise not_understood(left)


def _resize(body: Tokens, scene: Scene) -> list[OpDraft]:
    body = _without_before(body)
    all_known(body, KNOWN | _SIZED, scene)
    drafts: list[OpDraft] = []
    for group in _groups(body):
        found = meant("resize", group.targets, scene)
        bound = bind(tuple(group.sizes))
        used = [t for i, t in enumerate(group.sizes) if i not in bound.used]
        left = [t for t in used if t.kind in _SIZED - {K.COLON}]
        if not bound.values or (left and not _said_apart(left, bound.values)):
            raise Ask("how_much")
        sizes = checked(bound.values)
        drafts += [OpDraft("resize", target.vm, sizes, target.select) for target in found]
    return merged(drafts)


def _without_before(body: Tokens) -> Tokens:
    """ "from 1 GB to 4 GB": only what it should become."""
    found = list(body)
    for i in range(len(body) - 2):
        number = body[i + 1].kind in (K.SIZE, K.NUMBER)
        until = next((t.low for t in body[i + 2 : i + 4] if t.kind is not K.CPU), "")
        if body[i].low == "from" and number and until in ("to", "up to"):
            found[i + 1] = Token(K.FILL, body[i + 1].text)
    return tuple(found)


def merged(drafts: list[OpDraft]) -> list[OpDraft]:
    """ "web's memory to 2 GB and its disk to 30 GB" is one change of web."""
    found: list[OpDraft] = []
    for draft in drafts:
        same = [i for i, d in enumerate(found) if d.vm is not None and d.vm == draft.vm]
        i = next((i for i in same if found[i].op == draft.op == "resize"), None)
        said = draft.sizes.said()
        if i is None or said.keys() & found[i].sizes.said().keys():
            found.append(draft)
        else:
            found[i] = replace(found[i], sizes=Sizes(**found[i].sizes.said(), **said))
    return found


def _said_apart(left: list[Token], values: dict[str, float]) -> bool:
    """ "change the memory for web, 2 GB is plenty": the word stands apart from its number."""
    return {t.kind for t in left} == {K.MEMORY} and set(values) == {"memory"} and len(left) == 1


def _groups(body: Tokens) -> list[_Group]:
    """ "web to 2 GB and db to 4 GB": a new group begins where the first kind of part returns."""
    groups = [_Group()]
    first_is_target: bool | None = None
    for at, token in enumerate(body):
        target = token.kind in TARGETS
        sized = token.kind in (K.SIZE, K.NUMBER)
        group = groups[-1]
        if target or sized:
            first_is_target = target if first_is_target is None else first_is_target
            has_size = any(t.kind in (K.SIZE, K.NUMBER) for t in group.sizes)
            if (
                has_size
                and any(t.kind in TARGETS for t in group.targets)
                and target is first_is_target
            ):
                groups.append(_moved_labels(group))
                group = groups[-1]
        if target or token.kind in _JOINS or (token.kind is K.DET and not group.sizes):
            group.targets.append(token)
        if not target and not _between_targets(body, at):
            group.sizes.append(token)
    return groups


def _between_targets(body: Tokens, at: int) -> bool:
    """The "and" of "web and db" parts no sizes."""
    joins = body[at].kind in _JOINS
    return joins and 0 < at < len(body) - 1 and {body[at - 1].kind, body[at + 1].kind} <= {K.NAME}


def _moved_labels(group: _Group) -> _Group:
    """A label that stands before the next target ("…, the memory of db to") belongs to that one."""
    at = len(group.sizes)
    while at and group.sizes[at - 1].kind not in (K.SIZE, K.NUMBER):
        at -= 1
    tail, rest = group.sizes[at:], group.sizes[:at]
    cut = next((i for i, t in enumerate(tail) if t.kind in (K.AND, K.COMMA)), len(tail))
    group.sizes = rest + tail[:cut]
    return _Group(sizes=tail[cut:])
