"""Short notation in Japanese wishes, written out: 「・メモリ: 4GB」, 「メモリ→8GB」, 「削除: a, b」.

Text in, text out; only signs, labels and line ends change, so that nothing is understood here that the
rules would not understand in a sentence.
"""

from __future__ import annotations

import re

from fuyajo.planner.backends.rules import (
    asks_ja,
    beside_ja,
    endings_ja,
    kinds_ja,
    listed_ja,
    makes_ja,
    notes_ja,
    numbers_ja,
    purposes_ja,
    speech_ja,
    turns_ja,
    usual_ja,
)
from fuyajo.planner.backends.rules.tokens import K, Tokens

_ARROW = r"[ \t]*(?:→|⇒|➡|⇨|->|=>|から(?=\d))[ \t]*"
_UNIT = r"(?:[GMTgmt](?:i?[Bb])?|ギガ(?:バイト)?|メガ(?:バイト)?|テラ|コア|cores?|cpu|vcpu|個|つ)?"
#: 2GB→4GB: the new value.
_CHANGED = re.compile(rf"\d[\d.,]*[ ]?{_UNIT}{_ARROW}(?=\d)", re.IGNORECASE)
_ANY_ARROW = re.compile(r"[ \t]*(?:→|⇒|➡|⇨|->|=>)[ \t]*")
_BULLET = re.compile(r"\A[ \t]*(?:[-*・●○■□◆◇▪•‣★☆>]+|\(?\d{1,2}[.):、](?!\d))[ \t]*(?=\S)")
#: 2コア/4GB, 名前: x / メモリ: 2GB; a path, a date and web/db stay what they are.
_SLASH = re.compile(
    r"(?<=[^\s/:0-9A-Za-z])/(?=[^\s/])|(?<=\w)/(?=[^\sA-Za-z0-9/])|(?<=\S)[ ]/[ ](?=\S)"
)
_BARE_SLASH = re.compile(r"(?<=[GMTgmtBb])/(?=\d)|(?<=\d)/(?=\d+ ?[GMTgmt])")
_PIPE = re.compile(r"[ \t]*[|｜][ \t]*")
_NOUNS = (
    "停止|起動|再起動|削除|破棄|シャットダウン|リブート|リスタート|スタート|廃止|撤去"
    "|消去|作成|構築|新規作成|追加|変更"
    "|リサイズ|スナップショット作成|スナップショット取得"
)
_VERB_FIRST = re.compile(
    rf"(?:^|(?<=\n))(?P<verb>{_NOUNS})[ ]?(?:対象)?[ ]?:[ ]*(?P<rest>[^:\n。]+)(?=\n|\Z)"
)
_COUNTED = re.compile(r"(?:台数|数量|個数|必要数|必要台数)[ ]?(?:[:=は]|→)?[ ]*(\d{1,4})[ ]?台?")
_AFTER = re.compile(
    r"(?:変更後|変更先|新しい値|希望値|新)(?:の(?:値|サイズ|容量))?[ ]?[:=][ ]*(?P<rest>[^\n。、]+)"
)
_LABEL = re.compile(
    r"(?:対象(?:の)?(?:vm|サーバ|マシン|ホスト)?|種別|種類|タイプ|テンプレート|テンプレ"
    r"|項目|操作|作業|作業内容|内容"
    r"|依頼内容|要望|用件|変更内容|変更箇所|希望|構成|スペック|サーバ種別|vm種別|vm|サーバ|処理"
    r"|アクション|やること|実施内容)[ ]?[:=][ ]*",
    re.IGNORECASE,
)
_HEADING = re.compile(
    r"^(?:[^\n:。0-9A-Za-z]|vm){0,12}(?:依頼|お願い|作業|要望|整理|手順|タスク|TODO|こと|下記|以下)"
    r"(?:です|事項|リスト|一覧|内容|の通り|のとおり|の件)*(?:を|、|で)?(?:お願い|よろしく|頼)?[ぁ-ん]{0,8}"
    r"[ ]?[:。]?[ ]*(?:\n|(?<=:)|(?<=: ))",
    re.IGNORECASE,
)
_BELOW = re.compile(
    r"(?:以下|下記|次)(?:の(?P<what>vm|サーバ|マシン|仮想マシン|もの|リスト|一覧|対象|\d台"
    r"|\d台のvm|\d台のサーバ|\d台のマシン))?"
    r"(?P<joshi>を|の|は|について)",
    re.IGNORECASE,
)
_BUILD = re.compile(
    r"(?:以下|下記|次)の(?:構成|内容|条件|スペック|仕様|設定|要件|通り|とおり)(?:で|の|に"
    r"|にて|通りに)?(?:、)?"
)
_NAMES = re.compile(r"[a-z0-9-]+(?:(?:[ ]*[,、・&と][ ]*|[ ]+)[a-z0-9-]+)*\Z")
_NAME = re.compile(r"[a-z0-9-]+")
_PAREN = re.compile(r"[ ]?\(([^()\n]{1,40})\)")
_ONLY_SIZES = re.compile(
    r"(?:(?:メモリ|ディスク|CPU|ストレージ|容量|コア数|コア|RAM)?[はが:= ]*"
    rf"\d[\d.,]*[ ]?{_UNIT}(?:台)?[、,/・ と]*)+\Z",
    re.IGNORECASE,
)
_ONLY_NAME = re.compile(
    r"(?:名前|名称|ホスト名|vm名|サーバ名)(?:は|:|が)?[ ]?[a-z][a-z0-9-]*(?:で|です)?\Z",
    re.IGNORECASE,
)
_SAYS_NAME = re.compile(
    r"[a-z0-9-]*[ ]?(?:と?いうのは|って|は|が)?(?:どちらも|両方(?:とも)?|すべて|全部|いずれも)?(?:これは)?"
    r"(?:vm|サーバ|マシン|仮想マシン|ホスト|サーバ)(?:の名前|名|の名称|のこと)(?:です|だよ|である|ね|だ)?",
    re.IGNORECASE,
)
_TELLS_NAME = re.compile(
    rf"(?:(?<=。)|(?<=\n))[ ]?(?:ちなみに|なお)?、?(?P<said>{_SAYS_NAME.pattern})(?:。|\Z)",
    re.IGNORECASE,
)


