"""One's own VMs in lists and ranges (web-1〜web-3, だけ残してほかは), and what is said of them.

Text in, text out; only names that exist are touched (for a range also names none of which exists).
"""

from __future__ import annotations

import re

from fuyajo.planner.backends.rules import rewriting_ja
from fuyajo.planner.backends.rules.rewriting_ja import Late, Row

_RANGE = Late(
    r"(?<![a-z0-9-])(?P<stem>[a-z][a-z0-9-]*?)(?P<first>\d{1,3})[ ]?(?:から|〜|~|ー|—|\.\."
    r"|…)[ ]?(?P<again>(?P=stem))?(?P<last>\d{1,3})(?![a-z0-9.])(?:まで)?(?:の)?"
    r"(?P<all>全部|すべて|全て|\d台)?",
    re.IGNORECASE,
)
#: Nobody lists more than this many in a range.
_MOST = 20
_NAME = Late(r"(?<![a-z0-9-])[a-z][a-z0-9-]*(?![a-z0-9-])")
_M = "\ue002"
_OWN = rf"{_M}[a-z0-9-]+"
_OLD = (
    r"(?:旧(?:機|サーバ|環境|本番)?の|古い|古くなった|ふるい|旧|以前の|昔の|新しい|例の"
    r"|問題の|肝心の|もう(?:使わない|いらない|要らない)|使わない|いらない|要らない|不要な"
    r"|本番用の|検証用の|開発用の|テスト用の|テスト中の"
    r"|一番重い|重い|遅い|壊れた|ぶっ壊れた|固まった|落ちた|停止してある|止めてある"
    r"|放置してある|余っている|余ってる|あまってる|空の|自分の|うちの|わたしの|私の)"
)
_REST = (
    r"(?:ほか|他|のこり|残り|あと|それ以外|その他)(?:の(?:VM|サーバ|やつ|もの|マシン|奴))?"
    r"(?:は|を)(?:全部|すべて|全て|みんな)?"
)
LISTED: tuple[Row, ...] = (
    (
        "古 ふる 旧 以前 昔 新しい 例の 問題 肝心 使わ いら 要 用の 中の "
        "重い 遅い 壊れ 固ま 落ち てある 余っ あまっ 空の 自分 うち わたし 私",
        rf"(?<![一-龥])(?:{_OLD})+(?={_OWN})",
        "",
    ),
    (
        "先に まず 最初に",
        rf"({_OWN})を?(?:先に|まず|最初に)(?:して)?、?(?:続けて|続いて|次に|それから|その後"
        rf"(?:に)?|その次に|あとから)、?({_OWN})",
        r"\1、\2",
    ),
    (
        "だけ",
        rf"({_OWN})だけ(?:は|を)?(?:残し|キープし|生かし|置い)(?:て|といて|ておいて|とい)?、?{_REST}",
        r"\1以外を全部",
    ),
    (
        "よね",
        rf"({_OWN})(?:って|は|が|、)?(?:まだ|もう|今|いま|ずっと)?(?:止まって|落ちて|動いて"
        rf"|起動して|固まって)(?:い)?(?:ます|る)よね[?、。!]+",
        r"\1は",
    ),
    (
        "作って 立てて 建てて 使って 借りて",
        rf"({_OWN})(?:という|って)(?:の|やつ|VM|サーバ|マシン)を(?:作って|立てて|建てて|使って"
        rf"|借りて)(?:い)?(?:た|ました|まして|て)(?:ん|の)?(?:です|だ)?(?:が|けど"
        rf"|けれど)?[、。]?",
        r"\1は",
    ),
    (
        "という って",
        rf"({_OWN})(?:という|って(?:いう)?)[ ]?(?:VM|サーバ|マシン|仮想マシン|やつ)"
        rf"(?=[、をはのがも])",
        r"\1",
    ),
    ("の", rf"(?<![bブ])(?:サーバ|VM|マシン|仮想マシン)の(?={_OWN})", ""),
    ("方 ほう", rf"({_OWN})(?:の方|のほう)(?=[をはもが、])", r"\1"),
    (
        "まとめて 一括 一気 一斉 同時 順 一緒 いっしょ",
        rf"({_OWN}(?:(?:と|、|や|,|・|および|及び)[ ]?{_OWN})+)[ ]?(?:を|は)?(?:、)?(?:まとめて"
        rf"|一括で|一気に|一斉に|同時に|順番に|順に|全部まとめて|一緒に|いっしょに)(?:を)?",
        r"\1を",
    ),
)


def plainly(text: str, names: frozenset[str]) -> str:
    """The text with every own VM by its name."""
    text = _RANGE.sub(lambda m: _every(m, names), text)
    marked = _NAME.sub(lambda m: f"{_M}{m[0]}" if m[0] in names else m[0], text)
    if _M not in marked:
        return text
    return rewriting_ja.plainly(marked, LISTED).replace(_M, "")


def _every(found: re.Match[str], names: frozenset[str]) -> str:
    """node-1から3まで: each of them, where all exist, or none and the name is said twice."""
    if found[0].lower() in names:
        return found[0]
    stem, first, last = found["stem"].lower(), int(found["first"]), int(found["last"])
    width = len(found["first"]) if found["first"].startswith("0") else 1
    listed = [f"{stem}{i:0{width}}" for i in range(first, last + 1)]
    if not 1 < len(listed) <= _MOST:
        return found[0]
    own = [name for name in listed if name in names]
    counted = found["all"] and found["all"][0].isdigit() and found["all"] != f"{len(listed)}台"
    if counted or (own and len(own) < len(listed)) or (not own and not found["again"]):
        return found[0]
    tail = found["all"] if found["all"] and not own and found["all"][0].isdigit() else ""
    return "と".join(listed) + (f"の{tail}" if tail else "")
