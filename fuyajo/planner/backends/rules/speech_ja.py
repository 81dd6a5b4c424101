"""Roundabout Japanese, said plainly: 停止していただきまして、, 止めると同時に, さいきどう, 落としたって.

Text in, text out. A phrase becomes the plain form that the tables know; quotations and names (Latin
letters) stay as they are. What would make a wish out of a report, a question or a condition is not here.
"""

from __future__ import annotations

import re
from functools import cache

from fuyajo.planner.backends.rules import verbs_ja
from fuyajo.planner.backends.rules.phrases_ja import AND, BEG, ORDERED, PLAIN

_QUOTED = re.compile(r"(「[^」]*」|\"[^\"]*\")")
_KANA = {"いち": 1, "に": 2, "さん": 3, "よん": 4, "ご": 5, "ろく": 6, "なな": 7, "はち": 8}
_KANA |= {"きゅう": 9}
_TENS = "|".join(_KANA)
_SPOKEN_SIZE = re.compile(
    rf"(?<=[をがはもでのど ])(?:(?P<hundred>ひゃく))?(?:(?P<ten>{_TENS})?(?P<tens>じゅう))?"
    rf"(?P<one>{_TENS})?(?P<unit>ぎが|てら)"
)
_SPOKEN_COUNT = re.compile(rf"(?<=を)({_TENS})(?P<unit>だい|こ)(?=に|つく|た|お|く|で|ほ|よ)")
_DIALECT = re.compile(
    r"おおきに|ほな|さかい|はん|ねん|へん|やで|[ぁ-ん一-龥]や[。、!]|ほんで|せや|あかん"
    r"|よう?け|いうタイトル|えらい|なっとる"
)


@cache
def _rules() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern, re.IGNORECASE), plain) for pattern, plain in PLAIN)


@cache
def _forms() -> tuple[re.Pattern[str], dict[str, str]]:
    """止める before "and at the same time", お止めいただき: the te-form of either."""
    forms: dict[str, str] = {}
    for _kind, _value, verbs in verbs_ja.VERBS:
        for te, _nai, plain, masu in verbs:
            forms.setdefault(plain, te)
            forms.setdefault(f"お{masu}", te)
    plains = "|".join(sorted((f for f in forms if f[0] != "お"), key=len, reverse=True))
    polite = "|".join(sorted((f for f in forms if f[0] == "お"), key=len, reverse=True))
    return re.compile(
        rf"(?P<plain>{plains})(?:{AND}{ORDERED}|(?:の|こと)を(?:まとめて)?(?={BEG}))"
        rf"|(?P<polite>{polite})(?:(?:いただき|頂き)(?:まして)?(?:から)?、|になって(?:から)?、){ORDERED}"
    ), forms


def plainly(text: str, names: frozenset[str]) -> str:
    """The text in plain words; quotations stay."""
    parts = _QUOTED.split(text)
    parts[::2] = [_plainly(part, names) if part else part for part in parts[::2]]
    return "".join(parts)


def _plainly(text: str, names: frozenset[str]) -> str:
    text = _SPOKEN_SIZE.sub(_size, text)
    text = _SPOKEN_COUNT.sub(
        lambda m: f"{_KANA[m[1]]}{'台' if m['unit'] == 'だい' else '個'}", text
    )
    for pattern, plain in _rules():
        text = pattern.sub(plain, text)
    if _DIALECT.search(text):  # elsewhere 止めたって is hearsay
        text = _TATTE.sub("て", text)
    pattern, forms = _forms()
    text = pattern.sub(lambda m: f"{forms[m['plain'] or m['polite']]}、", text)
    return _SLASHED.sub(lambda m: _apart(m[0], names), _of_own(text, names))


#: Marks one's own names while `_of_own` looks, so that its patterns are the same for everybody.
_MARK = "\ue001"
_OWN = rf"{_MARK}[a-z0-9-]+(?![a-z0-9-])"
_NAME = re.compile(r"[a-z0-9]+(?:-+[a-z0-9]+)*")
_MISMADE = (
    r"(?:まちがえて|間違えて|間違って|誤って|うっかり|余分に)(?:作成し|作っ|作り|立て|用意し)"
)
_PAST = (
    r"(?:ました|た|ちゃった|ちゃいました|てしまいました|てしまった)(?:ので|んで|から|の)?[、。]?"
)
_STAYS = (
    r"(?:いります|要ります|まだ使います|使います|必要です|(?:とり|撮り|取り|消し|止め|変え|触り)ません"
    r"|消し(?:たら|ちゃ|ては)(?:あかん|だめ|ダメ|駄目|いけません)(?:です)?)"
)
_ABOUT_OWN = (
    (re.compile(rf"(?:あの|その|例の|うちの|いまの)(?={_OWN})"), ""),
    (re.compile(rf"(?:\A|(?<=[。、]))[^。、a-z0-9]{{0,20}}{_MISMADE}{_PAST}(?={_OWN})"), ""),
    (re.compile(rf"({_OWN}) (?={_OWN})"), r"\1と"),
    (re.compile(rf"({_OWN})(?:を|は)?{_MISMADE}{_PAST}(?=[^。\n])"), r"\1を"),
    (re.compile(rf"({_OWN})は{_STAYS}(?:ので|から|で|よ)*(?=[、。!]|\Z)"), r"\1はそのままで"),
)
_SEVERAL = re.compile(
    rf"(?P<list>{_OWN}(?:(?:と|、|や|,|および|及び){_OWN})+)(?P<joshi>[をはの]?)、?"
    r"(?P<all>全部|すべて|全て|[2-9]つとも|[2-9]台とも|[2-9]つ|まるごと)(?:を|とも)?(?!の|で|残|以外)"
)


def _of_own(text: str, names: frozenset[str]) -> str:
    """What is said of one's own VMs: listed and then counted, made by mistake, still needed."""
    marked = _NAME.sub(lambda m: f"{_MARK}{m[0]}" if m[0] in names else m[0], text)
    if marked == text:
        return text
    for pattern, plain in _ABOUT_OWN:
        marked = pattern.sub(plain, marked)
    return _SEVERAL.sub(_counted, marked).replace(_MARK, "")


def _counted(found: re.Match[str]) -> str:
    """aとbを2つとも is a and b; of another number nobody can tell."""
    number = len(re.split(r"と|、|や|,|および|及び", found["list"]))
    fits = not found["all"][0].isdigit() or int(found["all"][0]) == number
    return f"{found['list']}を" if fits else found[0]


_TATTE = re.compile(r"(?<=[しっ])たって(?=[。、!]|\Z)|(?<=[めけてげれ])たって(?=[。、!]|\Z)")
_SLASHED = re.compile(r"[a-z0-9-]+(?:/[a-z0-9-]+)+")


def _apart(said: str, names: frozenset[str]) -> str:
    """edge-a/edge-b, where both are one's own."""
    parts = said.split("/")
    return "、".join(parts) if all(part in names for part in parts) else said


def _size(found: re.Match[str]) -> str:
    """ろくじゅうぎが → 60ギガ."""
    tens = (_KANA[found["ten"]] if found["ten"] else 1) * 10 if found["tens"] else 0
    value = (100 if found["hundred"] else 0) + tens + _KANA.get(found["one"] or "", 0)
    return f"{value}{'ギガ' if found['unit'] == 'ぎが' else 'テラ'}" if value else found[0]