_OPENING = re.compile(
    r"(?:\A|(?<=\n)|(?<=。))(?:(?:ご多忙|お忙し|夜分|夜遅|朝早|お休み|突然|急な|急で|何度"
    r"|度々|たびたび|毎度|いつも|お取り込み|お疲れ)"
    r"[^、。\n\d]{0,14}(?:すみません|すいません|申し訳[^、。\n]{0,9}|恐縮です|恐れ入ります"
    r"|失礼(?:いた)?します|ごめん|悪い"
    r"|お世話になっております|お世話になっています|お世話様です)(?:なさい|の|ん)?(?:です"
    r"|だ)?(?:が|けど|けれど)?[、。]?)+"
)
_SORRY = re.compile(
    r"\A(?:(?:(?:あ+[っー]*|いや|いえ|違う)(?=[、。!\s])|ごめん(?:なさい)?|すまん"
    r"|すみません|訂正(?:です|します)?|違った|違いました"
    r"|間違え(?:た|ました|ちゃった)|間違い(?:です|でした)?|失礼(?:しました)?|もう(?:いい"
    r"|ええ)(?:や|わ)|やっぱ(?:り)?)[、。!\s]*)+(?=[^、。!\s])"
)
_BESIDES = re.compile(
    r"(?:今|いま|既に|すでに|現在)?(?:ある|使って(?:い)?る|動いて(?:い)?る)?(?:やつ|もの"
    r"|の|サーバ|vm|マシン)とは別に、?",
    re.IGNORECASE,
)
_HAVING = re.compile(r"(?<=[にへ])した(?:上で|うえで|後で?に?|あとで?に?|のち|ら次に|ら、次に)、?")
_UP_TO = re.compile(
    r"の(?:ところ|所|時点|地点|状態|段階)(?:まで|に|へ)(?=[^、。]*(?:戻|もど|ロール|巻き|復元))"
)
_SNAPSHOT_NAME = re.compile(
    r"[、。 ]?(?:スナップショット|スナップ)(?:の)?(?:名前|名称|名)(?:は|:|が|を)?[ ]*"
    r"(?P<name>[A-Za-z][A-Za-z0-9-]*)"
    r"(?:です|にして(?:ください)?|で(?:お願いします)?|として)?(?:。|\Z)"
)
_BACK = re.compile(r"(?=ロールバック|巻き戻|差し戻|復元|戻|リストア)")
_SHOT = re.compile(r"(?=スナップショット|スナップ)")


