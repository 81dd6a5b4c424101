"""What a new machine is for, in any words: 卒論の計算に使うサーバー, 告知ページを載せるウェブサーバー.

Left out before a kind, only in a sentence that makes something and names nothing that exists. What may
hide in a purpose (software that no template has, a state, an order) keeps it there, and is asked about.
"""

from __future__ import annotations

import re
from functools import cache

from fuyajo.planner.backends.rules.rewriting_ja import Late
from fuyajo.planner.backends.rules.tokens import K

_HEAD = (
    r"(?:(?:小さい|小さな|小さめの|新しい|軽い|普通の|ふつうの"
    r"|素の|大きい|大きな|専用の"
    r"|簡単な|ちょっとした|仮の|お試しの|もう\d台の|同じ(?:(?:構成|スペック|設定|内容)の)?)?"
    r"(?:[a-z][a-z0-9-]*(?:という|って(?:いう)?)(?:名前の)?)?"
    r"(?:Web ?サーバ|ウェブサーバ|仮想サーバ|仮想マシン|サーバ"
    r"|VM|マシン|インスタンス|環境))"
)
#: 〜用の may ask for another kind of server (メール用の); of these it only says who or what works with it.
_KNOWN = (
    r"(?:研修|検証|テスト|試験|開発|演習|評価|勉強|練習|実習|授業"
    r"|講義|会議|社内|個人|部署"
    r"|業務|作業|デモ|学習|実験|卒論|研究|ゼミ"
    r"|イベント|案件|プロジェクト|キャンペーン|新人|チーム|部"
    r"|課|室|生|班|組|さん|後輩"
    r"|先輩|同僚|学生|社員|お客様|顧客|本番|予備|夏休み|合宿|大会"
    r"|説明会|勉強会|発表|展示"
    r"|見学)"
)
_FOR = Late(
    rf"(?:\A|(?<=[、。!\n]))(?P<said>[^、。!?\n「」a-zA-Z0-9]{{2,34}}?"
    rf"(?:[うくぐすつぬぶむる]|たい|ための|向けの|目的の|{_KNOWN}用の))(?={_HEAD})",
    re.IGNORECASE,
)
#: …するため、…用に、…の検証で at the head of a sentence.
_SO_THAT = Late(
    r"(?:\A|(?<=[、。!\n]))(?P<said>[^、。!?\n「」a-zA-Z0-9]{2,30}?"
    r"(?:ために|ため|目的で|する用途で|の用途で|のために|の(?:ご)?(?:依頼"
    r"|要望|リクエスト"
    r"|都合|関係|一環|準備)で|にあたり|にあたって|に際し|に際して|に向けて|に備えて"
    r"|にあわせて|に合わせて|向けに|の用途で|たい(?:ん|の)(?:です"
    r"|だ)?(?:けど|が|けれど"
    r"|けれども)|たいので|がてら|のついでに)、?)"
    r"(?=[^、。!?\n]{0,30}(?:サーバ|VM|マシン))",
    re.IGNORECASE,
)
_MAKES = Late(
    r"作|造って|立て|建て|用意|構築|準備|セットアップ|追加|ほしい"
    r"|欲しい|ほしく|必要|要る"
    r"|要ります|いる[。、!]?\Z|お願い|おねがい|よろ|頼|ください|下さい|新規"
    r"|払い出|発行|確保|調達|デプロイ|もらえ|いただけ|台で|台[。!]?\Z"
    r"|つ[。!]?\Z|で[。!]?\Z"
)
_OPERATES = Late(
    r"停止|止め|とめ|消し|消す|消去|削除|落とし|再起動|起動し"
    r"|起動を|起動お|シャット|変更"
    r"|増や|減ら|上げて|下げて|戻し|スナップ|捨て|破棄|リサイズ"
    r"|電源|起動|(?<![ァ-ヶー])(?:オン|オフ)(?![ァ-ヶー])|閉じ"
    r"|切って|切り|休ませ|起こ|リブート|リスタート|ロールバック"
    r"|復元|巻き|撤去|廃棄|処分"
    r"|片付|片づ|掃除|消え|ストップ|スタート|落と|抹消|除去"
    r"|[をの](?:メモリ|CPU|ディスク|スペック)を?[^。]*に(?:して|変更|変え)"
)
#: サーバーを2台増やす makes two.
_MORE = Late(r"(?<=台)を?(?:新しく|さらに)?増や")
#: Never in a purpose that is left out.
_SERIOUS = Late(
    r"(?:明日|明後日|来週|来月|来年|今夜|今晩|週末|月末|年末)(?:に|まで|から|の頭|の初め|の終わり|頃)|"
    r"もし|たら|れば|なら(?!し)|場合|とき|同じ|似|みたい|ような"
    r"|くらい|ぐらい|ほど|以外"
    r"|動い|動く|止ま|寝て|落ちて|起きて|空いて|余って|使って"
    r"|死んで|重い|重く|古い|遅い"
    r"|さっき|先ほど|さきほど|作った|例の|今ある|いまある|持って"
    r"|既存|全部|すべて|全て"
    r"|言|聞いて|書い|指示|命令|無視|忘れ|メール|印刷|冗談|夢"
    r"|嘘|例えば|たとえば|ない"
    r"|ません|作る|立てる|消す|止める|起動|停止|削除|電源"
)
_GRAVE = frozenset({K.UNSUPPORTED, K.INJECTION, K.QUESTION, K.SOME, K.EXCEPT, K.NOT, K.NOT_OP})


@cache
def _grave() -> re.Pattern[str]:
    """Every phrase that is asked about wherever it stands."""
    from fuyajo.planner.backends.rules.words_ja import PHRASES

    found = [
        p
        for p, (kind, _) in PHRASES.items()
        if kind in _GRAVE and len(p) > 1 and p not in ("専用", "公開")
    ]
    return re.compile("|".join(re.escape(p) for p in sorted(found, key=len, reverse=True)))


def without(text: str, names: frozenset[str]) -> str:
    """The text without what its new machines are for."""
    sentences = re.split(r"(?<=[。!\n])", text)
    return "".join(_made(sentence, names) for sentence in sentences)


def makes(sentence: str) -> bool:
    """Whether the sentence asks for a new machine."""
    bare = _MORE.sub("", sentence)
    return bool(_MAKES.search(sentence)) and not _OPERATES.search(bare)


def wants_more(said: str) -> bool:
    """Whether it speaks of what no template has."""
    return bool(_grave().search(said.lower()))


def is_software(name: str) -> bool:
    return bool(_grave().fullmatch(name.lower()))


def _made(sentence: str, names: frozenset[str]) -> str:
    if not _MAKES.search(sentence) or _OPERATES.search(sentence):
        return sentence
    if any(word in names for word in re.findall(r"[a-z][a-z0-9-]*", sentence.lower())):
        return sentence
    for pattern in (_SO_THAT, _FOR):
        sentence = pattern.sub(lambda m: "" if _idle(m["said"]) else m[0], sentence)
    return sentence


def _idle(said: str) -> bool:
    return not (_SERIOUS.search(said) or _grave().search(said.lower()))
