"""Forms of a field a line, and lists of new machines below the order that makes them, as sentences.

Whatever line of a form is not understood leaves the whole form as it is written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from fuyajo.planner.backends.rules import told_ja
from fuyajo.planner.backends.rules.endings_ja import NOUN
from fuyajo.planner.backends.rules.rewriting_ja import Late

_HEAD = r"(?:Web ?サーバ|ウェブサーバ|仮想サーバ|仮想マシン|サーバ|VM|マシン|インスタンス)"
_BULLET = Late(r"\A[ \t]*(?:[-*・●○■□◆◇▪•‣★☆>]+[ ]*|\(?\d{1,2}[.)][ ]*)?")
_FIELD = Late(r"(?P<key>[^:=\n]{1,16}?)[ ]*[:=][ ]*(?P<said>[^\n]+?)[。]?\Z")
_WHOM = Late(
    r"(?:(?:対象|該当)(?:の|となる)?)?(?:VM|仮想マシン|サーバ|マシン|ホスト)(?:の)?(?:名"
    r"|名称|名前)?|対象(?:名)?",
    re.IGNORECASE,
)
_LABEL = r"(?:メモリ|ディスク|ストレージ|v?CPU|コア|RAM|mem|disk)(?:容量|サイズ|コア数|数|量)?"
_NEW = r"(?:変更後|変更先|拡張後|増設後|新しい|新|希望|最終)(?:の|する)?"
_OLD = r"(?:変更前|拡張前|増設前|現在|現状|現行|今|旧)(?:の)?"
_SIZE_NEW = Late(rf"{_NEW}(?P<a>{_LABEL})|(?P<b>{_LABEL})[ ]?\(?{_NEW}(?:の値)?\)?", re.IGNORECASE)
_SIZE_OLD = Late(rf"{_OLD}{_LABEL}|{_LABEL}[ ]?\(?{_OLD}(?:の値)?\)?", re.IGNORECASE)
_SIZE = Late(_LABEL, re.IGNORECASE)
_VALUE = (
    r"\d[\d.,]*[ ]?(?:[GMT]i?B?|ギガ(?:バイト)?|メガ(?:バイト)?|テラ(?:バイト)?|コア"
    r"|cores?|v?CPU|個|つ)?"
)
_ONE_VALUE = Late(_VALUE, re.IGNORECASE)
_CHANGED = Late(rf"(?:現在|今)?{_VALUE}[ ]*(?:→|⇒|から)[ ]*(?P<to>{_VALUE})", re.IGNORECASE)
_WHAT = Late(
    r"(?:作業|操作|処理|対応|実施|依頼|変更)(?:の)?(?:内容|種別|項目|名)?|内容|種別"
    r"|やること|アクション|してほしいこと|件名|要望|用件"
)
_SHOT = r"スナップ(?:ショット)?"
_SHOT_KEY = Late(
    rf"{_SHOT}(?:の)?(?:名|名前|名称)?|(?:戻し|復元|戻す|復旧|切り戻し|ロールバック)先"
    rf"(?:の)?(?:{_SHOT})?(?:名)?"
)
_BACK = r"(?:復元|ロールバック|巻き戻し|切り戻し|差し戻し|リストア|戻し)"
_POLITELY = (
    r"(?:を|の)?(?:ご)?(?:実施|対応|作業)?(?:(?:して)?(?:ください|下さい|ほしい(?:です)?)|"
    r"(?:を|の)?お願い(?:いた|致)?し(?:ます|たいです)|お願い"
    r"|(?:の)?(?:依頼|希望|申請|お願い|件|作業)(?:です|します)?|です|のみ)?"
)
_ACT = Late(
    rf"(?:{_HEAD}(?:の)?)?(?:(?P<back>{_SHOT}(?:へ|に|から|まで)?(?:の)?{_BACK}|{_BACK})"
    rf"|(?P<take>{_SHOT}(?:の)?(?:を)?(?:新規)?(?:取得|作成|採取|保存|取る))"
    rf"|(?:{_LABEL}|スペック|構成|リソース|サイズ)?(?:の)?(?P<size>変更|拡張|増設|増強|増量"
    rf"|縮小|リサイズ|割り?当て変更|引き上げ)"
    rf"|(?:の)?(?P<noun>{NOUN})){_POLITELY}",
    re.IGNORECASE,
)
_ASIDE = Late(
    r"(?:理由|背景|備考|用途|目的|使用目的|利用目的|担当|担当者|申請者|依頼者|依頼元|部署"
    r"|所属|氏名|利用者|経緯|状況|現状|影響|優先度|緊急度)"
)
_POLITE = Late(r"[^a-z0-9]*(?:お願い|よろしく|宜しく|以上)[^a-z0-9]*", re.IGNORECASE)
_LIST = Late(r"[a-z0-9-]+(?:[ ]*[,、・と/][ ]*[a-z0-9-]+)*")
_NAME = Late(r"[a-z0-9][a-z0-9-]*")


@dataclass
class _Sheet:
    """What the lines of a form say."""

    whom: list[str] = field(default_factory=list)
    sizes: list[str] = field(default_factory=list)
    act: str = ""
    shot: str = ""
    new: bool = False


def plainly(lines: list[str], names: frozenset[str]) -> str | None:
    """The form as one sentence about one's own VMs, or None."""
    sheet = _Sheet()
    lines = [line[m.end() :].strip() if (m := _BULLET.match(line)) else line for line in lines]
    if len(lines) < 2 or not all(_read(line, sheet, i) for i, line in enumerate(lines)):
        return None
    if not sheet.whom or any(name not in names for name in sheet.whom):
        return None
    return _said(sheet)


