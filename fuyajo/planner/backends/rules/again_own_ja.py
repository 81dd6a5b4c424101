"""Lists below an order and permission beside it, for the second reading; and every row about own VMs."""

from __future__ import annotations

import re

from fuyajo.planner.backends.rules.again_acts_ja import ACTS
from fuyajo.planner.backends.rules.again_told_ja import TOLD
from fuyajo.planner.backends.rules.again_whom_ja import FINE, WHOM
from fuyajo.planner.backends.rules.rewriting_ja import Late, Row
from fuyajo.planner.backends.rules.stories_ja import MARK, NOUN, OWN

OWNS: tuple[Row, ...] = (*WHOM, *ACTS, *TOLD)
_BELOW = Late(
    r"(?:以下|下記|次|これら|(?:\A|(?<=[。、\n]))下(?=の))(?:の)?(?:サーバ|VM|マシン|仮想マシン|もの"
    r"|やつ|リスト|一覧|対象|ホスト)?(?:の)?(?:\d台|\dつ|[二三四五]台)?(?:の)?(?"
    r":サーバ|VM|マシン)?"
    r"(?P<j>を|の|は|について|に関して|に|が|へ|、)",
    re.IGNORECASE,
)
_ITEM = Late(
    rf"\A[ \t]*(?:[-*・●○■□◆◇▪•‣★☆>]+|\(?\d{{1,2}}[.)])?[ \t]*(?P<own>{OWN})[ \t"
    r"。、,]*\Z"
)


def below(text: str) -> str:
    """以下を再起動してください, and below it one's own VMs, a line each."""
    lines = [line for line in text.split("\n") if line.strip()]
    head = next((i for i, line in enumerate(lines) if _BELOW.search(line)), None)
    if head is None or len(lines) < 2:
        return text
    items = [_ITEM.match(line) for line in lines[head + 1 :]]
    if not items or not all(items) or MARK in "".join(lines[: head + 1]):
        return text
    listed = "と".join(found["own"] for found in items if found)
    said = "\n".join(lines[: head + 1])
    return _BELOW.sub(lambda found: f"{listed}{found['j']}", said, count=1)


_SAME = {
    "delete": r"削除|消去|破棄|廃棄|撤去|処分|除却|消し|捨て|片付け|片づけ",
    "stop": r"停止|シャットダウン|止め|落と|停め",
    "restart": r"再起動|リブート|リスタート",
    "start": r"(?<!再)起動|立ち上げ|動かし|起こし",
}
_MAY = Late(
    rf"(?<=[。!])(?:もう)?(?P<v>[^。、!a-z\ue004]{{1,10}}?)(?:し)?て?(?:しまって"
    rf"|もらって|いただいて|くれて)?(?:も|で)?{FINE}[。!]*\Z"
)


def allowed(text: str) -> str:
    """…を片付けてください。削除して問題ないです: leave for the very thing that was ordered before."""
    found = _MAY.search(text)
    if not found:
        return text
    before = text[: found.start()]
    for said in _SAME.values():
        if re.fullmatch(rf"(?:{said})", found["v"]) and re.search(said, before):
            others = any(re.search(o, before) for o in _SAME.values() if o != said)
            return text if others else before
    return text


_PERMITTED = Late(
    rf"(?P<l>{OWN})(?:を|は)?、?(?:もう)?(?P<v>消し|(?:{NOUN})し?"
    r"|止め|落とし|停め|捨て)て?(?:しまって|もらって|いただいて"
    rf"|くれて)?(?:も)?{FINE}"
    r"(?:と(?:のこと|の(?:連絡|返事|確認|許可|了承|話))(?:です"
    r"|でした|が(?:取れ|出|来)(?:まし)?た|をもらい(?:まし)?た)?"
    r"|(?:が)?(?:出|もらっ|取れ|来)た)?(?:ので|んで|から|そうなので)?[。、!]+"
    r"(?=(?P<w>削除|消去|消し|破棄|捨て|停止|止め|落と)(?:を|し"
    r"|て|で|お|の)[^a-z\ue004]*\Z)"
)


def permitted(text: str) -> str:
    """xは消していいよ。削除で: leave for a thing, and then the order for it."""

    def said(found: re.Match[str]) -> str:
        same = any(
            re.match(rf"(?:{said})", found["v"]) and re.match(rf"(?:{said})", found["w"])
            for said in _SAME.values()
        )
        return f"{found['l']}を" if same else found[0]

    return _PERMITTED.sub(said, text)
