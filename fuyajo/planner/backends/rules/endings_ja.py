"""How Japanese requests end: slips of the finger in ください, leave given before the request, 〜るんで.

Text in, text out. A slip is mended only where nothing but a request can stand: behind a te-form and at the
end of a sentence. くださった, くださり and くださる tell of what somebody does and stay what they are.
"""

from __future__ import annotations

import re

from fuyajo.planner.backends.rules import rewriting_ja
from fuyajo.planner.backends.rules.rewriting_ja import Late, Row
from fuyajo.planner.backends.rules.typos import slips

NOUN = (
    "停止|再起動|起動|削除|消去|破棄|廃棄|撤去|処分|作成|構築|用意|準備|手配|変更|追加"
    "|シャットダウン|リブート|リスタート"
    "|拡張|増設|増量|増強|縮小|保存|取得|復元|ロールバック|設定|リサイズ|スタート|ストップ"
)
_BREAK = r"(?=[。!?、\s…]|\Z)"
_SLIP = Late(rf"(?<=[てで])(?P<end>[くぐ下][ぁ-んー]{{1,5}}){_BREAK}")
_SLIP_BEG = Late(rf"(?:お願い|おねがい|御願い)(?P<end>[ぁ-んa-z]{{1,5}}){_BREAK}")
#: One slip away from ください or します, and something else.
_NOT_SLIPS = Late(r"くださ[るりっれ]|くだされ|しますか|しますと|しますの|しません|しまし")
#: A reason in speech: カクつくんで, 始めるんで; 読んで and 休んで have another end.
_SO = Late(
    r"(?<=[るたいう])んで(?=[、。 ]?[^\s、。ぁ-ん]|、|[ ]|もう|とり|いっ|ちょ|すぐ)"
    r"|(?<=[ぁ-んァ-ヶー][くすつぬむぶぐ])んで(?=[、。 ]?[a-zA-Z]|、|[ ]|メモリ|ディスク|再起|停止"
    r"|起動|削除)"
    r"|(?<=[一-龥][すくむぶぐつ])んで(?=、|[ ]|[a-zA-Z]|メモリ|ディスク|起動|停止|再起|削除|V)"
    r"|(?<=[一-龥ァ-ヶー])なんで(?=、|[ ]|[a-zA-Z])"
)
_FINE = (
    r"(?:いい|良い|よい|ええ|ok|おk|オッケー|大丈夫|構いません|構わない|かまいません"
    r"|かまわない|結構|問題ない|問題ありません|問題ございません|差し支えない"
    r"|差し支えありません|差し支えございません|よろしい)"
    r"(?:です|っす|だ)?(?:よ|ね|ので|んで|から|わ)*"
)
_ONLY_BEGS = (
    r"(?=[^a-zA-Z0-9「」。!?]{0,20}(?:お願い|おねがい|よろし|宜し|頼|[てで]くださ"
    r"|[てで]下さ|ちゃって|といて|[てで][。!]?\Z)"
    r"[^a-zA-Z0-9「」]*\Z)"
)
#: Some word of `_FINE`.
_HINTS = "いい 良い よい ええ ok OK オッケー 大丈夫 構 かま 結構 問題 よろし 差し支え"
PLAIN: tuple[Row, ...] = (
    (
        "しほ し欲 しく し下 しも",
        rf"(?P<n>{NOUN})し(?=ほしい|欲しい|くださ|下さ|もらえ)",
        r"\g<n>して",
    ),
    (
        "動て 止て 除て 去て 更て 成て 築て 意て 備て 加て 得て 元て 定て 断て",
        rf"(?P<n>{NOUN})て(?=くださ|下さ|ほしい|欲しい|おい|もらえ|いただ)",
        r"\g<n>して",
    ),
    (
        "システム",
        r"(?<=を)システム(?:上)?から(?:完全に|きれいに)?(?=、?(?:削除|消|抹消|除去|取り除))",
        "",
    ),
    ("してして", r"(?:して){2,}", "して"),
    ("をを にに へへ", r"(?<=[a-z0-9ァ-ヶー一-龥])([をにへ])\1(?=[^ぁ-ん])", r"\1"),
    (
        "おねが おがし おなが お願しい お願します お長い",
        r"おね?がしいます|おね?がします|おながいします|お願しいます|お願します|お長いします",
        "お願いします",
    ),
    ("オネガイ", r"オネガイシマス|ヨロシクオネガイシマス", "お願いします"),
    ("ほし ほす ほち", rf"ほ(?:し[ぃー]+|しいい+|すぃ|ちい){_BREAK}", "ほしい"),
    ("よろ", rf"よろ(?:しこ|すく|しゅう|しくう){_BREAK}", "よろしく"),
    # leave first, then the request itself
    (_HINTS, rf"(?P<n>{NOUN})で{_FINE}[。、!…\s]+{_ONLY_BEGS}", r"\g<n>して、"),
    (
        _HINTS,
        rf"(?<=[しせけげてえれめ切っいんち])(?P<te>[てで])(?:しまって|もらって|くれて"
        rf"|いただいて|頂いて|おいて|やって)?も?{_FINE}[。、!…\s]+{_ONLY_BEGS}",
        r"\g<te>、",
    ),
)


#: Webサーバのメモリを4GBにお願いします: of one that is there, where nothing is to be made.
_OF_ONE = Late(
    r"(?P<s>(?:サーバ|VM|マシン)の(?:メモリ|RAM|ディスク|ストレージ|CPU|コア数)(?:容量|サイズ"
    r"|の(?:コア数|容量|サイズ)|数)?(?:を|は)?[ ]?\d[\d.,]*[ ]?"
    r"(?:[GMT]i?B?|(?:ギガ|メガ|テラ)(?:バイト)?|コア|個|つ))(?:に|へ|で)(?:の(?:変更|増設|拡張|増量))?"
    r"(?:(?:を)?(?=お願い|おねがい|希望|頼|よろ|宜し|願))",
    re.IGNORECASE,
)
_MADE = Late(r"作|立て|建て|立ち上げ|\d[台つ]|新|用意|追加|構築|準備|手配|ほし|欲し|必要|名前")


def mended(text: str) -> str:
    """The text with its requests spelled as they were meant."""
    text = _SLIP.sub(lambda m: _meant(m, "ください", m["end"]), text)
    text = _SLIP_BEG.sub(lambda m: _meant(m, "します", m["end"]), text)
    text = rewriting_ja.plainly(text, PLAIN)
    if not _MADE.search(text):
        text = _OF_ONE.sub(r"\g<s>に変更を", text)
    return _SO.sub("ので", text) if "んで" in text else text


def _meant(found: re.Match[str], word: str, said: str) -> str:
    if said == word or _NOT_SLIPS.match(said) or slips(said, word) != 1:
        return found[0]
    return found[0][: found.start("end") - found.start()] + word
