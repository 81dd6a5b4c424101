"""VM作成: 名前はetl、4コア, and VM削除: etl-old below it: an order in each line, as sentences.

A line that is anything else leaves the whole text as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from fuyajo.planner.backends.rules import sheets_ja
from fuyajo.planner.backends.rules.rewriting_ja import Late

_HEAD = r"(?:Web ?サーバ|ウェブサーバ|仮想サーバ|仮想マシン|サーバ|VM|マシン|インスタンス)"
_LABEL = r"(?:メモリ|ディスク|ストレージ|v?CPU|コア数)"
_LINE = Late(
    rf"[ \t]*(?:[-*・●○■□◆▪•]+[ ]*|\(?\d{{1,2}}[.)][ ]*)?(?:(?:新規)?(?P<h>{_HEAD})(?:の|を)?)?(?:新規)?"
    r"(?P<act>作成|構築|追加|再起動|停止|起動|削除|廃棄|破棄|撤去|変更|リサイズ|スナップショット(?:の)?(?:取得|作成)?)"
    r"(?:する|対象)?[ ]*[:][ ]*(?P<said>[^\n?]+?)[。]?[ ]*",
    re.IGNORECASE,
)
_POLITE = Late(
    r"[^a-z0-9:?]{0,6}(?:お願い(?:いた|致)?します|よろしくお願い(?:いた|致)?します)[。]?"
)
_LIST = Late(r"[a-z0-9-]+(?:[ ]*[,、・と/][ ]*[a-z0-9-]+)*", re.IGNORECASE)
_NAME = Late(r"[a-z0-9][a-z0-9-]*")
_SIZED = Late(
    rf"(?P<n>[a-z0-9-]+)(?:[ ]*[、,/:][ ]*|の|[ ]+)"
    rf"(?P<s>{_LABEL}[^a-z、,]{{0,2}}\d[\d.]*[ ]?(?:[GMT]i?B?|コア)?)",
    re.IGNORECASE,
)
_CALLED = Late(r"(?:VM|サーバ)?(?:名前|名称|名)(?:は|:|が)?[ ]*(?=[a-z])", re.IGNORECASE)


def plainly(lines: list[str], names: frozenset[str]) -> str | None:
    """The lines as sentences, when every one is an order and more than one thing is to be done."""
    while lines and _POLITE.fullmatch(lines[-1].strip()):
        lines = lines[:-1]
    found = [_LINE.fullmatch(line) for line in lines]
    if len(lines) < 2 or len({m["act"] if m else "" for m in found}) < 2:
        return None
    said = [_order(m, names) if m else None for m in found]
    return "。".join(filter(None, said)) if all(said) else None


def _order(found: re.Match[str], names: frozenset[str]) -> str | None:
    act, said = found["act"], found["said"].strip()
    making: dict[str, Callable[[], str | None]] = {
        "作成": lambda: _made(said, found["h"], names),
        "構築": lambda: _made(said, found["h"], names),
        "追加": lambda: _made(said, found["h"], names),
        "変更": lambda: _sized(said, names),
        "リサイズ": lambda: _sized(said, names),
    }
    if act in making:
        return making[act]()
    whom = _own(said, names)
    if act.startswith("スナップ"):
        return f"{whom}のスナップショットを取ってください" if whom else None
    return f"{whom}を{act}してください" if whom else None


def _made(said: str, kind: str | None, names: frozenset[str]) -> str | None:
    """A machine that is new, by its name and sizes."""
    said = _CALLED.sub("", said, count=1)
    new = _NAME.match(said.lower())
    if not kind or not new or new[0] in names:
        return None
    return sheets_ja.machine(said, kind)


def _sized(said: str, names: frozenset[str]) -> str | None:
    found = _SIZED.fullmatch(said)
    own = found and found["n"].lower() in names
    return f"{found['n'].lower()}の{found['s']}に変更してください" if found and own else None


def _own(said: str, names: frozenset[str]) -> str:
    own = _NAME.findall(said.lower()) if _LIST.fullmatch(said) else []
    return "と".join(own) if all(name in names for name in own) else ""
