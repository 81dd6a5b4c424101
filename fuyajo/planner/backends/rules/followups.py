"""Short answers to what was said before: "web too", "both", "the second one", "4 GB".

They mean nothing alone. The turn before is read again by the same rules; only what it left open is filled
in, and only with words that say nothing else.
"""

from __future__ import annotations

import re
from dataclasses import replace

from fuyajo.domain.context import Turn
from fuyajo.planner.backend import PlannerRequest
from fuyajo.planner.backends.rules import answers_en
from fuyajo.planner.backends.rules.asides import without_asides
from fuyajo.planner.backends.rules.drafts import OpDraft
from fuyajo.planner.backends.rules.moods import objection, social
from fuyajo.planner.backends.rules.normalise import is_japanese
from fuyajo.planner.backends.rules.plain import plain_text
from fuyajo.planner.backends.rules.scene import Scene
from fuyajo.planner.backends.rules.sizes import bind, checked
from fuyajo.planner.backends.rules.tokens import HEADS, VERBS, Ask, K, Tokens
from fuyajo.planner.backends.rules.typos import corrected
from fuyajo.planner.backends.rules.understand import Wish, tokens_of, understand
from fuyajo.planner.backends.rules.words_en import SPLIT_OPS

_IDLE = frozenset(
    {K.FILL, K.PLEASE, K.POLITE, K.COMMA, K.AND, K.STOP, K.JOSHI, K.TAIL, K.DET, K.THANKS, K.THEN}
) | {K.BUT, K.SMALL, K.WITH}
_LABELS = frozenset({K.MEMORY, K.DISK, K.CPU})
_FIELDS = {K.MEMORY: "memory", K.DISK: "disk", K.CPU: "cpus"}
_CHOICE = frozenset({K.NAME, K.PRONOUN, K.ALL, K.ORDINAL, K.TOO}) | HEADS
#: What an answer of one sentence needs at most.
_LONGEST = 120
_SURE = 0.9


def follow_up(request: PlannerRequest) -> Wish | None:
    """What the words mean as an answer, or None when they are none."""
    if not request.turns or len(request.text) > _LONGEST:
        return None
    try:
        scene, tokens = tokens_in(request.text, request)
    except Ask:
        return None
    before = request.turns[-1]
    if not scene.japanese:
        if wish := answers_en.agreed(request, before):
            return wish
        tokens = answers_en.without_doubt(tokens)
        if again := answers_en.same_again(tokens):
            return _same_for(again, before, request, scene)
    kinds = {t.kind for t in tokens} - _IDLE
    if not kinds or social(tokens) or objection(tokens):
        return None
    if kinds <= {K.NAME, K.TOO} and K.NAME in kinds and _more(tokens):
        return _same_for(tokens, before, request, scene)
    if kinds <= _CHOICE and was_asked(before):
        return _chosen(tokens, before, request, scene)
    resizing = all(t.value in ("resize", "make") for t in tokens if t.kind in (K.OP, K.AMBIGUOUS))
    sizes = _LABELS | {K.SIZE, K.NUMBER, K.PRONOUN, K.OP, K.AMBIGUOUS}
    if kinds <= sizes and kinds & {K.SIZE, K.NUMBER} and resizing and was_asked(before):
        return _sized(tokens, before, request)
    return None


def tokens_in(text: str, request: PlannerRequest) -> tuple[Scene, Tokens]:
    plain, _ = corrected(plain_text(text), frozenset(vm.name for vm in request.vms))
    scene = Scene(request.vms, (), is_japanese(plain))
    return scene, without_asides(tokens_of(plain, scene)).tokens


def was_asked(turn: Turn) -> bool:
    """Our own last words were a question, and nothing came of them."""
    return (
        not turn.about and re.search(r"[?？]|ですか|ますか|ください|か。", turn.reply) is not None
    )


def _more(tokens: Tokens) -> bool:
    """ "web too", "and web", "same for web", webも."""
    return any(t.kind is K.TOO or t.low == "also" for t in tokens) or tokens[0].kind is K.AND


def _same_for(tokens: Tokens, before: Turn, request: PlannerRequest, scene: Scene) -> Wish | None:
    """The operation of the turn before, on other VMs."""
    names = [t.low for t in tokens if t.kind is K.NAME]
    if any(name not in scene.known for name in names):
        return None
    earlier = request.turns[:-1]
    try:
        wish = understand(before.user, request.vms, earlier)
    except Ask:
        return None
    shapes = {(d.op, d.sizes, d.snapshot) for d in wish.operations}
    if wish.wanted or len(shapes) != 1 or wish.operations[0].snapshot:
        return None
    first = wish.operations[0]
    drafts = [OpDraft(first.op, name, first.sizes) for name in dict.fromkeys(names)]
    return Wish([], drafts, _SURE, 1, in_context=True)


