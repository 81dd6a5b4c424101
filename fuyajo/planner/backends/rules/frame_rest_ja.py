"""What no pattern knows in an order, and whether it may stand there: how, of which kind, why.

The object of an order is never among it, nor an act, a condition, a time, a doubt or somebody else's words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from fuyajo.planner.backends.rules import again_for_ja, stories_ja, told_ja
from fuyajo.planner.backends.rules.frame_words_ja import Part
from fuyajo.planner.backends.rules.rewriting_ja import Late

#: A noun with に, で, として: how it is done. Then no verb may hide in it.
_HOW = Late(
    r"[一-龥ァ-ヶー々]{1,8}(?:的|上|め|状態)?|[ぁ-ん一-龥]{1,6}め|[ァ-ヶー一-龥ぁ-んの]{2,12}(?:都合"
    r"|関係|影響|事情|一環"
    r"|目的|要望|依頼|申請|用|節約|削減|対策|準備|統合|移行|検証|整理)"
)
_BY = frozenset({"に", "で", "として", "にて", "と", "により", "にあたり"})
_ADVERB = Late(
    r"(?:[ぁ-んァ-ヶ]{1,4}[っッ][ぁ-ん]?[とりっ]|([ぁ-んァ-ヶ]{2})\1(?:と|に)?"
    r"|[ぁ-ん一-龥]{1,4}[なば]?り(?:と)?"
    r"|ちゃんと|しっかり(?:と)?|どんどん|もろもろ|諸々|もはや|すでに|既に|ようやく|やっと|いい加減"
    r"|そろそろ|さっさと|はやく|早く|速やかに|すみやかに|取り急ぎ)"
)
#: What a machine has or is: コアが2つあるVM, 4GB積んだサーバ.
_HAS = Late(
    r"(?:が|を)?(?:ある|あります|付いた|ついた|付き(?:の)?|つき(?:の)?|積んだ|搭載(?:の|した)?|載った"
    r"|持つ|持った|備えた|くらいの"
    r"|ぐらいの|程度の|入りの|ぶんの|分の|な|構成)"
)
_HEADING = Late(
    r"[一-龥ァ-ヶー々のごお]{0,8}(?:依頼|願い|作業|変更|対象|件名?|内容|用件|要望|申請|連絡|タスク"
    r"|手順|希望|処理|対応|操作|種別|種類|要件|構成"
    r"|スペック|仕様)"
)
_REASON = Late(
    r"(?P<said>.*?)(?:ので|んで|から|ため(?:に)?|し|くて|けど|が|につき|により|んですが|もんで)、?\Z"
)
#: 止めてたweb, 先週立てたweb
_LEFT = Late(
    r"(?:さっき|先ほど|さきほど|昨日|先週|先日|前に|以前|この前|ずっと|今まで|これまで|一時的に|一旦"
    r"|いったん)?"
    r"(?:止め|落とし|停止し|起動し|立て|作っ|使っ|動かし|借り|放置し|寝かせ|眠らせ|検証し|試し|余らせ"
    r"|用意し|構築し|作成し|追加し)"
    r"(?:(?:て|で)(?:い|お[いか])?|とい)?(?:ちゃっ)?た"
)
_ADDRESS = Late(r"[一-龥ァ-ヶーa-zA-Zのご]{1,14}(?:宛て?|各位|御中|担当者?様|の皆様|皆さま|殿)")
_UNDONE = Late(
    r"(?:消さ|止め|停め|落とさ|触ら|作ら|起こさ|変え|いじら|し)ない(?:こと|で|よう)|なんて|却下|不可"
)
_JOSHI = Late(r"[はをがに]|も(?!う|はや|とも|のすご|ちろん)")
_FOR = Late(
    r"(?:として|用に|用の|用で|向けに|向けの|ために|ための|のため|目的で|目的の|用途で|(?:部|課|室"
    r"|チーム|ゼミ|研究室|クラス|プロジェクト|班|組"
    r"|案件)(?:で|に|の)|(?:で|に|として)使う|を(?:置く|動かす|載せる|入れる|公開する|試す|回す))\Z"
)
_PURPOSE = Late(r".{1,30}(?:用|向け|ため|目的|用途)(?:の|に|で)?")
_NEVER = Late(
    r"[てで](?:から|も|は|、)|ながら|たら|れば|なら|場合|際|とき|時に|次第|まで|以外|自動|定期"
    r"|一時停止|休止|サスペンド|予約|予定|ない|ません|ずに|禁止"
    r"|だめ|ダメ|バックアップ|ログ|"
    r"もし|または|または|ほう|方の|どの|どれ|どこ|どう|何|誰|いつ|危険|まだ|コピー|複製|クローン"
    r"|移行して|確認|検討|相談|報告|連絡|説明|質問|教え|方法|手順"
    r"|やり方|かも|たぶん|多分|らしい|そうです|という|って|言|聞|書"
)
_SLOTS = re.compile(
    r"own|spared|every|keep|refused|val|cores|count|num|quote|latin|web|vm|snap"
    r"|[nvw]_.*|title"
)


def is_slot(part: Part) -> bool:
    return bool(_SLOTS.fullmatch(part.kind))


def tells(said: str, *, reason: bool) -> bool:
    """Whether these words only tell; `reason` when they say why."""
    bare = said.strip("、。!… \n")
    if not bare:
        return True
    if _ADDRESS.fullmatch(bare):
        return True
    if told_ja.NOT_MEANT.search(bare) or stories_ja.MARK in bare or stories_ja.takes_back(bare):
        return False
    if stories_ja.begs(bare) or _UNDONE.search(bare) or _JOSHI.match(bare):
        return False
    if not reason and (told_ja.SCENE.search(bare) or not stories_ja.states(bare)):
        return False
    if reason and re.search(
        r"[をはもへ]\Z|から\Z(?<!いから)(?<!だから)(?<!るから)(?<!たから)", bare
    ):
        return False
    return stories_ja.idle_words(bare, reason=reason)


def is_reason(said: str) -> bool:
    return bool(_REASON.fullmatch(said.rstrip("。")))


def only_for(said: str) -> bool:
    """部内の資料置き場として: what a new machine is for."""
    return bool(_FOR.search(said)) and again_for_ja.is_idle(said) and not _NEVER.search(said)


def may_stand(chunk: Sequence[Part], i: int) -> bool:
    """Whether the unknown words at `i` leave the order beside them as it is."""
    said = chunk[i].text.strip("、 ")
    after = chunk[i + 1] if i + 1 < len(chunk) else Part("", "")
    makes = not any(part.kind in ("own", "spared", "every") for part in chunk)
    if said in ("ほか", "他", "それ以外", "その他", "残り") and any(
        p.kind == "keep" for p in chunk
    ):
        return True
    if not said or (_HAS.fullmatch(said) and after.kind in ("vm", "web")):
        return True
    if makes and _PURPOSE.fullmatch(said + (after.text if after.kind == "joshi" else "")):
        return again_for_ja.is_idle(said)
    if after.kind == "so":
        return tells(said, reason=True)
    if after.kind == "own" and _LEFT.fullmatch(said):
        return True
    found = _REASON.fullmatch(said)
    if found and len(found["said"]) > 1:
        return tells(found["said"], reason=True)
    if _NEVER.search(said) or not stories_ja.idle_words(said, reason=True):
        return False
    return bool(_ADVERB.fullmatch(said)) or _says_how(chunk, i, said, makes=makes)


def _says_how(chunk: Sequence[Part], i: int, said: str, *, makes: bool) -> bool:
    """依頼: …, 慎重に…, 旧環境のweb, 動かなくなったweb."""
    after = chunk[i + 1] if i + 1 < len(chunk) else Part("", "")
    then = chunk[i + 2].kind if i + 2 < len(chunk) else ""
    if after.kind == "colon":
        return i == 0 and bool(_HEADING.fullmatch(said))
    if makes:
        return False
    if after.kind in ("joshi", "skip") and after.text.rstrip("、") in _BY:
        return bool(_HOW.fullmatch(said)) and then != "joshi"
    if after.text == "の":
        return then == "own" and not stories_ja.someone_elses(said)
    ends = said[-1:] in ("た", "る", "い", "な")
    return after.kind == "own" and ends and not stories_ja.someone_elses(said)
