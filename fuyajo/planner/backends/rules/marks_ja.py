"""Japanese tokens whose meaning hangs on their neighbours; like `marks`, nothing is left out in silence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from fuyajo.planner.backends.rules import verbs_ja
from fuyajo.planner.backends.rules.counts_ja import clauses, counts, each, paired
from fuyajo.planner.backends.rules.scene import Scene
from fuyajo.planner.backends.rules.tokens import HEADS, VERBS, K, Token, Tokens

_FINAL = frozenset({K.STOP, K.QUESTION_MARK, K.PLEASE, K.POLITE, K.TAIL, K.THEN, K.BUT})
_VALUES = frozenset({K.SIZE, K.NUMBER, K.COUNT, K.SNAPSHOT})
_LABELS = frozenset({K.MEMORY, K.DISK, K.CPU})
_UNREAD = frozenset({K.UNKNOWN, K.WORD, K.SMALL})
_CLAUSE_ENDS = VERBS | {K.STOP, K.QUESTION_MARK, K.WANT, K.KEEP}
_SIZES = ("スペック", "マシンスペック", "構成", "容量", "サイズ", "仕様", "スペックは")
_FOR = ("用に", "用で", "用")


def settle(tokens: Tokens, scene: Scene) -> Tokens:
    """The tokens with everything decided that only Japanese word order decides."""
    listed = list(tokens)
    for step in _STEPS:
        listed = step(listed, scene)
    return tuple(listed)


def _at(tokens: list[Token], i: int) -> Token | None:
    return tokens[i] if 0 <= i < len(tokens) else None


def _kind(tokens: list[Token], i: int) -> K | None:
    return tokens[i].kind if 0 <= i < len(tokens) else None


def _fill(token: Token) -> Token:
    return replace(token, kind=K.FILL, value=None)


def _plain_forms(tokens: list[Token], _scene: Scene) -> list[Token]:
    """webを消す。 alone only says so; an order in this form ends its sentence and is one of several, or
    has numbers."""
    orders = sum(t.kind in VERBS for t in tokens) > 1 or any(t.kind in _VALUES for t in tokens)
    names = {t.low for t in tokens if t.kind is K.NAME}
    orders = orders or (len(names) > 1 and any(t.kind is K.KEEP for t in tokens))
    return [
        replace(t, kind=K.UNKNOWN, value=None)
        if _is_plain(t, _at(tokens, i + 1))
        and not ((orders or _is_told(tokens, i)) and _ends(tokens, i))
        else t
        for i, t in enumerate(tokens)
    ]


def _is_told(tokens: list[Token], i: int) -> bool:
    """webは残すこと, webを消すようお願いします."""
    following = _at(tokens, i + 1)
    return following is not None and following.text.startswith(("こと", "よう"))


def _is_plain(token: Token, following: Token | None) -> bool:
    if token.kind is K.TAIL:  # 削除することです tells what is to be, and orders nothing
        if token.text.endswith("こと") and following is not None and following.text == "です":
            return True
        return token.text in ("する", "をする", "行う", "を行う")
    return token.kind in VERBS | {K.KEEP} and token.text in verbs_ja.PLAIN


def _ends(tokens: list[Token], i: int) -> bool:
    following = _kind(tokens, i + 1)
    listed = following is K.COMMA and _kind(tokens, i + 2) is K.NAME
    return following is None or following in _FINAL or listed


def _because(tokens: list[Token], _scene: Scene) -> list[Token]:
    """使わないんで: a reason in speech."""
    found: list[Token] = []
    for i, token in enumerate(tokens):
        n = bool(found) and found[-1].kind is K.UNKNOWN and found[-1].text == "ん"
        said = len(found) > 1 and found[-2].kind in (
            K.REMARK,
            K.PAST,
            K.STATE,
            K.NEGATION,
            K.UNKNOWN,
        )
        if n and said and token.kind is K.JOSHI and token.text == "で" and i + 1 < len(tokens):
            found[-1] = Token(K.REASON, "んで")
        elif (
            token.text == "なんで"
            and _kind(tokens, i - 1) in (K.UNKNOWN, K.REMARK, K.STATE)
            and _kind(tokens, i + 1) in (K.COMMA, K.NAME)
        ):
            found.append(Token(K.REASON, "なんで"))
        else:
            found.append(token)
    return found


def _purposes(tokens: list[Token], _scene: Scene) -> list[Token]:
    """社内Wiki用に, 参加者分として: what for, in any words, changes nothing of what is made."""
    found = list(tokens)
    meant = max((i for i, t in enumerate(tokens) if t.kind in HEADS | {K.NAME}), default=-1)
    for i, token in enumerate(tokens[: meant + 1]):
        led = token.kind is K.FILL and token.text in _FOR
        led = led or (token.text == "用の" and _kind(tokens, i + 1) is K.NAME)
        glued = token.kind is K.UNKNOWN and token.text.endswith("用")
        role = token.kind is K.NAMED_AFTER and token.text == "として"
        if not (led or glued or role):
            continue
        if role and _kind(tokens, i - 1) is not K.UNKNOWN:
            continue
        at = i - 1
        while at >= max(0, i - 3) and tokens[at].kind in _UNREAD and not glued:
            found[at] = _fill(tokens[at])
            at -= 1
        if glued and not _names_what_for(tokens, i):
            continue
        if glued or role:
            found[i] = _fill(token)
    return found


def _names_what_for(tokens: list[Token], i: int) -> bool:
    """〜用に, and 〜用の before a VM of one's own: 〜用のサーバー may ask for another kind of it."""
    following = _at(tokens, i + 1)
    if following is None or following.kind is not K.JOSHI:
        return False
    return following.text != "の" or _kind(tokens, i + 2) is K.NAME


