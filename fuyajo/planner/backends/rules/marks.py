"""Second look at single tokens: what a word means because of its neighbours. Nothing is left out here."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from fuyajo.planner.backends.rules.tokens import HEADS, VERBS, K, Token, Tokens

_Mark = Callable[[list[Token], int], Token]
_COUNTED = frozenset({K.COUNT, K.NUMBER})
_TARGET = frozenset({K.NAME, K.DET, K.AND, K.COMMA, K.PRONOUN, K.ALL, K.STATE, K.SHOULD, K.FILL})
_TARGET |= HEADS | {K.CREATED}
_THINGS = frozenset({K.NAME, K.WORD, K.QUOTE, K.SNAPSHOT, K.FILL}) | HEADS
_SENTENCE_ENDS = frozenset({K.STOP, K.QUESTION_MARK})
_ENDS = frozenset({K.STOP, K.QUESTION_MARK, K.PLEASE, K.COMMA, K.AND, K.THEN, K.FILL, K.THANKS})


def settle(tokens: Tokens, japanese: bool) -> Tokens:
    """The tokens with everything that only their neighbours decide."""
    listed = list(tokens)
    for mark in _MARKS:
        listed = [mark(listed, i) for i in range(len(listed))]
    return tuple(listed if japanese else _have_done(listed))


def _kind(tokens: list[Token], i: int) -> K | None:
    return tokens[i].kind if 0 <= i < len(tokens) else None


def _state(tokens: list[Token], i: int) -> Token:
    """ "the stopped VMs" is a state, "I stopped web" a report."""
    token = tokens[i]
    described = _kind(tokens, i + 1) in HEADS or _low(tokens, i + 1) == "one"
    kept = any(t.kind is K.KEEP for t in tokens[max(0, i - 3) : i])
    if token.kind is K.PAST and token.low == "stopped" and (described or kept):
        return replace(token, kind=K.STATE, value="stopped")
    return token


def _said_as_name(tokens: list[Token], i: int) -> Token:
    """reserveという: an English word right before it is a name, whatever it means elsewhere."""
    token = tokens[i]
    follows = _kind(tokens, i + 1) is K.NAMED_AFTER
    named = follows and token.kind in VERBS and _WORD.fullmatch(token.low)
    return replace(token, kind=K.WORD, value=None) if named else token


def _low(tokens: list[Token], i: int) -> str:
    return tokens[i].low if 0 <= i < len(tokens) else ""


def _one(tokens: list[Token], i: int) -> Token:
    """ "the running one": a VM, not a number."""
    token = tokens[i]
    if token.low == "each" and _kind(tokens, i + 1) in HEADS:
        return replace(token, kind=K.ALL)
    if token.low != "one":
        return token
    if _kind(tokens, i - 1) is K.STATE:
        return replace(token, kind=K.NOUN, value="one")
    if _low(tokens, i - 1) in ("each", "every") and _low(tokens, i - 2) in ("for", "to", "on"):
        return replace(token, kind=K.FILL)
    again = _kind(tokens, i + 1) is K.WITH and any(t.kind in HEADS for t in tokens[:i])
    return replace(token, kind=K.NOUN, value="again") if again else token


def _more(tokens: list[Token], i: int) -> Token:
    """ "two more servers" and もう2台 are two."""
    token = tokens[i]
    english = token.low == "more" and _kind(tokens, i - 1) in _COUNTED
    english = english and _kind(tokens, i + 1) in HEADS
    japanese = token.text in ("もう", "さらに", "あと") and _kind(tokens, i + 1) in _COUNTED
    if (japanese or token.low in ("one more", "another")) and _alone(tokens):
        return replace(token, kind=K.SAME, value="more")
    return replace(token, kind=K.FILL) if english or japanese else token


def _alone(tokens: list[Token]) -> bool:
    """Nothing says what of: もう一台お願いします, "one more please"."""
    said = {t.kind for t in tokens}
    loose = {K.DET, K.FILL, K.PLEASE, K.COUNT, K.NUMBER, K.STOP, K.COMMA, K.TAIL, K.JOSHI, K.POLITE}
    loose |= {K.NAMED, K.NAME, K.AND}
    return said <= loose | {K.VAGUE, K.CREATE, K.WANT, K.THANKS, K.AMBIGUOUS, K.SAME}


def _rough(tokens: list[Token], i: int) -> Token:
    """ "a small VM with 512 MB": the number says it."""
    token = tokens[i]
    if token.kind is not K.ROUGH:
        return token
    said = any(t.kind is K.SIZE for t in tokens)
    return replace(token, kind=K.FILL if said else K.VAGUE)


def _instead(tokens: list[Token], i: int) -> Token:
    """ "don't stop web, delete it instead"."""
    token = tokens[i]
    if token.low != "instead" or token.kind is not K.NEGATION:
        return token
    refused = any(t.kind in (K.NOT, K.NOT_OP) for t in tokens[:i])
    last = all(t.kind in _SENTENCE_ENDS | {K.PLEASE, K.THANKS} for t in tokens[i + 1 :])
    sized = last and any(t.kind is K.SIZE for t in tokens[:i])
    return replace(token, kind=K.FILL) if refused or sized or _swaps(tokens, i) else token


def _swaps(tokens: list[Token], i: int) -> bool:
    """ "delete old and create a server called fresh instead": two orders, and neither only says "it"."""
    first = next((n for n in range(i - 1, -1, -1) if tokens[n].kind in _SENTENCE_ENDS), -1)
    orders = [t for t in tokens[:i] if t.kind in VERBS]
    points = any(t.kind is K.PRONOUN for t in tokens[:i])
    ends = _kind(tokens, i + 1) is None or _kind(tokens, i + 1) in _ENDS
    named = any(t.kind is K.NAME for t in tokens[first + 1 : i])
    if _kind(tokens, i - 1) is K.AND and _kind(tokens, i + 1) in VERBS:
        return named and bool(orders)
    return len(orders) > 1 and ends and named and not points


_ASKS_MINDING = frozenset({"mind", "of", "awfully", "terribly", "much", "just", "quickly"})


def _gerund(tokens: list[Token], i: int) -> Token:
    """ "would you mind stopping web"."""
    token = tokens[i]
    if token.low == "do" and _kind(tokens, i + 1) in VERBS:
        return replace(token, kind=K.FILL)
    if token.kind is not K.GERUND:
        return token
    asked = any(t.kind is K.POLITE and t.low.split()[-1] in _ASKS_MINDING for t in tokens[:i])
    if not asked:
        return token
    if token.value in ("create", "take"):
        return Token(K.CREATE if token.value == "create" else K.TAKE, token.text)
    return replace(token, kind=K.OP)


def _label(tokens: list[Token], i: int) -> Token:
    """ "the name should be shop": what follows was read as a name; "memory: 2 GB" needs no colon."""
    token = tokens[i]
    labelled = _kind(tokens, i - 1) in (K.MEMORY, K.DISK, K.CPU)
    listed = _kind(tokens, i - 1) in HEADS | {K.OP, K.PRONOUN} and _kind(tokens, i + 1) is K.NAME
    if token.kind is K.COLON and listed:
        return replace(token, kind=K.FILL)
    if (
        token.kind is K.PRONOUN
        and _kind(tokens, i + 1) is K.COLON
        and _kind(tokens, i + 2) is K.NAME
    ):
        return replace(token, kind=K.FILL)
    if token.kind is K.COLON and labelled and _kind(tokens, i + 1) is K.NAME:
        return token
    valued = token.text == "、" and _kind(tokens, i + 1) in (K.SIZE, K.NUMBER)
    if labelled and (token.kind is K.COLON or valued):
        return replace(token, kind=K.FILL)
    return token


def _verb_as_name(tokens: list[Token], i: int) -> Token:
    """仮想マシンbuildを作って: an English verb that is a name there."""
    token = tokens[i]
    if token.kind not in VERBS | {K.SNAPSHOT, K.KEEP, K.MEMORY} or not token.text.isascii():
        return token
    named = _kind(tokens, i - 1) in HEADS and _kind(tokens, i + 1) is K.JOSHI
    japanese = i + 1 < len(tokens) and not tokens[i + 1].text.isascii()
    return replace(token, kind=K.WORD) if named and japanese else token


def _from(tokens: list[Token], i: int) -> Token:
    """nightlyから is "from nightly", 重いから is "because it is slow"."""
    token = tokens[i]
    if token.kind is K.REASON and token.text == "から" and _kind(tokens, i - 1) in _THINGS:
        return replace(token, kind=K.JOSHI)
    return token


def _up_to(tokens: list[Token], i: int) -> Token:
    """before-upgradeまで戻して is a place, 明日まで a time."""
    token = tokens[i]
    if token.text != "まで" or _kind(tokens, i - 1) not in _THINGS:
        return token
    back = any(t.kind is K.OP and t.value == "revert" for t in tokens)
    return replace(token, kind=K.JOSHI) if back else token


_NOUN_END = re.compile(r"[一-龥々ァ-ヶ]\Z")
_WORD = re.compile(r"[a-z][a-z0-9-]*")
_MAY_NAME = frozenset({K.TIME, K.SMALL, K.VAGUE, K.UNSUPPORTED, K.ROUGH, K.PAST, K.FILL, K.GREET})
_NOT_NAMES = frozenset(
    {"to", "for", "of", "now", "me", "us", "again", "from", "as", "please", "not"}
)
_NOT_NAMES |= {"on", "thanks", "then", "too", "immediately", "safely", "don't", "never", "the", "a"}
#: "take a snapshot first"; "restore web to snapshot first" names one.
_ADVERBS = frozenset(
    {
        "first",
        "quickly",
        "already",
        "beforehand",
        "also",
        "just",
        "instead",
        "anyway",
        "quick",
        "fast",
    }
)
_ADVERBS |= {
    "promptly",
    "once",
    "asap",
    "right",
    "today",
    "straightaway",
    "still",
    "regardless",
    "well",
    "here",
}
_NOT_NAMES |= {"tomorrow", "tonight", "later", "today", "yesterday", "soon"}
_NOT_NAMES |= {"taken", "made", "created", "an", "my", "its", "this", "that", "it"}
_NEEDLESS = ("いらない", "要らない", "不要", "必要", "いりません", "要りません")


def _not_needed(tokens: list[Token], i: int) -> Token:
    """dbは不要 is a remark about db; 起動は不要 forbids to start."""
    token = tokens[i]
    about_vm = _kind(tokens, i - 1) in _THINGS | {K.PRONOUN, K.CREATED}
    if token.kind is K.NOT_TAIL and about_vm and any(word in token.text for word in _NEEDLESS):
        return replace(token, kind=K.REMARK)
    return token


def _noun(tokens: list[Token], i: int) -> Token:
    """webの起動が遅い is about the start, and no order."""
    token = tokens[i]
    if token.kind not in (K.OP, K.CREATE, K.TAKE) or not _NOUN_END.search(token.text):
        return token
    topic = _kind(tokens, i + 1) in (K.JOSHI, K.TOO) and tokens[i + 1].text not in ("を", "で")
    return replace(token, kind=K.UNKNOWN) if topic else token


def _in_time(tokens: list[Token], i: int) -> Token:
    """ "revert db to nightly": there, whatever word it is names a snapshot."""
    token = tokens[i]
    if token.kind not in _MAY_NAME or not _WORD.fullmatch(token.low) or token.low in _NOT_NAMES:
        return token
    back = any(t.value in ("revert", "back") for t in tokens[:i])
    if token.low in _ADVERBS and not back:
        return token
    led = _kind(tokens, i - 1) is K.SNAPSHOT or _low(tokens, i - 1) in ("to", "as", "from")
    ends = _kind(tokens, i + 1) is None or _kind(tokens, i + 1) in _ENDS | {K.JOSHI}
    ends = ends or _low(tokens, i + 1) in ("on", "for", "of")
    if not (led and ends):
        return token
    about = any(t.kind is K.SNAPSHOT or t.value in ("revert", "back") for t in tokens[:i])
    return replace(token, kind=K.WORD) if about else token


def _brought(tokens: list[Token], i: int) -> Token:
    """ "bring web back up" has nothing to do with backups."""
    token = tokens[i]
    split = any(t.kind is K.SPLIT for t in tokens[max(0, i - 4) : i])
    if token.low == "back up" and split:
        return replace(token, kind=K.PARTICLE, value="up")
    return token


_WANT_IT = frozenset({"i want it", "we want it"})


def _have_done(tokens: list[Token]) -> list[Token]:
    """ "I need web restarted": the same as "restart web"."""
    for i, token in enumerate(tokens):
        if token.low == "give" and (given := _given(tokens, i)):
            return given
        if token.low in _WANT_IT and i + 1 < len(tokens) and (done := _done(token, tokens[i + 1])):
            it = Token(K.PRONOUN, "it", "it")
            return [*tokens[:i], done, it, *_have_done(tokens[i + 2 :])]
        if token.kind is not K.WANT and token.low not in ("get", "have", "make"):
            continue
        end = i + 1
        while _kind(tokens, end) in _TARGET and not _so_far(tokens, end):
            end += 1
        done = _done(token, tokens[end]) if end < len(tokens) else None
        if done is None and _kind(tokens, end - 1) is K.STATE and token.kind is not K.OP:
            end -= 1
            done = _done(token, tokens[end])
            if not any(t.kind in (K.NAME, K.PRONOUN, K.CREATED) for t in tokens[i + 1 : end]):
                continue
        if done is None:
            continue
        if end == i + 1 or not (_kind(tokens, end + 1) is None or _kind(tokens, end + 1) in _ENDS):
            continue
        body = [t for t in tokens[i + 1 : end] if t.kind is not K.SHOULD]
        asks = token.low.startswith(("can ", "could ", "may ", "might "))
        polite = [Token(K.POLITE, token.text)] if asks else []
        rest = _have_done(_and_done(token, tokens[end + 1 :]))
        return [*tokens[:i], *polite, done, *body, *rest]
    return tokens


def _so_far(tokens: list[Token], i: int) -> bool:
    """ "I need web running and db stopped": the first of two states."""
    named = _kind(tokens, i) is K.STATE and _kind(tokens, i - 1) is K.NAME
    return named and _kind(tokens, i + 1) in (K.AND, K.COMMA) and _kind(tokens, i + 2) is K.NAME


def _and_done(verb: Token, rest: list[Token]) -> list[Token]:
    """Behind "I want web restarted": "and db deleted"."""
    end = next((i for i, t in enumerate(rest) if i and t.kind not in _TARGET), len(rest))
    if not rest or rest[0].kind is not K.AND or not 1 < end < len(rest):
        return rest
    done = _done(verb, rest[end])
    closed = _kind(rest, end + 1) is None or _kind(rest, end + 1) in _ENDS
    return [rest[0], done, *rest[1:end], *rest[end + 1 :]] if done and closed else rest


def _done(verb: Token, done: Token) -> Token | None:
    """The operation in "I want web stopped", "get web running", "have web shut down"."""
    if done.kind is K.PAST and done.value:
        return replace(done, kind=K.OP)
    if done.kind is K.STATE and verb.kind in (K.WANT, K.SPLIT, K.WITH):
        return replace(done, kind=K.OP, value="start" if done.value == "running" else "stop")
    if done.kind is K.OP and verb.low in ("have", "get", "make", "let"):
        return done if done.value in ("start", "stop", "restart") else None
    return None


def _given(tokens: list[Token], i: int) -> list[Token] | None:
    """ "give web a restart"."""
    end = i + 1
    while _kind(tokens, end) in _TARGET - {K.DET} or (
        _kind(tokens, end) is K.DET and _kind(tokens, end + 1) is not K.OP
    ):
        end += 1
    if _kind(tokens, end) is not K.DET or _kind(tokens, end + 1) is not K.OP or end == i + 1:
        return None
    return [*tokens[:i], tokens[end + 1], *tokens[i + 1 : end], *tokens[end + 2 :]]


#: Orders that are also what something is for: "the build machines", "our order queue".
_NOUNS = frozenset(
    {"build", "setup", "order", "deploy", "launch", "run", "spawn", "publish", "record"}
)
_MAY_DESCRIBE = frozenset({K.CREATE, K.AMBIGUOUS, K.TAKE, K.INJECTION})
_FIRM = frozenset({K.DET, K.NUMBER, K.ALL})


def _described_so(tokens: list[Token], i: int) -> Token:
    """ "the two build machines", "the ticket system"."""
    token = tokens[i]
    if token.kind not in _MAY_DESCRIBE:
        return token
    before = _kind(tokens, i - 1)
    if token.low == "system" and token.kind is K.INJECTION:
        owned = _low(tokens, i - 1) in ("our", "my", "a") or before in (K.WORD, K.FILL)
        told = _low(tokens, i + 1) in ("prompt", "message", "instructions", ":", "rules", "mode")
        return replace(token, kind=K.WORD) if owned and not told else token
    if token.low not in _NOUNS or token.kind is K.INJECTION:
        return token
    following = _kind(tokens, i + 1)
    plain = following is K.WORD or following in HEADS
    return replace(token, kind=K.WORD, value=None) if before in _FIRM and plain else token


_MARKS: tuple[_Mark, ...] = (
    _described_so,
    _said_as_name,
    _state,
    _one,
    _more,
    _rough,
    _instead,
    _gerund,
    _label,
    _verb_as_name,
    _from,
    _up_to,
    _not_needed,
    _noun,
    _in_time,
    _brought,
)
