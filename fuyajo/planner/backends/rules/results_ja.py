"""What is to be so afterwards → the order for it: dbが起動され、ciが削除された状態にしてください.

For the second reading; own VMs are marked (see `stories_ja.MARK`). A sentence counts only when its end asks
for a state in a form of request; only then are its predicates turned into orders, clause by clause.
"""

from __future__ import annotations

import re
from functools import cache

from fuyajo.planner.backends.rules import rewriting_ja
from fuyajo.planner.backends.rules.again_whom_ja import LABEL, LIST, V
from fuyajo.planner.backends.rules.rewriting_ja import Late, Row
from fuyajo.planner.backends.rules.stories_ja import HEAD, NOUN, OWN

_GLAD = (
    r"(?:大変|とても|すごく|非常に|本当に|めっちゃ|一番)?(?:助か|嬉し|うれし|ありがた"
    r"|有難|有り難|幸い|さいわ|望ましい|理想)(?![^。!?]{0,8}(?:くな|ません|ですか|ますか"
    r"|でしょうか|のか|かな|った|でした))"
)
_DOES = (
    r"(?:して(?=くだ|下さ|ほし|欲し|もら|いただ|頂|くれ|おい)|しと|願|お願い|頼|手配"
    r"|対応|調整|設定|変更|(?:に)?(?:もって|持って)(?:いって|行って))"
)
#: The end of the sentence that asks for it, and what stands before it is what shall be.
_WISHED = Late(
    r"(?P<said>[^。!?\n]*?)(?P<end>(?:(?:という|っていう|といった|の)?(?:状態|状況|形"
    rf"|環境|構成)(?:に|へ|で)、?{_DOES}"
    rf"|よう(?:に|な(?:状態|形)に)?、?{_DOES}|と、?{_GLAD}|(?:たら|れば)、?{_GLAD}"
    r"|(?:(?:という|っていう)?(?:こと|状態)|の)(?:を|が)(?:希望|望|ゴール|目標|理想"
    r"|要望))[^。!?\n]*)"
    r"(?P<stop>[。!?\n]|\Z)"
)
_TE = r"(?:い|お)?(?:る|て|り|た|ます|ません)?"
_NOUNS = {
    "再起動": r"(?:再起動|リブート|リスタート|再始動|再立ち上げ)",
    "停止": r"(?:停止|シャットダウン|電源オフ|電源断|ストップ)",
    "起動": r"(?:起動|稼働|電源オン|スタート|始動)",
    "削除": r"(?:削除|消去|破棄|廃棄|撤去|処分|除去|抹消|廃止)",
    "作成": r"(?:新規作成|作成|新規構築|構築|用意|準備|追加|新設|発行|払い出し|セットアップ"
    r"|デプロイ|新規追加|設置)",
}
_STATES = {
    "停止": r"(?:止まっ|落ち|切れ|眠っ|寝|オフになっ|シャットダウンし|停止状態になっ)",
    "起動": r"(?:動い|起き|立ち上がっ|オンになっ|生き返っ|復帰し)",
    "削除": r"(?:消え|なくなっ|無くなっ|いなくなっ|存在しなくなっ|片付い|片づい|消滅し)",
    "作成": r"(?:でき(?:あがっ)?|出来(?:上がっ)?|作られ|立っ|建っ|立てられ|増え|存在し|並ん|揃っ"
    r"|そろっ)",
}
_GAP = (
    r"(?:(?:新規に|新しく|新たに|完全に|きちんと|ちゃんと|すべて|全部|一度|いったん|一旦"
    r"|もう一度|再び)、?)?"
)


@cache
def _acts() -> tuple[Row, ...]:
    """…が停止されている, 止まっている, 停止している, each as 停止して."""
    rows: list[Row] = [
        (
            "再起動がかか",
            r"(?:に|の|が)?再起動が(?:かか[りっるれ]|行われ|実施され)(?:て(?:い)?(?:る|て)?|る"
            r"|た)?",
            "を再起動して",
        )
    ]
    for act, said in _NOUNS.items():
        rows.append(
            (
                "され し",
                rf"(?P<j>が|は|も|を)?(?P<gap>{_GAP})(?<!再){said}(?:が)?(?:完了)?(?:され|し|行われ"
                rf"|実施され|済みになっ)(?:て{_TE}|る|た|、)?(?=[、\n]|\Z)、?",
                rf"\g<j>\g<gap>{act}して、",
            )
        )
    for act, said in (
        ("起動", r"(?:入っ|オンになっ|ONになっ)"),
        ("停止", r"(?:切れ|落ち|落とされ|切られ|オフになっ|OFFになっ)"),
    ):
        power = (
            rf"(?:の|は|が|も|、)?電源(?:が|は|も)(?:ちゃんと)?{said}(?:て{_TE}|た)(?=[、\n]|\Z)、?"
        )
        rows.append(("電源", power, f"を{act}して、"))
    for act, said in _STATES.items():
        own = r"(?P<n>台|つ|サーバ|VM|マシン)" if act == "作成" else ""
        rows.append(
            (
                "",
                rf"{own}(?P<j>が|は|も){'?' if own else ''}(?P<gap>{_GAP}){said}(?:て{_TE}|た|る"
                rf"|で{_TE}|だ)(?=[、\n]|\Z)、?",
                (r"\g<n>" if own else "") + rf"\g<j>\g<gap>{act}して、",
            )
        )
    return tuple(rows)