_MORE = ("もっと", "少し", "もう少し", "ちょい", "ぐっと", "大幅に")


def _value(tokens: list[Token], i: int) -> object:
    return tokens[i].value if 0 <= i < len(tokens) else None


def _vague_numbers(tokens: list[Token], _scene: Scene) -> list[Token]:
    """倍の4コア: the number says it."""
    found = list(tokens)
    sized = any(t.kind in (K.SIZE, K.NUMBER) for t in tokens)
    for i, token in enumerate(tokens):
        if token.text in _MORE and sized and _value(tokens, i + 1) in ("relative", "resize"):
            found[i] = _fill(token)
        if token.text == "まで" and _kind(tokens, i - 1) in (K.SIZE, K.CPU):
            found[i] = Token(K.JOSHI, "に")
        numbered = _kind(tokens, i + 2) in (K.SIZE, K.NUMBER)
        if token.kind is K.VAGUE and _kind(tokens, i + 1) is K.JOSHI and numbered:
            found[i] = _fill(token)
            at = i - 1
            if at >= 0 and tokens[at].text == "今の":
                found[at] = _fill(tokens[at])
                at -= 1
            if _kind(tokens, at) is K.COMMA and _kind(tokens, at - 1) in _LABELS:
                found[at] = _fill(tokens[at])
    return found


def _resized(tokens: list[Token], _scene: Scene) -> list[Token]:
    """メモリを4GBに oldは削除; 512MBで十分なので、そうして: the verb of a resize that is left out."""
    found = list(tokens)
    for i, token in enumerate(tokens):
        value = _kind(tokens, i - 1) in (K.SIZE, K.CPU)
        into = token.kind is K.JOSHI and token.text in ("に", "へ") and value
        if into and _kind(tokens, i + 1) is K.NAME and _kind(tokens, i + 2) is K.JOSHI:
            verb = next((t for t in tokens[i:] if t.kind in VERBS), None)
            if verb is not None and verb.value not in ("resize", "relative"):
                found[i] = Token(K.OP, "にして", "resize")
        so = token.kind is K.UNKNOWN and token.text in ("そう", "その様に", "そのように", "それで")
        if so and _kind(tokens, i + 1) is K.TAIL and _said_how_much(tokens[:i]):
            found[i] = Token(K.OP, token.text, "resize")
    return found


