"""Statements that take an order back, and statements that only say what a machine is for."""

from __future__ import annotations

from collections.abc import Sequence

from fuyajo.planner.backends.rules.tokens import K, Token

#: What points back to what was said.
BACK = frozenset({"it", "that", "this", "they", "these", "those", "he", "she"})


def head_word(token: Token) -> str:
    return token.low.split()[0].partition("'")[0] if token.text else ""


def is_for(words: Sequence[Token]) -> bool:
    """ "it's for storing scans", "this will be used for the demo"."""
    if head_word(words[0]) not in BACK:
        return False
    at = 1
    while at < len(words) and words[at].low in _USED:
        at += 1
    said = words[at - 1 : at] if at > 1 and words[at - 1].low in ("for", "to") else ()
    return bool(said) and at < len(words) and all(t.kind in _AIM for t in words[at:])


_USED = frozenset(
    {"is", "are", "will", "would", "be", "used", "meant", "only", "just", "intended", "for"}
)


_USED |= {"to", "going", "supposed", "needed", "there", "mainly", "mostly"}


_AIM = frozenset({K.WORD, K.DET, K.FILL, K.ROUGH, K.PRONOUN, K.TIME, K.PARTICLE, K.AND, K.HELP})


def takes_back(words: Sequence[Token]) -> bool:
    """ "it's a trap", "this is a test", "Ken does it", "nobody wants that": the order is no order then."""
    lows = [t.low for t in words]
    subject = head_word(words[0])
    pronoun = subject in BACK or subject in ("i", "we")
    now = bool(words[0].tail) or bool({"is", "are", "am"} & set(lows[1:3])) or "'" in lows[0]
    if pronoun and now and set(lows) & _NO_ORDER:
        return True
    done = next((i for i, low in enumerate(lows) if low in ("do", "does", "doing", "done")), None)
    if done is not None and lows[done] == "done" and set(lows[done + 1 : done + 2]) & _DONE_WITH:
        done = None
    if done is not None and _does_little(lows, done):
        done = None
    if pronoun and lows[0] in ("it has", "they have") and lows[-1] in BACK:
        return True
    if pronoun and len(lows) > 2 and lows[1] in ("has", "have", "had") and lows[2] in BACK:
        return True  # "it has that"
    if lows[-1] in ("did", "do", "does", "have", "had"):
        return True
    if done is not None and (pronoun or set(lows[done + 1 : done + 2]) & BACK):
        return True
    denied = any(t.kind in (K.NOT, K.NEGATION) or t.low == "nobody" for t in words)
    wants = any("want" in word for low in lows for word in low.split())
    more = any(low in ("any more", "anymore", "any longer") for low in lows)
    denies = denied or any("don't" in low or "no longer" in low for low in lows)
    return wants and denies and not more and bool(set(lows) & BACK)


def _does_little(lows: Sequence[str], done: int) -> bool:
    """ "it hardly does anything", "we're doing maintenance"."""
    following = lows[done + 1] if done + 1 < len(lows) else ""
    little = following in ("nothing", "little") or lows[done - 1] in (
        "hardly",
        "barely",
        "scarcely",
    )
    busy = lows[done] == "doing" and bool(following) and following not in BACK | {"so", "both"}
    return little or busy


_DONE_WITH = frozenset({"for", "with", "here", "testing", "using", "in"})


_NO_ORDER = frozenset({"test", "trap", "joke", "drill", "prank", "trick", "lie", "riddle", "game"})
