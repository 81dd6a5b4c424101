"""VMs that are told first and pointed at then → their names: 一つ目がa、二つ目がb。この二台を消して.

For the second reading; own VMs are marked (see `stories_ja.MARK`). Names stand in only where just so many
are told, or where just one is in the state that is told.
"""

from __future__ import annotations

import re

from fuyajo.planner.backends.rules import rewriting_ja
from fuyajo.planner.backends.rules.again_whom_ja import LIST
from fuyajo.planner.backends.rules.rewriting_ja import Late
from fuyajo.planner.backends.rules.said_of_own_ja import GATHERED
from fuyajo.planner.backends.rules.scene import Vms
from fuyajo.planner.backends.rules.stories_ja import HEAD, MARK, NOUN, OWN

_THING = rf"(?:{HEAD}|やつ|もの|奴|方|ほう|子|台|1台)"
_OFF = (
    r"(?:(?:停止|電源オフ|シャットダウン)(?:中|済み|状態|したまま)の?|(?:止まっ|停止し"
    r"|落ち|眠っ|寝|電源が(?:切れ|落ち))た(?:まま|きり)の?|(?:止まって|停止して|落ちて"
    r"|寝て|眠って|電源が(?:切れて|落ちて))い?る)"
)
_ON = (
    r"(?:(?:稼働|起動|動作|実行)中の?|(?:動いて|起動して|稼働して|電源が入って)い?る"
    r"|(?:起動し|動かし|稼働し)っぱなしの?)"
)
_WEBS = r"(?:Web|ウェブ)サーバ"
#: 1台だけ止まってるやつがあるよね、それ
_THERE = Late(
    r"(?:(?:VM|サーバ|マシン)(?:で|の中で|の中に|のうち)、?)?(?:(?:1台|1つ"
    rf"|ひとつ)(?:だけ|のみ)?(?:、)?)?(?:(?P<off>{_OFF})|(?P<on>{_ON}))"
    rf"(?P<w>{_WEBS}|{_THING}|の)?(?:が|は)[ ]?(?:1台|1つ|ひとつ)?(?:だけ|のみ)?(?:ある"
    r"|あります|いる|います|残って(?:い)?(?:る|ます)|あった|ありました)?"
    r"(?:はず|と思う|と思います)?(?:ん|の)?(?:です|だ)?(?:よね|よ|ね)?(?:けど|けれど|が"
    r"|から|ので|んで)?[、。!?]+(?:もう)?"
    r"(?P<it>(?:それ|そいつ|そちら|そっち|その(?:1台|VM|サーバ|マシン|やつ|子))(?P<j>を"
    r"|の|は|も)?、?)?"
    rf"(?P<then>[^。!?\n{MARK}0-9a-zA-Z]*)",
    re.IGNORECASE,
)
#: 止まっている方の, 停止中の1台を
_ONE = Late(
    rf"(?:(?P<off>{_OFF})|(?P<on>{_ON}))(?P<w>{_WEBS})?(?:の)?(?:方|ほう|1台|1つ|片方"
    r"|1台だけ)(?=[をはもの、])",
    re.IGNORECASE,
)
_KIND_ONE = Late(rf"(?P<w>{_WEBS})(?:の|な)?(?:方|ほう)(?=[をはもの、])", re.IGNORECASE)
#: 2台あるうち、 / 私のVMのうち、
_AMONG = Late(
    r"(?:(?:私|自分|うち|僕|俺|手持ち|手元|今|いま|現在|全部で|わたし)(?:の|に|ある"
    rf"|持っている|で使っている)?)?(?:{HEAD}|[2-9]台|(?P<of>{OWN}(?:(?:と|、|や|,|・){OWN})+))"
    r"(?:(?:が|は)?[2-9]台)?(?:(?:が|は)?(?:ある|あります|持っている|使っている"
    r"|動いている|立っている)(?:んですが|けど|が)?)?(?:の)?(?:、)?(?:その)?(?:うち"
    r"(?:の|で|から|では|は)?|中(?:で|から|では))、?"
    rf"(?=(?P<l>{LIST})(?:だけ|のみ|を|は|の(?!う)))",
    re.IGNORECASE,
)
_AMONG_STATE = Late(
    rf"(?:{HEAD}(?:が)?)?[2-9]台(?:ある|あります|持っている)?(?:の)?(?:うち|中)(?:の|で"
    rf"|から|では)?、?(?=(?:{_OFF}|{_ON})(?:方|ほう|{HEAD}|の|やつ))",
    re.IGNORECASE,
)
_ORDINAL = (
    r"(?:[1-9一二三](?:つ目|台目|番目|件目|個目|つ)|ひとつ目?|ふたつ目?|もう(?:1つ|1台"
    r"|片方|一方)|残り(?:1台)?|あと(?:は|1台は)?|それと|それから|そして|片方|一方|最後"
    r"|次)"
)
_LABELLED = (
    r"(?:不要|不用|要らない|いらない|用済み|使わない|使っていない|削除|停止|再起動|起動"
    r"|破棄|廃止|廃棄|撤去|処分|対象|名前|名称|内訳|具体的には|すなわち)"
    rf"(?:な|の|になった|となった|する|したい)?(?:対象|予定)?(?:の)?(?:{HEAD})?"
)
#: What may stand before 「この2台」 beside the names.
_ONLY_NAMES = Late(
    rf"(?:{_LABELLED}|{_ORDINAL}|{HEAD}|[2-9]台|お?願い(?:した)?いのは"
    r"|[はがでとの、。:;,/・\n■●◆○*-]|[ ]|です|になります|となります|だ|および|及び"
    r"|以下|下記|次|のは)*",
    re.IGNORECASE,
)
_THESE = Late(
    r"(?:この|以上の?|上記の?|これらの?|前述の|前記の?|上の|左記の?|計|合計|合わせて"
    rf"|その|こちらの|今挙げた|挙げた)(?P<c>[2-9])(?:台|つ|個|VM)(?:の)?(?:{HEAD}|とも"
    r"|全部|すべて|を対象に)?"
    r"(?P<j>を|は|の|について(?:は)?|に関して(?:は)?|、|も)?"
    rf"|(?:上記|以上|これら|前述)(?:の(?P<h>{HEAD}))?(?P<k>を|は|の|について(?:は)?|、)",
    re.IGNORECASE,
)
#: 次の2台を削除してください。1つはa、もう1つはbです。
_BELOW = Late(
    rf"(?P<a>[^{MARK}0-9a-zA-Z]{{0,20}}?)(?:(?:次|以下|下記)の(?P<c>[2-9])(?:台"
    rf"|つ)(?:の)?(?:{HEAD})?(?P<j>を|の|は)(?P<act>[^{MARK}。!\n]{{2,24}})"
    rf"|(?:{HEAD}の)?(?P<n>{NOUN})(?:する)?(?:対象|したいもの"
    r"|したいの)は(?P<d>[2-9])(?:台|つ)(?:です|あります|になります|で))[。、:\n!]+"
    rf"(?P<rest>[^\n]*{MARK}.*)",
    re.IGNORECASE | re.DOTALL,
)
_POLITE = Late(
    r"(?:以上(?:です)?[、。]?)?(?:(?:何卒|どうぞ)?(?:よろしく|宜しく)?(?:お願い(?:いた"
    r"|致)?します|お願い申し上げます|です|になります|となります)?)[。!\n ]*\Z"
)


