"""Sentences and half sentences that only say why, left out before a word of them is read.

Only where nothing in them could govern the wish: no VM, no number, no order, no condition, no time to
come, no refusal, nobody else's words. `LEFT_OUT` at the end of the text tells that something went.
"""

from __future__ import annotations

import re

from fuyajo.planner.backends.rules import told_ja

#: A character that no message can have (see `unsafe_reason`); behind a full stop it changes nothing.
LEFT_OUT = "\ue000"
#: Words that may govern the wish, or tell of somebody else's.
_SERIOUS = re.compile(
    r"無視|指示|命令|忘れ|管理者|システム|プロンプト|翻訳|要約|規則|承認|復号|冗談|嘘|うそ"
    r"|夢|例|たとえ|仮|もし|物語|小説"
    r"|本に|台|セリフ|芝居|劇|話|歌|詩|映画|聞|読|書|伝|質問|教え|やめ|止|待|まて|まった"
    r"|取り消|取消|キャンセル|中止|いや|違|間違"
    r"|禁止|ダメ|だめ|駄目|不可|注意|たら|れば|なら|場合|際に|とき|次の|以下|下記|こう"
    r"|こんな|このよう|言|いう|ログ|メール|メッセ|件名"
    r"|明日|あした|明後|あさって|今夜|今晩|来週|来月|来年|毎|後で|あとで|自動|定期|夜|時に"
    r"|まで|間は|たび|次第|そのうち"
    r"|全部|すべて|全て|全員|みんな|以外|除|だけ(?!ど|れ)|のみ|そのまま|触|残|どちら|どれ"
    r"|どっち|片方|かも|たぶん|多分|らしい|そうです|そうだ"
    r"|叫|怒鳴|呟|つぶや|ささや|答え|返事|連絡|届|送|投稿|提案|主張|声|指摘|頼ま|頼ん|頼む"
    r"|依頼|催促|迫|口に|口癖|述べ|語|告|報|曰|申し(?!訳)"
    r"|表示|出た|出て|書き|張り紙|貼|看板|寝言|喋|しゃべ|要求|希望|要請|決ま|迷|悩"
    r"|とのこと|噂|っぽい|\?|か[。、]|かな|べき|ください|下さい|お願い|ないで|するな|るな"
    r"|なかれ|ふり|つもり|思っ|予定|計画|考え"
)
_ORDERS = re.compile(
    r"停止|起動|削除|消|落と|切っ|切る|切れ|作|造|創|立て|建て|戻|捨て|増|減|上げ|下げ"
    r"|スナップ|電源|変更|メモリ|ディスク|ストレージ"
    r"|CPU|コア|サーバ|マシン|ホームページ|動か|起こ|寝か|眠|用意|準備|追加|構築|処分|破棄"
    r"|復元|シャット|リブート|リスタート"
    r"|不要|いら|要ら|必要|欲し|ほし|一台|バックアップ|コピー|移|[A-Za-z0-9_「」\"]"
)
_WHY = (
    r"(?:(?:な|る|す|た|い|ん|です|ます|だ)?ので|(?:る|す|だ|い|た)から|ため|まして|(?:た"
    r"|る|ん|な)?(?:さかい|もんで)|ゆえ"
    r"|(?:に備え|に則り|に伴い|により|につき|を受け))"
)
_FIRST_WHY = re.compile(
    rf"(?:\A|(?<=[。!\n]))(?P<why>[^、。!?\n]{{2,40}}?(?:{_WHY}、?"
    r"|(?:(?:[だたいる]|です)し|ます(?:が|けど)|です(?:が|けど)|んだけど|もうてな?|(?:たい"
    r"|の)ですが|くて|たく|わ|ねん|んで|なくて)、))(?=[^、。!?\n])"
)
_SENTENCE = re.compile(r"[^。!?\n]+[。!\n]+")
_LAST = re.compile(
    r"(?<=[。!?~〜ー])[^。!?\n]{3,40}(?:(?<![てで])から|ので|んで|ため|ねん|んだけど|もん"
    r"|だし|[たる]し)[。!]*\Z"
)
#: 前任者が使っておりましたx, 演習環境であるx.
_WHICH = re.compile(
    r"(?:\A|(?<=[、。!\n]))(?P<which>[^、。!?\na-z0-9]{2,40}(?:[たるいなの]|のうち"
    r"|っぱなしの))(?=(?P<name>[a-z0-9][a-z0-9-]*))"
)
#: 終わったイベントのx says what it was for, 田中さんのx whose it is.
_OF_WHAT = re.compile(r"[たるい][一-龥ァ-ヶー]{1,10}の\Z|っぱなしの\Z|\A旧[一-龥]{0,3}の\Z")
#: An order, a label or a condition in it: then it is more than a description.
_NOT_SO = re.compile(
    r"[てで]ください|お願い|メモリ|ディスク|CPU|コア|スナップ|とき|場合|後の|前の|ながら"
    r"|ような|くらい|以外|全部|すべて|全て|どの|何|[てで]から|方の|ほうの|[「」\"]"
)
_NOT_WHICH = re.compile(
    r"いけな|ならな|べき|だめ|ダメ|部長|課長|社長|係長|店長|上司|先輩|教授|お客|"
    r"さん|くん|君|氏|様|彼|課の|部の|社の|人の|名前|という|と同じ|他|ほか|中の|もう|古い"
    r"|新しい|大き|小さ|最|番|前の|後の|うち"
)


def left_out(text: str, names: frozenset[str]) -> str:
    """The text without what only says why; as it was when that would be all of it."""
    if "「" in text or '"' in text:
        return text
    rest = told_ja.without_statements(told_ja.without_reasons(text, names), names)
    rest = _without_last(_without_which(_without_first(rest), names))
    if rest == text or not _ORDERS.search(rest):
        return text
    return f"{rest.rstrip('。')}。{LEFT_OUT}"


def _idle(said: str) -> bool:
    return not (_SERIOUS.search(said) or _ORDERS.search(said) or told_ja.SCENE.search(said))


def _without_first(text: str) -> str:
    while True:
        found = _SENTENCE.match(text)
        if found and found.end() < len(text) and len(found[0]) > 5 and _idle(found[0]):
            text = text[found.end() :].lstrip()
            continue
        why = _FIRST_WHY.search(text)
        if why and _idle(why["why"].rstrip("、").removesuffix("から")):
            text = text[: why.start()] + text[why.end() :]
            continue
        return text


def _without_last(text: str) -> str:
    found = _LAST.search(text)
    return text[: found.start()] if found and _idle(found[0]) else text


def _without_which(text: str, names: frozenset[str]) -> str:
    found = next((m for m in _WHICH.finditer(text) if m["name"] in names), None)
    if not found or told_ja.GRAVE.search(found["which"]) or _NOT_SO.search(found["which"]):
        return text
    whose = found["which"].endswith("の") and not _OF_WHAT.search(found["which"])
    if found["which"].endswith("のうち"):
        return text[: found.start()] + text[found.end() :]
    if whose or _NOT_WHICH.search(found["which"]):
        return text
    return text[: found.start()] + text[found.end() :]