def _chosen(tokens: Tokens, before: Turn, request: PlannerRequest, scene: Scene) -> Wish | None:
    """ "Which one: web-1 or web-2?" – "both"."""
    offered = _offered(before.reply, scene)
    names = _choice(tokens, offered)
    if not names:
        return None
    asked = _operation_of(before, request)
    if asked is None:
        return None
    drafts = [replace(asked, vm=name) for name in names]
    return Wish([], drafts, _SURE, 1, in_context=True)


def _offered(reply: str, scene: Scene) -> list[str]:
    """The own VMs that our question named, in its order."""
    found = []
    for name in scene.known:
        at = re.search(rf"(?<![a-z0-9-]){re.escape(name)}(?!-?[a-z0-9])", reply)
        if at:
            found.append((at.start(), name))
    return [name for _, name in sorted(found)]


def _choice(tokens: Tokens, offered: list[str]) -> list[str]:
    said = [t for t in tokens if t.kind in _CHOICE and t.kind not in HEADS and t.kind is not K.TOO]
    names = [t.low for t in said if t.kind is K.NAME]
    if names:
        return names if len(names) == len(said) and set(names) <= set(offered) else []
    if len(said) != 1 or not offered:
        return []
    word = said[0]
    if word.kind is K.ORDINAL:
        place = int(str(word.value))
        index = place if place < 0 else place - 1
        return [offered[index]] if -len(offered) <= index < len(offered) else []
    if word.kind is K.ALL or word.value == "them":
        return offered if len(offered) > 1 else []
    return offered if str(word.value) == str(len(offered)) else []


def _operation_of(before: Turn, request: PlannerRequest) -> OpDraft | None:
    """What the turn before wanted done, though not with which VM."""
    try:
        _, tokens = tokens_in(before.user, request)
    except Ask:
        return None
    verbs = [t for t in tokens if t.kind in VERBS]
    if len(verbs) != 1 or objection(tokens) or any(t.kind in (K.NOT, K.KEEP) for t in tokens):
        return None
    ends = [str(t.value) for t in tokens if t.kind is K.PARTICLE]
    op = str(verbs[0].value)
    if verbs[0].kind is K.SPLIT and ends:
        op = SPLIT_OPS.get((op, ends[0]), "")
    if op in ("start", "stop", "restart", "delete"):
        return OpDraft(op)
    bound = bind(tokens).values if op == "resize" else {}
    return OpDraft(op, sizes=checked(bound)) if bound else None


def _sized(tokens: Tokens, before: Turn, request: PlannerRequest) -> Wish | None:
    """ "How much memory should web have?" – "4 GB"."""
    try:
        scene, earlier = tokens_in(before.user, request)
    except Ask:
        return None
    names = list(dict.fromkeys(t.low for t in earlier if t.kind is K.NAME))
    labels = {t.kind for t in earlier if t.kind in _LABELS}
    resized = any(
        t.value in ("resize", "relative", "make", "add")
        for t in earlier
        if t.kind in (K.OP, K.AMBIGUOUS)
    )
    resized = resized or any(t.kind in (K.SHOULD, K.WANT) for t in earlier)
    refused = {K.NOT, K.NOT_OP, K.NEGATION, K.QUESTION, K.IF, K.PAST, K.INJECTION, K.TIME}
    if not resized or len(names) != 1 or names[0] not in scene.known:
        return None
    if any(t.kind in refused for t in earlier) or any(t.kind is K.SIZE for t in earlier):
        return None
    values = _values(tokens, labels)
    if not values:
        return None
    try:
        sizes = checked(values)
    except Ask:
        return None
    return Wish([], [OpDraft("resize", names[0], sizes)], _SURE, 1, in_context=True)


def _values(tokens: Tokens, labels: set[K]) -> dict[str, float]:
    said = [t for t in tokens if t.kind in (K.SIZE, K.NUMBER)]
    if any(t.kind in _LABELS for t in tokens):
        bound = bind(tokens)
        return bound.values if len(bound.values) == len(said) else {}
    if len(said) != 1 or len(labels) != 1:
        return {}
    label, value = next(iter(labels)), said[0]
    fits = (value.kind is K.NUMBER) == (label is K.CPU)
    return {_FIELDS[label]: float(str(value.value))} if fits else {}
