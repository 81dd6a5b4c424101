"""Tokens → clauses: one verb and its words each. English puts the verb first, Japanese last."""

from __future__ import annotations

from collections.abc import Sequence

from fuyajo.planner.backends.rules.drafts import Clause
from fuyajo.planner.backends.rules.tokens import HEADS, VERBS, K, Token, Tokens

_ENDS = frozenset({K.STOP, K.QUESTION_MARK, K.THEN})
_JOINS = frozenset({K.AND, K.COMMA})
#: What may stand before the first meaningful word without changing the wish.
LEAD = frozenset(
    {K.FILL, K.PLEASE, K.POLITE, K.GREET, K.THANKS, K.SMALL, K.AND, K.COMMA, K.THEN}
) | (_ENDS)
_SOCIAL = frozenset({K.GREET, K.THANKS, K.SMALL})
_STARTS = VERBS | {K.WANT, K.LIST}
_AFTER_VERB = frozenset({K.TAIL, K.POLITE, K.PLEASE, K.WANT, K.FILL, K.COMMA}) | _ENDS
_ATTRIBUTES = frozenset({K.SIZE, K.NAME, K.QUOTE, K.CPU, K.TITLE})
_POINTS_BACK = frozenset({K.PRONOUN, K.WITH, K.COMMA, K.AND, K.FILL, K.JOSHI, K.PLEASE})


def split(tokens: Tokens, japanese: bool) -> list[Clause]:
    """Clauses in order; words that only add to the VM said just before are joined to it."""
    return _join(_split_japanese(tokens) if japanese else _split_english(tokens))


def _split_english(tokens: Tokens) -> list[Clause]:
    pieces: list[list[Token]] = [[]]
    for i, token in enumerate(tokens):
        if token.kind in _ENDS or (token.kind in _JOINS and _verb_follows(tokens, i)):
            pieces.append([])
        else:
            pieces[-1].append(token)
    return [clause for piece in pieces if (clause := _english(piece))]


def _verb_follows(tokens: Tokens, i: int) -> bool:
    at = i + 1
    while at < len(tokens) and tokens[at].kind in LEAD - _ENDS:
        at += 1
    return at < len(tokens) and tokens[at].kind in _STARTS


def _english(piece: list[Token]) -> Clause | None:
    at = 0
    while at < len(piece) and piece[at].kind in LEAD and not _describes(piece, at):
        at += 1
    polite = tuple(t for t in piece[:at] if t.kind is K.PLEASE)
    rest = tuple(piece[at:])
    if not rest:
        return None
    rest = _without_social_end(rest)
    if rest[0].kind in _STARTS:
        return Clause(rest[0], rest[1:])
    return Clause(None, rest + polite)


def _without_social_end(words: Tokens) -> Tokens:
    """ "stop web, thanks": the thanks mean nothing more."""
    end = len(words)
    while end > 1 and words[end - 1].kind is K.THANKS:
        end -= 2 if words[end - 2].kind is K.COMMA else 1
    return words[: max(end, 1)]


def _describes(words: Sequence[Token], at: int) -> bool:
    """ "hello server": a greeting right before a kind or a particle is a word of the wish."""
    if words[at].kind not in _SOCIAL:
        return False
    following = words[at + 1].kind if at + 1 < len(words) else None
    return following in HEADS or following in (K.JOSHI, K.NAMED_AFTER, K.AND)


def _split_japanese(tokens: Tokens) -> list[Clause]:
    clauses: list[Clause] = []
    body: list[Token] = []
    closing = False  # right behind a verb
    for token in tokens:
        if closing and token.kind in _AFTER_VERB:
            closing = token.kind is not K.COMMA
            continue
        closing = False
        if token.kind in VERBS or token.kind in (K.WANT, K.LIST):
            clauses.append(Clause(token, tuple(body)))
            body, closing = [], True
        elif token.kind in _ENDS:
            clauses.append(Clause(None, tuple(body)))
            body = []
        else:
            body.append(token)
    clauses.append(Clause(None, tuple(body)))
    return [trimmed for clause in clauses if (trimmed := _trim(clause))]


def _trim(clause: Clause) -> Clause | None:
    """Without the greeting in front; None when nothing is left."""
    at = 0
    body = clause.body
    while at < len(body) and body[at].kind in LEAD and not _describes(body, at):
        at += 1
    polite = tuple(t for t in body[:at] if t.kind is K.PLEASE)
    rest = body[at:] + (polite if at < len(body) and clause.verb is None else ())
    return Clause(clause.verb, rest) if clause.verb or rest else None


def _join(clauses: list[Clause]) -> list[Clause]:
    joined: list[Clause] = []
    for clause in clauses:
        before = joined[-1] if joined else None
        if before and before.heads == 1 and _wants_new(before) and _only_adds(clause):
            comma = Token(K.COMMA, ",")
            body = tuple(t for t in clause.body if t.kind is not K.PRONOUN)
            joined[-1] = Clause(before.verb or clause.verb, (*before.body, comma, *body))
        else:
            joined.append(clause)
    return joined


def _wants_new(clause: Clause) -> bool:
    if clause.verb is None:
        return clause.has(*HEADS)
    return clause.verb.kind in (K.CREATE, K.WANT)


def _only_adds(clause: Clause) -> bool:
    """ "Name it hello.", 「メモリは2GBで」, or "create it with 2 GB"."""
    if clause.heads or (clause.verb and clause.verb.kind is not K.CREATE):
        return False
    leading = next((t for t in clause.body if t.kind not in _POINTS_BACK - {K.PRONOUN}), None)
    again = clause.verb is None or (leading is not None and leading.kind is K.PRONOUN)
    pronouns = sum(t.kind is K.PRONOUN for t in clause.body)
    return again and pronouns <= 1 and (clause.has(*_ATTRIBUTES) or clause.verb is not None)
