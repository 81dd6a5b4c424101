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
from fuyajo.planner.backends.rules.purposes_en import without_purposes
from fuyajo.planner.backends.rules.tokens import HEADS, VERBS, K, Token, Tokens
from fuyajo.planner.backends.rules.words import said_words

_JOINTS = frozenset({K.STOP, K.QUESTION_MARK, K.COMMA, K.COLON, K.REASON, K.BECAUSE})
_ORDER = VERBS | {K.WANT, K.SNAPSHOT}
_SUBJECTS = frozenset(
    {
        "i",
        "we",
        "he",
        "she",
        "they",
        "it",
        "that",
        "this",
        "these",
        "those",
        "nobody",
        "everybody",
        "everyone",
        "somebody",
        "someone",
        "there",
        "people",
    }
)
_BACK = frozenset({"it", "that", "this", "they", "these", "those", "he", "she"})
_CUES = said_words("cues")
#: Kinds that a statement may not hold: they could be, or govern, what is wanted.
_GRAVE = frozenset(
    {K.SIZE, K.COUNT, K.NAMED, K.NAMED_AFTER, K.TITLE, K.TITLE_AFTER, K.QUOTE, K.SNAPSHOT, K.SAME}
) | {
    K.EXCEPT,
    K.INJECTION,
    K.IF,
    K.QUESTION,
    K.POLITE,
    K.PLEASE,
    K.CREATED,
    K.SOME,
    K.SAYS,
    K.SHOULD,
}
_GRAVE |= {K.QUESTION_MARK, K.NOT_OP, K.CREATE, K.ODD, K.HELP, K.GREET, K.TOO, K.ORDINAL}
#: Talk about talking, thinking and intending, and every word that takes something back.
_TALK = said_words("talk")
_SOFT_NO = frozenset(
    {
        "no",
        "nothing",
        "none",
        "nobody",
        "isn't",
        "doesn't",
        "didn't",
        "haven't",
        "hasn't",
        "aren't",
        "wasn't",
        "weren't",
    }
)
_SOFT_NO |= {"cannot", "can't", "couldn't", "neither"}


_LEAD = frozenset({K.FILL, K.SMALL, K.THANKS, K.GREET})


#: Of a grave kind, but in the middle of a statement only words.
_QUIET = frozenset({"are", "is", "does", "needs", "wants", "need", "too", "could use"})


_MORE = frozenset(
    {
        "bigger",
        "larger",
        "smaller",
        "faster",
        "slower",
        "more",
        "less",
        "extra",
        "double",
        "half",
        "twice",
    }
)


@dataclass
class _Piece:
    """The words between two joints, and the joint before them."""

    joint: Token | None
    words: list[Token] = field(default_factory=list)
    beside: bool = False


def without_statements(tokens: Tokens) -> Heard:
    """The tokens without what only surrounds the order; of a leading statement its VMs stay as a remark."""
    tokens, skipped = without_purposes(tokens)
    pieces = _pieces(tokens)
    orders = [p for p in pieces if _orders(p.words)]
    if not orders:
        return Heard(tokens, False)
    named = {t.low for p in orders for t in p.words if t.kind is K.NAME}
    pronoun = not named and any(_points(t) for p in orders for t in p.words)
    resizes = any(t.value in ("resize", "make") for p in orders for t in p.words)
    creates = any(_creates(p.words) for p in orders)
    saves = all(_saves(p.words) for p in orders)
    first = pieces.index(orders[0])
    for i, piece in enumerate(pieces):
        if piece in orders or not piece.words:
            continue
        leads = i < first
        ended = i + 1 < len(pieces) and _is(pieces[i + 1].joint, K.QUESTION_MARK)
        own = {t.low for t in piece.words if t.kind is K.NAME}
        known = own <= named or (leads and not named)
        if ended or not known or not _statement(piece, leads and pronoun, creates, resizes, saves):
            continue
        piece.beside = True
    if not any(p.beside for p in pieces):
        return Heard(tokens, skipped)
    return Heard(tuple(_kept(pieces, first, bool(named))), True)