def _read(line: str, sheet: _Sheet, i: int) -> bool:
    found = _FIELD.fullmatch(line)
    if not found:
        return _acts(line.strip(" 。:[]【】"), sheet) if i == 0 else bool(_POLITE.fullmatch(line))
    key, said = found["key"].strip(), found["said"].strip()
    if _SIZE_OLD.fullmatch(key):
        return bool(_ONE_VALUE.fullmatch(said))
    if _WHAT.fullmatch(key):
        return _acts(said, sheet)
    if _WHOM.fullmatch(key) and _LIST.fullmatch(said.lower()):
        sheet.whom += _NAME.findall(said.lower())
        return True
    if _SHOT_KEY.fullmatch(key):
        sheet.shot, again = said.lower(), sheet.shot
        return not again and bool(_NAME.fullmatch(sheet.shot))
    if _ASIDE.fullmatch(key):
        return told_ja.decides_nothing(said)
    return _sizes(key, said, sheet)


def _acts(said: str, sheet: _Sheet) -> bool:
    found = _ACT.fullmatch(said)
    if not found:
        return False
    kind = next((k for k in ("back", "take", "size") if found[k]), found["noun"])
    again, sheet.act = sheet.act, kind
    return not again or again == kind


def _sizes(key: str, said: str, sheet: _Sheet) -> bool:
    new = _SIZE_NEW.fullmatch(key)
    changed = _CHANGED.fullmatch(said)
    value = changed["to"] if changed else said
    if not (new or _SIZE.fullmatch(key)) or not _ONE_VALUE.fullmatch(value):
        return False
    sheet.new = sheet.new or bool(new or changed)
    sheet.sizes.append(f"{(new['a'] or new['b']) if new else key}を{value}")
    return True


def _said(sheet: _Sheet) -> str | None:
    whom = "と".join(sheet.whom)
    if sheet.sizes:
        if sheet.shot or sheet.act not in ("", "size", "変更") or not (sheet.act or sheet.new):
            return None
        return f"{whom}の{'、'.join(sheet.sizes)}に変更してください"
    if sheet.act == "back":
        return f"{whom}をスナップショット{sheet.shot}に戻してください" if sheet.shot else None
    if sheet.act == "take":
        called = f"{sheet.shot}という名前で" if sheet.shot else ""
        return f"{whom}のスナップショットを{called}取ってください"
    if sheet.shot or sheet.act not in ("停止", "起動", "再起動", "削除", "シャットダウン"):
        return None
    return f"{whom}を{sheet.act}してください"


