"""What is done to a VM, in nouns and in every form of a verb that asks for it (for `frame_words_ja`)."""

from __future__ import annotations

from collections.abc import Iterator

from fuyajo.planner.backends.rules import verbs_ja
from fuyajo.planner.backends.rules.tokens import K

NOUNS = {
    "restart": r"(?<![a-z-])(?:reboot|restart)(?![a-z-])|再起動|リブート|リスタート|再始動|再スタート"
    r"|再立ち?上げ|再ブート",
    "start": r"(?<![a-z-])(?:start|boot)(?![a-z-])|起動|電源投入|電源オン|電源ON|パワーオン|スタート"
    r"|始動|ブート|稼働開始"
    r"|(?<![a-z])ON(?![a-z])"
    r"|(?<![ァ-ヶ])オン(?![ァ-ヶ])",
    "stop": r"(?<![a-z-])(?:stop|shutdown)(?![a-z-])|停止|シャットダウン|電源断|電源オフ|電源OFF"
    r"|パワーオフ|ストップ|シャット"
    r"|(?<![a-z])OFF(?![a-z])|(?<![ァ-ヶ])オフ(?![ァ-ヶ])",
    "delete": r"(?<![a-z-])(?:rm|delete|remove)(?![a-z-])|(?<!取り)削除|消去|破棄|廃棄|撤去|後片付け"
    r"|除却|廃止|抹消"
    r"|除去|処分|お?片付け|お?片づけ|デリート",
    "make": r"新規作成|新規追加|新規構築|新規発行|追加作成|作成|構築|用意|準備|発行|払い出し|払出し?"
    r"|手配|新設|(?<![にへ])増設"
    r"|設置|確保|調達|セットアップ|デプロイ|生成|開設|追加|新調",
    "up": r"立ち?上げ|たちあげ",
    "revert": r"(?<![a-z-])(?:rollback|revert|restore)(?![a-z-])|ロールバック|復元|巻き戻し|切り戻し"
    r"|差し戻し|リストア"
    r"|リバート|復旧",
    "take": r"取得|採取|保存|撮影|記録|保管|採ること|取ること",
    "resize": r"リサイズ|設定変更|サイズ変更|スペック変更|構成変更|割り?当て変更|変更|拡張"
    r"|(?<=[にへ])増設|増強|増量|縮小|減量"
    r"|引き上げ|引き下げ|(?:スペック|サイズ|スケール)?(?:アップ|ダウン)|拡大|増加|削減|調整|設定"
    r"|割り?当て|見直し|修正"
    r"|再設定|再割り?当て|反映",
}
_TAKE = (
    ("残して", "残さ", "残す", "残し"),
    ("採って", "採ら", "採る", "採り"),
    ("控えて", "控え", "控える", "控え"),
    ("押さえて", "押さえ", "押さえる", "押さえ"),
)
_MAKE = (
    ("揃えて", "揃え", "揃える", "揃え"),
    ("そろえて", "そろえ", "そろえる", "そろえ"),
    ("出して", "出さ", "出す", "出し"),
    ("貸して", "貸さ", "貸す", "貸し"),
    ("借りて", "借り", "借りる", "借り"),
    ("増やして", "増やさ", "増やす", "増やし"),
)
_SIZE = (
    ("して", "し", "する", "し"),
    ("積んで", "積ま", "積む", "積み"),
    ("載せて", "載せ", "載せる", "載せ"),
    ("揃えて", "揃え", "揃える", "揃え"),
    ("そろえて", "そろえ", "そろえる", "そろえ"),
    ("合わせて", "合わせ", "合わせる", "合わせ"),
    ("直して", "直さ", "直す", "直し"),
    ("抑えて", "抑え", "抑える", "抑え"),
    ("落として", "落とさ", "落とす", "落とし"),
    ("与えて", "与え", "与える", "与え"),
    ("いじって", "いじら", "いじる", "いじり"),
    ("つけて", "つけ", "つける", "つけ"),
    ("付けて", "付け", "付ける", "付け"),
    ("持って", "持た", "持つ", "持ち"),
    ("据えて", "据え", "据える", "据え"),
    ("振って", "振ら", "振る", "振り"),
    *(
        (f"{how}して", f"{how}し", f"{how}する", f"{how}し")
        for how in ("強く", "速く", "早く", "軽く", "広く", "快適に", "多く", "少なく")
    ),
    ("使わせて", "使わせ", "使わせる", "使わせ"),
    ("増やして", "増やさ", "増やす", "増やし"),
    ("足して", "足さ", "足す", "足し"),
)
#: Of these nothing but the number before them makes an order.
_BOUND = frozenset({"して", "直して", "落として", "つけて", "付けて", "足して", "合わせて"})
_START = (("つけて", "つけ", "つける", "つけ"), ("付けて", "付け", "付ける", "付け"))
_DELETE = (
    ("掃除して", "掃除し", "掃除する", "掃除し"),
    ("ぽいして", "ぽいし", "ぽいする", "ぽいし"),
)
AFTER_TE = (
    r"(?!い?(?:た(?!だ)|る|な[いかく]|ます|ません)|しま(?:った|い|う)|は|も(?!ら|ろ|いい|良|よい|OK"
    r"|大丈|構|かま|問題|結構)|みた|ばか"
    r"|あ[るりっ]|き[たま]|から)"
)
_AT_END = r")(?=[、。!\n]|\Z)"
_AFTER_MASU = r"(?=た[いく](?!な)|、|くだ|下さ|願|いただ|頂|つつ|なさい|とう)"
AFTER_PLAIN = (
    r"(?=よう(?:に)?、?(?:お願い|頼|よろ|手配|対応|調整|依頼)|こと(?:を|で|に|と|、)|方向|形で|作業"
    r"|対応|処理|手続"
    r"|感じで|の(?:を|も|と)|方針で|件|操作|手順で|前提で|よう(?:に)?(?=[。!]|\Z))"
)