_DRAWN = re.compile(r"(?<=[ぁ-ん])[ー〜~]+(?=[、。!?\s]|\Z)")
_HONOUR = re.compile(r"(?<=[a-z0-9])(?:さん|くん|ちゃん)(?!の[A-Za-z])")
_FACES = re.compile(r"[ ]?m\(_ ?_\)m|\(笑\)|\(泣\)|\(汗\)")
#: くださーい: said at length.
_AT_LENGTH = re.compile(
    r"(?<=くださ)ー+(?=い)|(?<=しま)ー+(?=す)|(?<=で)ー+(?=す)|(?<=お願)ー+(?=い)"
)
#: 再起動できますか？お願いします: not a question after all.
_CAN_YOU = re.compile(
    r"(?:でき(?:ます|る|ません|ない)|出来(?:ます|る|ません))(?:でしょうか|ですか|か(?:な|ね)?)?[?。、 ]*"
    r"(?=(?:お願い|よろしく|宜しく|頼))"
)
_NAME_IT = re.compile(
    r"(?:名前|名称|サーバ名|vm名|ホスト名)を(?P<name>[a-z][a-z0-9-]*)に(?:して|設定して|し)"
    r"(?=[、。 ]|ください)(?:ください)?",
    re.IGNORECASE,
)
_THEREFORE = re.compile(r"\A(?:では|それでは|じゃあ?|それなら|ならば?|ほんなら|ほな)、?(?=[^、])")
_JUST_DONE = re.compile(
    r"(?:さっき|先ほど|さきほど|先程|今さっき)(?:止め|落とし|停止し|起動し|起こし|再起動し"
    r"|変更し|いじっ|触っ|立ち上げ)た"
    r"(?:やつ|もの|の|サーバ|vm|マシン)(?=[をはもがの、])",
    re.IGNORECASE,
)
_THEN_WHAT = re.compile(
    r"(?<=作成|構築|用意|準備|追加|変更|発行|新設|新規|手配)[ ]?:(?=[ ]?(?:名前|name|mem|ram|disk|メモリ"
    r"|ディスク|cpu|web|サーバ|vm|\d))",
    re.IGNORECASE,
)
_TITLED = re.compile(
    r"【[^】a-z0-9]{0,8}(?:依頼|お願い|至急|急ぎ|緊急|重要|要望|作業|申請|相談|連絡)[^】a-z0-9]{0,8}】[ ]?"
)
_BEFORE = re.compile(
    r"(?:アップデート|更新|作業|変更|移行|リリース|デプロイ|メンテ(?:ナンス)?|テスト|実験"
    r"|検証|改修|インストール|バージョンアップ"
    r"|アップグレード|パッチ(?:適用)?|入れ替え|いじる|触る|試す|何かする)(?:を)?(?:する"
    r"|やる|行う)?の?前(?:に|なので|だから)、?(?=.*スナップ)"
)


_TOPIC = re.compile(r"(?:対象|対象のvm|対象サーバ|対象vm)は、?", re.IGNORECASE)
_THAT_IS_ALL = re.compile(
    r"、?(?:以上|上記)(?:の(?:内容|構成|条件))?で(?=作成|構築|用意|変更|お願い|よろしく"
    r"|宜しく|頼|新規|新設|追加|立て|建て|発行|設定|依頼|申請)|。?以上(?:です|になります|となります)。?(?=\Z|\n)"
)
_ONE = re.compile(r"(?:一|1|いっ)(?:丁|ちょう?)(?=[、。 !]|\Z|お願い|頼|よろ|で)")
_SPOKEN = (
    (_TOPIC, ""),
    (_THAT_IS_ALL, ""),
    (_ONE, "1台"),
    (_BEFORE, ""),
    (_TITLED, ""),
    (_HONOUR, ""),
    (_FACES, ""),
    (_AT_LENGTH, ""),
    (_DRAWN, ""),
    (_CAN_YOU, "して"),
    (_NAME_IT, r"名前は\g<name>で"),
    (_THEREFORE, ""),
    (_JUST_DONE, "さっきのやつ"),
    (_THEN_WHAT, "、"),
)