_MAKES = Late(
    rf"(?:お疲れ様です。|お世話になっております。|すみません、?)?[^a-z0-9\n:。]{{0,12}}?"
    rf"(?:以下|下記|次|つぎ)?(?:の)?(?P<n>[2-9]台)?(?:の)?(?P<h>{_HEAD})?(?:を|の)?"
    rf"(?:、)?(?P<m>[2-9]台)?(?:を)?(?:、)?"
    r"(?:新しく|新規に?|それぞれ|1台ずつ)?(?:作って|作りたい|立てて|用意して|作成|構築"
    r"|用意|追加|準備|新規作成|お願い)[^a-z0-9\n:]{0,16}[。:]?",
    re.IGNORECASE,
)
_UNLIKE = Late(
    r"同じ|、?と[言いの聞書思考伝]|予定|済|まで|たら|なら|場合|[?]|ない|ません|時に|とき|明日|来週"
)
_ITEM = Late(
    rf"(?:(?P<h>{_HEAD})(?:[ ]?[:、]|[ ])[ ]*)?(?P<name>[a-z][a-z0-9-]*)[ ]*(?:(?:[:、,/は]"
    rf"|[ ])[ ]*|(?=\())?(?P<rest>[^\n]*?)[。、]?",
    re.IGNORECASE,
)
_SIZED = (
    rf"(?:(?P<l>{_LABEL})(?:は|が|を|:)?[ ]?(?P<v>{_VALUE})|(?P<c>\d+)[ ]?(?:コア|v?CPU|cores?))"
)
_ONE = Late(
    rf"{_SIZED}|(?P<h>{_HEAD})|タイトル(?:は|:|が)?[ ]?(?P<t>「[^」\n]+」)|(?P<g>\d[\d.]*[ ]?[GM]i?B?)",
    re.IGNORECASE,
)


def machines(lines: list[str], names: frozenset[str]) -> str | None:
    """次のVMを作ってください。, and below it a name and its sizes in each line: an order for each."""
    head = _MAKES.fullmatch(lines[0].strip()) if len(lines) > 2 else None
    if not head or _UNLIKE.search(lines[0]) or any(n in lines[0].lower() for n in names):
        return None
    below = [line[m.end() :].strip() if (m := _BULLET.match(line)) else line for line in lines[1:]]
    while below and _POLITE.fullmatch(below[-1]):
        below.pop()
    said = [machine(line, head["h"] or "") for line in below]
    count = head["n"] or head["m"]
    if len(below) < 2 or not all(said) or (count and int(count[0]) != len(said)):
        return None
    return "。".join(line for line in said if line)


def machine(line: str, kind: str) -> str | None:
    found = _ITEM.fullmatch(line)
    if not found or re.fullmatch(_LABEL, found["name"], re.IGNORECASE):
        return None
    kind = found["h"] or kind
    rest = found["rest"].strip()
    if rest.startswith("(") and rest.endswith(")"):
        rest = rest[1:-1]
    sizes: list[str] = []
    title = ""
    for part in filter(None, (p.strip() for p in re.split(r"[、,/・と]|[ ]+(?![GMTgmt])", rest))):
        one = _ONE.fullmatch(part)
        if one is None:
            return None
        kind = one["h"] or kind
        title = f"タイトルが{one['t']}の" if one["t"] else title
        sizes += [f"CPU{one['c']}コア"] if one["c"] else []
        sizes += [f"{one['l']}{one['v']}"] if one["l"] else []
        sizes += (
            [f"メモリ{one['g']}"]
            if one["g"] and sizes[:1] == [s for s in sizes if "コア" in s][:1]
            else []
        )
        if one["g"] and not sizes:
            return None
    if not kind:
        return None
    return f"{title}{'、'.join(sizes)}{'の' if sizes else ''}{found['name']}という{kind}を1台作って"