def acts() -> list[tuple[str, str]]:
    nouns = [(f"n_{key}", f"(?:ご)?(?:{said})") for key, said in NOUNS.items()]
    verbs: dict[str, list[str]] = {}
    bare: dict[str, list[verbs_ja.Verb]] = {}
    for kind, value, rows in verbs_ja.VERBS:
        key = {K.CREATE: "make", K.TAKE: "take"}.get(kind, value)
        key = {"run": "up", "relative": "resize"}.get(key, key)
        if key in NOUNS:
            bare.setdefault(key, []).extend(rows)
            verbs.setdefault(key, []).extend(f for row in rows for f in _forms(row, key))
    for key, more in (
        ("take", _TAKE),
        ("make", _MAKE),
        ("resize", _SIZE),
        ("delete", _DELETE),
        ("start", _START),
    ):
        verbs[key] += [f for row in more for f in _forms(row, key)]
    verbs["start"].append(r"電源を?お入れ(?=いただ|くだ|下さ|願|頂)")
    verbs["stop"].append(r"電源を?お切り(?=いただ|くだ|下さ|願|頂)")
    off = r"(?:電源を?)?(?:切って|落として|止めて|オフにして|切り、)(?:から)?、?(?:また|もう一度|再度|すぐ)?"
    verbs["restart"].append(
        off
        + r"(?:入れ|上げ|起動し|つけ|付け|立ち上げ|起こし)(?:直し|なおし)?(?:て|といて)"
        + AFTER_TE
    )
    verbs["resize"].append(r"(?:に|と|が|を)?(?:なる|使える|持てる|収まる)(?=よう)")
    verbs["resize"].append(r"として(?=くだ|下さ|ほし|欲し|もら|いただ|おい)")
    said = [
        (f"v_{key}", "|".join(sorted(set(forms), key=len, reverse=True)))
        for key, forms in verbs.items()
    ]
    shall = [
        (
            f"w_{key}",
            "(?:"
            + "|".join(sorted({_shall(row) for row in rows}, key=len, reverse=True))
            + _AT_END,
        )
        for key, rows in bare.items()
    ]
    order = ["restart", "delete", "revert", "start", "take", "stop", "up", "make", "resize"]
    return shall + sorted(said, key=lambda row: order.index(row[0][2:])) + nouns


_O = dict(zip("うくぐすつぬぶむる", "おこごそとのぼもろ", strict=True))


def _shall(verb: verbs_ja.Verb) -> str:
    """止めよう, 消そう, 落としとこう: an order where another word makes it one."""
    te, nai, plain, masu = verb
    will = f"{masu}よう" if nai == masu else f"{plain[:-1]}{_O[plain[-1]]}う"
    return f"{will}|{masu}ましょう|{te[:-1]}(?:とこう|ておこう|ちゃおう)"


def _forms(verb: verbs_ja.Verb, key: str) -> Iterator[str]:
    te, _nai, plain, masu = verb
    into = r"(?:に|へ|まで|で)" if key == "resize" else ""
    into += "?" if into and te not in _BOUND else ""
    short = "どいて|じゃって" if te[-1] == "で" else "といて|ちゃって|とって"
    into = f"(?<!取り)(?<!打ち){into}" if key == "delete" else into
    yield f"{into}{te}{AFTER_TE}"
    yield f"{into}{te[:-1]}(?:{short}){AFTER_TE}"
    yield f"{into}{te[:-1]}{'ど' if te[-1] == 'で' else 'と'}き(?=た[いく])"
    yield f"{into}お?{masu}{_AFTER_MASU}"
    yield f"{into}{plain}{AFTER_PLAIN}"
