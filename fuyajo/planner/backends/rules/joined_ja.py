"""Japanese clauses that are one wish: said twice, or its number or its verb in a sentence of its own."""

from __future__ import annotations

from dataclasses import replace

from fuyajo.planner.backends.rules.clauses import ATTRIBUTES, HAVE
from fuyajo.planner.backends.rules.drafts import Clause
from fuyajo.planner.backends.rules.tokens import HEADS, Ask, K, Token


def once(clauses: list[Clause]) -> list[Clause]:
    """devを動かしたい。起動して。 is one order; VMを作って。webサーバー1台。 says behind it what to make."""
    found: list[Clause] = []
    for clause in clauses:
        before = found[-1] if found else None
        if before is not None and (whole := _said_first(before, clause)) is not None:
            found[-1] = whole
        elif before is None or before.verb is None or before.no or clause.no:
            found.append(clause)
        elif _repeats(before, clause):
            continue
        elif _announces(before, clause):
            found[-1] = replace(clause, verb=before.verb)
        elif _needs(before, clause):
            found[-1] = replace(before, verb=clause.verb)
        elif _says_how_much(before, clause):
            said = tuple(t for t in clause.body if t.kind is not K.COMMA or before.names)
            names = tuple(t for t in said if t.kind is K.NAME)
            rest = tuple(t for t in said if t.kind is not K.NAME)
            found[-1] = replace(before, verb=HAVE, body=(*names, *before.body, *rest))
        elif (joined := _about_one(before, clause)) is not None:
            found[-1] = joined
        elif _one_of_them(before, clause):
            raise Ask("one_by_one")
        else:
            found.append(clause)
    return found


_MADE_OF = frozenset({K.NAME, K.AND, K.COMMA, K.JOSHI, K.FILL, K.TAIL, K.PLEASE})


def _said_first(before: Clause, given: Clause) -> Clause | None:
    """VMが1台あると助かります。作って; web、3GBでいいよ。変えといて: the verb in a sentence of its own."""
    clause, verb = given, given.verb
    idle = all(t.kind in (K.FILL, K.PLEASE, K.COMMA, K.PRONOUN) for t in clause.body)
    sized = all(t.kind in _HOW_MUCH for t in clause.body) and clause.has(K.SIZE, K.NUMBER)
    if verb is not None and verb.kind is K.CREATE and sized and before.heads == 1:
        comma = Token(K.COMMA, "、")
        clause, idle = replace(clause, body=()), True
        before = replace(before, body=(*before.body, comma, *given.body))
    wished = before.verb is None or before.verb.kind is K.WANT
    if _counted(before, clause):
        comma = Token(K.COMMA, "、")
        return replace(before, body=(*before.body, comma, *clause.body))
    if verb is None or clause.no or before.no or not idle or not wished:
        return None
    if before.has(K.REMARK, K.UNKNOWN, K.PAST, K.EXCEPT, K.ALL) or clause.has(K.EXCEPT):
        return None
    if verb.kind is K.CREATE and before.heads == 1 and not before.has(K.PRONOUN):
        return replace(before, verb=before.verb or verb)
    plain = before.verb is None and not before.heads and bool(before.names)
    labels = {K.MEMORY, K.DISK, K.CPU, K.SIZE, K.NUMBER}
    if plain and verb.value == "resize" and before.has(K.SIZE, K.NUMBER):
        return (
            replace(before, verb=verb)
            if all(t.kind in _MADE_OF | labels for t in before.body)
            else None
        )
    return None


def _counted(before: Clause, clause: Clause) -> bool:
    """VMを作成お願いします。2台、CPUは各2コアで作成してください。: one order, said twice."""
    makes = [c.verb is not None and c.verb.kind is K.CREATE and not c.no for c in (before, clause)]
    loose = _HOW_MUCH | {K.COUNT}
    bare = before.heads == 1 and all(t.kind in loose | HEADS for t in before.body)
    said = clause.has(K.SIZE, K.NUMBER, K.COUNT) and all(t.kind in loose for t in clause.body)
    return all(makes) and bare and said and not before.has(K.COUNT, K.SIZE, K.NUMBER)


def _needs(before: Clause, clause: Clause) -> bool:
    """dbのCPUは4コア必要です。変更してください。"""
    needs = before.verb is not None and before.verb.kind is K.WANT and bool(before.names)
    sized = before.has(K.SIZE, K.NUMBER) and not before.heads
    changes = clause.verb is not None and clause.verb.value == "resize"
    return needs and sized and changes and all(t.kind in (K.FILL, K.COMMA) for t in clause.body)


