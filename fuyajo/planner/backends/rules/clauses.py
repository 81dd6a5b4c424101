"""Tokens → clauses: one verb and its words each. English puts the verb first, Japanese last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from fuyajo.planner.backends.rules.drafts import Clause
from fuyajo.planner.backends.rules.shared_en import all_with, makes_vms, of_all
from fuyajo.planner.backends.rules.tokens import HEADS, VERBS, K, Token, Tokens

_ENDS = frozenset({K.STOP, K.QUESTION_MARK, K.THEN, K.BUT, K.REASON})
_JOINS = frozenset({K.AND, K.COMMA})
#: What may stand before the first meaningful word without changing the wish.
LEAD = frozenset(
    {K.FILL, K.PLEASE, K.POLITE, K.GREET, K.THANKS, K.SMALL, K.AND, K.COMMA, K.THEN}
) | (_ENDS)
_SOCIAL = frozenset({K.GREET, K.THANKS, K.SMALL})
#: These forbid; in English a clause of its own begins with them, even without an "and".
_REFUSES = frozenset({K.NOT, K.NOT_OP})
_STARTS = VERBS | {K.WANT, K.LIST, K.NOT, K.KEEP, K.SNAPSHOT}
_AFTER_VERB = frozenset({K.TAIL, K.POLITE, K.PLEASE, K.WANT, K.FILL, K.COMMA, K.THANKS, K.SMALL})
_AFTER_VERB |= _ENDS
_POINTS_BACK = frozenset({K.PRONOUN, K.WITH, K.COMMA, K.AND, K.FILL, K.JOSHI, K.PLEASE, K.TAIL})
ATTRIBUTES = frozenset({K.SIZE, K.NAME, K.QUOTE, K.CPU, K.TITLE, K.STATE, K.NAMED})
ATTRIBUTES |= {K.NAMED_AFTER}
HAVE = Token(K.OP, "have", "resize")


def split(tokens: Tokens, japanese: bool) -> list[Clause]:
    """Clauses in order; words that only add to the VM said just before are joined to it."""
    return _join(_split_japanese(tokens) if japanese else _split_english(tokens))


def _split_english(tokens: Tokens) -> list[Clause]:
    pieces: list[list[Token]] = [[]]
    for i, token in enumerate(tokens):
        if token.kind in _ENDS:
            pieces.append([token] if token.kind is K.BUT else [])
        elif token.kind in _JOINS and _verb_follows(tokens, i):
            pieces.append([])
        elif (token.kind in _REFUSES or _remarks(token)) and any(
            t.kind not in LEAD | _REFUSES for t in pieces[-1]
        ):
            pieces.append([token])
        else:
            pieces[-1].append(token)
    clauses: list[Clause] = []
    for piece in pieces:
        clause = _english(piece)
        if clause and clauses and _leaves_out(piece, clause, clauses[-1]):
            left_out = Token(K.EXCEPT, "but", "after")
            body = (*clauses[-1].body, left_out, *clause.body)
            clauses[-1] = replace(clauses[-1], body=body)
        elif clause:
            clauses.append(clause)
    return _off_first(_made_at_last(clauses))


def _made_at_last(clauses: list[Clause]) -> list[Clause]:
    """ "we should have a web server. Please make one.": one wish, said twice."""
    found: list[Clause] = []
    for clause in clauses:
        before = found[-1] if found else None
        verb = clause.verb
        makes = verb is not None and (verb.kind is K.CREATE or verb.value == "make")
        empty = all(t.kind in _SAYS_NOTHING or t.low == "one" for t in clause.body)
        wished = before is not None and (before.verb is None or before.verb.kind is K.WANT)
        wants = makes or (verb is not None and verb.kind is K.WANT)
        if before and wished and wants and _says_kind(before, clause):
            found[-1] = clause
        elif before and verb and makes and empty and wished and before.heads == 1 and not clause.no:
            made = before.verb or replace(verb, kind=K.CREATE, value=None)
            found[-1] = replace(before, verb=made)
        else:
            found.append(clause)
    return found


def _says_kind(before: Clause, clause: Clause) -> bool:
    """ "I'd like a website. Create a web server named x.": the first one only says of what kind."""
    kinds = [{t.value for t in said.body if t.kind is K.TEMPLATE} for said in (before, clause)]
    bare = not before.has(
        K.SIZE, K.NUMBER, K.COUNT, K.NAMED, K.NAME, K.TITLE, K.QUOTE, K.TOO, K.AND
    )
    one = before.heads == 1 and clause.heads == 1 and not before.no and not clause.no
    same = bool(kinds[0]) and kinds[0] == kinds[1]
    return same and bare and one and clause.has(K.NAMED, K.SIZE, K.TITLE)


def _off_first(clauses: list[Clause]) -> list[Clause]:
    """ "don't start it, just create a server": what it is comes after."""
    if len(clauses) < 2 or not clauses[0].no:
        return clauses
    first, second = clauses[0], clauses[1]
    starts = first.verb is not None and first.verb.value == "start" and not first.names
    makes = second.verb is not None and second.verb.kind is K.CREATE and not second.no
    return [second, first, *clauses[2:]] if starts and makes and not first.heads else clauses


_SAYS_NOTHING = frozenset({K.PRONOUN, K.PLEASE, K.FILL, K.COMMA, K.THANKS, K.DET})


def _remarks(token: Token) -> bool:
    """ "delete web, I no longer need it"."""
    return token.kind is K.REMARK and token.low.startswith(
        ("i ", "i'", "we ", "it", "they", "nobody")
    )


def _leaves_out(piece: list[Token], clause: Clause, before: Clause) -> bool:
    """ "all but web"."""
    plain = clause.verb is None and not clause.no and bool(clause.names)
    return plain and piece[0].kind is K.BUT and before.has(K.ALL)


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
    no, said = False, ""
    while at < len(piece) and piece[at].kind is K.NOT:
        no, said, at = True, said or piece[at].text, at + 1
        while at < len(piece) and piece[at].kind in (K.PLEASE, K.FILL):
            at += 1
    rest = tuple(piece[at:])
    if not rest:
        return Clause(None, (), no, said) if no else None
    rest = _without_social_end(rest)
    first = rest[0]
    if first.kind is K.NOT_OP:
        return Clause(replace(first, kind=K.OP), rest[1:], not no, first.text)
    if first.kind is K.SNAPSHOT:
        return Clause(Token(K.OP, first.text, "snapshot"), rest[1:], no, said)
    if _states(rest):
        return Clause(HAVE, tuple(t for t in rest if t.kind not in (K.SHOULD, K.WANT)), no, said)
    if first.kind in _STARTS:
        return Clause(first, rest[1:], no, said)
    kept = next((t for t in rest if t.kind is K.KEEP), None)
    if kept is not None:
        return Clause(kept, tuple(t for t in rest if t.kind is not K.KEEP), no, said)
    return Clause(None, rest + polite, no, said)


def _states(rest: Tokens) -> bool:
    """ "web should have 4 GB", "I want web to have 4 GB", "let web have 4 GB"."""
    at = next((i for i, t in enumerate(rest) if t.kind is K.SHOULD), None)
    if at is None and rest[0].low == "let":
        at = next((i for i, t in enumerate(rest) if t.low in ("have", "has")), None)
    if at is None or (rest[0].kind in _STARTS and rest[0].kind is not K.WANT):
        return False
    before = {t.kind for t in rest[:at]}
    return bool(before & {K.NAME, K.PRONOUN, K.CREATED, K.ALL}) or (
        rest[0].kind is not K.WANT and bool(before & HEADS)
    )


def _without_social_end(words: Tokens) -> Tokens:
    """ "stop web, thanks": the thanks mean nothing more."""
    end = len(words)
    while end > 1 and _closes(words[end - 1]):
        end -= 2 if words[end - 2].kind in (K.COMMA, K.AND) and end > 2 else 1
    if end < len(words) and (_closes(words[end]) or words[end].kind in _JOINS):
        polite = tuple(t for t in words[end:] if t.kind is K.PLEASE)
        return words[: max(end, 1)] + polite
    return words[: max(end, 1)]


def _closes(token: Token) -> bool:
    """ "thanks", "have a nice day"; "right" may be a name."""
    return token.kind in (K.THANKS, K.PLEASE) or (token.kind is K.SMALL and " " in token.text)


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
        if closing and token.kind is K.NOT_TAIL:
            clauses[-1] = replace(clauses[-1], no=True)
            continue
        if closing and (token.kind in _AFTER_VERB or _keeps_twice(clauses[-1], token)):
            closing = token.kind is not K.COMMA
            continue
        closing = False
        if token.kind in VERBS or token.kind in (K.WANT, K.LIST, K.KEEP):
            clauses.append(_japanese(token, body))
            body, closing = [], True
        elif token.kind in (K.NOT, K.NOT_TAIL) and body and not token.text.isascii():
            clauses.append(Clause(None, tuple(body), no=True))
            body = []
        elif token.kind in _ENDS:
            clauses.append(Clause(None, tuple(body)))
            body = []
        else:
            body.append(token)
    clauses.append(Clause(None, tuple(body)))
    from fuyajo.planner.backends.rules import joined_ja  # with the first text in it

    return joined_ja.once(
        _made_but_off([trimmed for clause in clauses if (trimmed := _trim(clause))])
    )


def _made_but_off(clauses: list[Clause]) -> list[Clause]:
    """サーバを起動せずに作って: the kind belongs to the second verb, which comes first in time."""
    found = list(clauses)
    for i, (refused, made) in enumerate(pairwise(clauses)):
        starts = refused.no and refused.verb is not None and refused.verb.value == "start"
        creates = made.verb is not None and made.verb.kind is K.CREATE and not made.no
        if starts and creates and refused.heads and not made.heads:
            found[i] = replace(made, body=(*refused.body, *made.body))
            found[i + 1] = replace(refused, body=())
    return found


def _keeps_twice(clause: Clause, token: Token) -> bool:
    kept = clause.verb is not None and clause.verb.kind is K.KEEP
    return kept and token.kind in (K.KEEP, K.JOSHI)


def _japanese(verb: Token, body: list[Token]) -> Clause:
    if verb.kind is K.NOT_OP:
        kind = K.CREATE if verb.value == "create" else K.TAKE if verb.value == "take" else K.OP
        return Clause(replace(verb, kind=kind), tuple(body), no=True)
    if verb.value == "relative" and body and body[-1].text in ("に", "へ"):
        # 4GBに増やして is a total, 4GB増やして a difference.
        return Clause(replace(verb, value="resize"), tuple(body[:-1]))
    return Clause(verb, tuple(body))


def _trim(clause: Clause) -> Clause | None:
    """Without the greeting in front; None when nothing is left."""
    at = 0
    body = clause.body
    while at < len(body) and body[at].kind in LEAD | {K.TAIL} and not _describes(body, at):
        at += 1
    polite = tuple(t for t in body[:at] if t.kind is K.PLEASE)
    rest = body[at:] + (polite if at < len(body) and clause.verb is None else ())
    return replace(clause, body=rest) if clause.verb or rest else None


def _join(clauses: list[Clause]) -> list[Clause]:
    joined: list[Clause] = []
    for clause in clauses:
        before = joined[-1] if joined else None
        if before and before.heads > 1 and makes_vms(before) and of_all(clause):
            joined[-1] = all_with(before, clause)
        elif before and _takes_more(before) and _only_adds(clause):
            comma = Token(K.COMMA, ",")
            body = tuple(t for t in clause.body if t.kind is not K.PRONOUN)
            verb = before.verb or (
                clause.verb if clause.verb and clause.verb.value is None else None
            )
            joined[-1] = replace(before, verb=verb, body=(*before.body, comma, *body))
        else:
            joined.append(clause)
    return joined


def names_other(body: Tokens) -> bool:
    """Whether it names a VM, other than in giving a name."""
    return any(
        token.kind is K.NAME
        and (not i or body[i - 1].kind is not K.NAMED)
        and (i + 1 == len(body) or body[i + 1].kind is not K.NAMED_AFTER)
        for i, token in enumerate(body)
    )


def _takes_more(clause: Clause) -> bool:
    if clause.no or clause.has(K.REMARK):
        return False
    if clause.has(K.SAME, K.LIKE, K.SNAPSHOT) or (clause.verb and clause.verb.value == "snapshot"):
        return True
    if clause.heads != 1:
        return False
    if clause.verb is None:
        return True
    if clause.verb.value == "get" and not clause.names:
        return True
    return clause.verb.kind in (K.CREATE, K.WANT) or clause.verb.kind is K.AMBIGUOUS


def _gives_in_japanese(clause: Clause) -> bool:
    """サーバーを2つ作って、それぞれ3コア割り当てて; …立てて。ディスクは500GBほしい."""
    verb = clause.verb
    if verb is None or verb.text.isascii() or clause.heads:
        return False
    gives = verb.value == "resize" or verb.kind is K.WANT
    return gives and clause.has(K.SIZE, K.NUMBER) and clause.has(K.MEMORY, K.DISK, K.CPU)


def _only_adds(clause: Clause) -> bool:
    """ "Name it hello.", 「メモリは2GBで」, "create it with 2 GB" or "and give it 2 GB"."""
    gives = (
        clause.verb is not None and clause.verb.value == "resize" and clause.has(K.PRONOUN, K.NAMED)
    )
    gives = gives or _gives_in_japanese(clause)
    if clause.no or clause.heads or clause.has(K.SAME, K.LIKE, K.REMARK, K.TOO):
        return False
    if clause.verb and clause.verb.kind is not K.CREATE and not gives:
        return False
    if _gives_in_japanese(clause):
        return not names_other(clause.body) and not clause.has(K.PRONOUN)
    if names_other(clause.body):
        return False
    leading = next((t for t in clause.body if t.kind not in _POINTS_BACK - {K.PRONOUN}), None)
    again = (
        clause.verb is None
        or (gives and clause.has(K.NAMED))
        or (leading is not None and leading.kind is K.PRONOUN)
    )
    pronouns = sum(t.kind is K.PRONOUN for t in clause.body)
    counted = clause.has(K.COUNT) and clause.verb is None
    attributes = counted or clause.has(*ATTRIBUTES) or clause.verb is not None
    return again and pronouns <= 1 and attributes
