"""What one part of a sentence says of an order: its slots, or None where something may mean more.

For `frames_ja`. Each slot is a kind and what it says; "asked" says that somebody wishes, "of" and "stated"
that it takes another word to make a wish of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from fuyajo.planner.backends.rules import frame_rest_ja
from fuyajo.planner.backends.rules.frame_orders_ja import Items
from fuyajo.planner.backends.rules.frame_words_ja import Part
from fuyajo.planner.backends.rules.rewriting_ja import Late

VALUES = ("val", "cores", "num", "count")
_WHOM = ("own", "every", "spared")
_LABELS = frozenset({"mem", "disk", "cpu", "spec"})
_OF = _LABELS | {"snap", "newest", "skip", "val", "cores", "count", "each", "vm", "joshi", "title"}
_OF_ACTS = ("って", "を", "の", "で", "も", "と", "に", "へ")
_NO_CASE = ("が", "から", "より", "で", "まで", "として")
_LEFT = frozenset({"joshi", "skip", "rest", "comma", "mark", "was", "so", "paren", "there"})
_LEFT |= {"before", "after"}
_BEGS = Late(
    r"もら|貰|いただ|頂|くだ|下さ|くれ|ほし|欲し|願|ねが|頼|たの|よろ|宜|希望|依頼|申請|要望|要請"
    r"|リクエスト|たい|たく|ちょうだい|頂戴|助か|幸|嬉|うれ|対応|実施"
)
#: メモリを4GB増やして is a difference.
_MORE = Late(
    r"増|ふや|減|へら|上げ|あげ|下げ|さげ|足|広げ|拡|ひろげ|縮|削|アップ|ダウン|引き|伸ば|盛"
)
_ADDS = Late(r"増|追加|足|ふや|新設|積|盛|載")
_WANTS = Late(
    r"くだ|下さ|ほし|欲し|ちょうだい|頂戴|もら|いただ|(?:ご)?(?:申請|希望|所望|依頼|要望)(?:し|いた|致)"
)
_ASKABLE = Late(r"もら|貰|いただ|頂|くれ|くだ|下さ|でき|出来|可能|頼め|願え|ない|ません|かな")


def begs(parts: Sequence[Part]) -> bool:
    return any(part.kind == "ask" and _BEGS.search(part.text) for part in parts)


def items(chunk: list[Part]) -> Items | None:
    """The slots of a part of a sentence that orders."""
    found: Items = []
    chunk = _without_reason(_without_repeats(_without_purpose(chunk)))
    for i, part in enumerate(chunk):
        if not _stands(chunk, i):
            return None
        if part.kind == "keep":
            return _kept(found)
        if part.kind == "was" and found and found[-1][0] in VALUES:
            if found[-1][0] == "count" and "から" in part.text:
                return None
            found.pop()
        elif part.kind == "may":
            found = found[:-1] if found and found[-1] == ("asked", "") else found
            ends = not re.search(r"(?:ので|んで|から|よ|ね|し)\Z", part.text)
            found += [("stated", "act")] if ends else []
        elif part.kind in ("vol", "need", "ask", "joshi"):
            found += _mood(chunk, i)
        elif part.kind[:2] in ("v_", "w_", "n_"):
            found += _act(chunk, i)
        elif part.kind not in _LEFT:
            named = part.kind == "latin" and i and chunk[i - 1].kind in ("vm", "web")
            found.append(("called" if named else part.kind, part.value or part.text))
    return found


def _stands(chunk: list[Part], i: int) -> bool:
    part = chunk[i]
    if part.kind == "rest" and not frame_rest_ja.may_stand(chunk, i):
        return False
    if part.kind == "mark" and not (i and _ASKABLE.search(chunk[i - 1].text)):
        return False
    more = i > 0 and part.kind[2:] in ("resize", "make", "up") and chunk[i - 1].kind in VALUES
    if more and _MORE.match(part.text):
        return False
    if part.kind[2:] == "make" and _ADDS.match(part.text) and not _up_to(chunk[:i]):
        return False
    return i + 1 == len(chunk) or _fits(chunk, i)


def _ends_a_thing(chunk: list[Part], i: int) -> bool:
    """Webサーバ(名前shop)と、メモリ8GBの…: what follows is of the next."""
    before = chunk[i - 1].kind if i else ""
    if before == "paren":
        return chunk[i - 1].text == ")"
    after = chunk[i + 1].kind if i + 1 < len(chunk) else ""
    sized = after in ("", *_LABELS, *VALUES)
    return sized and before in ("latin", "quote", "web", "vm")


def _up_to(before: list[Part]) -> bool:
    """4GBにメモリを増やして says how much it will be; 4GBのメモリを追加して how much more."""
    if any(part.kind in ("vm", "web") for part in before) and not any(
        part.kind in _WHOM for part in before
    ):
        return True
    labelled = any(part.kind == "cpu" for part in before)
    kinds = ("val", "cores", "num", "count") if labelled else ("val", "cores", "num")
    sized = [j for j, part in enumerate(before) if part.kind in kinds]
    then = [before[j + 1].text for j in sized if j + 1 < len(before)]
    return not sized or any(joshi in ("に", "へ", "まで") for joshi in then)


def _mood(chunk: list[Part], i: int) -> Items:
    part = chunk[i]
    if part.kind == "joshi":
        return [("and", "")] if part.text == "と" and _ends_a_thing(chunk, i) else []
    if part.kind == "vol":
        return [("of", "")]
    if part.kind == "need":
        past = re.search(r"なった|なりました", part.text)
        return [("of", "") if past else ("asked", ""), ("want", "")]
    found: Items = [("asked", "")] if _BEGS.search(part.text) else []
    return [*found, ("want", "")] if _wants(chunk, i) else found


def _act(chunk: list[Part], i: int) -> Items:
    part = chunk[i]
    act = ("act", part.kind[2:])
    if part.kind[0] == "v":
        return [act, ("asked", "")]
    if part.kind[0] == "w":
        return [act, ("of", "")]
    of = chunk[i - 1].text == "の" and i > 1 and chunk[i - 2].kind == "own"
    found: Items = [("of", ""), act] if of else [act]
    after = chunk[i + 1] if i + 1 < len(chunk) else None
    tells = after is not None and after.kind == "ask" and re.match("です|だ", after.text)
    return [*found, ("stated", "act")] if tells and not begs(chunk[i + 1 :]) else found


def _wants(chunk: list[Part], i: int) -> bool:
    """サーバーがほしい asks for one."""
    before = [part for part in chunk[:i] if part.kind not in ("joshi", "skip")][-1:]
    thing = bool(before) and before[0].kind in ("vm", "web", "count")
    return thing and bool(_WANTS.match(chunk[i].text))


def _kept(found: Items) -> Items | None:
    """dbはそのままで, コア数は据え置きで: what is to stay is in no order."""
    if any(kind not in _LABELS | {"own", "vm", "web"} for kind, _ in found):
        return None
    return [("kept", value) for kind, value in found if kind == "own"]


def _without_purpose(chunk: list[Part]) -> list[Part]:
    first = next((i for i, part in enumerate(chunk) if frame_rest_ja.is_slot(part)), 0)
    led = chunk[:first]
    own = any(part.kind in _WHOM for part in chunk)
    if own or not any(part.kind == "rest" for part in led):
        return chunk
    said = "".join(part.text for part in led)
    return chunk[first:] if frame_rest_ja.only_for(said) else chunk


def _without_reason(chunk: list[Part]) -> list[Part]:
    """webは統合が済みましたので: of a reason stays whom it is about."""
    if chunk[-1].kind != "so":
        return chunk
    owns = [i for i, part in enumerate(chunk) if part.kind == "own"]
    if (about := _topic_of(chunk, owns)) is not None:
        return about
    if not owns or any(map(frame_rest_ja.is_slot, chunk[owns[-1] + 1 :])):
        return chunk
    after = chunk[owns[-1] + 1 : -1]
    if not after or after[0].text not in ("は", "が", "も", "って", "の"):
        return chunk
    said = "".join(part.text for part in after[1:])
    if not frame_rest_ja.tells(said, reason=True):
        return chunk
    led = "".join(part.text for part in chunk[: owns[0]])  # 最近webが重いので
    idle = led and not any(map(frame_rest_ja.is_slot, chunk[: owns[0]]))
    idle = idle and frame_rest_ja.tells(led + said, reason=True)
    return chunk[owns[0] if idle else 0 : owns[-1] + 1]


_ROLES = ("に", "へ", "で", "から", "より", "の", "まで", "として")


def _topic_of(chunk: list[Part], owns: list[int]) -> list[Part] | None:
    """web02はweb01に統合したので: one VM is spoken of, and the others are only where or with what.

    None where all of them may be meant; an unclear part where nobody can say which.
    """
    first = next((i for i in owns if _text(chunk, i + 1) in ("は", "が", "も", "の", "から")), None)
    others = [i for i in owns if first is not None and i > first]
    stand = [i for i in others if _text(chunk, i + 1) in _ROLES or _text(chunk, i + 1) == "と"]
    stand = [i for i in stand if chunk[min(i + 2, len(chunk) - 1)].kind != "own"]
    stand += [i for i in others if _text(chunk, i + 1) == "が"]
    if first is None or not stand:
        return None
    said = "".join(part.text for part in chunk[first + 2 : -1] if part.kind != "own")
    topic = _text(chunk, first + 1) == "は" and len(stand) == len(others)
    if topic and frame_rest_ja.tells(said.strip("にへでのとがをより"), reason=True):
        return chunk[: first + 1]
    return [Part("rest", "どれか")]


def _text(chunk: list[Part], i: int) -> str:
    return chunk[i].text if i < len(chunk) else ""


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
    part, after = chunk[i], chunk[i + 1]
    acts = after.kind.startswith(("n_", "v_"))
    if part.kind == "latin":
        return after.kind not in ("vm", "web")
    if part.kind in _WHOM and after.kind == "joshi":
        return _case(after.text, chunk[i + 2] if i + 2 < len(chunk) else None)
    if part.kind == "name":
        return not acts and after.kind not in ("joshi", "ask")
    if part.kind.startswith("n_"):
        return after.kind != "rest" and (after.kind != "joshi" or after.text in _OF_ACTS)
    if part.kind == "rest" and acts:
        return bool(re.search(r"[とに]\Z|り\Z", part.text))
    return True


def _case(joshi: str, then: Part | None) -> bool:
    """Whether a VM stands in this case in an order."""
    if joshi in _NO_CASE:
        return False
    if then is None:
        return True
    if joshi == "の":
        return then.kind in _OF or then.kind.startswith(("n_", "v_"))
    if joshi == "と":
        return then.kind not in ("skip", "every", "spared")
    return not (joshi in "にへ" and then.kind == "own")
