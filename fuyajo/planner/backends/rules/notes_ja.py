"""Japanese notes and tickets: numbered points, headings, brackets, and whom or what the last line names.

Text in, text out, before `slots_ja` reads signs and labels. Whatever a note leaves open stays as it is
written, and is asked about.
"""

from __future__ import annotations

import re

from fuyajo.planner.backends.rules import order_lines_ja, rewriting_ja, sheets_ja, tickets_ja
from fuyajo.planner.backends.rules.endings_ja import NOUN
from fuyajo.planner.backends.rules.rewriting_ja import Late, Row

_HEAD = r"(?:Web ?サーバ|ウェブサーバ|仮想サーバ|仮想マシン|サーバ|VM|マシン|インスタンス|ホスト)"
_ITEM = Late(r"(?:\A|(?<=[\s。、:・(]))\(?([1-9])[).][ \t]*(?=[^\s\d])")
_POINTS = Late(
    r"(?:(?:ご)?依頼|お願い|作業|やること|タスク|要望|用件|頼み(?:たい)?|お願いしたい"
    r"|リクエスト|(?:今から|これから)?(?:やって|して)(?:ほしい|もらいたい))(?:事項|内容"
    r"|ごと|こと|の件)?"
    r"(?:は|が|を)?(?:以下の|下記の|次の)?(?:\d|[二三四五]|いくつか|複数)(?:点|件|つ|個)(?:ほど)?"
    r"(?:が|は)?(?:あり(?:ます|まして)|ございます|です|お願い(?:します|いたします"
    r"|したいです)?)?(?:[。:、]|(?=\n)|(?<=。))\s*"
)
_SUBJECT = Late(
    rf"\A(?P<n>{NOUN})[ ]?(?:してほしい|したい|をお願いしたい|する|依頼|希望|をお願いします"
    rf"|お願いします|予定)?(?:の)?"
    rf"(?:対象)?(?:の)?(?:{_HEAD}|もの|やつ|リスト|一覧|分)?(?:は|です)?(?:以下|次|下記)?"
    rf"(?:の通り|のとおり|です)*[ ]?[:。]?\Z",
    re.IGNORECASE,
)
_BULLETED = Late(
    r"\A[ \t]*(?:[-*・●○■□◆◇▪•‣★☆>]|\(?\d{1,2}[.)])?[ \t]*(?P<said>\S.*?)[ \t。、,]*\Z"
)
_POLITE = Late(
    r"\A(?:以上)?(?:です)?[、。]?(?:どうぞ|何卒|では)?[、]?(?:よろしく|宜しく|お願い"
    r"|おねがい|以上|お手数)[^a-zA-Z0-9]*\Z"
)
_LIST = Late(r"[a-z][a-z0-9-]*(?:(?:[ ]*[,、・&/と][ ]*|[ ]+|および|及び)[a-z][a-z0-9-]*)*\Z")
_WORD = Late(r"[a-z][a-z0-9-]*")
#: …お願いします。対象はweb01です。
_WHOM = Late(
    rf"[。!?、\n\s]+[ ]?(?:ちなみに|なお)?、?(?:(?:対象|該当|当該|その)?(?:の)?{_HEAD}?"
    rf"(?:の)?(?:名前|名称|名)|(?:対象|該当)(?:の)?{_HEAD}?|{_HEAD}|どれかというと|ものは)"
    r"[ ]?(?:は|:|が|=)[ ]*(?P<list>[a-z0-9][a-z0-9、,・と &-]*?)[ ]?(?:の方|のほう)?"
    r"(?:です|になります|でございます|だよ|だ|でお願いします|でよろしく)?[ね]?[。!]?\Z",
    re.IGNORECASE,
)
#: 不要なサーバーの削除です。対象はlegacy。
_IS_ASKED = Late(
    rf"\A(?:の|を)(?P<n>{NOUN})(?:作業)?(?:の)?(?:お願い|ご依頼|依頼|申請)?(?:です|になります)[。]*\Z"
)
_POINTED = Late(
    rf"(?:この|その|あの|例の|対象の|該当の|当該|以下の|下記の|次の)?{_HEAD}(?![a-z0-9:])",
    re.IGNORECASE,
)
_ACT = Late(rf"(?:{NOUN}|止め|落と|消し|起こ|立ち上げ|切っ|入れ)")
NOTES: tuple[Row, ...] = (
    ("VM vm", r"(?<![a-z0-9-])(VM)(\d{1,2})(?=台|つ|個|機)", r"\1 \2"),
    (
        "あたり 当たり につき ごと 毎",
        r"(?:1台|各VM|各サーバ|1VM|1つ)(?:あたり|当たり|につき|ごとに?|毎に?)(?:の)?(?:、|は)?",
        "それぞれ",
    ),
    (
        "ある あります いる 残って ございます",
        r"(?P<said>(?:VM|サーバ|マシン|やつ|もの|の))が(?P<n>\d台|ひとつ|1つ)?(?:だけ)?(?:ある"
        r"|あります|いる|残ってる|残っている|残っています|ございます)"
        r"(?:はず|と思う|と思います|んだ|よう)?(?:なので|ので|んで|から|けど|が|んですけど"
        r"|んですが|のですが|んだけど|です|よね)*[、。?]\s*(?:それ|そいつ|そちら|そのVM"
        r"|そのサーバ|その1台)(?=[をのは])",
        r"\g<said> \g<n>",
    ),
    (
        "で",
        r"[、。 ](?:これ|こちら|この(?:構成|内容|条件|スペック|値|サイズ|数字)|以上の(?:構成"
        r"|内容|条件|値))で、?(?=[a-z]|変更|作成|お願い)",
        "、",
    ),
)
#: 他はおまかせ: of what is made; of what is done to a VM nothing is left to us.
_UP_TO_YOU = Late(
    r"[、。 ]?(?:他|ほか|その他|あと|残り|それ以外|そのほか|ほかの項目|他の項目|他の設定"
    r"|ほかの設定|それ以外の設定|指定のない項目|未指定の項目|細かい設定|細かいところ)"
    r"(?:の設定|の項目|の部分|のこと)?(?:は|については|に関しては)?(?:全部|すべて|全て)?"
    r"(?:お?(?:まかせ|任せ)(?:します|いたします|ます|る)?|デフォルト(?:のまま|値)?|標準"
    r"(?:設定|のまま|値)?|適当|既定(?:値|のまま)?|初期値|初期設定|なんでも|何でも|特に"
    r"(?:希望|指定|要望)(?:は)?(?:なし|ありません|ない))"
    r"(?:で)?(?:いい|OK|お願いします|お願い|結構|大丈夫|構いません|かまいません|よい|良い"
    r"|よろしく)?(?:です|ます)?(?:よ|ので)?(?=[。、!\n]|\Z)",
    re.IGNORECASE,
)
_OPERATES = Late(r"停止|起動|止め|落と|消し|消す|削除|破棄|捨て|戻し|復元|シャット|リブート")
_PAREN = Late(r"[ ]?\((?P<inside>[^()\n「」]{1,40})\)(?P<end>[。、!\s]|\Z)?")
_PART = Late(
    r"(?:(?:名前|名称|ホスト名|VM名|サーバ名)(?:は|:|が|=)?[ ]?[a-z][a-z0-9-]*(?:で|です)?"
    r"|(?:(?:メモリ|ディスク|CPU|vCPU|ストレージ|容量|コア数|コア|RAM)(?:は|:|が|=)?[ ]*)?"
    r"(?:各|各々|それぞれ|1台あたり|全部)?[ ]?(?:\d[\d.,]*[ ]?(?:[GMT]i?B?|ギガ(?:バイト)?"
    r"|メガ(?:バイト)?|テラ|コア|cores?|v?CPU|個|つ|台)?(?:[ ]?(?:RAM|メモリ|ディスク|SSD"
    r"|HDD|mem|memory|disk))?)(?:ずつ|で|です)?"
    r"|(?:各|それぞれ)(?:メモリ|ディスク|CPU)(?:は)?\d[\d.,]*[ ]?(?:[GMT]i?B?|ギガ|コア|個)?)",
    re.IGNORECASE,
)
_ORDER_IN = Late(
    rf"(?:{NOUN}|電源オフ|電源オン)(?:で|です|して|してください|でお願いします|希望|をお願いします)?\Z"
)
_KEEP_IN = Late(
    r"(?:[a-z0-9-]+|メモリ|ディスク|CPU|他|ほか|それ以外|残り|データ|中身)(?:は|を"
    r"|には)[ ]?(?:触ら|いじら|変え|変更し|消さ|止め|落とさ|動かさ"
    r"|そのまま)[ぁ-ん]{0,12}\Z",
    re.IGNORECASE,
)


