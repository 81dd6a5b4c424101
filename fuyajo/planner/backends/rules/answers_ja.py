"""Japanese answers to our own question: asahiで, 3台で, workerを4個に, webサーバーのほう.

The words are put where the turn before left them out, and that sentence is read by the same rules.
"""

from __future__ import annotations

import re
from dataclasses import replace

from fuyajo.domain.context import Turn
from fuyajo.planner.backend import PlannerRequest
from fuyajo.planner.backends.rules.drafts import OpDraft
from fuyajo.planner.backends.rules.followups import tokens_in, was_asked
from fuyajo.planner.backends.rules.moods import objection
from fuyajo.planner.backends.rules.names import valid
from fuyajo.planner.backends.rules.normalise import is_japanese
from fuyajo.planner.backends.rules.scene import Scene
from fuyajo.planner.backends.rules.sizes import bind, checked
from fuyajo.planner.backends.rules.tokens import HEADS, VERBS, Ask, K, Token, Tokens
from fuyajo.planner.backends.rules.understand import Wish, understand

_LONGEST = 80
_SURE = 0.9
_IDLE = frozenset(
    {K.FILL, K.PLEASE, K.POLITE, K.COMMA, K.STOP, K.JOSHI, K.TAIL, K.DET, K.THANKS, K.SMALL, K.THEN}
)
_LABELS = frozenset({K.MEMORY, K.DISK, K.CPU})
_TARGETS = HEADS | {K.NAME, K.PRONOUN, K.CREATED, K.ALL, K.EXCEPT, K.SOME, K.ORDINAL, K.STATE}
_HOW_MANY = re.compile(r"いくつか|何台か|数台|複数台?|たくさん|何個か|いくつ")
_SIMPLE = frozenset({"start", "stop", "restart", "snapshot", "delete"})


def answered(request: PlannerRequest) -> Wish | None:
    """What the words mean as an answer to the last question, or None when they are none."""
    if not request.turns or len(request.text) > _LONGEST or not is_japanese(request.text):
        return None
    before = request.turns[-1]
    try:
        scene, tokens = tokens_in(request.text, request)
        if objection(tokens):
            return None
        if not was_asked(before):
            return _also(tokens, before, request, scene)
        return (
            _named(tokens, before, request)
            or _chosen(tokens, before, request, scene)
            or _sized(tokens, before, request, scene)
            or _about_it(tokens, before, scene)
        )
    except Ask:
        return None


def _said(tokens: Tokens) -> list[Token]:
    return [t for t in tokens if t.kind not in _IDLE]


def _again(sentence: str, request: PlannerRequest) -> Wish | None:
    """The sentence that the answer completes; only when it makes something."""
    wish = understand(sentence, request.vms, request.turns[:-1])
    if not wish.wanted or wish.operations:
        return None
    return replace(wish, sure=min(wish.sure, _SURE), in_context=True)


def _named(tokens: Tokens, before: Turn, request: PlannerRequest) -> Wish | None:
    """「どんな名前にしますか？」 asahiで; 「何台作りますか？」 3台で; 「どちら？」 webサーバーのほう."""
    said = _said(tokens)
    if len(said) != 1:
        return None
    word = said[0]
    plain = before.user.rstrip("。.!！ ")
    if word.kind in (K.WORD, K.QUOTE) and "名前" in before.reply and valid(word.low):
        return _again(f"{plain}。名前は{word.low}", request)
    if word.kind is K.COUNT and re.search(r"何台|いくつ|台数", before.reply):
        counted, found = _HOW_MANY.subn(word.text, plain, count=1)
        return _again(counted if found else f"{word.text}、{plain}", request)
    if word.kind is K.TEMPLATE and re.search(r"どちら|どの|種類|どんな", before.reply):
        earlier = tokens_in(before.user, request)[1]
        heads = [t.text for t in earlier if t.kind in HEADS]
        if len(heads) == 1 and plain.lower().count(heads[0].lower()) == 1:
            at = plain.lower().index(heads[0].lower())
            return _again(plain[:at] + word.text + plain[at + len(heads[0]) :], request)
    return None


def _operation(before: Turn, request: PlannerRequest) -> str | None:
    """What the turn before wanted done with some VM."""
    earlier = tokens_in(before.user, request)[1]
    verbs = {str(t.value) for t in earlier if t.kind in VERBS}
    if len(verbs) != 1 or objection(earlier) or any(t.kind in (K.NOT, K.KEEP) for t in earlier):
        return None
    return verbs.pop()


