"""Japanese words beside the order: reasons, remarks, corrections; and orders whose object comes last.

A reason may be in words that nobody knows. It is left out when nothing in it could govern the wish: no
order, no condition, no quotation, no number that the wish does not give itself. What it is about is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from fuyajo.planner.backends.rules.asides import Heard
from fuyajo.planner.backends.rules.beside_ja import LEFT_OUT
from fuyajo.planner.backends.rules.tokens import HEADS, VERBS, Ask, K, Token, Tokens
from fuyajo.planner.backends.rules.told_ja import ALLOWS, NOT_MEANT, SCENE, UNSURE

_HISTORY = frozenset({K.UNKNOWN, K.TIME, K.FILL, K.JOSHI, K.TAIL, K.PAST, K.VAGUE})
_ENDS = frozenset({K.STOP, K.QUESTION_MARK})
_TARGETS = HEADS | {K.NAME, K.CREATED, K.PRONOUN}
_LABELS = frozenset({K.MEMORY, K.DISK, K.CPU})
_VALUES = frozenset({K.SIZE, K.NUMBER, K.COUNT})
_ORDERS = VERBS | {K.WANT, K.SNAPSHOT, K.KEEP}
#: What follows a verb that orders; anything else makes a noun or a report of it.
_ORDERED = frozenset({K.TAIL, K.PLEASE, K.POLITE, K.COMMA, K.STOP, K.QUESTION_MARK, K.THEN, K.NAME})
#: Never in a reason that is left out.
_SERIOUS = frozenset(
    {K.NOT, K.NOT_OP, K.NOT_TAIL, K.KEEP, K.EXCEPT, K.ALL, K.SOME, K.QUOTE, K.SAYS}
)
_SERIOUS |= {K.INJECTION, K.NAMED, K.NAMED_AFTER, K.TITLE, K.TITLE_AFTER, K.SAME, K.LIKE, K.SMALL}
_SERIOUS |= {K.LIST, K.HELP, K.QUESTION_MARK, K.ODD, K.ORDINAL, K.SNAPSHOT}
_HEARSAY = (
    "言っ",
    "書い",
    "書か",
    "とのこと",
    "だそう",
    "らしい",
    "そうです",
    "んだって",
    "みたい",
)
#: In words that nobody knows, these tell of somebody else's words.
_TOLD = frozenset("叫貼怒呟喋告言書読聞指通連訊述伝噂夢嘘")
_CONDITIONS = ("たら", "れば", "ても")
_ASIDE_QUESTIONS = ("誰", "何", "どこ", "いつ", "なに", "だれ", "なんで", "どれ")
_SO = ("し", "たし", "だし", "いし", "るし", "んし", "くて", "てて", "くって", "まして", "んでて")
_TOPIC = Token(K.JOSHI, "は")
#: Nobody gives more reasons in one message.
_MOST = 12
_STARTERS = ("でも", "ただし", "しかし", "ただ、", "ただし、", "でも、")


def without(tokens: Tokens) -> Heard:
    """What is left, and whether words were left out that nobody looked at."""
    skipped = any(t.text == LEFT_OUT for t in tokens)
    said = [t for t in tokens if t.text != LEFT_OUT]
    listed = _corrected(_kept_besides(_without_history(_reasons_marked(said))))
    kept: list[Token] = []
    rest = list(listed)
    tries = 0
    while tries < _MOST and (at := _reason_at(rest, kept)) is not None:
        start, tries = _begin(rest, at), tries + 1
        found = _reason(rest[start:at], rest[at + 1 :])
        if found is None:
            kept += [*rest[:at], _unread(rest[start:at], rest[at])]
            rest = rest[at + 1 :]
            continue
        skipped = True
        rest = rest[:start] + found + rest[at + 1 :]
    return Heard(tuple(_object_first(_told(kept + rest))), skipped)


def _reasons_marked(tokens: Sequence[Token]) -> list[Token]:
    """仕事終わったし, 重くて、: a reason without a word of its own."""
    found: list[Token] = []
    for i, token in enumerate(tokens):
        found.append(token)
        following = tokens[i + 1].kind if i + 1 < len(tokens) else None
        open_end = token.text.endswith("て") and following is not K.COMMA
        so = token.kind is K.UNKNOWN and token.text.endswith(_SO) and not open_end
        matter = token.kind is K.REMARK and i > 0 and tokens[i - 1].kind is K.JOSHI
        since = token.kind is K.REMARK and token.text.endswith(("ので", "から", "ため"))
        since = since or (
            token.text == "して" and following is K.COMMA and tokens[i - 1].kind is K.UNKNOWN
        )
        if since and i:
            found.append(Token(K.REASON, "ので"))
        elif so and following is not None and following not in _ENDS | {K.TAIL}:
            found.append(Token(K.REASON, "し"))
        elif matter and following in VERBS:
            found.append(Token(K.REASON, ""))
    return found


def _without_history(tokens: list[Token]) -> list[Token]:
    """うっかり作ってしまったdevを消して: what once happened to a VM that is named."""
    for i, token in enumerate(tokens[:-1]):
        if token.kind is not K.PAST or tokens[i + 1].kind is not K.NAME:
            continue
        start = i
        while start and tokens[start - 1].kind in _HISTORY | VERBS:
            start -= 1
        told = any(t.text.startswith(_HEARSAY) for t in tokens[start : i + 1])
        first = start == 0 or tokens[start - 1].kind in _ENDS | {K.COMMA, K.REASON, K.PLEASE}
        if first and not told and not any(_gives_order(tokens, j) for j in range(start, i)):
            return [*tokens[:start], *_without_history(tokens[i + 1 :])]
    return tokens


def _reason_at(tokens: Sequence[Token], before: Sequence[Token]) -> int | None:
    return next((i for i, t in enumerate(tokens) if _is_reason(tokens, i) and (i or before)), None)


def _is_reason(tokens: Sequence[Token], i: int) -> bool:
    token = tokens[i]
    if token.kind is K.BUT:
        return token.text not in _STARTERS and i > 0 and tokens[i - 1].kind not in _ENDS
    return token.kind is K.REASON


def _gives_order(tokens: Sequence[Token], i: int) -> bool:
    """Whether the verb there orders: 停止して does, 停止した does not."""
    token = tokens[i]
    if token.kind in (K.WANT, K.SNAPSHOT):
        return False
    if token.kind not in VERBS | {K.KEEP}:
        return False
    following = tokens[i + 1].kind if i + 1 < len(tokens) else None
    return following is None or following in _ORDERED


def _begin(tokens: Sequence[Token], at: int) -> int:
    """Where the reason begins: behind the last order, sentence, or comma after a number."""
    sized = None
    for i in range(at - 1, -1, -1):
        if tokens[i].kind in _ENDS:
            return i + 1
        if _gives_order(tokens, i) and i + 1 < at:
            end = i + 1
            while end < at and tokens[end].kind in _ORDERED - {K.NAME}:
                end += 1
            return end
        if tokens[i].kind in _VALUES and sized is None:
            commas = [j for j in range(i, at) if tokens[j].kind is K.COMMA]
            if commas:
                return commas[0] + 1
            sized = i
    return 0


def _reason(said: list[Token], rest: list[Token]) -> list[Token] | None:
    """What is kept of a reason, or None when it has to be read."""
    end = next((i for i, t in enumerate(rest) if t.kind in _ORDERS), None)
    if end is None or not said or said[-1].kind is K.TIME or _is_serious(said):
        return None
    order = rest[: end + 1]
    values = [t for t in said if t.kind in _VALUES]
    given = any(t.kind in _VALUES for t in order)
    if any(t.kind is K.SIZE for t in said) and {t.kind for t in order} & _VALUES == {K.COUNT}:
        return None  # メモリは512MBで足りるので、VMを1台
    if values and not given:
        unread = any(t.kind in (K.UNKNOWN, K.WORD, K.PAST, K.NEGATION, K.TIME) for t in said)
        return None if unread else [t for t in said if t.kind not in (K.WANT, K.REMARK)]
    kept: list[Token] = []
    meant = {t.kind for t in order if t.kind in _TARGETS}
    if not meant and any(t.kind is K.ALL for t in order) and _tells_which(said):
        raise Ask("not_understood", words=["".join(t.text for t in said)])
    if meant == {K.PRONOUN} and any(t.kind is K.NAME for t in said):
        return [*_about(said), Token(K.REMARK, "…"), Token(K.STOP, "。")]
    if not meant:
        kept = _about(said)
        if sum(t.kind is K.NAME for t in kept) > 1 and not any(t.kind is K.AND for t in kept):
            return None
    labels = [t for t in said if t.kind in _LABELS]
    given = given or order[-1].kind is K.KEEP
    if given and len(labels) == 1 and not any(t.kind in _LABELS for t in order):
        kept.append(labels[0])
    return kept


def _tells_which(said: list[Token]) -> bool:
    """古い方のVMは要らないので、全部消して: "all" is of some that nobody but a person can tell."""
    at = next((i for i, t in enumerate(said) if t.kind in HEADS), None)
    if at is None:
        return any(t.kind is K.STATE for t in said)
    return any(t.kind not in (K.STATE, K.ALL, K.COMMA) and t.text != "の" for t in said[:at])


def _unread(said: list[Token], reason: Token) -> Token:
    """webのほうがdbより速いので消して: of two VMs nobody can tell which; 来週から is a time."""
    names = [i for i, t in enumerate(said) if t.kind is K.NAME]
    apart = any(not any(t.kind in (K.AND, K.COMMA) for t in said[a:b]) for a, b in pairwise(names))
    since = reason.text.startswith("から") and said[-1:] and said[-1].kind in (K.TIME, K.UNKNOWN)
    timed = since and any(t.kind is K.TIME for t in said[-2:])
    # 明日なので: then the order is for tomorrow.
    when = bool(said) and all(t.kind in (K.TIME, K.JOSHI, K.FILL) for t in said)
    when = when and any(t.kind is K.TIME for t in said)
    return replace(reason, kind=K.UNKNOWN) if apart or timed or when else reason


def _is_serious(said: list[Token]) -> bool:
    timed = any(t.kind is K.TIME for t in said)
    for i, token in enumerate(said):
        if token.kind in _SERIOUS:
            return True
        te = token.text.endswith(("て", "で"))
        if token.kind in VERBS and _gives_order(said, i) and (te or i + 1 < len(said)):
            return True
        if token.kind is K.IF and (timed or token.text not in _CONDITIONS):
            return True
        if token.kind is K.QUESTION and token.text not in _ASIDE_QUESTIONS:
            return True
        if token.kind is K.PAST and token.text.startswith(_HEARSAY):
            return True
        if token.kind is K.UNKNOWN and _TOLD & set(token.text):
            return True
    return False


def _about(said: list[Token]) -> list[Token]:
    """The VMs that a reason speaks of, with the "and" between them, as the topic of the order."""
    named = any(t.kind in _TARGETS - {K.PRONOUN} for t in said)
    kinds = _TARGETS - ({K.PRONOUN} if named else set())
    places = [i for i, t in enumerate(said) if t.kind in kinds or _of_head(said, i)]
    if not places:
        return []
    found: list[Token] = []
    for i in range(places[0], places[-1] + 1):
        between = said[i].kind in (K.AND, K.COMMA) and i + 1 in places
        of = said[i].kind is K.JOSHI and said[i].text == "の"
        if i in places or between or of:
            found.append(said[i])
    return [*found, _TOPIC]


def _of_head(said: list[Token], i: int) -> bool:
    """止まっているVM: the state tells which."""
    return said[i].kind is K.STATE and i + 1 < len(said) and said[i + 1].kind in HEADS


def _kept_besides(tokens: list[Token]) -> list[Token]:
    """web以外はそのままで、webを止めて: the rest is not touched anyway."""
    for i, token in enumerate(tokens):
        if token.kind is not K.EXCEPT or token.value != "before":
            continue
        end = i + 1
        while end < len(tokens) and tokens[end].kind in (K.JOSHI, K.FILL, K.NOUN, K.ALL, K.TAIL):
            end += 1
        if end >= len(tokens) or tokens[end].kind is not K.KEEP:
            continue
        while end < len(tokens) and tokens[end].kind in (
            K.KEEP,
            K.JOSHI,
            K.COMMA,
            K.TAIL,
            K.PLEASE,
            K.STOP,
        ):
            end += 1
        spared = {t.low for t in tokens[:i] if t.kind is K.NAME}
        wanted = {t.low for t in tokens[end:] if t.kind is K.NAME}
        if spared and wanted and wanted <= spared and not any(t.kind in VERBS for t in tokens[:i]):
            return tokens[end:]
    return tokens


_SWAPPED = frozenset({K.NAME, K.WORD, K.SIZE, K.NUMBER, K.COUNT, K.TEMPLATE, K.NOUN})


def _corrected(tokens: list[Token]) -> list[Token]:
    """dbじゃなくてwebを止めて, 2GBじゃなくて4GBに: only what is said instead."""
    for i, token in enumerate(tokens):
        if token.kind is not K.NOT or i == 0 or tokens[i - 1].kind not in _SWAPPED:
            continue
        before = tokens[i - 1]
        clause_end = next((j for j in range(i, len(tokens)) if tokens[j].kind in _ORDERS), None)
        if clause_end is None:
            continue
        kinds = {t.kind for t in tokens[i + 1 : clause_end]}
        same = {K.NAME} if before.kind is K.WORD else {before.kind}
        same |= HEADS if before.kind in HEADS else set()
        first = i - 1 == 0 or tokens[i - 2].kind in _ENDS | {
            K.COMMA,
            K.REASON,
            K.TAIL,
            K.PLEASE,
            K.THEN,
        }
        inside = before.kind in _VALUES
        if kinds & same and (first or inside):
            return tokens[: i - 1] + _corrected(tokens[i + 1 :])
    return tokens


def _told(tokens: list[Token]) -> list[Token]:
    """ウェブサーバーが必要になりました。ご準備ください。: what is the matter first, then the order."""
    for _ in range(_MOST):
        at = next((i for i, t in enumerate(tokens) if t.kind is K.STOP), None)
        if at is None or at == 0 or at + 1 >= len(tokens):
            return tokens
        said, rest = tokens[:at], tokens[at + 1 :]
        if any(t.kind is K.NAME for t in said) and _too(rest):
            return tokens
        found = _reason(said, rest) if _is_report(said) else None
        if found is None:
            return tokens
        tokens = found + rest
    return tokens


_POINTS_ON = ("こう", "次", "このよう", "こんな", "そう", "ログ", "メール", "メッセージ", "件名")


def _too(rest: list[Token]) -> bool:
    """xが遅いです。yも遅いです。: whatever comes is for both."""
    end = next((i for i, t in enumerate(rest) if t.kind is K.STOP), len(rest))
    return any(a.kind is K.NAME and b.kind is K.TOO for a, b in pairwise(rest[:end]))


def _is_report(said: list[Token]) -> bool:
    """A sentence that only says how things are; what it might quote is not told from an order."""
    report = any(t.kind in (K.PAST, K.REMARK, K.UNKNOWN) for t in said[-3:])
    if not report or any(_gives_order(said, i) for i in range(len(said))):
        return False
    about = any(t.kind in _TARGETS | _LABELS for t in said)
    text = "".join(t.text for t in said)
    if SCENE.search(text) or NOT_MEANT.search(text) or ALLOWS.search(text) or UNSURE.search(text):
        return False
    points = any(mark in t.text for t in said for mark in _POINTS_ON)
    bad = {K.TIME, K.IF, K.NEGATION, K.VAGUE, K.UNSUPPORTED, K.WORD, K.LIST} - (
        {K.WORD} if about else set()
    )
    return about or not (points or any(t.kind in bad for t in said))


def _object_first(tokens: list[Token]) -> list[Token]:
    """止めてください、mailを: the object behind its verb."""
    at = next((i for i, t in enumerate(tokens) if t.kind in VERBS), None)
    if at is None or any(t.kind in _TARGETS | {K.ALL, K.EXCEPT} for t in tokens[:at]):
        return tokens
    end = at + 1
    while end < len(tokens) and tokens[end].kind in _ORDERED - {K.NAME} | {K.REASON}:
        end += 1
    rest = [t for t in tokens[end:] if t.kind not in _ENDS]
    headed = any(t.kind in _TARGETS for t in rest)
    broken = any(t.kind in _ORDERS | {K.REASON, K.BUT, K.NEGATION, K.NOT, K.SOME} for t in rest)
    if not headed or broken or (at and not _only_values(tokens[:at])):
        return tokens
    return [*rest, *tokens[:end]]


def _only_values(tokens: Sequence[Token]) -> bool:
    loose = _VALUES | _LABELS | {K.JOSHI, K.FILL, K.COMMA, K.PLEASE, K.GREET, K.STOP, K.THEN}
    return all(t.kind in loose for t in tokens)