#: web: 停止, behind a bullet.
_SAID_OF = re.compile(
    r"(?:(?<=\n)|(?<=・)|(?<=\A)|(?<=- )|(?<=、))([A-Za-z][A-Za-z0-9-]*)[ ]?:[ ]?"
)


def flat(text: str, names: frozenset[str]) -> str:
    """The text with its notation written out; `names` are the user's own VMs."""
    text, quoted = _put_away(text)
    text = usual_ja.plainly(endings_ja.mended(text), names)
    text = listed_ja.plainly(kinds_ja.at_the_order(text), names)
    text = asks_ja.plainly(makes_ja.plainly(text), names)
    text = turns_ja.plainly(numbers_ja.plainly(text))
    text = notes_ja.written_out(text, names)
    text = _put_back(purposes_ja.without(text, names), quoted)
    text = beside_ja.left_out(speech_ja.plainly(text, names), names)
    for pattern, plain in _SPOKEN:
        text = pattern.sub(plain, text)
    text = _SORRY.sub("", _OPENING.sub("", text), count=1)
    text = _UP_TO.sub("に", _HAVING.sub("して、", _BESIDES.sub("", text)))
    text = _snapshot_named(text)
    text = _SAID_OF.sub(lambda m: f"{m[1]} " if m[1].lower() in names else m[0], text)
    text = _CHANGED.sub("", text)
    text = _ANY_ARROW.sub(" ", text)
    text = _HEADING.sub("", text)
    text = _lines(text, names)
    text = _BUILD.sub("", text)
    text = _TELLS_NAME.sub("", text)
    text = _PAREN.sub(_spoken, text)
    text = _COUNTED.sub(r"\1台", text)
    text = _AFTER.sub(r"\g<rest>に変更", text)
    text = _VERB_FIRST.sub(r"\g<rest>を\g<verb>", text)
    text = _LABEL.sub("", text)
    return _PIPE.sub(" ", _SLASH.sub("、", _BARE_SLASH.sub("、", text)))


_QUOTATION = re.compile(r"「([^」\n]*)」|\"([^\"\n]*)\"")
#: Stands for a quotation that is put away; no message can have it (see `unsafe_reason`).
_AWAY = 0xE100


def _put_away(text: str) -> tuple[str, list[str]]:
    """Quotations are not rewritten: each is one character between its marks."""
    quoted: list[str] = []

    def away(found: re.Match[str]) -> str:
        quoted.append(found[0][1:-1])
        return f"{found[0][0]}{chr(_AWAY + len(quoted) - 1)}{found[0][-1]}"

    return _QUOTATION.sub(away, text), quoted


def _put_back(text: str, quoted: list[str]) -> str:
    for i, said in enumerate(quoted):
        text = text.replace(chr(_AWAY + i), said)
    return text


_LABELS = frozenset({K.MEMORY, K.DISK, K.CPU})


def short(body: Tokens) -> bool:
    """web メモリ4G, dbのメモリ 8GB, api 4コア/8GB: an order in notes. With は or が it is a statement."""
    kinds = {t.kind for t in body}
    noted = kinds <= _LABELS | {K.NAME, K.SIZE, K.NUMBER, K.JOSHI, K.FILL, K.COMMA, K.AND, K.COLON}
    return (
        noted
        and body[0].kind is K.NAME
        and (body[-1].kind in _LABELS | {K.SIZE, K.NUMBER} or body[-1].text == "で")
        and bool(kinds & _LABELS)
        and all(t.text == "の" for t in body[:-1] if t.kind is K.JOSHI)
    )


def _snapshot_named(text: str) -> str:
    """…をロールバックして。スナップショット名はok-1です。: the name goes where a sentence would have it."""
    found = _SNAPSHOT_NAME.search(text)
    if not found:
        return text
    rest = f"{text[: found.start()]}。{text[found.end() :]}".strip("。")
    if _BACK.search(rest):
        return _BACK.sub(f"スナップショット{found['name']}に", rest, count=1)
    if _SHOT.search(rest):
        return _SHOT.sub(f"{found['name']}という名前の", rest, count=1)
    return f"{rest}スナップショットを{found['name']}という名前で取得"


