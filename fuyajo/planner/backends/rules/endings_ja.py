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
        # webを停止しdbを起動: two orders, of which none may get lost
        "し",
        rf"(?P<n>{NOUN}|(?<=[0-9a-zア])に)し(?=(?!vm|web ?サ)[a-z][a-z0-9-]*[ ]?(?:を|は|の"
        r"|も|と|、|に))(?![^。!?]*(?:ない|ません|なく|ずに))",
        r"\g<n>し、",
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
    (
        # what is deleted with a machine, said behind its deletion
        "データ 中身 ファイル 設定 スナップ",
        r"(?P<b>(?:削除|消去|破棄|消し|捨て|撤去|処分)[^。!?\n「」]{0,24}[。!])[ ]?(?:なお、?"
        r"|ちなみに、?)?(?:中の|中身の"
        r"|保存している)?(?:データ|中身|ファイル|設定|スナップショット)(?:も|は|ごと|とか)?(?:もう"
        r"|すべて|全部|一切)?、?"
        r"(?:不要|いりません|いらない|要りません|要らない|必要ありません|必要ない|必要なし"
        r"|(?:残ら|残さ|保存し|保管し|取っておか)なくて(?:も)?(?:いい|よい|良い|大丈夫|結構"
        r"|構いません|OK)"
        r"|(?:消え|無くなっ|なくなっ|消し|捨て|破棄し|削除し)て(?:しまって)?も?(?:構いません"
        r"|かまいません|構わない|いい|よい|大丈夫"
        r"|問題ありません|問題ない|結構|OK))(?:です|だ)?(?:よ|ので)?(?=[。!]|\Z)",
        r"\g<b>",
    ),
    (
        "以上",
        r"\n[ ]*以上(?:の(?:通り|とおり|内容|件|作業|対応))?(?:です|になります"
        r"|となります)?(?:が)?[、。, ]*(?:お手数ですが|どうぞ|何卒|ご?対応|ご確認)?"
        r"(?:を|の?ほど)?、?(?:よろしく|宜しく)?、?(?:お願い(?:いた|致)?します|お願い申し上げます"
        r"|です|どうぞ)?[。!]*\s*\Z",
        r"\nよろしくお願いします。",
    ),
    ("*", r"(?:\A|(?<=\n))[ \t]*[*•●][ \t]+(?=[^\s*])", "・"),
    (
        "立ち上げ直 起動し直 上げ直 起動しなお 立ち上げなお 立ち上げて 起動して",
        r"(?<!電源を)(?:一度|いったん|一旦|1回|一回)(?:、)?(?:落とし|切っ|止め|停止し"
        r"|シャットダウンし|終了し)て(?:から)?、?(?:また|もう一度|再度"
        r"|すぐ(?:に)?)?(?:(?:立ち上げ|起動し|上げ|起こし)(?:直し|なおし)|(?:立ち上げ"
        r"|起動し)(?=て(?:くだ|ほし|もら|いただ|[。!]|\Z)))"
        r"(?=て|た|と|ち|ま)",
        "再起動し",
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
_LABEL = (
    r"(?:メモリ|RAM|ディスク|ストレージ|容量|v?CPU|コア数)(?:容量|サイズ|の(?:コア数"
    r"|容量|サイズ)|数)?"
)
_VALUE = r"\d[\d.,]*[ ]?(?:[GMT]i?B?|(?:ギガ|メガ|テラ)(?:バイト)?|コア|個|つ)?"
_OF_ONE = Late(
    rf"(?P<s>(?:サーバ|VM|マシン)の{_LABEL}(?:を|は)?[ ]?{_VALUE}(?:[、・と/ ]*{_LABEL}(?:を"
    rf"|は)?[ ]?{_VALUE})*)"
    r"(?:に|へ|で)(?:の(?:変更|増設|拡張|増量))?(?:(?:を|で)?(?=お願い|おねがい|希望|頼"
    r"|よろ|宜し|願))",
    re.IGNORECASE,
)
_MADE = Late(
    r"作|立て|建て|立ち上げ|\d台|新(?:し|規|た|設|品)|用意|追加|構築|準備|手配|ほし|欲し|必要|名前"
)


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
