"""Words beside the order: reasons, remarks, and what a log says. They decide nothing and are left out.

Only where an order stands beside them, and never when they ask, doubt or give orders themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

from fuyajo.planner.backends.rules.tokens import HEADS, VERBS, K, Token, Tokens
from fuyajo.planner.backends.rules.words import said_words

_ENDS = frozenset({K.STOP, K.QUESTION_MARK})
_ORDER = VERBS | {K.SNAPSHOT, K.WANT, K.KEEP, K.SHOULD}
#: Never in a reason that is left out unread.
_SERIOUS = VERBS | {K.SIZE, K.COUNT, K.NAMED, K.TITLE, K.WANT, K.SNAPSHOT, K.CREATED, K.SAME}
_SERIOUS |= {
    K.SAYS,
    K.PAST,
    K.EXCEPT,
    K.ALL,
    K.INJECTION,
    K.IF,
    K.QUESTION,
    K.QUOTE,
    K.NOT,
    K.KEEP,
    K.QUESTION_MARK,
}
#: "because I don't need it".
_GRAVE = _SERIOUS - {K.NOT, K.WANT, K.PAST}
_STANDS_ALONE = frozenset({K.NAME, K.JOSHI, K.COMMA}) | HEADS


@dataclass(frozen=True)
class Heard:
    """What is left, and whether words were left out that nobody looked at."""

    tokens: Tokens
    skipped: bool = False


def without_asides(tokens: Tokens) -> Heard:
    sentences = _sentences(tokens)
    kept: list[Token] = []
    skipped = False
    for sentence in sentences:
        said = list(sentence)
        if _reports(said) and any(t.kind in _ORDER for t in kept):
            skipped = True
            continue
        said, unread = _without_reason(said)
        said, unread_too = _without_because(said)
        skipped = skipped or unread or unread_too
        kept += said
    return Heard(tuple(kept), skipped)


def _sentences(tokens: Tokens) -> list[list[Token]]:
    found: list[list[Token]] = [[]]
    for token in tokens:
        found[-1].append(token)
        if token.kind in _ENDS:
            found.append([])
    return [sentence for sentence in found if sentence]


def _reports(sentence: list[Token]) -> bool:
    """Somebody else's words, in quotation marks, and no order outside them."""
    kinds = {t.kind for t in sentence}
    told = K.SAYS in kinds or any(t.low in ("said", "wrote") for t in sentence)
    return told and K.QUOTE in kinds and not kinds & (VERBS | {K.IF, K.INJECTION, K.CREATED})


def _without_reason(sentence: list[Token]) -> tuple[list[Token], bool]:
    """ "I'm done for today, so stop web": of the reason only the VMs are kept, as a remark."""
    at = next((i for i, t in enumerate(sentence) if t.kind is K.REASON), None)
    if at is None or at == 0 or not any(t.kind in _ORDER for t in sentence[at + 1 :]):
        return sentence, False
    reason = sentence[:at]
    if any(t.kind in _SERIOUS for t in reason) or _comes_from(sentence[at], reason[-1]):
        return sentence, False
    told = any(t.low in _UNSERIOUS or (t.kind is K.COLON and t.text.isascii()) for t in reason)
    plain = [t for t in reason if t.kind is not K.COMMA]
    alone = len(plain) == 1 and plain[0].kind is K.WORD and plain[0].text.isascii()
    if told or alone or _to_come(reason):
        return sentence, False
    names = [t for t in reason if t.kind is K.NAME]
    remark = [*names, Token(K.REMARK, "…"), Token(K.STOP, ".")]
    read = all(t.kind in _STANDS_ALONE | {K.REMARK, K.FILL, K.DET, K.PRONOUN} for t in reason)
    return [*remark, *sentence[at + 1 :]], not read


_UNSERIOUS = said_words("unserious")


def _to_come(reason: list[Token]) -> bool:
    """ "Christmas comes": when, rather than why; "Christmas is over" is a reason."""
    over = any(t.low.split()[0] in ("is", "was", "has") for t in reason[1:3])
    return reason[0].kind is K.TIME and reason[0].text.isascii() and not over


def _comes_from(reason: Token, before: Token) -> bool:
    """webから is "from web", not a reason."""
    return not reason.text.isascii() and before.kind in _STANDS_ALONE


def _without_because(sentence: list[Token]) -> tuple[list[Token], bool]:
    """ "restart web because it hangs"."""
    at = next((i for i, t in enumerate(sentence) if t.kind is K.BECAUSE), None)
    if at is None:
        return sentence, False
    if not any(t.kind in _ORDER for t in sentence[:at]):
        return _leading_because(sentence, at)
    if any(t.kind in _GRAVE for t in sentence[at:] if t.kind not in _ENDS):
        return sentence, False
    return sentence[:at] + [t for t in sentence[at:] if t.kind in _ENDS], True


def _leading_because(sentence: list[Token], at: int) -> tuple[list[Token], bool]:
    """ "since I am done, stop web": up to the comma before the order."""
    order = next((i for i, t in enumerate(sentence) if i > at and t.kind in _ORDER), None)
    commas = [i for i in range(at, order or 0) if sentence[i].kind is K.COMMA]
    if order is None or not commas or any(t.kind in _GRAVE for t in sentence[: commas[-1]]):
        return sentence, False
    names = [t for t in sentence[at : commas[-1]] if t.kind is K.NAME]
    return [*names, Token(K.REMARK, "…"), Token(K.STOP, "."), *sentence[commas[-1] + 1 :]], True
