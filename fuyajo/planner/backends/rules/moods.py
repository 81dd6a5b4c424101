"""What speaks against planning at all: refusals, questions, reports, conditions, foreign orders."""

from __future__ import annotations

from fuyajo.planner.backends.rules.tokens import HEADS, VERBS, Ask, K, Token, Tokens

_QUIET = frozenset(
    {K.FILL, K.PLEASE, K.STOP, K.COMMA, K.AND, K.TAIL, K.JOSHI, K.QUESTION_MARK, K.THEN, K.BUT}
) | {K.TOO}
_SOCIAL = ((K.GREET, "greeting"), (K.THANKS, "thanks"), (K.SMALL, "smalltalk"))
#: In this order: the strongest reason is the one that is told.
_AGAINST = (
    (K.INJECTION, "injection"),
    (K.NEGATION, "negation"),
    (K.IF, "hypothetical"),
    (K.PAST, "past"),
)
_LATER = (
    (K.TIME, "schedule"),
    (K.UNSUPPORTED, "unsupported"),
    (K.ODD, "not_plain"),
    (K.VAGUE, "vague"),
)
_REQUESTS = frozenset({K.POLITE, K.WANT})
_ORDERS = VERBS | {K.SNAPSHOT}


def social(tokens: Tokens) -> str | None:
    """The text for a greeting, thanks or small talk and nothing else."""
    kinds = {t.kind for t in tokens} - _QUIET
    if not kinds <= {kind for kind, _ in _SOCIAL}:
        return None
    if any(t.value == "bye" for t in tokens if t.kind is K.SMALL):
        return "bye"
    return next((key for kind, key in _SOCIAL if kind in kinds), "smalltalk")


def friendly(tokens: Tokens) -> str | None:
    """ "thanks, that was quick": kind words, and nothing that could be a wish or a question."""
    kinds = {t.kind for t in tokens}
    if kinds & (_ORDERS | HEADS | {K.WANT, K.SHOULD, K.QUESTION, K.QUESTION_MARK, K.SAME, K.LIKE}):
        return None
    return next((key for kind, key in _SOCIAL[:2][::-1] if kind in kinds), None)


def foreign(tokens: Tokens) -> Ask | None:
    """Orders about our own rules: nothing beside them is planned either."""
    return _first(tokens, _AGAINST[:1])


def objection(tokens: Tokens) -> Ask | None:
    """Why this text must not be planned, whatever else it says; None when nothing is against it."""
    return _first(tokens, _AGAINST) or _question(tokens) or _first(tokens, _LATER)


def _first(tokens: Tokens, reasons: tuple[tuple[K, str], ...]) -> Ask | None:
    for kind, key in reasons:
        found = next((t for t in tokens if t.kind is kind), None)
        if found:
            return Ask(key, what=found.text, asks=_asks(tokens))
    return None


def _question(tokens: Tokens) -> Ask | None:
    kinds = {t.kind for t in tokens}
    verb = next((t for t in tokens if t.kind in _ORDERS), None)
    asks = _asks(tokens)
    if verb is None and (K.LIST in kinds or (asks and kinds & {K.NAME, K.STATE})):
        return Ask("list")
    if K.HELP in kinds:
        return Ask("help")
    if not asks:
        return None
    if K.UNSUPPORTED in kinds:
        return _first(tokens, ((K.UNSUPPORTED, "unsupported"),))
    if verb is not None:
        return Ask("how_to", op=str(verb.value or "") or "create")
    return Ask("about" if kinds & HEADS else "help")


def _asks(tokens: Tokens) -> bool:
    """A question word anywhere, or a question mark on a sentence that is not a polite request."""
    requested = False
    for token in tokens:
        if token.kind is K.QUESTION:
            return True
        requested = requested or token.kind in _REQUESTS or _begs(token)
        if token.kind is K.QUESTION_MARK and not requested:
            return True
        if token.kind in (K.STOP, K.QUESTION_MARK):
            requested = False
    return False


def _begs(token: Token) -> bool:
    """1台お願いできますか asks for it, not about it."""
    return token.kind is K.PLEASE and "お願い" in token.text
