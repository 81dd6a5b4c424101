"""VMを3台、どれも要りません: a machine or an act by a mere form of words, and beside it that nobody needs it.

Only a clause that says nothing else counts: パスワードは不要です and 古いのは要りません are of other things.
"""

from __future__ import annotations

from fuyajo.planner.backends.rules.drafts import OpDraft, VmDraft
from fuyajo.planner.backends.rules.rewriting_ja import Late
from fuyajo.planner.backends.rules.scene import Scene
from fuyajo.planner.backends.rules.stories_ja import NOUN
from fuyajo.planner.backends.rules.tokens import Ask

_NONE = r"(?:ない|無い|ねえ|ねー|ねぇ|ん(?!で)|ぬ|ません|なく|ず|なかった)"
_NOT = rf"(?:は|も|では|じゃ|でも|など)?(?:あり|ござい|な|無)?{_NONE}"
#: Nobody needs, uses, wants or asked for it.
_NEG = (
    rf"(?:(?:追加|新設|増設|用意|準備|手配|作成)?(?:は|も)?(?:(?:要|い)ら{_NONE}|(?:要|い)りません)|要し{_NONE}"
    rf"|(?:必要|入り用|入用|需要|要望|出番|使い道|用)(?:{_NOT}|とし(?:て(?:い|おり)?)?{_NONE}|(?:は|が|も)?(?:なし|無し))"
    rf"|(?:追加|新設|増設|用意|準備|手配|作成)?(?:は|も)?(?:不必要|不要)|無用|用済み|用なし|余計|余分|無駄|無意味"
    rf"|(?:欲し|ほし)(?:く|か|う){_NOT}"
    rf"|使(?:い|わ){_NONE}|使(?:って|いもし)(?:い|おり|は)?{_NONE}|使えません"
    rf"|(?:使用|利用|活用|希望|所望|注文|発注|依頼|申請|要求|期待|お願い)(?:は|も|など)?(?:いた)?し(?:て)?(?:い|おり)?"
    rf"{_NONE}"
    rf"|(?:望|頼)(?:みません|まない|んで(?:い|おり)?{_NONE})|求め(?:て)?(?:い|おり)?{_NONE})"
)
#: It is declined, or there are enough: behind a bare form of words only.
_SOFT = (
    r"(?:お断り|ご?遠慮|辞退|却下|拒否|見送り|見送る|(?:間に合って|足りて)(?!い?(?:ない|ません)|おりません)|[十充]分(?!では|じゃ|でな)|結構です|いいです|良いです|嫌|いやだ"
    r"|いやです|無理|ダメ|だめ|駄目|NG|多すぎ|多過ぎ|なしで|無しで|なしに|無しに|なしだ|なしと|無しと|なしです|無しです"
    r"|もったいない|勿体ない|撤回|取り下げ)"
)
_KIND = (
    r"(?:(?:新しい|新規の?)?(?:Web|ウェブ)?(?:サーバ|サーバー|VM|仮想マシン|マシン|インスタンス))"
)
_MANY = r"(?:\d+(?:台|つ|個|基))"
_ANY = (
    rf"(?:どれ(?:も|一つ|1つ)|どちらも|どっちも|いずれも|両方(?:とも)?|ふたつとも|(?:一|1)(?:台|つ|個)(?:も|たりとも)"
    rf"|ひとつも|何も|なにも|なんにも|全部|ぜんぶ|すべて|全て|全台|全員|みんな|みな|皆|誰も|だれも|どこも|どの{_KIND}も"
    rf"|{_MANY}(?:とも|全部|すべて)|それら?|これら?|そんなの|そんなもの|こんなの|こんなもの|実際|本当)"
)
_HOW = (
    r"(?:もう|まだ|もはや|今は|いまは|今|現在は?|現状は?|今のところは?|当面は?|当分は?|しばらくは?|別に|特に|実は|実際は?"
    r"|本当は|やはり|やっぱり?|どうも|どうやら|全く|まったく|全然|一切|いっさい|決して|絶対に?|ちっとも|少しも|さっぱり"
    r"|正直|結局|残念ながら|もちろん|多分|たぶん|おそらく|すでに|既に|うちには|私には|私は|こちらは|当方は|でも|だけど|ただ"
    r"|しかし|が)"
)
_END = r"(?=[ぁ-ん思言考存]{0,14}(?:[。、!?\n)…~w]|\Z))"
_START = r"(?:\A|[。、!?\n( …])[ ]?"
_TOLD = Late(
    rf"{_START}(?:(?:{_ANY}|{_HOW})(?:は|が|を|も|には)?[ ]?)*"
    rf"(?P<what>{_NEG}|{_SOFT}){_END}"
    rf"|(?:{_KIND}(?:を|は|が|も|なんて|など)?[ ]?{_MANY}?|{_MANY}(?:の|もの)?{_KIND}?)"
    rf"(?:とも|も|は|が|を|なんて|など|分)?[ ]?(?:{_ANY}|{_HOW})*(?P<said>{_NEG}){_END}"
)
#: Without an order of any kind, whatever is said to be needed by nobody may be the machines.
_BARE = Late(rf"(?P<what>{_NEG}){_END}")
_ORDER = Late(
    r"くだ|下さ|願|頼|作|立て|建て|欲し|ほし|構築|希望|もら|いただ|頂|くれ|よろ|宜し|たい|増や|起こ|出し|必要で"
)
_NEEDLESS = Late(rf"{_NEG}|{_SOFT}")
#: Behind a bare act nobody needs the act: webの停止、要りません. Behind a verb it is why: webを消して、
#: もう要りません.
_ACT = Late(
    rf"(?:{NOUN}|スナップショット|\d ?[gmt]i?b?に?|コアに?|ギガに?)[ ]?\Z|(?:{NOUN})[ ]?:[^\n。]*\Z"
)


def require_needed(
    text: str, wanted: list[VmDraft], operations: list[OpDraft], scene: Scene
) -> None:
    """Raises `Ask` when the machines or acts that the text seems to want are needed by nobody."""
    _require_as_many(text, wanted, operations)
    if not _NEEDLESS.search(text):
        return
    if wanted and not operations and not _ORDER.search(text) and (bare := _BARE.search(text)):
        raise Ask("negation", what=bare["what"])
    for found in _TOLD.finditer(text):
        before = text[: found.start()].lower()
        if operations and not _ACT.search(before) and (not wanted or _of_own(before, scene)):
            continue
        raise Ask("negation", what=found["what"] or found["said"])


#: 授業でVMを3台使います。…作ってください: three, whatever the next sentence is about.
_USED = Late(
    rf"{_KIND}(?:を|が)(?P<n>\d+)(?:台|つ)(?:ほど)?(?:使(?:う|いま)|必要(?:で|に|と|な|だ|。|、)|要(?:る|りま)|い(?:る|りま)"
    r"|借り(?:る|ま|た)|ほし|欲し)(?![^。、]*か[。、?])"
)


def _require_as_many(text: str, wanted: list[VmDraft], operations: list[OpDraft]) -> None:
    if not wanted or operations or not (found := _USED.search(text)):
        return
    if sum(max(draft.count, len(draft.names)) for draft in wanted) < int(found["n"]):
        raise Ask("not_understood", words=[found[0]])


_NEW = Late(rf"{_KIND}|{_MANY}")


def _of_own(before: str, scene: Scene) -> bool:
    """webを消して、もう要りません: of a machine there is, which another order is about."""
    own = max((before.rfind(name) for name in scene.known), default=-1)
    new = max((found.start() for found in _NEW.finditer(before)), default=-1)
    return own >= new
