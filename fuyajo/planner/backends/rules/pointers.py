"""Which VMs an operation is about: names, or how they were meant. Only when certain, else a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from fuyajo.domain.context import VmBrief
from fuyajo.domain.request import Selector
from fuyajo.planner.backends.rules.scene import Scene
from fuyajo.planner.backends.rules.tokens import HEADS, Ask, K, Token

_JOINS = frozenset({K.AND, K.COMMA})
#: "web's nginx" is a program in a VM; only these words mean the VM itself.
_MACHINE: tuple[str, ...] = (
    "server",
    "servers",
    "vm",
    "vms",
    "machine",
    "machines",
    "box",
    "boxes",
    "instance",
)
_MACHINE += ("instances", "サーバ", "仮想マシン", "マシン", "インスタンス")
_OURS = frozenset({"my", "our", "all my", "all of my"})
TARGETS = frozenset({K.NAME, K.PRONOUN, K.ALL, K.CREATED, K.SOME, K.STATE, K.EXCEPT, K.ORDINAL}) | (
    HEADS
)


@dataclass(frozen=True)
class Target:
    """One VM by name, or a selector."""

    vm: str | None = None
    select: Selector | None = None


@dataclass
class _Words:
    """The words about targets, sorted."""

    names: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    templates: set[str] = field(default_factory=set)
    states: set[str] = field(default_factory=set)
    pronouns: list[str] = field(default_factory=list)
    created: list[str] = field(default_factory=list)
    everything: bool = False
    head: Token | None = None
    plural: bool = False
    ours: bool = False
    # web以外を止めて needs no "all".
    only_without: bool = False


def program(token: Token) -> bool:
    return token.kind is K.TEMPLATE and not token.low.endswith(_MACHINE)


def targets(op: str, body: Sequence[Token], scene: Scene) -> list[Target]:
    """The VMs that are meant, in the order they were said."""
    placed = [t for t in body if t.kind is K.ORDINAL and t.value == "oldest"]
    if any(t.kind in (K.SOME, K.ORDINAL) and t not in placed for t in body):
        raise which(scene)
    words = _sorted(body, scene)
    if placed:
        return _oldest(words, scene)
    missing = [n for n in (*words.names, *words.without) if n not in scene.known]
    if missing:
        raise Ask("unknown_vm", name=missing[0], names=scene.names)
    if not scene.vms:
        raise Ask("no_vms")
    if len(words.templates) > 1 or len(words.states) > 1:
        raise which(scene)
    if words.names:
        return _named(words, body, scene)
    if words.created:
        return [_created(words, scene)]
    if words.pronouns:
        return _pronoun(op, words, scene)
    if words.everything or words.only_without or _all_of_a_kind(op, words):
        return [Target(select=_selector("all", words))]
    return _described(op, words, scene)


def _oldest(words: _Words, scene: Scene) -> list[Target]:
    """ "my oldest server", where it is known when they were made."""
    fitting = [vm for vm in scene.vms if _fits(vm, words)]
    said = words.names or words.pronouns or words.created or words.everything or words.without
    if (
        said
        or words.plural
        or not words.head
        or not fitting
        or any(not vm.created for vm in fitting)
    ):
        raise which(scene)
    first = sorted(fitting, key=lambda vm: vm.created or "")
    if len(first) > 1 and first[0].created == first[1].created:
        raise which(scene)
    return [Target(select=Selector(which="named", names=(first[0].name,)))]


def which(scene: Scene, among: Sequence[str] = ()) -> Ask:
    return Ask("which_vm", names=list(among) or scene.names)


def _sorted(body: Sequence[Token], scene: Scene) -> _Words:
    words = _Words()
    left_out = _left_out(body)
    if any(t.kind is K.ALL and t.low in scene.known for t in body):
        # A VM that is called "all": that one, or every one?
        raise which(scene)
    for i, token in enumerate(body):
        if i in left_out:
            words.without += _excepted(token, scene)
        elif token.kind in HEADS:
            _describe(token, words)
        elif token.kind is K.PRONOUN and _means_all(token, scene):
            words.everything = True
        else:
            _point(token, words)
    if any(t.kind is K.EXCEPT for t in body) and not words.without:
        raise which(scene)
    words.only_without = any(t.kind is K.EXCEPT and t.value == "before" for t in body)
    return words


def _excepted(token: Token, scene: Scene) -> list[str]:
    """ "except web", "except the web servers"."""
    if token.kind is K.NAME:
        return [token.low]
    return [vm.name for vm in scene.vms if vm.template == token.value]


def _describe(token: Token, words: _Words) -> None:
    words.head = token
    words.plural = words.plural or token.low.endswith("s")
    if token.kind is K.TEMPLATE:
        words.templates.add(str(token.value))


def _point(token: Token, words: _Words) -> None:
    value = str(token.value)
    if token.kind is K.NAME:
        words.names.append(token.low)
    elif token.kind is K.STATE:
        words.states.add(value)
    elif token.kind is K.PRONOUN:
        words.pronouns.append(value)
    elif token.kind is K.CREATED:
        words.created.append(value)
    words.everything = words.everything or token.kind is K.ALL
    words.ours = words.ours or token.low in _OURS


def _means_all(token: Token, scene: Scene) -> bool:
    """ "all of them" out of the blue."""
    spoken = scene.spoken_of or scene.mentioned or scene.wanted
    return token.value == "them" and token.low.startswith(("all", "every")) and not spoken


def _left_out(body: Sequence[Token]) -> set[int]:
    """Where the names stand that "except" leaves out: behind it, or before 以外."""
    found: set[int] = set()
    for i, token in enumerate(body):
        if token.kind is not K.EXCEPT:
            continue
        step = 1 if token.value == "after" else -1
        at = i + step
        skipped = {K.DET, K.FILL, K.JOSHI, *_JOINS, *HEADS}
        while 0 <= at < len(body) and (body[at].kind is K.NAME or body[at].kind in skipped):
            if body[at].kind in (K.NAME, K.TEMPLATE):
                found.add(at)
            at += step
    return found


def _named(words: _Words, body: Sequence[Token], scene: Scene) -> list[Target]:
    names = list(dict.fromkeys(words.names))
    counted = [p for p in words.pronouns if not (p.isdigit() and int(p) == len(names))]
    wrong = [n for n in names if not _fits(scene.known[n], words)]
    vague = words.everything or counted or words.created or words.without
    if vague or wrong or not _all_joined(body):
        raise which(scene)
    return [Target(name) for name in names]


def _fits(vm: VmBrief, words: _Words) -> bool:
    kind = not words.templates or vm.template in (None, *words.templates)
    return kind and (not words.states or vm.state in words.states)


def _all_joined(body: Sequence[Token]) -> bool:
    """Two names need an "and" between them: webのdb is not web and db."""
    joined = True
    for token in body:
        if token.kind is K.NAME:
            if not joined:
                return False
            joined = False
        joined = joined or token.kind in _JOINS or token.text == "も"
    return True


def _selector(which_ones: str, words: _Words, count: int = 1) -> Selector:
    said: dict[str, object] = {"which": which_ones}
    if count != 1:
        said["count"] = count
    if words.templates:
        said["template"] = next(iter(words.templates))
    if words.states:
        said["state"] = next(iter(words.states))
    if words.without:
        said["without"] = list(dict.fromkeys(words.without))
    return Selector.model_validate(said)


def _created(words: _Words, scene: Scene) -> Target:
    """ "the last two I made"; several without a number are those of the last turn, if it made any."""
    if len(words.created) > 1 or words.pronouns or (words.everything and words.without):
        raise which(scene)
    count, _, template = words.created[0].partition(" ")
    if template:
        words.templates.add(template)
    if len(words.templates) > 1:
        raise which(scene)
    if count != "0":
        return Target(select=_selector("last_created", words, int(count)))
    if not scene.made_last:
        raise which(scene)
    return Target(select=_selector("them", words))


def _pronoun(op: str, words: _Words, scene: Scene) -> list[Target]:
    said = words.pronouns[-1]
    if counted := _exactly(said, words, scene):
        return counted
    if set(words.pronouns) == {"other"} and scene.singled_out:
        words.without += sorted(scene.singled_out)
        return [Target(select=_selector("all", words))]
    odd = len(set(words.pronouns)) > 1 or (words.everything and said == "it")
    if odd or said == "other" or (words.without and said != "them"):
        raise which(scene)
    if scene.mentioned:
        several = len(scene.mentioned) > 1
        fits = several if said == "them" else len(scene.mentioned) == _count(said)
        if not fits or words.without:
            raise which(scene, scene.mentioned)
        return [Target(name) for name in scene.mentioned]
    if scene.wanted:
        raise Ask("one_by_one")
    only = [vm for vm in scene.vms if _fits(vm, words)]
    if said == "it" and len(scene.vms) == len(only) == 1 and op not in ("delete", "revert"):
        return [Target(only[0].name)]
    if not scene.spoken_of:
        raise which(scene)
    if said == "them":
        return [Target(select=_selector("them", words))]
    return [Target(select=_selector("last_mentioned", words, _count(said)))]


def _exactly(said: str, words: _Words, scene: Scene) -> list[Target]:
    """ "both of my servers" of somebody who has two."""
    if not (words.plural and said.isdigit()) or words.without or scene.mentioned or scene.japanese:
        return []
    fitting = [vm for vm in scene.vms if _fits(vm, words)]
    if len(fitting) != int(said) or (scene.spoken_of and not words.ours):
        return []
    return [Target(select=_selector("only", words, int(said)))]


def _count(said: str) -> int:
    return int(said) if said.isdigit() else 1


def _all_of_a_kind(op: str, words: _Words) -> bool:
    """ "the stopped servers", "my web servers": all of them; "delete my VMs" has to say "all"."""
    filtered = bool(words.templates or words.states)
    return words.plural and (filtered or bool(words.without) or (words.ours and op != "delete"))


def _described(op: str, words: _Words, scene: Scene) -> list[Target]:
    """ "the web server": certain when there is one such VM; a bare "the VM" is never enough to delete."""
    fitting = [vm for vm in scene.vms if _fits(vm, words)]
    if words.without or words.plural or not (words.head or words.states):
        raise which(scene)
    if len(fitting) != 1:
        raise which(scene, [vm.name for vm in fitting])
    if words.templates or words.states:
        return [Target(select=Selector(which="named", names=(fitting[0].name,)))]
    if op in ("delete", "revert"):
        raise which(scene)
    return [Target(fitting[0].name)]
