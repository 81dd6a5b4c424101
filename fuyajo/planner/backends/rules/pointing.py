"""Phrases for what was made last: "the last two web servers I created", さっき作ったやつ."""

from __future__ import annotations

import re
from functools import cache

from fuyajo.planner.backends.rules import words_en

_COUNT = r"(?P<{0}>\d{{1,2}}|" + "|".join(words_en.NUMBERS) + ")"
_KIND = (
    r"(?:(?P<{0}>(?:(?:web|basic|plain|nginx|debian|virtual)[ -])?(?:vm|server|machine|instance|box)"
    r"(?:e?s)?|webservers?|websites?|nginx|ones?)\b)"
)
_NEW = r"(?:very )?(?:latest|newest|most recent|most recently (?:made|created)|youngest)"
_LAST = r"(?:very )?(?:last|latest|newest|most recent)"
_MADE = (
    r"(?:that |which )?(?:i|we|you)(?:'ve| have|'d| had)?(?: just| only just| recently| last)?"
    r" (?:made|created|built|set up|launched|deployed|provisioned|added|asked for|spun up|got|ordered)"
    r"(?: (?:last|just now|most recently|earlier|before|for me|a moment ago|a minute ago|just before"
    r"|right now|a second ago))?"
)
_ENGLISH: tuple[str, ...] = (
    rf"(?:the|my|that) (?:{_COUNT.format('n')} )?{_NEW}(?: {_COUNT.format('m')})?"
    rf"(?: {_KIND.format('kind')})(?: (?:of mine|{_MADE}))?",
    rf"(?:the|my|that) (?:{_COUNT.format('n')} )?{_LAST}(?: {_COUNT.format('m')})?"
    rf"(?: {_KIND.format('kind')})? {_MADE}",
    rf"(?:the|that|those) (?:{_COUNT.format('n')} )?(?:new )?{_KIND.format('kind')} {_MADE}",
    rf"(?:the|those) {_COUNT.format('n')} {_MADE}",
    rf"(?P<all>everything|whatever|all|what) {_MADE}",
    rf"(?:the|my|that) (?:just|newly|recently|last)[ -](?:made|created|built) (?:{_COUNT.format('n')} )?"
    rf"{_KIND.format('kind')}",
    rf"the new {_KIND.format('kind')}",
)
_WHEN = (
    "さっき|さきほど|先ほど|先程|いま|今|たった今|ついさっき|最後に|直前に|前回|最近|一番最後に|一番最近"
    "|今しがた|最も最近"
)
_DID = (
    "作った|作成した|立てた|立ち上げた|追加した|用意した|建てた|作ってもらった|構築した|作ったばかりの|作成したばかりの"
    "|作ってくれた|立てたばかりの|つくった|準備した|デプロイした"
)
_THING = (
    "(?P<kind>ウェブサーバ|webサーバ|仮想マシン|サーバ|vm|マシン|やつ|もの|ヤツ|奴|インスタンス)"
)
_JAPANESE: tuple[str, ...] = (
    rf"(?:{_WHEN})(?:、)?(?:私が|僕が|俺が|自分で)?(?:{_DID})(?:ばかりの)?"
    rf"(?:(?P<n>\d{{1,2}})(?:台|つ|個))?(?:の)?{_THING}?(?:(?P<m>\d{{1,2}})(?:台|つ|個))?",
    rf"(?:一番|最も|いちばん)新しい(?:(?P<n>\d{{1,2}})(?:台|つ))?(?:の)?{_THING}?",
    rf"最新の(?:(?P<n>\d{{1,2}})(?:台|つ)の?)?{_THING}",
    rf"(?:{_DID})ばかりの(?:(?P<n>\d{{1,2}})(?:台|つ)の?)?{_THING}?",
)
#: Every phrase has one of these.
_SIGNS = re.compile(
    "made|created|built|set up|launched|deployed|provisioned|added|asked|spun up|got|ordered|latest|newest"
    "|most recent|youngest|the new |新しい|最新|った|した|てた|れた|げた"
)
_FIRST = frozenset("tmewa") | frozenset("さ先い今た最直前一作立建構用つ")


def match(low: str, at: int) -> tuple[int, str] | None:
    """Where the phrase that begins here ends, and "count template"; count 0 is several, unsaid."""
    first = low[at : at + 1]
    if first not in _FIRST:
        return None
    for pattern in _patterns(first.isascii()):
        found = pattern.match(low, at)
        if found and not (first.isascii() and low[found.end() : found.end() + 1].isalnum()):
            return found.end(), _value(found)
    return None


def possible(low: str) -> bool:
    """Whether any of the phrases can be in the text; the patterns are made when one may be."""
    return _SIGNS.search(low) is not None


@cache
def _patterns(english: bool) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in (_ENGLISH if english else _JAPANESE))


def _value(found: re.Match[str]) -> str:
    parts = found.groupdict()
    said = parts.get("n") or parts.get("m")
    kind = parts.get("kind") or ""
    template = "web-server" if re.match("web|nginx|ウェブ", kind) else ""
    if re.match("basic|plain|debian", kind):
        template = "basic-server"
    several = parts.get("all") or (kind.isascii() and kind.endswith("s"))
    count = int(said) if said and said.isdigit() else words_en.NUMBERS.get(said or "", 1)
    return f"{0 if several and not said else count} {template}".strip()
