"""Statements that follow an order without a comma: "restart web its lagging", "stop web before we sink"."""

from __future__ import annotations

from collections.abc import Sequence

from fuyajo.planner.backends.rules.reports_en import is_report
from fuyajo.planner.backends.rules.tokens import VERBS, K, Token
from fuyajo.planner.backends.rules.words import said_words

_CUES = said_words("cues")
#: What an order is complete with.
_COMPLETE = frozenset({K.NAME, K.SIZE, K.PLEASE, K.THANKS, K.PARTICLE, K.PRONOUN, K.CPU, K.MEMORY})
_COMPLETE |= {K.DISK, K.FILL, K.SNAPSHOT}
_PEOPLE = frozenset({"i", "we", "he", "she", "they", "nobody", "someone", "somebody", "everyone"})
_SHORT = frozenset(
    {"its", "im", "i'm", "he's", "she's", "we're", "they're", "ive", "i've", "we've"}
)
_SHORT |= {"it's", "hes", "shes", "theyre", "weve", "everybody's", "nobody's", "that's", "thats"}
_OWNED = frozenset({"the", "my", "our", "his", "her", "their"})

_BEGIN = _PEOPLE | _SHORT | _OWNED | {"it", "before"}


def runs_on(tokens: Sequence[Token], i: int, words: Sequence[Token]) -> bool:
    """Whether a statement begins here, behind the words of a whole order."""
    token = tokens[i]
    if token.low not in _BEGIN or not words:
        return False
    if not any(t.kind in VERBS or t.kind is K.SNAPSHOT for t in words):
        return False
    if token.tail and token.low == "it":
        return True
    if words[-1].kind not in _COMPLETE:
        return False
    following = tokens[i + 1] if i + 1 < len(tokens) else None
    if following is None or following.kind in VERBS:
        return False
    if token.low == "before":
        saves = any(t.kind is K.SNAPSHOT or t.value == "snapshot" for t in words)
        return following.low in _PEOPLE | _SHORT or (saves and following.kind is K.DET)
    if any(t.kind is K.TIME for t in words[-2:]):
        return False
    if token.low in _SHORT:
        return following.kind in _SPOKEN
    if token.low in _PEOPLE:
        return words[-1].kind is not K.FILL and following.kind in _SPOKEN | {K.WITH, K.REMARK}
    return _of_somebody(tokens, i)


_SPOKEN = frozenset({K.WORD, K.PAST, K.FILL, K.DET, K.VAGUE, K.UNSUPPORTED, K.ROUGH, K.SMALL})


def _of_somebody(tokens: Sequence[Token], i: int) -> bool:
    """ "the boys are waiting", "my brother needs it"."""
    if tokens[i].low not in _OWNED or i + 2 >= len(tokens) or tokens[i - 1].kind is K.FILL:
        return False
    subject = tokens[i + 1]
    said = tokens[i + 2].low.split()[0]
    return subject.kind is K.WORD and said in _CUES and tokens[i + 2].kind is not K.SHOULD


def order_begins(tokens: Sequence[Token], i: int, words: Sequence[Token]) -> bool:
    """ "test was a mistake lol delete it": an order behind a statement without a comma."""
    token = tokens[i]
    if token.kind is K.WANT and words and words[0].low == "before" and len(words) > 2:
        return words[1].low in _PEOPLE  # "before I touch it I want a snapshot"
    asks = token.kind in (K.POLITE, K.PLEASE) or token.low in _TURNS
    if not (asks or _turns_to(tokens, i)):
        return False
    if not 2 < len(words) < 12 or any(t.kind in _GIVEN for t in words):
        return False
    following = next((t for t in tokens[i + asks :] if t.kind not in (K.PLEASE, K.FILL)), None)
    if following is None or following.kind not in VERBS or following.kind is K.WANT:
        return False
    spoken = [t for t in words if t.kind not in (K.FILL, K.SMALL, K.GREET)]
    return is_report(words) or (bool(spoken) and spoken[0].low in _PEOPLE | _SHORT)


def _turns_to(tokens: Sequence[Token], i: int) -> bool:
    """ "web keeps lagging bump the memory": an order right behind what happens."""
    if tokens[i].kind is not K.OP or not 1 < i < len(tokens) - 1:
        return False
    before, following = tokens[i - 1], tokens[i + 1]
    happens = before.kind is K.WORD and before.low.endswith(("ing", "ed"))
    return happens and following.kind in (K.DET, K.NAME, K.PRONOUN)


_TURNS = frozenset({"just", "lol", "lmao", "so", "pls", "plz", "rn", "haha", "ugh", "u can"})
_GIVEN = VERBS | {K.SIZE, K.COUNT, K.NOT, K.IF, K.QUESTION, K.NAMED, K.WANT, K.SNAPSHOT, K.QUOTE}


def explains(tokens: Sequence[Token], i: int, words: Sequence[Token]) -> bool:
    """ "delete faq as the same content is available elsewhere"."""
    if tokens[i].low != "as" or tokens[i].kind is not K.FILL:
        return False
    if not any(t.kind in VERBS for t in words) or words[-1].kind not in _COMPLETE:
        return False
    end = next((n for n in range(i, len(tokens)) if tokens[n].kind in _ENDS), len(tokens))
    said = tokens[i + 1 : end]
    if any(t.low.split()[0] == "as" for t in said):
        return False  # "as often as needed"
    return len(said) > 2 and said[0].kind is not K.PRONOUN and is_report(said)


_ENDS = frozenset({K.STOP, K.QUESTION_MARK, K.COMMA, K.REASON, K.BUT})
