"""Japanese verbs in every form that orders, wishes, forbids or contrasts; made from their stems.

Each is (te-form, stem of ない, dictionary form, stem of ます). Past and bare dictionary forms are not
made: what they say is a report or a thought, and stays not understood.
"""

from __future__ import annotations

from fuyajo.planner.backends.rules.tokens import K

Row = tuple[K, str, list[str]]
Verb = tuple[str, str, str, str]

#: Behind the stem of ない: "do not", "need not".
_NOT = [
    "ないで",
    "ないでおいて",
    "なくていい",
    "なくてもいい",
    "なくてよい",
    "なくてもよい",
    "なくて結構",
    "なくて大丈夫",
    "なくても大丈夫",
    "ないように",
    "ないままで",
    "なくてかまわない",
    "なくて構わない",
    "なくても構わない",
]
#: Behind the dictionary form: "not this but that".
_CONTRAST = [
    "んじゃなくて",
    "んじゃなく",
    "のじゃなくて",
    "のじゃなく",
    "のではなくて",
    "のではなく",
    "のでなく",
    "代わりに",
    "かわりに",
    "必要はない",
    "必要はありません",
    "必要ない",
    "必要はないので",
    "必要はありませんので",
    "のはやめて",
    "のは止めて",
]
#: "No more than that".
_ONLY = [
    "だけで",
    "だけにして",
    "だけでいい",
    "だけでよい",
    "だけで結構",
    "だけで大丈夫",
    "だけでかまわない",
]

_POWER_ON = ("電源を", "電源", "電源が", "電源は", "スイッチを")

#: 増やして alone is a difference; 4GBに増やして is a total (see `clauses`).
RELATIVE: tuple[Verb, ...] = (
    ("増やして", "増やさ", "増やす", "増やし"),
    ("ふやして", "ふやさ", "ふやす", "ふやし"),
    ("減らして", "減らさ", "減らす", "減らし"),
    ("上げて", "上げ", "上げる", "上げ"),
    ("下げて", "下げ", "下げる", "下げ"),
    ("広げて", "広げ", "広げる", "広げ"),
    ("縮めて", "縮め", "縮める", "縮め"),
    ("大きくして", "大きくし", "大きくする", "大きくし"),
    ("小さくして", "小さくし", "小さくする", "小さくし"),
    ("引き上げて", "引き上げ", "引き上げる", "引き上げ"),
    ("引き下げて", "引き下げ", "引き下げる", "引き下げ"),
    ("へらして", "へらさ", "へらす", "へらし"),
    ("伸ばして", "伸ばさ", "伸ばす", "伸ばし"),
)