def _new(clause: list[Token]) -> bool:
    """Whether the words can mean one that is not there yet."""
    return any(t.kind in _LABELS | {K.SIZE, K.COUNT, K.NAMED, K.NAMED_AFTER} for t in clause)


def _put(tokens: list[Token], _scene: Scene) -> list[Token]:
    """dbを停止状態にして, cacheをオンラインにして: a state that is asked for."""
    found: list[Token] = []
    for token in tokens:
        state = found[-1] if found else None
        into = token.kind is K.OP and token.text.startswith("に") and token.value == "resize"
        if into and state is not None and state.kind is K.STATE:
            found[-1] = _switched(state)
        elif into and _titled(found):
            found.append(replace(token, kind=K.TAIL, value=None))  # タイトルは「…」にして
        elif into and state is not None and state.value in ("start", "stop"):
            found.append(replace(token, kind=K.TAIL, value=None))  # 電源オフにして
        else:
            found.append(token)
    last = next((i for i in reversed(range(len(found))) if found[i].kind not in _FINAL), 0)
    bare = last and found[last].kind is K.STATE and found[last - 1].text == "を"
    if bare and found[last].low in ("on", "off", "オン", "オフ"):
        found[last] = _switched(found[last])
    return found


def _titled(before: list[Token]) -> bool:
    """Whether the title of something that is made was said last."""
    made = any(t.kind in (K.CREATE, K.WANT, K.AMBIGUOUS) for t in before)
    begged = any(t.kind is K.PLEASE for t in before) and any(t.kind in HEADS for t in before)
    made = made or (begged and not any(t.kind is K.NAME for t in before))
    return made and len(before) > 1 and (before[-2].kind, before[-1].kind) == (K.TITLE, K.QUOTE)


def _switched(state: Token) -> Token:
    return Token(K.OP, state.text, "start" if state.value == "running" else "stop")


def _said_how_much(tokens: list[Token]) -> bool:
    return any(t.kind is K.SIZE for t in tokens) and not any(t.kind in VERBS for t in tokens)


def _raised(tokens: list[Token], _scene: Scene) -> list[Token]:
    """monitorを上げて starts it; サーバーを2台増やして makes two; メモリを上げて is a resize."""
    found: list[Token] = []
    for clause in clauses(tokens):
        verb = clause[-1] if clause else None
        off = any(t.kind is K.STATE and t.value == "stopped" for t in clause)
        if verb is not None and verb.value == "run" and off and not _new(clause):
            clause = [*clause[:-1], replace(verb, kind=K.OP, value="start")]
        if verb is not None and verb.kind is K.OP and verb.value == "relative":
            sized = any(t.kind in _LABELS | {K.SIZE, K.NUMBER} or t.text in _SIZES for t in clause)
            counted = any(t.kind is K.COUNT for t in clause)
            headed = any(t.kind in HEADS for t in clause)
            given = any(
                t.kind is K.NAME and clause[i + 1].text == "に" for i, t in enumerate(clause[:-1])
            )
            if given and verb.text.startswith("あげ"):
                clause = [*clause[:-1], replace(verb, value="resize")]
            elif (
                headed
                and counted
                and (not sized or _of_new(clause))
                and verb.text.startswith(("増や", "ふや"))
            ):
                clause = [*clause[:-1], replace(verb, kind=K.CREATE, value=None)]
            elif not sized and not counted and verb.text.startswith(("上げ", "あげ")):
                named = any(t.kind is K.NAME for t in clause)
                clause = [*clause[:-1], replace(verb, value="start")] if named else clause
        found += clause
    return found


