"""Japanese phrases, by meaning. Matched on normalised lower-case text, longest first.

Verbs stand here and in `verbs_ja` only in the forms of a request (止めて, 停止, 止めたい) or a refusal.
Every other form (止めた, 止めると, 止めるな) leaves characters that no table knows, and what is
not understood is never planned.
Long vowels at the end of サーバー and メモリー are dropped by `normalise`.
"""

from __future__ import annotations

from itertools import product

from fuyajo.planner.backends.rules import verbs_ja
from fuyajo.planner.backends.rules.tokens import K
from fuyajo.planner.backends.rules.words import Row, rows_of

#: 同じ, and what may follow it: "the same again".
_SAME = [
    "同じ",
    "さっきと同じ",
    "先ほどと同じ",
    "前と同じ",
    "それと同じ",
    "これと同じ",
    "まったく同じ",
    "全く同じ",
    "さきほどと同じ",
    "前回と同じ",
    "今のと同じ",
    "さっきのと同じ",
    "先程と同じ",
    "同様",
    "同一",
]
_THING = [
    "",
    "の",
    "もの",
    "やつ",
    "vm",
    "サーバ",
    "構成",
    "構成の",
    "構成のvm",
    "構成のサーバ",
    "構成のもの",
    "マシン",
    "ようなの",
    "ようなもの",
    "ようなvm",
    "ようなサーバ",
    "スペックの",
    "スペックのvm",
    "スペックのサーバ",
    "構成で",
    "スペックで",
    "仮想マシン",
    "構成のやつ",
    "内容の",
    "内容で",
    "設定の",
    "設定で",
    "サイズの",
]
_LIKE = [
    "と同じ",
    "と全く同じ",
    "とまったく同じ",
    "と同様の",
    "と同等の",
    "と似た",
    "みたいな",
    "のような",
    "と同じような",
    "に似た",
]
_THIS = ("それ", "これ", "さっきの", "さっき作ったの", "あれ")


def _alike() -> list[Row]:
    things = ["".join(pair) for pair in product(_SAME, _THING)]
    like = ["".join(pair) for pair in product(_LIKE, _THING)]
    things += [f"{this}{tail}" for this in _THIS for tail in like]
    return [(K.SAME, "", things), (K.LIKE, "", like)]


def _remarks(rows: list[Row]) -> list[Row]:
    """もういらない, ので、 and the like."""
    said = [phrase for kind, _, line in rows if kind is K.REMARK for phrase in line]
    why = [phrase for kind, _, line in rows if kind is K.REASON for phrase in line]
    begged = [phrase for kind, _, line in rows if kind is K.PLEASE for phrase in line]
    return [
        (K.PLEASE, "", [f"を{phrase}" for phrase in begged if phrase.startswith("お願い")]),
        (K.REMARK, "", [f"もう{phrase}" for phrase in said]),
        (K.REASON, "", [f"{phrase}、" for phrase in why]),
    ]


_FILE = rows_of("ja")
_FIRST_ROWS = (*_alike(), *_remarks(_FILE), *verbs_ja.rows())

PHRASES: dict[str, tuple[K, str]] = {}
for _kind, _value, _phrases in (*_FIRST_ROWS, *_FILE):
    PHRASES.update(dict.fromkeys(_phrases, (_kind, _value)))
#: The longest phrase by its first character: nothing longer is tried there.
LENGTHS: dict[str, int] = {}
for _phrase in PHRASES:
    if len(_phrase) > LENGTHS.get(_phrase[0], 0):
        LENGTHS[_phrase[0]] = len(_phrase)
