"""Marks that people type instead of English words: "web -> 4G", "w/ 2c/4g", "three (3)", "(no rush)"."""

from __future__ import annotations

import re

from fuyajo.planner.backends.rules import words_en

_QUOTED = re.compile(r"(\"[^\"\n]*\"|(?<![A-Za-z0-9])'[^'\n]*'(?![A-Za-z0-9]))")
_ARROW = re.compile(r"[ \t]*(?:-+>|=+>|→|⇒|➜)[ \t]*")
_LABEL = r"(?:ram|memory|mem|disk|storage|v?cpus?|v?cores?)"
_OF_SIZE = rf"[ \t]?(?:(?:[mgt]i?b|[mgt]|gigs?)\b)?(?:[ \t](?:of )?{_LABEL}\b)?"
#: "2 -> 4 GB": what it is, and what it should be.
_BECOMES = re.compile(
    rf"(?P<from>\bfrom )?(?<![\w.-])\d+(?:[.,]\d+)?(?P<was>{_OF_SIZE})[ \t]*(?:-+>|=+>|→|⇒|➜)[ \t]*"
    rf"(?P<much>\d+(?:[.,]\d+)?)(?P<of>{_OF_SIZE})(?![\w.])",
    re.IGNORECASE,
)
_BAR = re.compile(rf"(?<=[A-Za-z])[ \t]*\|[ \t]*(?=\d+{_OF_SIZE}[ \t,.|]*(?:\d|$))", re.IGNORECASE)
_WITH = re.compile(r"(?<![A-Za-z0-9])w/(?!o\b)[ \t]*")
_WITHOUT = re.compile(r"(?<![A-Za-z0-9])w/o(?![A-Za-z0-9])")
_DASH = re.compile(
    r"(?<=[A-Za-z0-9,.!?])[ \t]+-{1,2}[ \t]+(?=[A-Za-z])|(?<=[A-Za-z])--(?=[A-Za-z])"
)
_PAREN = re.compile(r"[ \t]*\(([^()\"\n]{1,80})\)")
#: ":)", ";-(", "<3", "^^": how somebody feels.
_SMILEY = re.compile(
    r"(?:(?<=\s)|(?<=[.,!?])|^)(?:[:;=8x][-'o^]?[()DPpdO/|3*]+|<3|\^[_.]?\^|[xX]D+|[oO]_[oO]|-_-|T_T"
    r"|\\o/|m\(|:'\()(?=[\s.,!?]|$)"
)
_SINGLE = re.compile(
    r"(?<![\w-])(?:a |one |just a )?single (?=(?:virtual )?(?:v?cpu|core|vcore|processor)s?\b)()",
    re.IGNORECASE,
)
_SLASHES = re.compile(r"[ \t]+/[ \t]+")
_TIMES = re.compile(r"(?<![A-Za-z0-9.])(\d{1,3})[ \t]?[x×][ \t]?(?=[A-Za-z]{2})")
_CORES = re.compile(r"(?<![A-Za-z0-9.-])(\d{1,3})[ \t]?c(?![A-Za-z0-9-])", re.IGNORECASE)
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_COMPOUND = re.compile(rf"(?<![\w-])({_TENS})[- ]({_ONES})(?![\w-])", re.IGNORECASE)
_UP_TO_99 = rf"\d{{1,2}}|{'|'.join(sorted(words_en.NUMBERS, key=len, reverse=True))}"
_HUNDRED = re.compile(
    rf"(?<![\w-])(an?|{_UP_TO_99}) hundred(?: and ({_UP_TO_99}))?(?![\w-])", re.IGNORECASE
)
_SAID_TWICE = re.compile(
    rf"\b(\d{{1,3}}|{'|'.join(words_en.NUMBERS)})[ \t]*\([ \t]*(\d{{1,3}})[ \t]*\)", re.IGNORECASE
)


def spelled_out(text: str) -> str:
    """The same wish in words; quoted text stays as it is."""
    parts = _QUOTED.split(text)
    return "".join(part if i % 2 else _plain(part) for i, part in enumerate(parts))


_BE_GOOD = re.compile(r"(?<![A-Za-z])be an? (?:[a-z]{3,12} ){1,2}and (?=[a-z])", re.IGNORECASE)


_CONTRACTED = re.compile(
    r"\b(is|are|was|were|does|did|has|have|could|would|should)nt\b", re.IGNORECASE
)
_ID_LIKE = re.compile(r"\b(i|we)d (like|love|want|need|appreciate)\b", re.IGNORECASE)
_AS_IT_WAS = re.compile(
    r"\b(?:back )?(?:to )?(?:(?:exactly |just )?(?:as|like|how|the way)(?: (?:it|they))?(?: (?:was"
    r"|were|looked|used to be))? (?:in|at|on|with)"
    r"|in the state (?:of|it had in)|as of|back in the state of) (?:the |my |its )?(?=snapshot [\w-]+)",
    re.IGNORECASE,
)
_NOT_ONLY = re.compile(r"\bnot only ([\w-]{1,40}),? but (?:also )?(?=[\w-])", re.IGNORECASE)


def _plain(text: str) -> str:
    flat = _COMPOUND.sub(lambda m: str(_worth(m[1]) + _worth(m[2])), text)
    flat = _HUNDRED.sub(lambda m: str(100 * _worth(m[1]) + _worth(m[2] or "zero")), flat)
    flat = _SAID_TWICE.sub(_once, _BE_GOOD.sub("please ", flat))
    flat = _CONTRACTED.sub(
        r"\1n't",
        _ID_LIKE.sub(r"\1'd \2", _NOT_ONLY.sub(r"\1 and ", _AS_IT_WAS.sub("back to ", flat))),
    )
    flat = _BECOMES.sub(_becomes, _BAR.sub(", ", flat))
    flat = _ARROW.sub(": ", flat)
    flat = _WITHOUT.sub("without", flat)
    flat = _WITH.sub("with ", flat)
    flat = _SINGLE.sub("1 ", flat)
    flat = _PAREN.sub(_beside, flat)
    flat = _DASH.sub(", ", flat)
    flat = _SLASHES.sub(", ", flat)
    flat = _CORES.sub(r"\1 cores", flat)
    return _TIMES.sub(r"\1 ", flat)


def _becomes(found: re.Match[str]) -> str:
    """ "2 cores -> 4" is 4 cores."""
    return ("to " if found["from"] else "") + found["much"] + (found["of"] or found["was"])


def without_smileys(text: str) -> str:
    """The text with a full stop for every smiley that ends a sentence without one."""
    return _SMILEY.sub(lambda m: "" if _closed(m) else ".", text)


def _closed(found: re.Match[str]) -> bool:
    before, after = found.string[: found.start()].rstrip(), found.string[found.end() :].lstrip()
    return not before or before[-1] in ".,!?;:" or not after or after[0] in ".,!?;"


def _worth(said: str) -> int:
    """ "a", "twelve" or "12" as a number."""
    word = said.lower()
    return int(word) if word.isdigit() else words_en.NUMBERS.get(word, 1)


def _once(found: re.Match[str]) -> str:
    """ "three (3)" is three; "three (4)" stays and is asked about."""
    said = found[1].lower()
    same = words_en.NUMBERS.get(said) == int(found[2]) or said == found[2]
    return found[2] if same else found[0]


def _beside(found: re.Match[str]) -> str:
    """ "(no rush)" between commas; "server(s)" stays and is asked about."""
    inside = found[1].strip()
    return found[0] if inside.lower() in ("", "s", "es") else f", {inside},"
