"""Tickets: a heading that names the operation, and below it 対象: x, 内容: …, 理由: …, a line each."""

from __future__ import annotations

import re

from fuyajo.planner.backends.rules import told_ja
from fuyajo.planner.backends.rules.endings_ja import NOUN
from fuyajo.planner.backends.rules.rewriting_ja import Late

_HEADING = Late(
    rf"[^a-z0-9:]{{0,8}}?(?P<n>{NOUN})(?:の)?(?:ご)?(?:依頼|希望|申請|お願い|リクエスト"
    rf"|要望|作業)(?:です|書|票|について)?[。:]?\Z",
    re.IGNORECASE,
)
_LINE = Late(r"[-・*●■]?[ ]*(?P<key>[^:=\s]{1,12})[ ]?[:=][ ]*(?P<said>.+?)[。]?\Z")
_WHOM = Late(
    r"(?:対象|該当)?(?:の)?(?:VM|サーバ|マシン|ホスト|機器)?(?:名|名称)?\Z|対象", re.IGNORECASE
)
_CHANGE = Late(r"(?:変更)?(?:内容|後|箇所|点|値)|希望値|希望|詳細")
#: Who, why and for what: nothing of the wish. When it is to be done is none of these.
_ASIDE = Late(
    r"(?:理由|背景|備考|用途|目的|使用目的|利用目的|担当|担当者|申請者|依頼者|依頼元|部署"
    r"|利用者|経緯|状況|現状|影響|優先度|緊急度)\Z"
)
_SIZE = Late(r"(?:メモリ|ディスク|ストレージ|v?CPU|コア数?|RAM|mem)\Z", re.IGNORECASE)
_NAME = Late(r"[a-z0-9][a-z0-9-]*")
_LIST = Late(r"[a-z0-9-]+(?:[ ]*[,、・と/][ ]*[a-z0-9-]+)*\Z")
_POLITE = Late(r"[^a-z0-9]*(?:お願い|よろしく|宜しく|以上)[^a-z0-9]*\Z")


def plainly(lines: list[str], names: frozenset[str]) -> str | None:
    """The ticket as a sentence about one's own VMs, or None when a line of it is not understood."""
    heading = _HEADING.match(lines[0].strip())
    if not heading:
        return None
    whom: list[str] = []
    changes: list[str] = []
    if not all(_read(line.strip(), whom, changes) for line in lines[1:]):
        return None
    if not whom or any(name not in names for name in whom):
        return None
    if changes:
        return f"{'と'.join(whom)}の{'、'.join(changes)}に変更してください"
    return f"{'と'.join(whom)}を{heading['n']}してください"


def _read(line: str, whom: list[str], changes: list[str]) -> bool:
    """One line into what it gives; False where it is not understood."""
    found = _LINE.match(line)
    if not found:
        return bool(_POLITE.match(line))
    key, said = found["key"], found["said"].strip()
    if _ASIDE.match(key) and told_ja.decides_nothing(said):
        return True
    if _SIZE.match(key):
        changes.append(f"{key}{said}")
    elif _CHANGE.match(key):
        changes.append(said)
    elif _WHOM.match(key) and _LIST.match(said.lower()):
        whom += _NAME.findall(said.lower())
    else:
        return False
    return True
