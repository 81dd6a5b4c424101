"""English statements and purposes beside an order: "we don't need it tonight", "for the demo".

They may hold words that nobody knows, because they change nothing: a statement has a subject of its
own, stands between commas or full stops, and neither orders, refuses, asks, doubts, plans nor
reports anybody's words.
Whatever is not surely such a statement stays where it is, and then it is asked about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from fuyajo.planner.backends.rules.asides import Heard
from fuyajo.planner.backends.rules.harmless_en import Around, has_subject, is_noun, needs_room
from fuyajo.planner.backends.rules.loose_en import needs_place, wants_kind
from fuyajo.planner.backends.rules.purposes_en import without_purposes
from fuyajo.planner.backends.rules.run_ons_en import explains, order_begins, runs_on
from fuyajo.planner.backends.rules.statements_en import is_statement
from fuyajo.planner.backends.rules.tokens import HEADS, VERBS, K, Token, Tokens

_JOINTS = frozenset({K.STOP, K.QUESTION_MARK, K.COMMA, K.COLON, K.REASON, K.BECAUSE, K.BUT})
_ORDER = VERBS | {K.WANT, K.SNAPSHOT}


@dataclass
class _Piece:
    """The words between two joints, the joint before them, and whether they are left out."""

    joint: Token | None
    words: list[Token] = field(default_factory=list)
    beside: bool = False
    # Of a statement that is left out, the VMs that the next order's "it" means.
    about: tuple[Token, ...] = ()

    @property
    def names(self) -> set[str]:
        words = self.words
        given = [i for i, t in enumerate(words) if i and words[i - 1].kind is K.NAMED]
        return {t.low for i, t in enumerate(words) if t.kind is K.NAME and i not in given}


def without_statements(tokens: Tokens) -> Heard:
    """The tokens without what only surrounds the order; of a leading statement its VMs stay as a remark."""
    tokens, skipped = without_purposes(tokens)
    pieces = _pieces(tokens)
    orders = [p for p in pieces if _orders(p.words)]
    made = any(_creates(p.words) and {t.kind for t in p.words} & HEADS for p in orders)
    orders = [p for p in orders if not (made and wants_kind(p.words))]
    if not orders:
        return Heard(tokens, False)
    signed = _without_signature(pieces)
    for i, piece in enumerate(pieces):
        if piece not in orders and piece.words and not piece.beside:
            _judge(pieces, i, orders)
    if not signed and not any(p.beside for p in pieces):
        return Heard(tokens, skipped)
    return Heard(tuple(_kept(pieces)), True)


def _judge(pieces: list[_Piece], i: int, orders: list[_Piece]) -> None:
    """Whether this piece is only a statement beside the orders."""
    piece = pieces[i]
    following = next((p for p in pieces[i + 1 :] if any(p is o for o in orders)), None)
    leads = following is not None and pieces.index(orders[0]) > i
    silent = following is not None and not following.names
    points = silent and following is not None and any(_points(t) for t in following.words)
    named = {name for p in orders for name in p.names}
    asked = i + 1 < len(pieces) and _is(pieces[i + 1].joint, K.QUESTION_MARK)
    complete = all(p.names or _creates(p.words) for p in orders)
    complete = complete and not any(_points(t) for p in orders for t in p.words)
    known = piece.names <= named or (silent and (points or leads)) or complete
    but = _is(piece.joint, K.BUT) and piece.joint is not None and piece.joint.low != "yet"
    if asked or not known or but:
        return
    since = piece.joint is not None and piece.joint.low == "since"
    if i and pieces[i - 1].beside and since:
        piece.beside = all(
            t.kind in _SINCE for t in piece.words
        )  # "it is slow since the last patch"
        return
    around = Around(
        points=leads and points,
        creates=any(_creates(p.words) for p in orders),
        resizes=any(t.value in ("resize", "make") for p in orders for t in p.words),
        saves=all(_saves(p.words) for p in orders),
        anchored=any(p.names for p in pieces if p is not piece),
        leads=leads,
        foreign=not piece.names <= named and complete,
        colon=i + 1 < len(pieces) and _is(pieces[i + 1].joint, K.COLON),
        apart=_is(piece.joint, K.STOP, K.QUESTION_MARK),
        because=_is(piece.joint, K.BECAUSE) and _names_subject(piece.joint),
    )
    piece.beside = is_statement(piece.words, around)
    if silent and piece.beside and not (following and _creates(following.words)):
        said = HEADS | {K.NAME, K.STATE}
        piece.about = tuple(t for t in piece.words if t.kind in said)
        _carry_label(piece, following)


def _carry_label(piece: _Piece, following: _Piece | None) -> None:
    """ "web has only one core, make it two": two cores."""
    labels = [t for t in piece.words if t.kind in _LABELS]
    if following is None or len({t.kind for t in labels}) != 1:
        return
    kind = K.NUMBER if labels[0].kind is K.CPU else K.SIZE
    numbers = [t for t in following.words if t.kind is kind]
    sized = any(t.kind in _LABELS | {K.SIZE, K.NUMBER} - {kind} for t in following.words)
    if len(numbers) == 1 and not sized:
        following.words.insert(following.words.index(numbers[0]) + 1, labels[0])


_SINCE = frozenset({K.WORD, K.DET, K.FILL, K.TIME, K.ORDINAL, K.OP, K.UNSUPPORTED, K.ROUGH})
_LABELS = frozenset({K.MEMORY, K.DISK, K.CPU})


def _names_subject(joint: Token | None) -> bool:
    """ "because it", "since we": the subject is part of the phrase."""
    last = joint.low.split()[-1].partition("'")[0] if joint else ""
    return last in ("it", "i", "we")


def _without_signature(pieces: list[_Piece]) -> bool:
    """ "many thanks, Margaret": a name behind the thanks."""
    thanked = next(
        (i for i, p in enumerate(pieces) if p.words and all(t.kind is K.THANKS for t in p.words)),
        None,
    )
    rest = pieces[thanked + 1 :] if thanked else []
    words = [t for p in rest for t in p.words]
    if not words or len(words) > 3 or any(t.kind is not K.WORD for t in words):
        return False
    if not all(t.text[:1].isupper() for t in words):
        return False
    for piece in rest:
        piece.beside = True
    return True


def _points(token: Token) -> bool:
    return token.kind is K.PRONOUN and not str(token.value).isdigit()


def _is(token: Token | None, *kinds: K) -> bool:
    return token is not None and token.kind in kinds


def _pieces(tokens: Sequence[Token]) -> list[_Piece]:
    found = [_Piece(None)]
    for i, token in enumerate(tokens):
        words = found[-1].words
        following = tokens[i + 1] if i + 1 < len(tokens) else None
        if explains(tokens, i, words):
            found.append(_Piece(Token(K.BECAUSE, "because")))
            continue
        if (
            runs_on(tokens, i, words)
            or _runs_on(token, following, words)
            or order_begins(tokens, i, words)
        ):
            found.append(_Piece(Token(K.COMMA, ",")))
        joins = token.kind is K.AND and following is not None
        if token.kind in _JOINTS or (joins and _begins_anew(following, found[-1].words)):
            found.append(_Piece(token))
        else:
            found[-1].words.append(token)
    return found


def _begins_anew(token: Token | None, words: Sequence[Token]) -> bool:
    """ "we're short of space and need a server", "stop web and thanks for …"."""
    if token is None or token.kind not in (K.WANT, K.THANKS):
        return False
    return token.kind is K.THANKS or not any(t.kind in _ORDER for t in words)


def _runs_on(token: Token, following: Token | None, words: Sequence[Token]) -> bool:
    """ "restart web it's lagging": a statement without a comma before it."""
    its = (
        token.low == "its" and following is not None and following.low.endswith(("ing", "ed", "en"))
    )
    it_is = bool(token.tail) and token.low == "it"
    return (its or it_is) and any(t.kind in VERBS for t in words)


def _kept(pieces: list[_Piece]) -> list[Token]:
    kept: list[Token] = []
    bare = False
    for piece in pieces:
        joint = piece.joint
        if piece.beside:
            kept += [joint] if joint is not None and joint.kind in (K.STOP, K.QUESTION_MARK) else []
            if piece.about:
                kept += [Token(K.STOP, "."), Token(K.DET, "the"), *_listed(list(piece.about))]
                kept += [Token(K.REMARK, "…"), Token(K.STOP, ".")]
            bare = True
            continue
        if joint is not None and not (bare and joint.kind in _SOFT):
            kept.append(joint)
        elif joint is not None and kept and kept[-1].kind is not K.STOP:
            kept.append(Token(K.COMMA, ",") if joint.kind is K.COMMA else Token(K.STOP, "."))
        kept += piece.words
        bare = False
    return kept


_SOFT = frozenset({K.AND, K.COMMA, K.COLON, K.REASON, K.BUT})


def _listed(heads: list[Token]) -> list[Token]:
    names = [t for t in heads if t.kind is K.NAME] or heads
    made: list[Token] = []
    for token in names:
        joined = made and made[-1].kind is not K.STATE
        made += [Token(K.AND, "and"), token] if joined else [token]
    return made


def _orders(words: Sequence[Token]) -> bool:
    """Whether a wish of ours begins here: a verb that is no noun, or a kind with something said about it."""
    if needs_place(words):
        return False
    for i, token in enumerate(words):
        before = words[i - 1] if i else None
        if token.kind in _ORDER and not is_noun(token, before) and not has_subject(words[:i]):
            return not (token.kind is K.WANT and needs_room(words[i + 1 :]))
    kinds = {t.kind for t in words}
    return bool(kinds & HEADS) and bool(kinds & {K.NAMED, K.SIZE})


def _saves(words: Sequence[Token]) -> bool:
    return any(t.kind is K.SNAPSHOT or t.value == "snapshot" for t in words)


def _creates(words: Sequence[Token]) -> bool:
    kinds = {t.kind for t in words}
    makes = kinds & {K.WANT, K.AMBIGUOUS} and not kinds & {K.NAME, K.PRONOUN}
    return K.CREATE in kinds or bool(kinds & HEADS and (makes or not kinds & VERBS))