def _points(token: Token) -> bool:
    return token.kind is K.PRONOUN and not str(token.value).isdigit()


def _is(token: Token | None, *kinds: K) -> bool:
    return token is not None and token.kind in kinds


def _pieces(tokens: Sequence[Token]) -> list[_Piece]:
    found = [_Piece(None)]
    for token in tokens:
        if _runs_on(token, found[-1].words):
            found.append(_Piece(Token(K.COMMA, ",")))
        if token.kind in _JOINTS:
            found.append(_Piece(token))
        else:
            found[-1].words.append(token)
    return found


def _runs_on(token: Token, words: Sequence[Token]) -> bool:
    """ "restart web it's lagging": a statement without a comma before it."""
    return bool(token.tail) and token.low == "it" and any(t.kind in VERBS for t in words)


def _kept(pieces: list[_Piece], first: int, named: bool) -> list[Token]:
    kept: list[Token] = []
    bare = False
    for i, piece in enumerate(pieces):
        if piece.beside:
            if piece.joint is not None and piece.joint.kind in (K.STOP, K.QUESTION_MARK):
                kept.append(piece.joint)
            heads = [t for t in piece.words if t.kind in HEADS or t.kind is K.NAME]
            if i < first and not named and heads:
                kept += [
                    Token(K.DET, "the"),
                    *_listed(heads),
                    Token(K.REMARK, "…"),
                    Token(K.STOP, "."),
                ]
            bare = True
            continue
        joint = piece.joint
        if joint is not None and not (bare and joint.kind in (K.COMMA, K.COLON, K.REASON)):
            kept.append(joint)
        elif joint is not None and kept and kept[-1].kind is not K.STOP:
            kept.append(Token(K.COMMA, ",") if joint.kind is K.COMMA else Token(K.STOP, "."))
        kept += piece.words
        bare = False
    return kept


def _listed(heads: list[Token]) -> list[Token]:
    names = [t for t in heads if t.kind is K.NAME] or heads
    made: list[Token] = []
    for token in names:
        made += [Token(K.AND, "and"), token] if made else [token]
    return made


def _orders(words: Sequence[Token]) -> bool:
    """Whether a wish of ours begins here: a verb that is no noun, or a kind with something said about it."""
    for i, token in enumerate(words):
        before = words[i - 1] if i else None
        if token.kind in _ORDER and not _noun(token, before) and not _subject(words[:i]):
            return not (token.kind is K.WANT and _needs_room(words[i + 1 :]))
    kinds = {t.kind for t in words}
    return bool(kinds & HEADS) and bool(kinds & {K.NAMED, K.SIZE})


def _noun(token: Token, before: Token | None) -> bool:
    """ "the update" is no order."""
    return token.kind is K.OP and before is not None and before.kind is K.DET and before.low != "a"


def _subject(words: Sequence[Token]) -> bool:
    """ "the reports take …", "it keeps …": a statement's verb, not ours."""
    said = [t for t in words if t.kind not in (K.FILL, K.AND, K.THEN, K.SMALL, K.BUT)]
    if not said:
        return False
    first = _head_word(said[0])
    if first in _SUBJECTS and said[0].kind is not K.WANT:
        return True
    if first == "before" and len(said) > 1:
        return said[1].low in ("i", "we")
    return said[0].kind in (K.DET, K.WORD) and any(
        t.kind in (K.WORD, K.UNSUPPORTED, K.SAYS) for t in said
    )


def _needs_room(words: Sequence[Token]) -> bool:
    """ "we need the disk space back": not a wish by itself."""
    kinds = {t.kind for t in words}
    return bool(kinds & {K.MEMORY, K.DISK, K.CPU, K.WORD}) and not kinds & (
        HEADS | {K.SIZE, K.NUMBER, K.NAME, K.SNAPSHOT, K.PAST, K.STATE}
    )


def _saves(words: Sequence[Token]) -> bool:
    return any(t.kind is K.SNAPSHOT or t.value == "snapshot" for t in words)