def _chosen(tokens: Tokens, before: Turn, request: PlannerRequest, scene: Scene) -> Wish | None:
    """「どのVMを削除しますか？」 redisです; 「web-1とweb-2のどちらですか？」 2のほう。web-2ね."""
    said = _said(tokens)
    names = list(dict.fromkeys(t.low for t in said if t.kind is K.NAME and t.low in scene.known))
    numbers = [t for t in said if t.kind is K.NUMBER]
    if not names or len(said) != len(numbers) + sum(t.kind is K.NAME for t in said):
        return None
    if any(not names[0].endswith(f"-{t.value}") for t in numbers) or (numbers and len(names) > 1):
        return None
    offered = [name for name in scene.known if _speaks_of(before.reply, name)]
    if offered and not set(names) <= set(offered):
        return None
    if not re.search(r"どの|どれ|どちら|どっち", before.reply):
        return None
    op = _operation(before, request)
    if op not in _SIMPLE:
        return None
    return Wish([], [OpDraft(op, name) for name in names], _SURE, 1, in_context=True)


def _sized(tokens: Tokens, before: Turn, request: PlannerRequest, scene: Scene) -> Wish | None:
    """「どのVMのCPUをいくつにしますか？」 workerを4個に."""
    said = _said(tokens)
    names = [t.low for t in said if t.kind is K.NAME]
    loose = _LABELS | {K.NAME, K.SIZE, K.NUMBER, K.OP, K.COLON}
    if len(names) != 1 or names[0] not in scene.known or any(t.kind not in loose for t in said):
        return None
    if any(t.kind is K.OP and t.value not in ("resize", "relative") for t in said):
        return None
    earlier = tokens_in(before.user, request)[1]
    if any(t.kind in (K.NAME, K.SIZE, K.NUMBER) for t in earlier):
        return None
    if _operation(before, request) not in ("resize", "relative", "add"):
        return None
    labels = [t for t in earlier if t.kind in _LABELS]
    values = tuple(t for t in said if t.kind in _LABELS | {K.SIZE, K.NUMBER})
    if len(labels) == 1 and not any(t.kind in _LABELS for t in values):
        values = (labels[0], *values)
    bound = bind(values)
    if not bound.values or len(bound.values) != sum(t.kind not in _LABELS for t in values):
        return None
    drafts = [OpDraft("resize", names[0], checked(bound.values))]
    return Wish([], drafts, _SURE, 1, in_context=True)


def _about_it(tokens: Tokens, before: Turn, scene: Scene) -> Wish | None:
    """ldapの様子がおかしいです – 「ldap」は起動しています。どうしましょうか？ – 再起動をお願いします."""
    said = [t for t in _said(tokens) if not (t.kind is K.PRONOUN and t.value == "it")]
    if len(said) != 1 or said[0].kind is not K.OP or said[0].value not in _SIMPLE:
        return None
    named = [name for name in scene.known if _speaks_of(before.reply, name)]
    asked = [name for name in scene.known if _speaks_of(before.user, name)]
    if len(named) != 1 or named != asked:
        return None
    return Wish([], [OpDraft(str(said[0].value), named[0])], _SURE, 1, in_context=True)


def _also(tokens: Tokens, before: Turn, request: PlannerRequest, scene: Scene) -> Wish | None:
    """dnsのスナップショットを取って – ldapの分も取っておいて."""
    said = _said(tokens)
    verbs = [t for t in said if t.kind in VERBS]
    names = list(dict.fromkeys(t.low for t in said if t.kind is K.NAME and t.low in scene.known))
    too = any(t.kind is K.TOO for t in said)
    if not too or len(verbs) != 1 or len(said) != len(names) + 2 or not names:
        return None
    wish = understand(before.user, request.vms, request.turns[:-1])
    if verbs[0].kind is not K.TAKE or {(d.op, d.snapshot) for d in wish.operations} != {
        ("snapshot", None)
    }:
        return None
    return Wish([], [OpDraft("snapshot", name) for name in names], _SURE, 1, in_context=True)


def _speaks_of(text: str, name: str) -> bool:
    return re.search(rf"(?<![a-z0-9-]){re.escape(name)}(?!-?[a-z0-9])", text) is not None
