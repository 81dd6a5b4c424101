"""The third reading of a Japanese wish: whom, what and how much, in whatever order and words they stand.

Each order is found by its parts (`frame_words_ja`) and said again in the plainest sentence there is, which
the rules then read. Whatever stands beside the parts has to be known to decide nothing (`frame_rest_ja`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from fuyajo.planner.backends.rules import frame_orders_ja, frame_rest_ja, frame_words_ja
from fuyajo.planner.backends.rules.frame_orders_ja import Items
from fuyajo.planner.backends.rules.frame_words_ja import Part
from fuyajo.planner.backends.rules.rewriting_ja import Late

_LABELS = frozenset({"mem", "disk", "cpu", "spec"})
_OF = _LABELS | {"snap", "newest", "skip", "val", "cores", "count", "each", "vm", "joshi", "title"}
_OF_ACTS = ("って", "を", "の", "で", "も", "と", "に", "へ")
_BEGS = Late(r"もら|貰|いただ|頂|くだ|下さ|くれ|ほし|欲し|願|ねが|頼|たの|よろ|宜|希望|依頼|申請|要望|要請|リクエスト|たい|たく|ちょうだい|頂戴|助か|幸|嬉|うれ|対応|実施")
_VALUES = ("val", "cores", "num", "count")
#: メモリを4GB増やして is a difference.
_MORE = Late(r"(?:増|ふや|減|へら|上げ|あげ|下げ|さげ|足|広げ|拡|ひろげ|縮|削|アップ|ダウン|引き|伸ば|盛)")
_WANTS = Late(r"くだ|下さ|ほし|欲し|ちょうだい|頂戴|もら|いただ")
_ASKABLE = Late(r"もら|貰|いただ|頂|くれ|くだ|下さ|でき|出来|可能|頼め|願え|ない|ません|かな")
#: 止めていただけますと、 is the beginning of thanks only.
_IF_NOT_GLAD = Late(
    r"(?:ますと|ると|たら|れば)、?(?!(?:大変|とても|すごく|非常に|本当に|めっちゃ)?(?:泣いて|喜|助|嬉|うれ|幸|さいわ|あり|有|と?(?:思|存|考)|お願い|です|[。!]|\Z))"
)
_STATED = Late(r"\A.*(?:は|が).*(?<![にへ])\Z|(?:です|だ|だった|ある|あります)(?:よ|ね|な|けど|が)*\Z")
_LABEL = Late(r"メモリ|RAM|ディスク|ストレージ|容量|CPU|コア", re.IGNORECASE)
_DONE = Late(r"(?:した|された|している|してる|しました|する|します|中|済み?|後|前|時|方法|手順|履歴|予定|しない)")


def in_plain_words(text: str, whole: str) -> str | None:
    """The orders of the text in plain sentences; None where any word may mean more."""
    items: Items = []
    asked = False
    for sentence in _sentences(frame_words_ja.parts(text)):
        found = _read(sentence)
        if found is None:
            return None
        asked = asked or any(kind == "asked" for kind, _ in found)
        items += found
    if not asked and not _noted(items):
        return None
    labels = {hit[0] for hit in _LABEL.finditer(whole)}
    return frame_orders_ja.said(items, labels.pop() if len(labels) == 1 else "")


def _sentences(parts: Sequence[Part]) -> Iterator[list[Part]]:
    sentence: list[Part] = []
    for part in parts:
        if part.kind == "stop":
            if sentence:
                yield sentence
            sentence = []
        else:
            sentence.append(part)
    if sentence:
        yield sentence


def _noted(items: Items) -> bool:
    """webを停止 begs by itself when nothing is told beside it."""
    kinds = {kind for kind, _ in items}
    return not kinds & {"enough", "decided", "of"}


def _read(sentence: list[Part]) -> Items | None:
    """What one sentence says of its orders; None when something in it cannot be left out."""
    text = "".join(part.text for part in sentence)
    if not any(map(frame_rest_ja.is_slot, sentence)) and not _begs(sentence):
        known = all(part.kind not in ("rest", "mark") for part in sentence)
        opened: Items = [(part.kind, "") for part in sentence if part.kind == "open"]
        return opened if known or frame_rest_ja.tells(text, reason=False) else None
    if _settled(sentence):
        return []
    conditions = "".join(p.text for p in sentence if p.kind not in ("enough", "decided"))
    if _IF_NOT_GLAD.search(conditions):
        return None
    items: Items = []
    states = False
    for chunk in _chunks(sentence):
        if not any(map(frame_rest_ja.is_slot, chunk)):
            said = "".join(part.text for part in chunk)
            late = any(kind == "act" for kind, _ in items)
            known = all(part.kind not in ("rest", "mark") for part in chunk)
            if not known and not frame_rest_ja.tells(said, reason=not late or frame_rest_ja.is_reason(said)):
                return None
            items += [("asked", "")] if _begs(chunk) else []
            items += [(part.kind, part.text) for part in chunk if part.kind in (*_LABELS, "enough", "open")]
            continue
        found = _items(chunk)
        if found is None:
            return None
        items += found
        states = states or (_valued(found) and bool(_STATED.search("".join(p.text for p in chunk))))
    kinds = {kind for kind, _ in items}
    if kinds <= {"asked"}:
        return [*items, ("beg", "")]
    if states and not kinds & {"act", "asked"}:
        return [*items, ("stated", "val")]
    return items


def _valued(items: Items) -> bool:
    """Whether it may only say so: webのメモリは4GBです."""
    return any(kind in _VALUES for kind, _ in items)


def _settled(sentence: list[Part]) -> bool:
    """縮小することになりました: of nothing that is named."""
    ends = sentence[-1].kind == "decided"
    kinds = {part.kind for part in sentence}
    bare = not kinds & {"own", "val", "cores", "count", "num", "web", "vm", "quote", "every", "spared"}
    grave = any(not frame_rest_ja.tells(p.text, reason=True) for p in sentence if p.kind == "rest")
    return ends and bare and not grave


def _begs(parts: Sequence[Part]) -> bool:
    return any(part.kind == "ask" and _BEGS.search(part.text) for part in parts)


def _chunks(sentence: list[Part]) -> Iterator[list[Part]]:
    chunk: list[Part] = []
    for i, part in enumerate(sentence):
        if part.kind == "comma" and part.text in "、,":
            if chunk:
                yield chunk
            chunk = []
        elif part.kind in ("so", "keep") or (part.kind == "skip" and part.text.endswith("、") and i):
            chunk.append(part)
            yield chunk
            chunk = []
        else:
            chunk.append(part)
    if chunk:
        yield chunk


def _items(chunk: list[Part]) -> Items | None:
    """The slots of a part of a sentence that orders."""
    items: Items = []
    chunk = _without_reason(_without_repeats(_without_purpose(chunk)))
    for i, part in enumerate(chunk):
        if part.kind == "rest" and not frame_rest_ja.may_stand(chunk, i):
            return None
        if i and part.kind[2:] == "resize" and _MORE.match(part.text) and chunk[i - 1].kind in _VALUES:
            return None
        if part.kind == "mark" and not (i and _ASKABLE.search(chunk[i - 1].text)):
            return None
        if not _fits(chunk, i):
            return None
        if part.kind == "was" and items and items[-1][0] == "count" and "から" in part.text:
            return None
        if part.kind == "was" and items and items[-1][0] in _VALUES:
            items.pop()
        elif part.kind == "keep":
            return _kept(items)
        elif part.kind == "vol":
            items.append(("of", ""))
        elif part.kind == "need":
            past = re.search(r"なった|なりました", part.text)
            items += [("of", "") if past else ("asked", ""), ("want", "")]
        elif part.kind == "may":
            items = items[:-1] if items and items[-1] == ("asked", "") else items
        elif part.kind == "ask":
            items += [("asked", "")] if _BEGS.search(part.text) else []
            items += [("want", "")] if _wants(chunk, i) else []
        elif part.kind.startswith("w_"):
            items += [("act", part.kind[2:]), ("of", "")]
        elif part.kind.startswith("v_"):
            items += [("act", part.kind[2:]), ("asked", "")]
        elif part.kind.startswith("n_"):
            noun = chunk[i - 1].text == "の" and i > 1 and chunk[i - 2].kind == "own"
            items += [("of", "")] if noun else []
            items.append(("act", part.kind[2:]))
            after = chunk[i + 1] if i + 1 < len(chunk) else None
            tells = after is not None and after.kind == "ask" and re.match("です|だ", after.text)
            items += [("stated", "act")] if tells and not _begs(chunk[i + 1 :]) else []
        elif part.kind not in ("joshi", "skip", "rest", "comma", "mark", "was", "so", "paren", "there", "before", "after"):
            items.append((part.kind, part.value or part.text))
    return items


def _wants(chunk: list[Part], i: int) -> bool:
    """サーバーがほしい asks for one."""
    before = [part for part in chunk[:i] if part.kind not in ("joshi", "skip")][-1:]
    return bool(before) and before[0].kind in ("vm", "web", "count") and bool(_WANTS.match(chunk[i].text))


def _kept(items: Items) -> Items | None:
    """dbはそのままで, コア数は据え置きで: what is to stay is in no order."""
    if any(kind not in ("own", "mem", "disk", "cpu", "spec", "vm", "web") for kind, _ in items):
        return None
    return [("kept", value) for kind, value in items if kind == "own"]


def _without_purpose(chunk: list[Part]) -> list[Part]:
    first = next((i for i, part in enumerate(chunk) if frame_rest_ja.is_slot(part)), 0)
    led = chunk[:first]
    own = any(part.kind in ("own", "every", "spared") for part in chunk)
    if own or not any(part.kind == "rest" for part in led):
        return chunk
    return chunk[first:] if frame_rest_ja.only_for("".join(part.text for part in led)) else chunk


def _without_reason(chunk: list[Part]) -> list[Part]:
    """webは統合が済みましたので: of a reason stays whom it is about."""
    if chunk[-1].kind != "so":
        return chunk
    owns = [i for i, part in enumerate(chunk) if part.kind == "own"]
    if not owns or any(map(frame_rest_ja.is_slot, chunk[owns[-1] + 1 :])):
        return chunk
    after = chunk[owns[-1] + 1 : -1]
    if not after or after[0].text not in ("は", "が", "も", "って", "の"):
        return chunk
    said = "".join(part.text for part in after[1:])
    return chunk[: owns[-1] + 1] if frame_rest_ja.tells(said, reason=True) else chunk


def _without_repeats(chunk: list[Part]) -> list[Part]:
    """廃止(VM削除): in brackets, the same again."""
    opens = next((i for i, part in enumerate(chunk) if part.text == "("), None)
    closes = next((i for i, part in enumerate(chunk) if part.text == ")"), None)
    if not opens or closes is None or closes < opens:
        return chunk
    inside = chunk[opens + 1 : closes]
    acts = {part.kind for part in inside if part.kind.startswith("n_")}
    rest = {part.kind for part in inside} - acts
    same = acts == {chunk[opens - 1].kind} and rest <= {"vm", "joshi", "skip"}
    return [*chunk[:opens], *chunk[closes + 1 :]] if same else chunk


def _fits(chunk: list[Part], i: int) -> bool:
    """Whether a part stands where an order has it: webのログを, webから, 停止した do not."""
    part, after = chunk[i], chunk[i + 1] if i + 1 < len(chunk) else None
    if part.kind == "latin" and after is not None and after.kind in ("vm", "web"):
        return False
    if after is None:
        return True
    if part.kind in ("own", "every", "spared") and after.kind == "joshi":
        then = chunk[i + 2] if i + 2 < len(chunk) else None
        if after.text in ("が", "から", "より", "で", "まで", "として"):
            return False
        if after.text == "の" and then is not None:
            return then.kind in _OF or then.kind.startswith(("n_", "v_"))
        if after.text == "と" and then is not None and then.kind in ("skip", "every", "spared"):
            return False
        return not (after.text in "にへ" and then is not None and then.kind == "own")
    if part.kind == "name" and after.kind in ("joshi", "ask") or after.kind[:2] in ("n_", "v_") and part.kind == "name":
        return False
    if part.kind.startswith("n_"):
        if after.kind == "rest" or (after.kind == "joshi" and after.text not in _OF_ACTS):
            return False
        return True
    if part.kind == "rest" and after.kind.startswith(("n_", "v_")):
        return bool(re.search(r"[とに]\Z|り\Z", part.text))
    return True