def _prepares(words: Sequence[Token], saves: bool) -> bool:
    """ "before I break something": what a snapshot is for."""
    said = [t for t in words if t.kind is not K.FILL]
    if not saves or len(said) < 3 or said[0].low != "before":
        return False
    quiet = VERBS | {K.WORD, K.VAGUE, K.PARTICLE, K.PRONOUN, K.DET, K.NAME, K.UNSUPPORTED, K.GERUND}
    return said[1].low in ("i", "we") and all(
        t.kind in quiet | {K.FILL} for t in words[1:] if t is not said[0]
    )


def _creates(words: Sequence[Token]) -> bool:
    kinds = {t.kind for t in words}
    makes = kinds & {K.WANT, K.AMBIGUOUS} and not kinds & {K.NAME, K.PRONOUN}
    return K.CREATE in kinds or bool(kinds & HEADS and (makes or not kinds & VERBS))


def _head_word(token: Token) -> str:
    return token.low.split()[0].partition("'")[0] if token.text else ""


def _statement(piece: _Piece, points_back: bool, creates: bool, resizes: bool, saves: bool) -> bool:
    words = list(piece.words)
    if _prepares(words, saves):
        return True
    while words and words[0].kind in _LEAD and _head_word(words[0]) not in _SUBJECTS:
        words = words[1:]
    if _is(piece.joint, K.BECAUSE):
        words = (
            [Token(K.PRONOUN, "it"), *words]
            if "'s" in (piece.joint.text if piece.joint else "")
            else words
        )
    if len(words) < 2 or not _harmless(words, creates, resizes):
        return False
    first = words[0]
    if first.kind in (K.AND, K.THEN, K.BUT):
        return False
    subject = _head_word(first)
    if creates and (subject in _BACK or any(t.kind in HEADS or t.kind is K.NAME for t in words)):
        return False
    if subject in _SUBJECTS or (first.low == "no" and len(words) > 2):
        return True
    if first.kind is K.NAME:
        return bool(first.tail) or _cue(words[1:3])
    told = bool(first.tail or any(t.tail for t in words[:3])) or _cue(words[1:5])
    strange = first.kind in (K.DET, K.WORD) and not any(t.kind in HEADS | {K.NAME} for t in words)
    return first.kind in (K.DET, K.WORD) and told and not (strange and points_back)


def _cue(words: Sequence[Token]) -> bool:
    return any(t.low.split()[0] in _CUES or t.kind in (K.REMARK, K.PAST) for t in words)


def _harmless(words: Sequence[Token], creates: bool, resizes: bool) -> bool:
    for i, token in enumerate(words):
        before = words[i - 1] if i else None
        if set(token.low.split()) & _TALK or (
            token.kind in _GRAVE and not _quiet(token, before, creates)
        ):
            return False
        denied = any(t.kind in (K.NOT, K.NEGATION) for t in words[:i])
        if token.low in _MORE and not (resizes or denied):
            return False
        if token.kind in _CHANGES and creates:
            return False
        if _acts(words, i):
            return False
    return True


_CHANGES = frozenset({K.UNSUPPORTED, K.VAGUE, K.NUMBER})


def _quiet(token: Token, before: Token | None, creates: bool) -> bool:
    """Whether a word of a grave kind is only a word here."""
    if before is None:
        return False
    noun = token.kind is K.SAYS and before.kind is K.DET
    return noun or token.low in _QUIET or (token.kind is K.TITLE and not creates)


def _acts(words: Sequence[Token], i: int) -> bool:
    """Whether this word orders or refuses something."""
    token, before = words[i], words[i - 1] if i else None
    if token.kind in VERBS:
        refused = before is not None and before.kind in (K.NOT, K.NEGATION)
        return refused or not (_noun(token, before) or _subject(words[:i]))
    if token.kind is K.NEGATION:
        return token.low not in _SOFT_NO
    if token.kind is K.WANT:
        return i + 1 < len(words) and not _needs_room(words[i + 1 :])
    if token.kind is K.GERUND:
        return i == 0 or any(t.kind is K.NOT for t in words)
    return token.kind is K.ALL and token.low != "everything"