def written_out(text: str, names: frozenset[str]) -> str:
    """The text with its points, brackets and afterthoughts where a sentence has them."""
    if any(mark in text for mark in "点件つ個"):
        text = _POINTS.sub("", text)
    text = text if _OPERATES.search(text) else _UP_TO_YOU.sub("", text)
    text = _items(text)
    text = _list_below(text, names)
    text = rewriting_ja.plainly(text, NOTES)
    text = _PAREN.sub(_bracket, text) if "(" in text else text
    return _whom(text, names)


def _items(text: str) -> str:
    """1) … 2) …, all in one line: a line each."""
    if "1" not in text or "2" not in text:
        return text
    found = list(_ITEM.finditer(text))
    if len(found) < 2 or [int(m[1]) for m in found] != list(range(1, len(found) + 1)):
        return text
    return _ITEM.sub("\n・", text).strip()


def _list_below(text: str, names: frozenset[str]) -> str:
    """停止対象, and below it one VM in each line."""
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) > 1 and (said := _above(lines, names)):
        return said
    if len(lines) > 1 and (said := tickets_ja.plainly(lines, names)):
        return said
    if len(lines) > 1 and (said := sheets_ja.plainly(lines, names)):
        return said
    if len(lines) > 1 and (said := order_lines_ja.plainly(lines, names)):
        return said
    if len(lines) > 2 and (said := sheets_ja.machines(lines, names)):
        return said
    subject = _SUBJECT.match(lines[0].strip()) if len(lines) > 1 else None
    if not subject:
        return text
    below = [found["said"] if (found := _BULLETED.match(line)) else line for line in lines[1:]]
    while below and _POLITE.match(below[-1]):
        below.pop()
    own = [word for line in below for word in _own_list(line, names)]
    if not below or not all(_own_list(line, names) for line in below):
        return text
    return f"{'、'.join(own)}を{subject['n']}してください"


