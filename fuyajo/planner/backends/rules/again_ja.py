"""The second reading of a Japanese wish that the first did not understand: said more plainly, without
the words around it. What is left is read by the same rules, word for word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fuyajo.planner.backends.rules import (
    again_any_ja,
    again_for_ja,
    again_own_ja,
    again_plain_ja,
    again_states_ja,
    frames_ja,
    gathered_ja,
    plain_tail_ja,
    purposes_ja,
    results_ja,
    rewriting_ja,
    said_beside_ja,
    stated_sizes_ja,
)
from fuyajo.planner.backends.rules.rewriting_ja import Late
from fuyajo.planner.backends.rules.scene import Vms
from fuyajo.planner.backends.rules.stories_ja import MARK, without_descriptions, without_stories

#: Nobody wishes at greater length.
_LONGEST = 400
_NAME = re.compile(r"(?<![a-z0-9-])[a-z][a-z0-9-]*(?![a-z0-9-])", re.IGNORECASE)
_QUOTATION = re.compile(r"「([^」\n]*)」|\"([^\"\n]*)\"")
_AWAY = 0xE100
_CALLED = Late(r"([a-z][a-z0-9-]*)という")
_TITLES = Late(r"タイトル|題名|見出し|表題")
#: web of webサーバー is no name.
_KIND = re.compile(r"[ ]?(?:サーバ|サイト|ページ)")


_JOSHI = ("の", "を", "は", "が", "に", "も", "と")
#: What the first reading was sure of: then no other words help.
_SURE = frozenset({"hypothetical", "injection", "how_to", "unsafe", "how_many"})


def said_plainly(text: str, vms: Vms, key: str = "") -> Iterator[str]:
    """The text in other words, and in others again; `key` is what stopped the first reading."""
    if len(text) > _LONGEST:
        return
    names = frozenset(vm.name for vm in vms)
    quoted: list[str] = []

    def away(found: re.Match[str]) -> str:
        inside = (found[1] or found[2] or "").strip().lower()
        if inside in names and not _TITLES.search(text[: found.start()] + text[found.end() :]):
            return f" {inside}{'' if text[found.end() :].startswith(_JOSHI) else ' '}"
        quoted.append(found[0])
        return chr(_AWAY + len(quoted) - 1)

    def back(said: str) -> str:
        said = said.replace(MARK, "")
        for i, words in enumerate(quoted):
            said = said.replace(chr(_AWAY + i), words)
        return said

    marked = _described(_QUOTATION.sub(away, text), vms)
    marked = gathered_ja.named(_marked(_numbered(marked, names), names), vms)
    marked = rewriting_ja.plainly(marked, plain_tail_ja.TAIL)
    marked = results_ja.ordered(marked)
    marked = rewriting_ja.plainly(marked, said_beside_ja.BESIDE)
    marked = rewriting_ja.plainly(marked, stated_sizes_ja.STATED)
    plain = _rewritten(marked)
    called = key == "unsupported" and any(map(purposes_ja.is_software, _CALLED.findall(plain)))
    if back(plain) != text and not called:  # dockerのサーバ is no machine called docker
        yield back(plain)
    if key in _SURE - {"hypothetical"}:
        return
    yield from map(back, _framed(marked, plain) if key not in _SURE else ())
    yield from map(back, _in_few_words(marked, vms, key))


def _framed(marked: str, plain: str) -> Iterator[str]:
    told = without_descriptions(without_stories(again_own_ja.below(marked)))
    for said in dict.fromkeys((told, plain, marked)):
        if (framed := frames_ja.in_plain_words(said, marked)) is not None:
            yield framed


def _in_few_words(marked: str, vms: Vms, key: str) -> Iterator[str]:
    from fuyajo.planner.backends.rules import residue_ja  # where nothing else reads it

    for few in residue_ja.in_few_words(marked, vms, key):
        yield few
        yield _rewritten(few)
        if (framed := frames_ja.in_plain_words(few, few)) is not None:
            yield framed


def _rewritten(plain: str) -> str:
    plain = again_own_ja.permitted(again_own_ja.allowed(again_own_ja.below(plain)))
    plain = rewriting_ja.plainly(plain, again_states_ja.STATES)
    plain = rewriting_ja.plainly(plain, again_plain_ja.SAID)
    plain = rewriting_ja.plainly(plain, again_any_ja.ANY)
    plain = rewriting_ja.plainly(plain, again_own_ja.OWNS)
    plain = without_descriptions(without_stories(plain))
    plain = rewriting_ja.plainly(plain, again_any_ja.ANY)
    plain = again_for_ja.without_purposes(rewriting_ja.plainly(plain, again_own_ja.OWNS))
    if MARK not in plain:
        plain = rewriting_ja.plainly(plain, again_any_ja.ENOUGH)
    return plain


def _marked(text: str, names: frozenset[str]) -> str:
    def mark(found: re.Match[str]) -> str:
        low = found[0].lower()
        kind = low == "web" and _KIND.match(text, found.end())
        return f"{MARK}{low}" if low in names and not kind else found[0]

    return _NAME.sub(mark, text)


_WEB = r"(?:Web|ウェブ)サーバ"
_ANY = r"(?:仮想サーバ|仮想マシン|サーバ|VM|マシン)"
#: 2台あるウェブサーバーの両方, ウェブサーバー2台とも, 1台だけあるVM: every one there is.
_COUNTED = Late(
    rf"(?P<first>(?P<a>[1-9])台(?:だけ)?(?:ある|しかない|いる|の)(?P<k>{_WEB}"
    rf"|{_ANY})(?:(?:の|を|は)?(?:両方(?:とも)?|どちらも|全部|すべて"
    r"|全て))?)"
    rf"|(?P<h>{_WEB}|{_ANY})(?P<of>の(?:メモリ|CPU|ディスク|スペック"
    r"|コア数))?(?:を|は|が)?、?(?:(?P<b>[2-9])台(?:とも|(?=の(?:メモリ|CPU|ディスク"
    r"|スペック|コア数)"
    r"|[をの](?:再起動|停止|起動|削除|止め|落と|リブート|シャットダウン)))|(?P<both>両方(?:とも)?"
    r"|どちらも|どっちも))(?:、)?(?P<of2>(?:の)?(?:メモリ|CPU"
    r"|ディスク|コア数)(?:を|は)?)?",
    re.IGNORECASE,
)

#: ウェブサーバーじゃない方のVM, of somebody with one such.
_NO_WEB = Late(
    rf"{_WEB}(?:じゃない|ではない|でない|じゃ無い)(?:方の|ほうの|方|ほう)?(?:{_ANY}|やつ"
    rf"|もの)?(?=[をのは])",
    re.IGNORECASE,
)


def _described(text: str, vms: Vms) -> str:
    """Where there are just so many of a kind, their names."""

    def named(found: re.Match[str]) -> str:
        kind = found["k"] or found["h"]
        number = int(found["a"] or found["b"] or (1 if found["first"] else 2))
        web = re.fullmatch(_WEB, kind, re.IGNORECASE)
        fitting = [vm.name for vm in vms if not web or vm.template == "web-server"]
        before = text[max(0, found.start() - 6) : found.start()]
        if len(fitting) != number or re.search(r"る|の|た|い|[a-z0-9-]\Z", before) or "作" in text:
            return found[0]
        listed = "と".join(fitting)
        if found["first"]:
            return (
                f"{listed}を"
                if text[found.end() : found.end() + 1] not in ("を", "の", "は", "が")
                else listed
            )
        label = (found["of2"] or found["of"] or "").strip("のをは")
        of = text[found.end() : found.end() + 1] in ("を", "の")
        return f"{listed}の{label}を" if label else listed if of else f"{listed}を"

    def other(found: re.Match[str]) -> str:
        rest = [vm.name for vm in vms if vm.template != "web-server"]
        return rest[0] if len(rest) == 1 else found[0]

    return _NO_WEB.sub(other, _COUNTED.sub(named, text))


_ONLY_NUMBER = Late(
    r"(?<![a-z0-9.-])(?P<d>\d{1,3})(?=(?:番)?(?:は|も)(?:触|消さ"
    r"|止めな|残|そのまま|いじ))"
)


def _numbered(text: str, names: frozenset[str]) -> str:
    """app-01とapp-03を削除、02は触らないで: the one own VM with that number, like one that is named."""

    def whole(found: re.Match[str]) -> str:
        fitting = [
            n for n in names if n.endswith(f"-{found['d']}") and n.rpartition("-")[0] in text
        ]
        return fitting[0] if len(fitting) == 1 else found[0]

    return _ONLY_NUMBER.sub(whole, text)
