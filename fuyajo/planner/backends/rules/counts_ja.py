"""Japanese counts: how many of what is already meant, how many of each, which number for which word."""

from __future__ import annotations

from dataclasses import replace

from fuyajo.planner.backends.rules.scene import Scene
from fuyajo.planner.backends.rules.tokens import HEADS, VERBS, K, Token

_LABELS = frozenset({K.MEMORY, K.DISK, K.CPU})
_CLAUSE_ENDS = VERBS | {K.STOP, K.QUESTION_MARK, K.WANT, K.KEEP}


def _at(tokens: list[Token], i: int) -> Token | None:
    return tokens[i] if 0 <= i < len(tokens) else None


def _kind(tokens: list[Token], i: int) -> K | None:
    return tokens[i].kind if 0 <= i < len(tokens) else None


def _fill(token: Token) -> Token:
    return replace(token, kind=K.FILL, value=None)


def clauses(tokens: list[Token]) -> list[list[Token]]:
    found: list[list[Token]] = [[]]
    for token in tokens:
        found[-1].append(token)
        if token.kind in _CLAUSE_ENDS:
            found.append([])
    return found


def counts(tokens: list[Token], scene: Scene) -> list[Token]:
    """2台とも, 今の2台, webとdbの2台: how many there are, said of VMs that are already meant."""
    return [token for clause in clauses(tokens) for token in _counted(clause, scene)]


def _counted(clause: list[Token], scene: Scene) -> list[Token]:
    found = list(clause)
    names = {t.low for t in clause if t.kind is K.NAME}
    operates = bool(clause) and (clause[-1].kind is K.OP and clause[-1].value != "resize")
    for i, token in enumerate(clause):
        if token.kind is not K.COUNT:
            continue
        pointed = _at(clause, i - 1)
        if pointed and pointed.kind is K.PRONOUN and pointed.value == "it":
            found[i - 1] = _fill(pointed)
            found[i] = replace(token, kind=K.PRONOUN, value=str(token.value))
        elif operates and (fitting := _of_state(clause, token, scene)) is not None:
            found[i] = fitting
        elif operates and names and token.value == len(names):
            found[i] = _fill(token)
        elif operates and _kind(clause, i + 1) is K.FILL and clause[i + 1].text == "とも":
            found[i] = _all_of(clause, token, scene)
    if any(t.kind is K.COUNT for t in clause) and not any(t.kind is K.OP for t in clause):
        found = [_fill(t) if t.text in ("まとめて", "一括で", "一気に") else t for t in found]
    return found


def _of_state(clause: list[Token], count: Token, scene: Scene) -> Token | None:
    """止まっているVM 1台を起動して: where there are just so many."""
    states = {t.value for t in clause if t.kind is K.STATE}
    kinds = {str(t.value) for t in clause if t.kind in HEADS}
    if len(states) != 1 or not kinds or any(t.kind is K.NAME for t in clause):
        return None
    templates = kinds - {"one", "many", "again"}
    state = next(iter(states))
    fitting = [
        v for v in scene.vms if v.state == state and (not templates or v.template in templates)
    ]
    if len(templates) > 1 or len(fitting) != count.value:
        return None
    return _fill(count) if count.value == 1 else replace(count, kind=K.ALL, value=None)


def _all_of(clause: list[Token], count: Token, scene: Scene) -> Token:
    """webサーバーを2台とも: all of them, where there are just so many."""
    kinds = {t.value for t in clause if t.kind in HEADS}
    templates = {str(v) for v in kinds if v not in ("one", "many", "again")}
    fitting = [vm for vm in scene.vms if not templates or vm.template in templates]
    if kinds and len(templates) <= 1 and len(fitting) == count.value:
        return replace(count, kind=K.ALL, value=None)
    return count if kinds else replace(count, kind=K.PRONOUN, value=str(count.value))


def each(tokens: list[Token], _scene: Scene) -> list[Token]:
    """webサーバーと普通のサーバーを2台ずつ: two of each."""
    at = next((i for i, t in enumerate(tokens) if t.kind is K.FILL and t.text == "ずつ"), None)
    if at is None or _kind(tokens, at - 1) is not K.COUNT:
        return tokens
    if tokens[at - 1].value == 1 and sum(t.kind in HEADS for t in tokens) == 1:
        # devとqaという名前で1台ずつVMを: of each name one
        return [*tokens[: at - 1], *tokens[at + 1 :]]
    heads = [i for i, t in enumerate(tokens[:at]) if t.kind in HEADS]
    if len(heads) < 2 or any(t.kind in VERBS | {K.COUNT} for t in tokens[: at - 1]):
        return tokens
    count = tokens[at - 1]
    found: list[Token] = []
    for i, token in enumerate(tokens):
        if i != at - 1:
            found.append(token)
        if i in heads:
            found.append(count)
    return found


def paired(tokens: list[Token], _scene: Scene) -> list[Token]:
    """メモリとCPUをそれぞれ4GB、2コアに: the first number for the first of them."""
    start = next((i for i, t in enumerate(tokens) if t.kind in _LABELS), None)
    if start is None or _kind(tokens, start + 1) not in (K.AND, K.COMMA):
        return tokens
    end = start
    while end < len(tokens) and tokens[end].kind in _LABELS | {K.AND, K.COMMA}:
        end += 1
    labels = [t for t in tokens[start:end] if t.kind in _LABELS]
    at = end
    while at < len(tokens) and tokens[at].kind in (K.JOSHI, K.FILL):
        at += 1
    last = at
    while last < len(tokens) and tokens[last].kind in _SIZED:
        last += 1
    values = [t for t in tokens[at:last] if t.kind in (K.SIZE, K.NUMBER)]
    if len(labels) < 2 or len(labels) != len(values) or at == end:
        return tokens
    pairs = [t for pair in zip(labels, values, strict=True) for t in (*pair, Token(K.COMMA, "、"))]
    return [*tokens[:start], *pairs[:-1], *tokens[last:]]


_SIZED = frozenset({K.SIZE, K.NUMBER, K.CPU, K.AND, K.COMMA})
