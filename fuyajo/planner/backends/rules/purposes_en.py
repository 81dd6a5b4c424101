"""What a wish is for: "for the demo", "for our new trainee", "to save costs". It changes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from fuyajo.planner.backends.rules.tokens import HEADS, VERBS, K, Token, Tokens
from fuyajo.planner.backends.rules.words import said_words

_WHOSE = frozenset({"the", "our", "my", "a", "an", "this", "his", "her", "their", "your", "some"})
_ENDS = frozenset(
    {K.COMMA, K.STOP, K.QUESTION_MARK, K.NAMED, K.WITH, K.PLEASE, K.THANKS, K.WANT, K.COLON}
)
_ENDS |= {K.POLITE, K.REASON, K.BECAUSE, K.THEN, K.AND, K.TITLE}
_WORDS = frozenset({K.WORD, K.ROUGH, K.DET, K.FILL})
#: For whom or what, without an article.
_KNOWN = said_words("purposes")
_AIMS = said_words("aims")
_MOST = 4


def without_purposes(tokens: Tokens) -> tuple[Tokens, bool]:
    """The tokens without purposes, and whether any was left out."""
    kept: list[Token] = []
    skipped = False
    at = 0
    while at < len(tokens):
        end = (
            (None if _is_said(tokens, at) else _for(tokens, at))
            or _to(tokens, at)
            or _to_do(tokens, at)
        )
        if end and _wanted_elsewhere(tokens, at, end):
            colon = end < len(tokens) and tokens[end].kind is K.COLON
            if colon and kept and kept[-1].kind in HEADS:
                kept.append(Token(K.COMMA, ","))
            at, skipped = end + (colon and (not kept or kept[-1].kind is K.COMMA)), True
            continue
        kept.append(tokens[at])
        at += 1
    return tuple(kept), skipped


def _is_said(tokens: Sequence[Token], at: int) -> bool:
    """ "it's for the demo": a sentence of its own."""
    before = tokens[at - 1] if at else None
    return before is not None and before.kind is K.PRONOUN and bool(before.tail)


def _for(tokens: Sequence[Token], at: int) -> int | None:
    """Where "for the demo" ends."""
    if tokens[at].low not in ("for", "ready for") or tokens[at].kind not in (K.FILL, K.SHOULD):
        return None
    first = at + 1
    while first < len(tokens) and tokens[first].low.split()[-1] in _WHOSE | {"new"}:
        first += 1
    end = first
    while end < len(tokens) and end - first < _MOST and _ordinary(tokens, end, first):
        end += 1
    words = tokens[first:end]
    loose = _for_anything(tokens, at, words)
    owned = first > at + 1 or (len(words) > 1 and bool(words[0].tail))
    end = _when(tokens, end) if owned and words else end
    if not words or not (end == len(tokens) or tokens[end].kind in _ENDS):
        return None
    known = loose or all(t.low in _KNOWN or t.kind is K.UNSUPPORTED for t in words)
    return end if owned or known else None


def _for_anything(tokens: Sequence[Token], at: int, words: Sequence[Token]) -> bool:
    """ "a machine for video editing", "a VM for jana": of a machine that is to be made, in any words."""
    made = any(tokens[i].kind in HEADS and _indefinite(tokens, i) for i in range(len(tokens)))
    made = made or any(t.kind is K.CREATE for t in tokens[:at])
    before = next((t.low for t in reversed(tokens[:at]) if t.kind is not K.FILL), "")
    plain = all(t.kind in (K.WORD, K.ROUGH, K.FILL, K.AND, K.GERUND) for t in words)
    return made and plain and before != "look" and not any(t.low in _TALK for t in words)


_USES = frozenset(
    {"database", "databases", "backup", "backups", "email", "users", "user", "network", "cluster"}
)
_USES |= {
    "container",
    "containers",
    "cloud",
    "access",
    "migrate",
    "certificate",
    "domain",
    "host",
    "hosts",
}
_TALK = said_words("talk")


def _when(tokens: Sequence[Token], at: int) -> int:
    """ "for the demo on Friday": when the demo is."""
    end = at
    if end < len(tokens) and tokens[end].low in ("on", "in", "at", "this", "next", "of"):
        end += 1
    if end < len(tokens) and (tokens[end].kind is K.TIME or tokens[end].low in _MONTHS):
        return end + 1
    return at


_MONTHS = frozenset({"january", "february", "march", "april", "june", "july", "august"})
_MONTHS |= {"september", "october", "november", "december"}


def _ordinary(tokens: Sequence[Token], i: int, first: int) -> bool:
    following = tokens[i + 1].kind if i + 1 < len(tokens) else None
    if tokens[i].kind is K.SPLIT:  # "for the fire drill"
        return following is K.WORD
    if tokens[i].kind in (K.OP, K.AMBIGUOUS, K.CREATE) and i > first:
        following = tokens[i + 1].kind if i + 1 < len(tokens) else None
        return following is None or following in _ENDS
    if tokens[i].kind is K.TIME:
        return bool(tokens[i].tail)
    if tokens[i].kind is K.UNSUPPORTED and tokens[i].low in _USES and i > 0:
        return tokens[i - 1].kind in (K.DET, K.WORD)  # "for a database"
    if tokens[i].kind is K.UNSUPPORTED:  # "for minecraft, name minecraft"
        return any(t.kind is K.NAME and t.low == tokens[i].low for t in tokens)
    return tokens[i].kind in _WORDS and tokens[i].low not in ("for", "of")


def _to(tokens: Sequence[Token], at: int) -> int | None:
    """Where "to save costs" ends."""
    if tokens[at].low not in ("to", "in order to", "so as to") or at + 1 >= len(tokens):
        return None
    if tokens[at + 1].low not in _AIMS or any(t.value in ("revert", "snapshot") for t in tokens):
        return None
    end = at + 2
    while end < len(tokens) and end - at < _MOST + 2 and _aimed(tokens[end]):
        end += 1
    alone = tokens[at + 1].low in ("play", "test", "practise", "practice", "experiment", "learn")
    if (end == at + 2 and not alone) or not (end == len(tokens) or tokens[end].kind in _ENDS):
        return None
    return end


def _to_do(tokens: Sequence[Token], at: int) -> int | None:
    """Where "to run batch jobs on" ends, behind a machine that is to be made."""
    head = tokens[at - 1] if at else None
    if (
        tokens[at].low not in ("to", "in order to", "to do", "so i can", "so we can")
        or head is None
    ):
        return None
    if head.kind not in HEADS or not _indefinite(tokens, at - 1):
        return None
    end = at + 1
    while end < len(tokens) and end - at < _LONG_AIM and tokens[end].kind in _DOES:
        end += 1
    told = sum(t.kind is not K.FILL for t in tokens[at + 1 : end]) + (tokens[at].low == "to do")
    closed = end == len(tokens) or tokens[end].kind in _ENDS
    first = tokens[at + 1] if at + 1 < len(tokens) else None
    passive = first is not None and first.low in ("be", "have", "go")
    return end if closed and told > 1 and not passive else None


def _indefinite(tokens: Sequence[Token], head: int) -> bool:
    """ "a server", "two VMs", and not "the server"."""
    before = tokens[max(0, head - 4) : head]
    firm = {"the", "my", "our", "your", "that", "this"}
    counted = any(t.kind in (K.NUMBER, K.COUNT) or t.low in _ANY for t in before)
    return counted and not any(t.low in firm for t in before)


_ANY = frozenset(
    {"a", "an", "a new", "another", "one more", "an additional", "an extra", "some new", "new"}
)
_LONG_AIM = 9
_DOES = frozenset({K.WORD, K.DET, K.FILL, K.ROUGH, K.AMBIGUOUS, K.OP, K.TAKE, K.SPLIT, K.PARTICLE})
_DOES |= {
    K.VAGUE,
    K.UNSUPPORTED,
    K.AND,
    K.CREATE,
    K.HELP,
    K.TIME,
    K.PRONOUN,
    K.SAYS,
    K.TITLE,
    K.LIST,
}


def _aimed(token: Token) -> bool:
    kinds = _WORDS | {K.WITH, K.SPLIT, K.MEMORY, K.DISK, K.CPU, K.PARTICLE, K.VAGUE, K.UNSUPPORTED}
    return token.kind in kinds


def _wanted_elsewhere(tokens: Sequence[Token], at: int, end: int) -> bool:
    """Without the purpose it is still said what, or which VM, is meant."""
    rest = {t.kind for t in (*tokens[:at], *tokens[end:])}
    whom = rest & (HEADS | {K.NAME, K.PRONOUN, K.CREATED, K.ALL})
    return bool(whom) and bool(
        rest & (VERBS | {K.WANT, K.SNAPSHOT, K.NAMED, K.SIZE, K.PLEASE, K.NUMBER})
    )
