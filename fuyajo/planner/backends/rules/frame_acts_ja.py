"""What is done to a VM, in nouns and in every form of a verb that asks for it (for `frame_words_ja`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from fuyajo.planner.backends.rules import verbs_ja
from fuyajo.planner.backends.rules.tokens import K

NOUNS = {
    "restart": r"(?<![a-z-])(?<!ット)(?<!ット )(?:reboot|restart)(?![a-z-])|再起動|リブート|リスタート"
    r"|再始動|再スタート"
    r"|再立ち?上げ|再ブート",
    "start": r"(?<![a-z-])(?<!ット)(?<!ット )(?:start|boot)(?![a-z-])|起動|電源投入|電源オン|電源ON"
    r"|パワーオン|スタート"
    r"|始動|ブート|稼働開始"
    r"|(?<![a-z])ON(?![a-z])"
    r"|(?<![ァ-ヶ])オン(?![ァ-ヶ])",
    "stop": r"(?<![a-z-])(?<!ット)(?<!ット )(?:stop|shutdown)(?![a-z-])|停止|シャットダウン|電源断"
    r"|電源オフ|電源OFF"
    r"|パワーオフ|ストップ|シャット"
    r"|(?<![a-z])OFF(?![a-z])|(?<![ァ-ヶ])オフ(?![ァ-ヶ])",
    "delete": r"(?<![a-z-])(?<!ット)(?<!ット )(?:rm|delete|remove)(?![a-z-])|(?<!取り)削除|消去|破棄"
    r"|廃棄|撤去|後片付け"
    r"|除却|廃止|抹消"
    r"|除去|処分|お?片付け|お?片づけ|デリート",
    "make": r"新規作成|新規追加|新規構築|新規発行|追加作成|作成|構築|用意|準備|発行|払い出し|払出し?"
    r"|手配|新設|(?<![にへ])増設"
    r"|設置|確保|調達|セットアップ|デプロイ|生成|開設|追加|新調",
    "up": r"[立起]ち?上げ(?:て(?=もら|くだ|下さ|いただ|、))?|たちあげ",
    "revert": r"(?<![a-z-])(?<!ット)(?<!ット )(?:rollback|revert|restore)(?![a-z-])|ロールバック|復元"
    r"|巻き戻し|切り戻し"
    r"|差し戻し|リストア"
    r"|リバート|復旧",
    "take": r"取得|採取|保存|撮影|記録|保管|採ること|取ること",
    "resize": r"リサイズ|設定変更|サイズ変更|スペック変更|構成変更|割り?当て?変更|変更|拡張"
    r"|(?<=[にへ])増設|増強|増量|縮小|減量"
    r"|引き上げ|引き下げ|(?:スペック|サイズ|スケール)?(?:アップ|ダウン)|拡大|増加|削減|調整|設定"
    r"|割り?当て?|見直し|修正"
    r"|再設定|再割り?当て?|反映",
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
    ("見直して", "見直さ", "見直す", "見直し"),
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
_AT_END = r"(?=[、。!\n]|\Z)"
_AFTER_MASU = r"(?=た[いく](?!な)|、|くだ|下さ|願|いただ|頂|つつ|なさい|とう)"
AFTER_PLAIN = (
    r"(?=よう(?:に)?、?(?:お願い|頼|よろ|手配|対応|調整|依頼)|こと(?:を|で|に|と|、)|方向|形で|作業"
    r"|対応|処理|手続"
    r"|感じで|の(?:を|も|と)|方針で|件|操作|手順で|前提で|よう(?:に)?(?=[。!]|\Z))"
)


_MORE = {"take": _TAKE, "make": _MAKE, "resize": _SIZE, "delete": _DELETE, "start": _START}
_OFF = r"(?:電源を?)?(?:切って|落として|止めて|オフにして|切り、)(?:から)?、?(?:また|もう一度|再度|すぐ)?"
_OWN_FORMS = {
    "start": r"電源を?お入れ(?=いただ|くだ|下さ|願|頂)",
    "stop": r"電源を?お切り(?=いただ|くだ|下さ|願|頂)",
    "restart": _OFF
    + r"(?:入れ(?:直し|なおし)?|つけ(?:直し)?|付け(?:直し)?|(?:上げ|起動し|立ち上げ|起こし)(?:直し"
    r"|なおし))(?:て|といて)" + AFTER_TE,
    "resize": r"(?:に|と|が|を)?(?:なる|使える|持てる|収まる)(?=よう)"
    r"|として(?=くだ|下さ|ほし|欲し|もら|いただ|おい)",
}
#: The first of these that fits is meant.
_ORDER = ("restart", "delete", "revert", "start", "take", "stop", "up", "make", "resize")


def acts() -> list[tuple[str, str]]:
    """Kinds of parts and their patterns: w_ 止めよう, v_ 止めて, n_ 停止, each with what is done."""
    rows = {key: (*_rows(key), *_MORE.get(key, ())) for key in _ORDER}
    whole = {key: [row for row in rows[key] if row[0] != "して"] for key in _ORDER}
    shall = [(f"w_{key}", _any(map(_shall, whole[key])) + _AT_END) for key in _ORDER]
    verbs = [(f"v_{key}", _verbs(key, rows[key])) for key in _ORDER]
    return [*shall, *verbs, *((f"n_{key}", f"(?:ご)?(?:{said})") for key, said in NOUNS.items())]


def _rows(key: str) -> Iterator[verbs_ja.Verb]:
    names = {K.CREATE: "make", K.TAKE: "take"}
    values = {"run": "up", "relative": "resize"}
    for kind, value, verbs in verbs_ja.VERBS:
        if names.get(kind, values.get(value, value)) == key:
            yield from (v for v in verbs if not v[0].startswith(("に", "へ", "まで", "起ち")))


def _any(forms: Iterable[str]) -> str:
    """Any of them, the longest first."""
    return f"(?:{'|'.join(sorted(set(forms), key=len, reverse=True))})"


def _verbs(key: str, rows: Sequence[verbs_ja.Verb]) -> str:
    before = "(?<!取り)(?<!打ち)" if key == "delete" else ""
    if key != "resize":
        return "|".join(filter(None, [_OWN_FORMS.get(key, ""), before + _forms(rows)]))
    free = [row for row in rows if row[0] not in _BOUND]
    bound = [row for row in rows if row[0] in _BOUND]
    into = "(?:に|へ|まで|で)"
    return f"{_OWN_FORMS[key]}|{into}?{_forms(free)}|{into}{_forms(bound)}"


_O = dict(zip("うくぐすつぬぶむる", "おこごそとのぼもろ", strict=True))


def _shall(verb: verbs_ja.Verb) -> str:
    """止めよう, 消そう, 落としとこう: an order where another word makes it one."""
    te, nai, plain, masu = verb
    will = f"{masu}よう" if nai == masu else f"{plain[:-1]}{_O[plain[-1]]}う"
    done = f"{te}しまい|{te[:-1]}(?:ちゃ|じゃ)い|{te}おき"
    return f"{will}|(?:{masu}|{done})ましょう|{te[:-1]}(?:とこう|ておこう|ちゃおう)"


def _forms(rows: Sequence[verbs_ja.Verb]) -> str:
    """止めて, 止めといて, 止めとき(たい), お止め(ください), 止める(ように)."""
    te = _any(row[0] for row in rows)
    stems = _any(row[0][:-1] for row in rows)
    short = r"(?:[とど]いて|ちゃって|じゃって|とって)"
    masu, plain = _any(row[3] for row in rows), _any(row[2] for row in rows)
    return (
        f"(?:{te}{AFTER_TE}|{stems}{short}{AFTER_TE}|{stems}[とど]き(?=た[いく])"
        f"|お?{masu}{_AFTER_MASU}|{plain}{AFTER_PLAIN})"
    )