_ABOVE = Late(
    rf"(?:上記|以上)(?:の)?(?:{_HEAD})?(?:を|は)?(?:すべて|全て|全部)?(?:を)?、?(?P<act>"
    rf"(?:{NOUN}|消し|止め|落と|捨て).*)",
    re.IGNORECASE,
)


def _above(lines: list[str], names: frozenset[str]) -> str | None:
    """A list of VMs, and below it what to do with all of them."""
    found = _ABOVE.match(lines[-1].strip())
    listed = [m["said"] if (m := _BULLETED.match(line)) else line for line in lines[:-1]]
    own = [_own_list(line, names) for line in listed]
    first = 0 if own[0] else 1
    if (
        not found
        or not own[first:]
        or not all(own[first:])
        or (re.search(r"[a-z]", lines[0].lower()) and first)
    ):
        return None
    return f"{'、'.join(word for words in own[first:] for word in words)}を{found['act']}"


def _own_list(line: str, names: frozenset[str]) -> list[str]:
    """The own VMs of a list of names; nothing when one of them is no own VM."""
    low = line.strip().lower()
    if not _LIST.match(low):
        return []
    words = _WORD.findall(low)
    return words if all(word in names for word in words) else []


def _bracket(found: re.Match[str]) -> str:
    """(名前はlp2), (メモリ各1GB) belong to what stands before; (シャットダウンで) says it again."""
    inside, end = found["inside"].strip(), found["end"] or ""
    parts = [part.strip() for part in re.split(r"[、,/・]", inside) if part.strip()]
    if parts and all(_PART.fullmatch(part) for part in parts):
        return f" {'、'.join(parts)} {end}"
    last = not found.string[found.end() :].strip()
    if (_ORDER_IN.match(inside) or _KEEP_IN.match(inside)) and (end == "。" or last):
        return f"。{inside}。"
    if _KEEP_IN.match(inside):
        return f"。{inside}。"
    return found[0]


def _whom(text: str, names: frozenset[str]) -> str:
    """サーバーを再起動してください。対象はerp01です。: the name goes where a sentence has it."""
    found = _WHOM.search(text) if names else None
    own = _own_list(found["list"].rstrip("、, "), names) if found else []
    if not found or not own:
        return text
    before = text[: found.start()]
    if any(word in names for word in _WORD.findall(before.lower())):
        return text
    listed = "と".join(own)
    heads = list(_POINTED.finditer(before))
    if len(heads) == 1:
        rest = _IS_ASKED.sub(r"を\g<n>してください", before[heads[0].end() :])
        return f"{before[: heads[0].start()]}{listed}{rest}。"
    act = _ACT.search(before)
    if heads or not act:
        return text
    at = max(before.rfind(mark, 0, act.start()) for mark in "。、!\n") + 1
    return f"{before[:at]}{listed} {before[at:]}。"
