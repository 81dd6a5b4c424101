"""A clause that wants new VMs → its noun phrases → drafts."""

from __future__ import annotations

from itertools import pairwise

from fuyajo.planner.backends.rules.drafts import Clause, VmDraft
from fuyajo.planner.backends.rules.items import build_item, not_understood
from fuyajo.planner.backends.rules.tokens import HEADS, Ask, K, Tokens

_JOINS = frozenset({K.AND, K.COMMA})
_SKIP = frozenset({K.DET, K.FILL, K.NUMBER, K.COUNT, K.PLEASE, K.AND, K.COMMA, K.WITH})
_ATTRIBUTE = frozenset({K.SIZE, K.NAMED, K.NUMBER, K.COUNT, K.TITLE, K.TITLE_AFTER, K.NAMED_AFTER})


def parse_creation(clause: Clause, japanese: bool) -> list[VmDraft]:
    """The VMs of one clause, in the order they were said."""
    if not clause.heads:
        raise _no_kind(clause)
    pieces = _pieces_japanese(clause.body) if japanese else _pieces_english(clause.body)
    return [build_item(piece, japanese) for piece in pieces]


def _no_kind(clause: Clause) -> Ask:
    """The unknown word is more helpful than the bare question: "create a sauna"."""
    unknown = [t for t in clause.body if t.kind in (K.WORD, K.UNKNOWN)]
    return not_understood(unknown) if unknown else Ask("which_kind")


def is_wish_without_verb(clause: Clause) -> bool:
    """ "a web server called hello" is a wish; a bare "web server" is only a word."""
    named = clause.has(*_ATTRIBUTE, K.PLEASE, K.QUOTE)
    return bool(clause.heads) and named


def _pieces_english(body: Tokens) -> list[Tokens]:
    cuts = [i for i in range(1, len(body)) if body[i].kind in _JOINS and _begins(body, i)]
    edges = [0, *cuts, len(body)]
    return [body[a:b] for a, b in pairwise(edges)]


def _begins(body: Tokens, i: int) -> bool:
    """Whether a new noun phrase begins behind this "and": an article or number, then a kind."""
    if body[i - 1].kind in _JOINS or not any(t.kind in HEADS for t in body[:i]):
        return False
    at = i + 1
    counted = False
    while at < len(body) and body[at].kind in _SKIP:
        counted = counted or body[at].kind in (K.DET, K.NUMBER)
        at += 1
    named = any(t.kind is K.NAME for t in body[:i])
    return at < len(body) and body[at].kind in HEADS and (counted or named)


def _pieces_japanese(body: Tokens) -> list[Tokens]:
    """Cut at と and 、; with several kinds in one clause every part must say its own."""
    pieces: list[Tokens] = []
    start = 0
    for i in range(len(body) + 1):
        if i == len(body) or body[i].kind in _JOINS:
            pieces.append(body[start:i])
            start = i + 1
    pieces = [piece for piece in pieces if piece]
    headed = [piece for piece in pieces if any(t.kind in HEADS for t in piece)]
    if len(headed) == 1:
        return [body]
    if len(headed) < len(pieces):
        raise Ask("one_by_one")
    return pieces
