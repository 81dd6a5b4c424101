""" "Did you mean …": a sentence that can be typed, wherever one word away there is a wish."""

from __future__ import annotations

import re
from collections.abc import Iterable

from fuyajo.domain.references import Known, Unclear, select
from fuyajo.domain.request import Selector
from fuyajo.planner.backend import PlannerRequest
from fuyajo.planner.backends.rules import typos, words_en
from fuyajo.planner.backends.rules.normalise import is_japanese, normalise
from fuyajo.planner.backends.rules.scene import Scene
from fuyajo.planner.backends.rules.tokens import Ask, K
from fuyajo.planner.backends.rules.understand import tokens_of, understand

_LONGEST = 160
_MOST_TRIES = 8
#: Two slips are many in a short word.
_LONG_WORD = 7
_SIZES = frozenset({"vague", "how_much", "absolute"})
_RESIZES = frozenset({"resize", "relative", "make", "add"})


def helpful(ask: Ask, request: PlannerRequest) -> Ask:
    """The same question, or one that says more."""
    if ask.key in ("not_understood", "unknown_vm"):
        return _near(ask, request) or ask
    if ask.key in _SIZES:
        return _present_size(request) or ask
    return ask


def _near(ask: Ask, request: PlannerRequest) -> Ask | None:
    """The wish with one unknown word replaced by its nearest neighbour, if there is just one."""
    text = normalise(request.text)
    if len(text) > _LONGEST or "\n" in text:
        return None
    said = ask.params.get("words") or [ask.params.get("name")]
    words = [str(word) for word in said] if isinstance(said, list) else []
    if len(words) != 1 or text.count(words[0]) != 1:
        return None
    own = [vm.name for vm in request.vms]
    wishes = {}
    for near, is_vm in _neighbours(words[0].lower(), own):
        sentence = text.replace(words[0], near)
        if _plans(sentence, request):
            wishes[sentence] = is_vm
    if len(wishes) != 1:
        return None
    (sentence, is_vm), *_ = wishes.items()
    return Ask("did_you_mean_vm" if is_vm else "did_you_mean", sentence=sentence, word=words[0])


def _neighbours(word: str, own: list[str]) -> Iterable[tuple[str, bool]]:
    most = 1 if len(word) < _LONG_WORD else 2
    vms = [name for name in own if 0 < typos.slips(word, name, most) <= most]
    known = {phrase[0] for phrase in words_en.PHRASES if len(phrase) == 1}
    near = sorted(w for w in known if len(w) > 3 and 0 < typos.slips(word, w, most) <= most)
    yield from ((name, True) for name in vms)
    yield from ((w, False) for w in near[:_MOST_TRIES] if w not in vms)


def _plans(sentence: str, request: PlannerRequest) -> bool:
    try:
        understand(sentence, request.vms, request.turns)
    except Ask:
        return False
    return True


def _present_size(request: PlannerRequest) -> Ask | None:
    """ "make it bigger": how big is it now, and how big should it be?"""
    plain = normalise(request.text)
    scene = Scene(request.vms, request.turns, is_japanese(plain))
    tokens = tokens_of(plain, scene)
    if not any(t.kind in (K.OP, K.AMBIGUOUS) and t.value in _RESIZES for t in tokens):
        return None
    names = list(dict.fromkeys(t.low for t in tokens if t.kind is K.NAME and t.low in scene.known))
    pointed = any(t.kind is K.PRONOUN for t in tokens) or scene.japanese
    if not names and pointed:
        names = _last_mentioned(request)
    if len(names) != 1 or re.search(r"[^a-z0-9-]", names[0]):
        return None
    vm = scene.known[names[0]]
    return Ask("bigger", name=vm.name, cpus=vm.cpus, memory=vm.memory_mib, disk=vm.disk_gib)


def _last_mentioned(request: PlannerRequest) -> list[str]:
    try:
        found = select(Selector(which="last_mentioned"), Known(request.vms, request.turns))
    except Unclear:
        return []
    return [vm.name for vm in found]