def _spoken(found: re.Match[str]) -> str:
    """(メモリ4GB) is said in passing, (VM名です) explains; everything else in brackets is asked about."""
    inside = found[1].strip()
    if _ONLY_SIZES.match(inside) or _ONLY_NAME.match(inside):
        return f" {inside} "
    return "" if _SAYS_NAME.fullmatch(inside) else found[0]


def _lines(text: str, names: frozenset[str]) -> str:
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if len(lines) < 2:
        return text
    marked = _numbered(lines) or [_BULLET.sub("", line, count=1) for line in lines]
    listed = [i for i, line in enumerate(lines) if marked[i] != line]
    own = [i for i in range(1, len(lines)) if _all_names(marked[i], names)]
    if own and own == list(range(1, len(lines))) and _BELOW.search(lines[0]):
        joined = "、".join(marked[i] for i in own)
        return _BELOW.sub(lambda found: f"{joined}{found['joshi']}", marked[0], count=1)
    if (said := _with_attributes(lines)) is not None:
        return said
    if not listed and not any(_LABEL.match(line) for line in lines):
        return text
    whole = marked[0]
    for i in range(1, len(marked)):
        attribute = _is_attribute(marked[i]) and (
            i - 1 == 0 or _is_attribute(marked[i - 1]) or i in listed
        )
        whole += (" " if attribute and not whole.endswith(("。", "い", "て")) else "\n") + marked[i]
    return whole


_VALUE_LINE = re.compile(
    r"(?:メモリ|ディスク|ストレージ|v?cpu|コア数?|ram|mem|名前|名称|name|ホスト名|サーバ名"
    r"|vm名|台数|数量)(?:容量|サイズ|数)?[ ]?(?:[:=は]|→)?[ ]*[^\s:、。]{1,24}(?: ?(?:gb"
    r"|mb|tb|コア|個))?[、。]?",
    re.IGNORECASE,
)


def _with_attributes(lines: list[str]) -> str | None:
    """サーバー1台, and below it CPU: 2, メモリ: 4GB …, で作成をお願いします: one sentence."""
    end = 1
    while end < len(lines) and _VALUE_LINE.fullmatch(lines[end]):
        end += 1
    if end < 3 and not (end == 2 and len(lines) <= 3):
        return None
    head, said, rest = (
        lines[0].rstrip("。:、"),
        "、".join(line.rstrip("、。") for line in lines[1:end]),
        lines[end:],
    )
    if rest and not rest[0].startswith(("で", "にて", "を", "の")):
        rest[0] = "。" + rest[0]
    return f"{head}{'。' if _ACTS.search(lines[0]) else '、'}{said}{chr(10).join(rest)}"


def _numbered(lines: list[str]) -> list[str] | None:
    """①…, ②…: those signs are plain numbers by now; they count the lines, so they count nothing else."""
    found = [_PLAIN_NUMBER.match(line) for line in lines]
    if not all(m and int(m[1]) == i for i, m in enumerate(found, 1)):
        return None
    return [line[m.end() :].strip() for line, m in zip(lines, found, strict=True) if m]


_PLAIN_NUMBER = re.compile(r"(\d{1,2})(?![\d.,:)台つ個コ月日時分GMTgmt])")


def _all_names(line: str, names: frozenset[str]) -> bool:
    low = line.lower().rstrip("。")
    return bool(_NAMES.match(low)) and all(n in names or n == "" for n in _NAME.findall(low))


_ATTRIBUTE = re.compile(
    r"(?:対象|種別|種類|タイプ|テンプレ|台数|数量|名前|名称|ホスト名|サーバ名|vm名|メモリ"
    r"|ディスク|ストレージ|cpu|コア|ram|項目|変更後"
    r"|web ?サーバ|ウェブサーバ|サーバ|vm|\d)",
    re.IGNORECASE,
)
_ACTS = re.compile(
    rf"{_NOUNS}|して|せよ|止め|消し|作っ|戻し|増や|減ら|上げ|下げ|取っ|撮っ|落と|立ち"
)


def _is_attribute(line: str) -> bool:
    """A line that only adds to the wish around it."""
    return bool(_ATTRIBUTE.match(line)) and (line.startswith("変更後") or not _ACTS.search(line))