_SZ = (
    rf"(?:{LABEL}(?:の?(?:容量|サイズ|数))?(?:を|は|が|に|:)?[ ]?{V}|{V}(?:の?{LABEL})?"
    r"|(?:v?CPU|コア数?)(?:を|は|が|:)?[ ]?\d+)"
)
SIZES = rf"{_SZ}(?:(?:[、と,/・ ]|および|及び)+{_SZ})*"
_SIZED: tuple[Row, ...] = (
    # 500GBのディスクを持つ, 16GBのメモリで動く
    (
        "ある 持 積 載 動 稼働 走 使え 割り当 備え 搭載 運用 確保",
        rf"(?P<n>{LIST})(?:が|は|に(?:は)?|も|の)、?(?P<v>{SIZES})(?:を|で|が|は)?(?:ある"
        r"|持つ|持って(?:い)?る|持った|持てる|積む|積んだ|積んで(?:い)?る"
        r"|載る|載った|動く|動いて(?:い)?る|動作する|稼働する|走る|使える|使えて(?:い)?る"
        r"|備える|備えた|搭載する|搭載した|運用できる|運用する"
        r"|割り?当て(?:られ)?(?:て(?:い)?)?る|割り?当て(?:られ)?た|割り?当たる"
        r"|割り?当たって(?:い)?る|確保する|確保され(?:て(?:い)?)?る|確保できる)\Z",
        r"\g<n>を\g<v>に変更して",
    ),
    # 150GBに拡張される, 4コアに増えている, 8GBになる
    (
        "に へ まで",
        rf"(?P<n>{LIST})(?P<j>の|は|が|を|も|について(?:は)?)、?(?P<v>(?:{LABEL}(?:の?(?:容量"
        rf"|サイズ|数))?(?:を|は|が|も)、?(?:合計|全部で|最低)?)?{SIZES})(?:に|へ|まで)"
        rf"(?:(?:{NOUN}|増量|拡大|引き上げ|引き下げ|アップ|ダウン|アップグレード)(?:され"
        r"|し)(?:て(?:い)?)?(?:る|た)?"
        r"|(?:増え|広がっ|拡がっ|減っ|上がっ|下がっ|なっ|伸び|変わっ|増やされ|減らされ"
        r"|変えられ|上げられ|下げられ|広げられ|落ちつい)て(?:い)?(?:る|た)?"
        r"|増える|広がる|減る|上がる|下がる|なる|伸びる|変わる|増やされる|減らされる"
        r"|変えられる|上げられる|下げられる|広げられる"
        r"|増えた|広がった|減った|上がった|下がった|なった|変わった)\Z",
        r"\g<n>の\g<v>に変更して",
    ),
)
_SUBJECT = Late(
    rf"(?P<n>{OWN}|台|つ|(?:{HEAD})|{LABEL})(?P<j>が)(?=、?(?:{_GAP})?(?:再起動|停止|起動"
    r"|削除|作成)して、)",
    re.IGNORECASE,
)
#: Whether it shall be so is open, or it is not to be so.
_NO = Late(
    r"もし|場合|次第|なら(?!び)|かも|まだ|ない(?:よう|状態|で)|ません|ずに|まま|たぶん"
    r"|以外|(?<=[だいるたすん」])って|という(?:話|噂|連絡|報告|メール|指示|の|ふう|風)"
    r"|と(?:言|聞|思|書)|前の|誰か|勝手|自動|毎"
    r"|予約|時に|際に|とき|れたら|[うくすつるた]と(?!、?(?:大変|とても|すごく|非常に"
    r"|本当に)?(?:助|嬉|うれ|あり|有|幸|さい|望|理))"
)
#: …してくださいと言われました: somebody else's words.
_TOLD = Late(
    r"と(?!て|く|も)|って|なんて|とか|でした|ました|たら|ても(?!ら|ろ)|ては|けど"
    r"|かどうか|べき|かな|んだろう|でしょう(?!か)"
)
#: One of these stands in every sentence that `_WISHED` finds.
_HINTS = (
    "よう",
    "状態",
    "状況",
    "形",
    "環境",
    "構成",
    "希望",
    "望",
    "ゴール",
    "目標",
    "理想",
    "要望",
    "助か",
    "嬉",
    "うれ",
    "ありが",
    "有",
    "幸",
    "さいわ",
)


def ordered(text: str) -> str:
    """The text with every state that is wished for as an order."""
    if not any(hint in text for hint in _HINTS):
        return text
    return _WISHED.sub(_as_order, text)


def _as_order(found: re.Match[str]) -> str:
    said = found["said"].rstrip("、")
    end = re.sub(rf"\A(?:よう|という|と(?=、?{_GLAD})|たら|れば)", "", found["end"])
    if _NO.search(said) or _TOLD.search(end):
        return found[0]
    if not found["end"].startswith(("よう", "と", "たら", "れば")) or found["end"].startswith(
        "という"
    ):
        said = re.sub(r"(?:という|っていう|の)\Z", "", said).rstrip("、")
    sized = rewriting_ja.plainly(said, _SIZED)
    plain = rewriting_ja.plainly(said if sized == said else sized + "、", _acts())
    plain = plain if plain != said or sized == said else sized
    if plain.rstrip("、") == said or not plain.rstrip("、").endswith("して"):
        return found[0]
    plain = _SUBJECT.sub(r"\g<n>を", plain).rstrip("、")
    return f"{plain}ください{'。' if found['stop'] in ('?', '') else found['stop']}"