def named(text: str, vms: Vms) -> str:
    """The text with names for the VMs that are told and pointed at."""
    if re.search(_SOME, text):
        text = _THERE.sub(lambda found: _of_state(found, vms), text)
    if any(hint in text for hint in ("方", "ほう", "1台", "1つ")):
        text = _ONE.sub(lambda found: _of_state(found, vms), text)
        text = _KIND_ONE.sub(lambda found: _of_state(found, vms), text)
    if "うち" in text or "中" in text:
        text = _AMONG.sub(_among, _AMONG_STATE.sub("", text))
    if any(hint in text for hint in _POINTS):
        text = _listed_below(_pointed_at(text))
    return rewriting_ja.plainly(text, GATHERED)


_SPARES = re.compile(r"(?:だけ|のみ)?(?:以外|(?:を|は)(?:除|残)|(?:を|は)?抜)")


def _among(found: re.Match[str]) -> str:
    """Nothing; of several that are named only when the one behind is among them."""
    if found["of"] and _SPARES.match(found.string, found.end("l")):
        return found[0]  # of all that there are, they would be more
    named = set(re.findall(OWN, found["of"] or found["l"]))
    return "" if set(re.findall(OWN, found["l"])) <= named else found[0]


_SOME = r"(?:止ま|停止|落ち|動い|起動|稼働|眠|寝|電源)[^。]*(?:ある|あり|いる|いま|残|1台|1つ)"
_POINTS = (
    "この",
    "以上",
    "上記",
    "これら",
    "前述",
    "前記",
    "上の",
    "左記",
    "計",
    "合わせ",
    "その",
    "挙げた",
    "こちら",
    "次の",
    "以下",
    "下記",
    "対象",
    "したい",
)


def _of_state(found: re.Match[str], vms: Vms) -> str:
    said = found.groupdict()
    state = "stopped" if said.get("off") else "running" if said.get("on") else ""
    web = bool(re.match(_WEBS, said.get("w") or "", re.IGNORECASE))
    fitting = [
        vm.name
        for vm in vms
        if (not state or vm.state == state) and (not web or vm.template == "web-server")
    ]
    if len(fitting) != 1:
        return found[0]
    if "then" not in said:
        return f"{MARK}{fitting[0]}"
    if not said["it"] and not re.search(
        NOUN + "|消|捨|止|落|起こ|片付|立ち上げ|動か", said["then"]
    ):
        return found[0]
    return f"{MARK}{fitting[0]}{(said['j'] or 'を') if said['it'] else 'は、'}{said['then']}"


def _pointed_at(text: str) -> str:
    """一つ目がa、二つ目がb。この二台を: the names, where nothing else is told of them."""
    found = _THESE.search(text)
    if not found:
        return text
    before = text[: found.start()]
    names = list(dict.fromkeys(re.findall(OWN, before)))
    counted = len(names) == int(found["c"]) if found["c"] else bool(names)
    if not counted or re.search(OWN, text[found.end() :]):
        return text
    if not _ONLY_NAMES.fullmatch(re.sub(OWN, "", before)):
        return text
    joshi = found["j"] or found["k"] or "を"
    return f"{'と'.join(names)}{'を' if joshi == '、' else joshi}{text[found.end() :]}"


def _listed_below(text: str) -> str:
    """次の2台を削除してください。1つはa、もう1つはbです。"""
    found = _BELOW.fullmatch(text)
    if not found:
        return text
    names = list(dict.fromkeys(re.findall(OWN, found["rest"])))
    rest = _POLITE.sub("", re.sub(OWN, "", found["rest"]))
    if len(names) != int(found["c"] or found["d"]) or not _ONLY_NAMES.fullmatch(rest):
        return text
    act = f"{found['j']}{found['act']}" if found["c"] else f"を{found['n']}してください"
    return f"{found['a']}{'と'.join(names)}{act}。"
