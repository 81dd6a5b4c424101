"""One spelling for each thing: widths, quotes, kanji numerals, long vowels. Length is bounded."""

from __future__ import annotations

import re
import unicodedata

MAX_CHARS = 4000
_DIGIT = {char: value for value, char in enumerate("〇一二三四五六七八九")}
_KANJI_NUMBER = (
    r"(?i)[〇一二三四五六七八九十百]{1,6}(?=台|機|つ|個|基|コア|番目|ギガ|メガ|テラ|[GMT]i?B)"
)
#: ひとつ … ここのつ; いっこ and the like are not common enough.
_COUNTS = ("ひと", "ふた", "みっ", "よっ", "いつ", "むっ", "なな", "やっ", "ここの")
_KANA_COUNT = rf"({'|'.join(_COUNTS)})つ(?!か)"
#: Words that have one usual spelling.
_SPELT = {
    "デビアン": "debian",
    "エンジンエックス": "nginx",
    "ぎが": "ギガ",
    "めが": "メガ",
    "てら": "テラ",
}
_SPELLED = (
    r"デビアン|エンジンエックス|(?<=\d)(?:ぎが|めが|てら)(?=ばいと|に|の|で|へ|まで|を|、|\Z)"
)
#: いちだい … きゅうだい, where a particle ends it.
_KANA = ("いち", "に", "さん", "よん", "ご", "ろく", "なな", "はち", "きゅう")
_KANA_VMS = (
    rf"(?<=[をがのは、 ア-ヶa-zA-Z])({'|'.join(_KANA)})だい"
    r"(?=[をの、 ]|つく|たて|けし|とめ|お願い|おねが|くだ|ほし|\Z)"
)
#: サーバー and サーバ, メモリー and メモリ are the same words.
_LONG_VOWEL = r"(サーバ|さーば|メモリ|ルータ|ユーザ|クラスタ|プロセッサ)ー"
#: 2 vCPUs/4 GB are two sizes.
_SLASH = re.compile(r"(?<=[A-Za-z]) ?/ ?(?=\d+ ?(?:[GMT]|cpu|core|vcpu))", re.IGNORECASE)
#: web サーバ is one word.
_APART = r"(?i)\b(web|nginx|basic|debian) +(?=サーバ|サイト|ページ)"
#: `web` and **web** are web; other markup is not read.
_MARKED = re.compile(r"(`|\*\*|\*|__)([A-Za-z0-9][A-Za-z0-9-]*)\1(?![`*_])")
#: The one release that the templates have; any other stays a number that nothing explains.
_DEBIAN = re.compile(r"(debian)[ -]?12(?![0-9A-Za-z.])", re.IGNORECASE)
_QUOTES = str.maketrans(
    {
        "“": '"',
        "”": '"',
        "„": '"',
        "«": '"',
        "»": '"',
        "‘": "'",
        "’": "'",
        "『": "「",
        "』": "」",
        "，": ",",
        "．": ".",
    }
)
#: ①…②…: the points of a list; a single one is a number.
_POINT = re.compile("[①-⑳]")
_JAPANESE = re.compile(r"[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff66-\uff9f]")


def too_long(text: str) -> bool:
    """Asked before anything else looks at the text."""
    return len(text) > MAX_CHARS


def is_japanese(text: str) -> bool:
    return _JAPANESE.search(text) is not None


def normalise(text: str) -> str:
    """The text in one spelling; at most a small multiple of its length.

    Patterns with Japanese in them are made at the first text that needs them (`re` keeps them).
    """
    if len(_POINT.findall(text)) > 1:
        text = _POINT.sub("\n・", text)
    flat = unicodedata.normalize("NFKC", text).translate(_QUOTES).strip()
    foreign = not flat.isascii()
    if foreign:
        flat = re.sub(_LONG_VOWEL, r"\1", flat)
        flat = flat.replace("->", "→").replace("=>", "→")
    flat = _DEBIAN.sub(r"\1", flat)
    flat = _SLASH.sub(", ", flat)
    if foreign:
        flat = re.sub(_APART, r"\1", flat)
    flat = _MARKED.sub(r"\2", flat)
    if foreign:
        flat = re.sub(
            _KANA_COUNT, lambda found: f"{_gap(flat, found)}{_COUNTS.index(found[1]) + 1}つ", flat
        )
        flat = re.sub(_SPELLED, lambda found: _SPELT[found[0]], flat)
        flat = re.sub(_KANA_VMS, lambda found: f"{_KANA.index(found[1]) + 1}台", flat)
        whole = flat
        flat = re.sub(_KANJI_NUMBER, lambda found: _digits(whole, found), flat)
    return flat


def _digits(flat: str, found: re.Match[str]) -> str:
    return f"{_gap(flat, found)}{_kanji_value(found[0])}"


def _gap(flat: str, found: re.Match[str]) -> str:
    """Apart from a name before it: VM三つ."""
    before = flat[found.start() - 1 : found.start()]
    return " " if before.isascii() and before.isalnum() else ""


def _kanji_value(numeral: str) -> int:
    """三 → 3, 十 → 10, 二十五 → 25, 百 → 100, 二〇 → 20."""
    if not any(char in "十百" for char in numeral):
        return int("".join(str(_DIGIT[char]) for char in numeral))
    total, current = 0, 0
    for char in numeral:
        if char in _DIGIT:
            current = _DIGIT[char]
            continue
        total += max(current, 1) * (10 if char == "十" else 100)
        current = 0
    return total + current
