"""Numbers and sizes as people write them: 4,096 MB, half a gig, eight gigs, 1.5ギガ, x3. Sizes in MiB."""

from __future__ import annotations

import re

from fuyajo.planner.backends.rules import words_en

DIGITS = re.compile(r"\d{1,3}(?:,\d{3})+(?![\d.])|\d{1,12}(?:\.\d{1,6})?(?!\d)")
#: Behind a kind: how many of it.
TIMES = re.compile(r"[ \t]*[x×*][ \t]?(\d{1,4})(?![a-z0-9.])")
#: A number followed by one of these counts VMs; by つ or 個 it may count anything.
COUNTERS = ("台", "機")
LOOSE_COUNTERS = ("つ", "個", "基")
#: Behind a number: which one, not how many.
PLACE = re.compile(r"(?:番目|つ目|台目|個目|番)(?:の)?(?:もの|やつ|ほう|方)?")
_GIB = r"gigabytes?|gbytes?|gigs?|gib|gb|g|ギガバイト|ギガビー|ギガ"
_MIB = r"megabytes?|mbytes?|megs?|mib|mb|m|メガバイト|メガ"
_TIB = r"terabytes?|tbytes?|teras?|tib|tb|t|テラバイト|テラ"
_UNIT = rf"(?:(?P<g>{_GIB})|(?P<m>{_MIB})|(?P<t>{_TIB}))(?![a-z0-9])"
_FACTOR = {"g": 1024.0, "m": 1.0, "t": 1024.0 * 1024.0}
_NUMBER = "|".join(sorted(words_en.NUMBERS, key=len, reverse=True))
#: A word needs a unit of more than one letter: "two m" is no size.
_LONG = r"(?=[a-zぁ-ヿ]{2})"
_DIGIT_SIZE = re.compile(
    rf"(?P<n>\d{{1,3}}(?:,\d{{3}})+|\d{{1,12}}(?:\.\d{{1,6}})?)[ \t]?-?{_UNIT}"
)
_WORD_SIZE = re.compile(rf"(?P<n>{_NUMBER})(?P<half> and a half)?[ \t-]+{_LONG}{_UNIT}")
_ONE_SIZE = re.compile(
    rf"an?[ \t]+(?:single[ \t]+|whole[ \t]+)?{_LONG}{_UNIT}(?P<half> and a half)?"
)
_HALF_SIZE = re.compile(rf"(?:half (?:an? |of an? )?|半)(?:{_LONG}){_UNIT}")
_HALF_MORE = re.compile(rf"(?P<n>\d{{1,4}}) and a half[ \t]+{_LONG}{_UNIT}")
_FIRST = frozenset("0123456789ah半") | {word[0] for word in words_en.NUMBERS}


def size_at(low: str, at: int) -> tuple[int, float] | None:
    """Where the size that begins here ends, and how much it is; `low` is lower case."""
    if low[at : at + 1] not in _FIRST or (at and low[at - 1].isdigit()):
        return None
    for pattern in (_DIGIT_SIZE, _HALF_MORE, _WORD_SIZE, _HALF_SIZE, _ONE_SIZE):
        found = pattern.match(low, at)
        if found:
            factor = next(_FACTOR[unit] for unit in "gmt" if found[unit])
            return found.end(), _amount(found) * factor
    return None


def _amount(found: re.Match[str]) -> float:
    parts = found.groupdict()
    said = parts.get("n")
    if found.re is _HALF_SIZE:
        return 0.5
    more = 0.5 if parts.get("half") or found.re is _HALF_MORE else 0.0
    if said is None:
        return 1.0 + more
    if said in words_en.NUMBERS:
        return words_en.NUMBERS[said] + more
    return float(said.replace(",", "")) + more
