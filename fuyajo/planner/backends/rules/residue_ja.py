"""The last reading of a Japanese wish: what is left over beside its orders, by where it stands.

Japanese says at the end of a clause what the clause is: only its predicate can forbid, ask, doubt, or tell
somebody else's words. So a clause without anything of an order (no VM, number, act or quotation) is a remark,
in whatever words, unless its end or a word of doubt says otherwise; and before a new machine, a phrase that
says who or what it is for decides nothing. The orders themselves are read by the same rules as ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fuyajo.planner.backends.rules import (
    again_for_ja,
    purposes_ja,
    rewriting_ja,
    sets_ja,
    stories_ja,
    told_ja,
)
from fuyajo.planner.backends.rules.remarks_ja import remarks
from fuyajo.planner.backends.rules.residue_words_ja import BESIDE, NEEDS, SAME
from fuyajo.planner.backends.rules.rewriting_ja import Late
from fuyajo.planner.backends.rules.scene import Vms
from fuyajo.planner.backends.rules.stories_ja import HEAD, MARK, OWN

#: What stopped the first reading for the sake of the words it does not know, or of words beside the order.
_OPEN = frozenset({"not_understood", "which_vm", "which_kind", "only_noun", "one_by_one"})
_OPEN |= {"unknown_vm", "maybe_name", "past", "unsupported", "empty"}
_OPEN |= {"hypothetical", "negation", "vague", "how_much", "schedule"}
_OWN = re.compile(OWN)
_KIND = re.compile(HEAD, re.IGNORECASE)


def in_few_words(text: str, vms: Vms, key: str) -> Iterator[str]:
    """The orders of the text by themselves; own VMs are marked (see `MARK`)."""
    if key not in _OPEN or "?" in text.rstrip("?。! "):
        return
    known = _described(sets_ja.named(_spelt(text), vms))
    plain = _of_the_one(rewriting_ja.plainly(known, SAME))
    bare = _of_the_one(_for_whom(rewriting_ja.plainly(remarks(_needed(plain)), BESIDE)))
    governed = len(_GOVERNS.findall(known))
    for said in dict.fromkeys((plain, bare)):
        if said != text and said.strip("。 ") and len(_GOVERNS.findall(said)) >= governed:
            yield said


#: Of these none may get lost on the way.
_GOVERNS = re.compile(
    r"もし|場合|次第|たら(?![いく])|れば|なら(?!な|び|べ)|かも|まだ|やめ|[?]|見送|取りや|断念"
    r"|撤回|取り下げ"
    r"|(?:停止|起動|削除|作成|変更)(?:は)?(?:しない|せず|不要)|さない|めない|らないで|とは"
)


def _spelt(text: str) -> str:
    """ディスく, メモり: a word that is half in the other kana."""
    return _SLIP.sub(lambda found: found[0].translate(_KATAKANA), text)


_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_SLIP = Late(
    "|".join(
        "".join(c if c == "ー" else f"[{c}{chr(ord(c) - 0x60)}]" for c in word)
        for word in ("スナップショット", "ストレージ", "ディスク", "メモリ", "サーバ", "タイトル")
    )
)
#: 使い捨てのつもりで作ったquick1: how it came to be there, and no more.
_CAME = Late(
    rf"(?:\A|(?<=[。、\n]))(?P<said>[^。、!?\n「」0-9a-zA-Z\ue000-\uf8ff]{{2,30}}?"
    rf"(?:作っ|作成し|立て|建て|用意し|構築し|借り|使っ|使ってい|残ってい|残し|動かし|動かしてい"
    rf"|立ち上げ|置い|置いてい|試し|余っ|余ってい)た)(?={OWN})"
)
_WHOSE = Late(
    r"さん|くん|君|氏|様|ちゃん|隣|他|ほか|別|違|以外|方の|うち|中で|ような|という|もし|たら|れば"
    r"|なら|ない|ぬ|より|部長|課長"
    r"|社長|係長|店長|上司|先輩|先生|誰|みんな"
)


def _described(text: str) -> str:
    return _CAME.sub(lambda found: found[0] if _WHOSE.search(found["said"]) else "", text)


def _needed(text: str) -> str:
    """デザインチームからWebサーバーが欲しいと言われています。1台お願いできますか: a need, then the order."""
    if MARK in text or stories_ja.takes_back(text):
        return text
    for said, plain in NEEDS:
        found = said.search(text)
        if found and told_ja.decides_nothing(found["led"]) and purposes_ja.makes(text):
            return text[: found.start()] + found.expand(plain) + text[found.end() :]
    return text


_WHO = (
    r"(?:さん|様|さま|くん|君|氏|先生|先輩|後輩|上司|同僚|部長|課長|係長|部|課|室|チーム|班|係|会"
    r"|社|店|校|院"
    r"|ゼミ|クラブ|サークル|委員|担当|担当者|者|員|生|人|方|方々|たち|達|みんな|皆|メンバ"
    r"|ー*メンバー|スタッフ"
    r"|グループ|研究室|教室|学科|現場|バイト|インターン|顧客|お客|家族|友人|自分|私|僕|こちら"
    r"|当方|うち|我々)"
)
_FOR = (
    r"(?:用|向け|専用|の(?:作業|検証|開発|練習|勉強|学習|実験|テスト|研究|業務|学習)?(?:環境"
    r"|場|場所|土台|受け皿)|人分|ため)"
)
#: Who wants it, for whom, for what, before a new machine.
_LED = Late(
    rf"(?:\A|(?<=[。、\n]))(?P<said>[^、。!?\n0-9a-zA-Z「」\ue000-\uf8ff]{{0,24}}?(?:\d+人)?"
    rf"(?:{_WHO}(?:の方)?(?:が|は|も|に|へ|から|で|側で|としても?)(?:も)?(?:使う|使える|触れる"
    rf"|使用する|利用する)?"
    rf"|(?:{_FOR})(?:に|の|で|として|にと)?|としても?|分の|分(?=[、0-9サV仮W])))、?"
    rf"(?=[^、。]{{0,12}}?(?:{HEAD}|\d+台|メモリ|CPU|ディスク|\d+ ?コア))",
    re.IGNORECASE,
)


def _for_whom(text: str) -> str:
    """The text without who wants a new machine and what for."""
    if MARK in text or not purposes_ja.makes(text):
        return text

    def left(found: re.Match[str]) -> str:
        said = re.sub(r"\d+人", "", found["said"])
        idle = told_ja.decides_nothing(said) and again_for_ja.is_idle(said)
        return "" if idle and not _PLACE.search(said) else found[0]

    return _LED.sub(left, text)


#: What a machine may have or be reached from: no purpose.
_PLACE = Late(
    r"から(?:だけ|のみ|しか)|接続|アクセス|つなが|繋が|見え|クラウド|リージョン|センター"
    r"|ネットワーク|ホスト"
    r"|同じ|以外|だけ|のみ|入り|付き|入った"
)

_THEN = Late(
    r"(?<=[てでし])(?:から)?、(?P<also>その(?:後|あと)|次に|続けて|さらに|それから|あわせて|同時に)?、?"
    r"(?=(?:メモリ|ディスク|CPU|コア数)[^。、]{0,6}\d|再起動|起動|停止|削除|スナップショットを)"
)


def _of_the_one(text: str) -> str:
    """webを止めて、メモリを8GBに: one VM, and whatever is said after it is said of it."""
    if len(set(_OWN.findall(text))) != 1 or _KIND.search(text) or not _THEN.search(text):
        return text
    name = _OWN.findall(text)[0]

    def with_it(found: re.Match[str]) -> str:
        if name not in text[: found.start()] or name in text[found.end() :]:
            return found[0]
        sized = re.match(r"メモリ|ディスク|CPU|コア", text[found.end() :])
        shot = text.startswith("スナップ", found.end())
        return f"、{name}{'の' if sized or shot else 'を'}"

    return _THEN.sub(with_it, text, count=1)