def _of_new(clause: list[Token]) -> bool:
    """VMを4台、2コアずつで増やして: the number is of VMs, and none of them is named."""
    named = any(t.kind is K.NAME for t in clause)
    return not named and any(
        a.kind in HEADS and b.text == "を" and c.kind is K.COUNT
        for a, b, c in zip(clause, clause[1:], clause[2:], strict=False)
    )


def _named_snapshot(tokens: list[Token], _scene: Scene) -> list[Token]:
    """web スナップショット: an order as short as web 停止, in any line."""
    ends = [i for i, t in enumerate(tokens) if t.kind is K.STOP]
    edges = [0, *(end + 1 for end in ends), len(tokens)]
    return [t for a, b in pairwise(edges) for t in _snapshot_line(tokens[a:b])]


def _snapshot_line(tokens: list[Token]) -> list[Token]:
    last = len(tokens) - 1
    while last >= 0 and tokens[last].kind is K.STOP:
        last -= 1
    acts = any(t.kind in VERBS | {K.JOSHI, K.LIST} for t in tokens)
    if (
        last < 1
        or tokens[last].kind is not K.SNAPSHOT
        or tokens[last - 1].kind is not K.NAME
        or acts
    ):
        return tokens
    return [*tokens[:last], Token(K.OP, tokens[last].text, "snapshot"), *tokens[last + 1 :]]


def _wanted(tokens: list[Token], _scene: Scene) -> list[Token]:
    """サーバーが1台欲しいです wants one; 止めて欲しいです begs."""
    found = list(tokens)
    for i, token in enumerate(tokens):
        wishes = token.kind is K.POLITE and token.text.startswith(("欲し", "ほし"))
        if wishes and _kind(tokens, i - 1) not in VERBS | {K.TAIL}:
            found[i] = replace(token, kind=K.WANT)
        emphatic = token.kind is K.JOSHI and token.text == "の" and _kind(tokens, i - 1) is K.WANT
        if emphatic and _kind(tokens, i + 1) in (None, K.STOP):
            found[i] = _fill(token)
        thing = token.kind is K.PRONOUN and token.text in ("やつ", "もの", "ヤツ", "奴")
        if thing and _kind(tokens, i - 1) is K.STATE:
            found[i] = replace(token, kind=K.NOUN, value="one")
    return found


_LATIN = VERBS | {K.LIST, K.KEEP, K.NOUN, K.ALL, K.NUMBER, K.UNSUPPORTED, K.SMALL, K.SNAPSHOT}
_LATIN |= {K.MEMORY, K.DISK, K.CPU}


def _latin_names(tokens: list[Token], _scene: Scene) -> list[Token]:
    """reserveというサーバー: whatever the word means in English."""
    return [
        replace(t, kind=K.WORD, value=None)
        if t.kind in _LATIN and t.text.isascii() and _kind(tokens, i + 1) is K.NAMED_AFTER
        else t
        for i, t in enumerate(tokens)
    ]


def _taken_back(tokens: list[Token], _scene: Scene) -> list[Token]:
    """webを止めて。冗談です。"""
    if not any(t.kind in VERBS for t in tokens):
        return tokens
    return [replace(t, kind=K.NEGATION) if t.text == "冗談" else t for t in tokens]


def _described(tokens: list[Token], _scene: Scene) -> list[Token]:
    """使っていないredisを消して: what is the matter with a VM that is named."""
    return [
        _fill(t) if t.kind is K.REMARK and _kind(tokens, i + 1) is K.NAME else t
        for i, t in enumerate(tokens)
    ]


_Step = Callable[[list[Token], Scene], list[Token]]
_STEPS: tuple[_Step, ...] = (
    _latin_names,
    _because,
    _plain_forms,
    _purposes,
    _vague_numbers,
    counts,
    each,
    _resized,
    _raised,
    _put,
    _named_snapshot,
    _taken_back,
    _described,
    paired,
    _wanted,
)