def _repeats(before: Clause, clause: Clause) -> bool:
    """The same verb again, with nothing beside it."""
    verb, first = clause.verb, before.verb
    if verb is None or first is None:
        return False
    wanted = first.kind is K.WANT and verb.kind is K.CREATE
    if verb.kind is not first.kind and not wanted:
        return False
    if verb.kind is not K.OP and not (verb.kind is K.CREATE and before.heads):
        return False
    idle = all(t.kind in (K.FILL, K.PLEASE, K.COMMA) for t in clause.body)
    return idle and bool(before.body) and verb.value == first.value


_HOW_MUCH = frozenset(
    {K.SIZE, K.NUMBER, K.CPU, K.MEMORY, K.DISK, K.JOSHI, K.FILL, K.PLEASE, K.COMMA, K.TAIL}
)


def _says_how_much(before: Clause, clause: Clause) -> bool:
    """nasのメモリを増やしたい。4GBでお願いします。: by itself the number is a total."""
    bare = before.verb is not None and before.verb.value in ("relative", "resize")
    bare = bare and not before.no and not before.has(K.SIZE, K.NUMBER)
    resizes = clause.verb is None or clause.verb.value == "resize"
    loose = _HOW_MUCH | (frozenset() if before.names else {K.NAME})
    only = resizes and all(t.kind in loose for t in clause.body)
    return bare and only and clause.has(K.SIZE, K.NUMBER)


def _about_one(before: Clause, clause: Clause) -> Clause | None:
    """webサーバー2台とサーバー1台を作って。サーバーのメモリは4GBで。: one of them again, and what it has."""
    creates = before.verb is not None and before.verb.kind is K.CREATE and clause.verb is None
    if not creates or not clause.body or clause.body[0].kind not in HEADS or clause.heads != 1:
        return None
    clause = _without_side(clause)
    of = len(clause.body) > 2 and clause.body[1].text in ("の", "は")
    places = [i for i, t in enumerate(before.body) if t.value == clause.body[0].value]
    labelled = clause.has(K.MEMORY, K.DISK, K.CPU) and not clause.has(
        K.COUNT, K.NAMED, K.NAMED_AFTER
    )
    if not of or not labelled or len(places) != 1 or before.body[places[0]].kind not in HEADS:
        return None
    at = places[0] + 1
    return replace(before, body=(*before.body[:at], *clause.body[2:], *before.body[at:]))


def _without_side(clause: Clause) -> Clause:
    """VMのほうは is VMは."""
    side = len(clause.body) > 1 and clause.body[1].kind is K.FILL
    side = side and clause.body[1].text in ("のほう", "の方", "ほう", "だけは", "だけ")
    kept = (clause.body[0], Token(K.JOSHI, "は"), *clause.body[2:]) if side else clause.body
    doubled = side and len(kept) > 2 and kept[2].kind is K.JOSHI and kept[2].text in ("は", "が")
    return replace(clause, body=(*kept[:2], *kept[3:]) if doubled else kept)


def _one_of_them(before: Clause, clause: Clause) -> bool:
    """VMとウェブサーバーを作って。VMが4GBで: one of them again, in words that do not say what it gets."""
    makes = before.verb is not None and before.verb.kind is K.CREATE and not before.no
    if not makes or clause.verb is not None or not clause.heads:
        return False
    said = _without_side(clause).body
    of = [said[i + 1 : i + 2] for i, t in enumerate(said) if t.kind in HEADS]
    topics = all(t and t[0].kind is K.JOSHI and t[0].text in ("は", "が", "の") for t in of)
    made = {t.value for t in before.body if t.kind in HEADS}
    again = {t.value for t in said if t.kind in HEADS} <= made and said[0].kind in HEADS
    return again and topics and not clause.has(K.COUNT, K.NAMED, K.NAMED_AFTER, K.SAME)


def _announces(before: Clause, clause: Clause) -> bool:
    """A bare "make a VM", and right behind it the kind that is meant."""
    loose = {K.NOUN, K.JOSHI, K.FILL, K.PLEASE}
    bare = before.verb is not None and before.verb.kind is K.CREATE
    bare = bare and all(t.kind in loose for t in before.body) and before.heads == 1
    described = clause.has(*ATTRIBUTES, K.COUNT, K.MEMORY, K.DISK)
    more = clause.has(K.TOO, K.AND, K.SAME, K.LIKE)
    return bare and clause.verb is None and clause.heads == 1 and described and not more
