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
_OF_ACTS = ("を", "の", "で", "も", "と", "に", "へ")
_BEGS = Late(r"もら|貰|いただ|頂|くだ|下さ|くれ|ほし|欲し|願|ねが|頼|たの|よろ|宜|希望|依頼|申請|要望|要請|リクエスト|たい|たく|ちょうだい|頂戴|助か|幸|嬉|うれ|対応|実施")
_ASKABLE = Late(r"もら|貰|いただ|頂|くれ|くだ|下さ|でき|出来|可能|頼め|願え|ない|ません|かな")
_LABEL = Late(r"メモリ|RAM|ディスク|ストレージ|容量|CPU|コア", re.IGNORECASE)
_DONE = Late(r"(?:した|された|している|してる|しました|する|します|中|済み?|後|前|時|方法|手順|履歴|予定|しない)")


def in_plain_words(text: str) -> str | None:
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
    labels = {hit[0] for hit in _LABEL.finditer(text)}
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
        return [] if frame_rest_ja.tells(text, reason=False) else None
    if _settled(sentence):
        return []
    items: Items = []
    for chunk in _chunks(sentence):
        if not any(map(frame_rest_ja.is_slot, chunk)):
            said = "".join(part.text for part in chunk)
            known = all(part.kind not in ("rest", "mark") for part in chunk)
            if not known and not frame_rest_ja.tells(said, reason=True):
                return None
            items += [("asked", "")] if _begs(chunk) else []
            items += [(part.kind, part.text) for part in chunk if part.kind in (*_LABELS, "enough")]
            continue
        found = _items(chunk)
        if found is None:
            return None
        items += found
    return items


def _settled(sentence: list[Part]) -> bool:
    """縮小することになりました: of nothing that is named."""
    ends = sentence[-1].kind == "decided"
    kinds = {part.kind for part in sentence}
    bare = not kinds & {"own", "val", "cores", "count", "num", "web", "vm", "quote", "every", "spared"}
    grave = any(not frame_rest_ja.tells(p.text, reason=False) for p in sentence if p.kind == "rest")
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
        elif part.kind == "skip" and part.text.endswith("、") and i:
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
    for i, part in enumerate(chunk):
        if part.kind == "rest" and not frame_rest_ja.may_stand(chunk, i):
            return None
        if part.kind == "mark" and not (i and _ASKABLE.search(chunk[i - 1].text)):
            return None
        if not _fits(chunk, i):
            return None
        if part.kind == "was" and items and items[-1][0] in ("val", "cores"):
            items.pop()
        elif part.kind == "ask":
            items += [("asked", "")] if _BEGS.search(part.text) else []
        elif part.kind.startswith("v_"):
            items += [("act", part.kind[2:]), ("asked", "")]
        elif part.kind.startswith("n_"):
            noun = chunk[i - 1].text == "の" and i > 1 and chunk[i - 2].kind == "own"
            items += [("of", "")] if noun else []
            items.append(("act", part.kind[2:]))
        elif part.kind not in ("joshi", "skip", "rest", "comma", "mark", "was"):
            items.append((part.kind, part.value or part.text))
    return items


def _fits(chunk: list[Part], i: int) -> bool:
    """Whether a part stands where an order has it: webのログを, webから, 停止した do not."""
    part, after = chunk[i], chunk[i + 1] if i + 1 < len(chunk) else None
    if after is None:
        return True
    if part.kind in ("own", "every", "spared") and after.kind == "joshi":
        then = chunk[i + 2] if i + 2 < len(chunk) else None
        if after.text in ("が", "から", "より", "で", "まで", "として"):
            return False
        if after.text == "の" and then is not None:
            return then.kind in _OF or then.kind.startswith(("n_", "v_"))
        return not (after.text in "にへ" and then is not None and then.kind == "own")
    if part.kind.startswith("n_"):
        if after.kind == "rest" or (after.kind == "joshi" and after.text not in _OF_ACTS):
            return False
        return not (after.kind == "ask" and re.match(r"です(?!が|けど)", after.text) and _no_more(chunk, i))
    if part.kind == "rest" and after.kind.startswith(("n_", "v_")):
        return bool(re.search(r"[とに]\Z|り\Z", part.text))
    return True


def _no_more(chunk: list[Part], i: int) -> bool:
    return not _begs(chunk[i + 1 :])