VERBS: tuple[tuple[K, str, tuple[Verb, ...]], ...] = (
    (
        K.CREATE,
        "",
        (
            ("作って", "作ら", "作る", "作り"),
            ("つくって", "つくら", "つくる", "つくり"),
            ("建てて", "建て", "建てる", "建て"),
            ("立てて", "立て", "立てる", "立て"),
            ("用意して", "用意し", "用意する", "用意し"),
            ("準備して", "準備し", "準備する", "準備し"),
            ("こしらえて", "こしらえ", "こしらえる", "こしらえ"),
            ("組んで", "組ま", "組む", "組み"),
        ),
    ),
    (
        K.AMBIGUOUS,
        "run",
        (
            ("立ち上げて", "立ち上げ", "立ち上げる", "立ち上げ"),
            ("立ちあげて", "立ちあげ", "立ちあげる", "立ちあげ"),
            ("たちあげて", "たちあげ", "たちあげる", "たちあげ"),
            ("立上げて", "立上げ", "立上げる", "立上げ"),
        ),
    ),
    (
        K.AMBIGUOUS,
        "add",
        (("足して", "足さ", "足す", "足し"), ("加えて", "加え", "加える", "加え")),
    ),
    (
        K.OP,
        "stop",
        (
            ("止めて", "止め", "止める", "止め"),
            ("とめて", "とめ", "とめる", "とめ"),
            ("停めて", "停め", "停める", "停め"),
            ("落として", "落とさ", "落とす", "落とし"),
            *((f"{p}切って", f"{p}切ら", f"{p}切る", f"{p}切り") for p in _POWER_ON),
            *((f"{p}落として", f"{p}落とさ", f"{p}落とす", f"{p}落とし") for p in _POWER_ON),
            ("電源をオフにして", "電源をオフにし", "電源をオフにする", "電源をオフにし"),
            ("オフにして", "オフにし", "オフにする", "オフにし"),
            ("眠らせて", "眠らせ", "眠らせる", "眠らせ"),
        ),
    ),
    (
        K.OP,
        "start",
        (
            ("動かして", "動かさ", "動かす", "動かし"),
            *((f"{p}入れて", f"{p}入れ", f"{p}入れる", f"{p}入れ") for p in _POWER_ON),
            ("電源をオンにして", "電源をオンにし", "電源をオンにする", "電源をオンにし"),
            ("オンにして", "オンにし", "オンにする", "オンにし"),
            ("起こして", "起こさ", "起こす", "起こし"),
            ("起動させて", "起動させ", "起動させる", "起動させ"),
            ("稼働させて", "稼働させ", "稼働させる", "稼働させ"),
            ("走らせて", "走らせ", "走らせる", "走らせ"),
        ),
    ),
    (K.OP, "restart", (("再起動させて", "再起動させ", "再起動させる", "再起動させ"),)),
    (
        K.OP,
        "delete",
        (
            ("消して", "消さ", "消す", "消し"),
            ("けして", "けさ", "けす", "けし"),
            ("捨てて", "捨て", "捨てる", "捨て"),
            ("取り除いて", "取り除か", "取り除く", "取り除き"),
            ("取り払って", "取り払わ", "取り払う", "取り払い"),
            ("片付けて", "片付け", "片付ける", "片付け"),
            ("片づけて", "片づけ", "片づける", "片づけ"),
            ("なくして", "なくさ", "なくす", "なくし"),
            ("始末して", "始末し", "始末する", "始末し"),
            ("処分して", "処分し", "処分する", "処分し"),
            ("取り壊して", "取り壊さ", "取り壊す", "取り壊し"),
        ),
    ),
    (
        K.OP,
        "resize",
        tuple(
            (f"{p}{te}", f"{p}{nai}", f"{p}{plain}", f"{p}{masu}")
            for p in ("に", "へ", "まで")
            for te, nai, plain, masu in (
                ("して", "し", "する", "し"),
                ("落として", "落とさ", "落とす", "落とし"),
                ("直して", "直さ", "直す", "直し"),
            )
        )
        + tuple(
            (f"まで{te}", f"まで{nai}", f"まで{plain}", f"まで{masu}")
            for te, nai, plain, masu in RELATIVE
        )
        + (
            ("変えて", "変え", "変える", "変え"),
            ("割り当てて", "割り当て", "割り当てる", "割り当て"),
            ("割当てて", "割当て", "割当てる", "割当て"),
            ("与えて", "与え", "与える", "与え"),
            ("持たせて", "持たせ", "持たせる", "持たせ"),
        ),
    ),
    (
        K.OP,
        "relative",
        RELATIVE,
    ),
    (
        K.OP,
        "revert",
        (
            *(
                (f"{p}戻して", f"{p}戻さ", f"{p}戻す", f"{p}戻し")
                for p in ("", "巻き", "差し", "引き")
            ),
            ("もどして", "もどさ", "もどす", "もどし"),
            ("書き戻して", "書き戻さ", "書き戻す", "書き戻し"),
        ),
    ),
    (
        K.TAKE,
        "",
        (
            ("取って", "取ら", "取る", "取り"),
            ("撮って", "撮ら", "撮る", "撮り"),
            ("とって", "とら", "とる", "とり"),
            ("保存して", "保存し", "保存する", "保存し"),
            ("取得して", "取得し", "取得する", "取得し"),
            ("記録して", "記録し", "記録する", "記録し"),
        ),
    ),
    (
        K.KEEP,
        "",
        (("残して", "残さ", "残す", "残し"),),
    ),
)
_WIDE = {K.CREATE, K.AMBIGUOUS, K.OP, K.TAKE}


def wishes(verb: Verb) -> list[str]:
    """止めて, 止めといて, 止めたい, お止めください …"""
    te, nai, plain, masu = verb
    forms = [te, f"{te[:-1]}{'どいて' if te[-1] == 'で' else 'といて'}", f"{masu}たい", f"お{masu}"]
    forms += [f"{te[:-1]}ちゃって", f"{te[:-1]}とけ", f"{masu}なさい", f"{masu}、", f"{te}しまって"]
    forms += [f"{plain}{tail}" for tail in _ONLY]
    if plain.endswith("る") and nai == masu:
        forms.append(f"{masu}ろ")
    return forms


def refusals(verb: Verb) -> list[str]:
    """止めないで, 止めずに, 止めるんじゃなくて …"""
    _te, nai, plain, _masu = verb
    forms = [f"{nai}{tail}" for tail in _NOT]
    forms += [f"{'せ' if nai == 'し' or nai.endswith('用意し') else nai}ずに"]
    forms += [f"{nai[:-1]}せずに"] if nai.endswith("し") else []
    return forms + [f"{plain}{tail}" for tail in _CONTRAST]


def _if(verb: Verb) -> str:
    """止めたら: a condition, not an order."""
    return f"{verb[0][:-1]}{'だら' if verb[0].endswith('で') else 'たら'}"


def rows() -> list[Row]:
    found: list[Row] = []
    for kind, value, verbs in VERBS:
        found.append((kind, value, [form for verb in verbs for form in wishes(verb)]))
        found.append((K.IF, "", [_if(verb) for verb in verbs]))
        if kind in _WIDE:
            no = [form for verb in verbs for form in refusals(verb)]
            found.append((K.NOT_OP, value or kind.name.lower(), no))
    return found
