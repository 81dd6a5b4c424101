"""The third reading of a Japanese wish: whom, what and how much, in whatever order and words they stand.

Each order is found by its parts (`frame_words_ja`) and said again in the plainest sentence there is, which
the rules then read. Whatever stands beside the parts has to be known to decide nothing (`frame_rest_ja`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from fuyajo.planner.backends.rules import (
    frame_orders_ja,
    frame_rest_ja,
    frame_slots_ja,
    frame_words_ja,
)
from fuyajo.planner.backends.rules.frame_orders_ja import Items
from fuyajo.planner.backends.rules.frame_words_ja import Part
from fuyajo.planner.backends.rules.rewriting_ja import Late

_LABELS = ("mem", "disk", "cpu", "spec")
_NAMED = frozenset({"own", "val", "cores", "count", "num", "web", "vm", "quote", "every", "spared"})
#: 止めていただけますと、 is the beginning of thanks only.
_IF_NOT_GLAD = Late(
    r"(?:ますと|ると|たら|れば)、?(?!(?:大変|とても|すごく|非常に|本当に|めっちゃ)?(?:泣いて|喜|助|嬉"
    r"|うれ|幸"
    r"|さいわ|あり|有|と?(?:思|存|考)|お願い|です|[。!]|\Z))"
)
_STATED = Late(
    r"\A.*(?:は|が).*(?<![にへ])\Z|(?:です|だ|だった|ある|あります)(?:よ|ね|な|けど|が)*\Z"
)
_LABEL = Late(r"メモリ|RAM|ディスク|ストレージ|容量|CPU|コア", re.IGNORECASE)


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
    if not any(map(frame_rest_ja.is_slot, sentence)) and not frame_slots_ja.begs(sentence):
        known = all(part.kind not in ("rest", "mark") for part in sentence)
        opened: Items = [(part.kind, "") for part in sentence if part.kind == "open"]
        return opened if known or frame_rest_ja.tells(text, reason=False) else None
    if _settled(sentence):
        return []
    conditions = "".join(p.text for p in sentence if p.kind not in ("enough", "decided"))
    if _IF_NOT_GLAD.search(conditions):
        return None
    items: Items = []
    states = shall = False
    for chunk in _chunks(sentence):
        found = _of_chunk(chunk, late=any(kind == "act" for kind, _ in items))
        if found is None:
            return None
        items += found
        said = "".join(part.text for part in chunk)
        states = states or (_valued(found) and bool(_STATED.search(said)))
        shall = chunk[-1].kind == "so" or (shall and said.endswith("ましょう"))
    if shall and text.endswith("ましょう"):
        items.append(("asked", ""))  # 容量がもったいないので、webは消してしまいましょう
    kinds = {kind for kind, _ in items}
    if "asked" in kinds and not kinds & {"act", "own", "every", "spared"}:
        return [*items, ("beg", "")]
    return [*items, ("stated", "val")] if states and not kinds & {"act", "asked"} else items


def _of_chunk(chunk: list[Part], *, late: bool) -> Items | None:
    """The slots between two commas; `late`: an order stands before it."""
    if any(map(frame_rest_ja.is_slot, chunk)):
        return frame_slots_ja.items(chunk)
    said = "".join(part.text for part in chunk)
    known = all(part.kind not in ("rest", "mark") for part in chunk)
    reason = not late or frame_rest_ja.is_reason(said)
    if not known and not frame_rest_ja.tells(said, reason=reason):
        return None
    begs: Items = [("asked", "")] if frame_slots_ja.begs(chunk) else []
    return begs + [(p.kind, p.text) for p in chunk if p.kind in (*_LABELS, "enough", "open")]


def _valued(items: Items) -> bool:
    """Whether it may only say so: webのメモリは4GBです."""
    return any(kind in frame_slots_ja.VALUES for kind, _ in items)


def _settled(sentence: list[Part]) -> bool:
    """縮小することになりました: of nothing that is named."""
    ends = sentence[-1].kind == "decided"
    kinds = {part.kind for part in sentence}
    bare = not kinds & _NAMED
    grave = any(not frame_rest_ja.tells(p.text, reason=True) for p in sentence if p.kind == "rest")
    return ends and bare and not grave


def _chunks(sentence: list[Part]) -> Iterator[list[Part]]:
    chunk: list[Part] = []
    for i, part in enumerate(sentence):
        if part.kind == "comma" and part.text in "、,":
            if chunk:
                yield chunk
            chunk = []
        elif part.kind in ("so", "keep") or (
            part.kind == "skip" and part.text.endswith("、") and i
        ):
            chunk.append(part)
            yield chunk
            chunk = []
        else:
            chunk.append(part)
    if chunk:
        yield chunk
