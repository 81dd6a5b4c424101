"""One slip in a known word is mended: a letter too many, too few, wrong, or two swapped.

Only words of five letters or more are mended, never a name, never into or out of a word that asks, doubts
or refuses. Everything else is at most a suggestion (see `suggestions`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from fuyajo.planner.backends.rules import words_en
from fuyajo.planner.backends.rules.normalise import is_japanese
from fuyajo.planner.backends.rules.scan import japanese_phrases
from fuyajo.planner.backends.rules.tokens import HEADS, VERBS, K
from fuyajo.planner.backends.rules.words import said_words

SHORTEST = 5
#: Characters; whoever writes more is not mended.
LONGEST = 400
_WORD = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)?(?![A-Za-z0-9@/_-])(?!\.[A-Za-z0-9])")
_KATAKANA = re.compile(r"[ァ-ヶー]{4,}")
_QUOTED = re.compile(r"\"[^\"\n]*\"|「[^」\n]*」|(?<![A-Za-z0-9])'[^'\n]*'(?![A-Za-z0-9])")
_NAMING = re.compile(
    r"(?:called|named|name|name it|name of|name is|call it|hostname|titled|labell?ed|dubbed|as"
    r"|snapshot)[ \t:=]*\Z"
)
_DOUBLED = re.compile(r"([a-z])\1")
#: A word near one of these is never mended into something else, and nothing is mended into them.
_GRAVE = frozenset(
    {
        K.NOT,
        K.NOT_OP,
        K.NEGATION,
        K.QUESTION,
        K.IF,
        K.TIME,
        K.PAST,
        K.UNSUPPORTED,
        K.INJECTION,
        K.EXCEPT,
    }
) | {K.KEEP, K.BUT, K.VAGUE, K.SOME, K.GREET, K.SAYS, K.GERUND}

_SOCIAL = frozenset({K.SMALL, K.THANKS})
#: Slips of more than one letter, or with two neighbours, that are made so often that they are words.
_OFTEN = {
    **dict.fromkeys(("plase", "pleas", "plese", "pleaes", "pelase", "palese", "pleese"), "please"),
    **dict.fromkeys(("detele", "deltee", "dleete", "deleet", "delet", "delite"), "delete"),
    **dict.fromkeys(("craete", "cerate", "creat", "creaet", "crate"), "create"),
    **dict.fromkeys(("satrt", "strart", "sart"), "start"),
    **dict.fromkeys(("sttop", "stopp"), "stop"),
    **dict.fromkeys(("trun", "tunr", "turnn", "turrn"), "turn"),
    **dict.fromkeys(("swtich", "swicth", "siwtch", "swich"), "switch"),
    **dict.fromkeys(
        ("rebot", "reebot", "reeboot", "rebboot", "reobt", "reoobt", "rebooot", "reobot", "rebbot"),
        "reboot",
    ),
    **dict.fromkeys(("remvoe", "reomve", "remov", "rmeove"), "remove"),
    **dict.fromkeys(("incerase", "icnrease", "increse", "incrase"), "increase"),
    **dict.fromkeys(("restar", "resatrt", "retsart", "rstart"), "restart"),
    **dict.fromkeys(("serer", "sever", "srever", "servre", "serevr"), "server"),
    **dict.fromkeys(("memroy", "memeory", "memmory", "momory", "meomry"), "memory"),
    **dict.fromkeys(("clled", "caled", "callde", "nmaed"), "called"),
    **dict.fromkeys(("shutdwon", "shudown", "shtudown"), "shutdown"),
    **dict.fromkeys(("snaphot", "snapsoht", "snpashot", "snapshto", "snaphsot"), "snapshot"),
}
#: What is mended means something: a word that only fills a sentence is as likely another word.
_MEANS = VERBS | HEADS | {K.SNAPSHOT, K.MEMORY, K.DISK, K.CPU, K.NAMED, K.PLEASE, K.POLITE, K.WANT}
_MEANS |= {K.NUMBER, K.TITLE, K.STATE, K.PARTICLE, K.SHOULD, K.WITH, K.AND, K.ALL}


def corrected(text: str, names: frozenset[str]) -> tuple[str, bool]:
    """The text with its slips mended, and whether there were any."""
    if len(text) > LONGEST:
        return text, False
    mended: list[str] = []
    done = 0
    for start, end, found in _slips(text, names):
        mended += [text[done:start], found]
        done = end
    return "".join(mended) + text[done:], done > 0


def _slips(text: str, names: frozenset[str]) -> Iterable[tuple[int, int, str]]:
    kept = [found.span() for found in _QUOTED.finditer(text)]
    low = text.lower()
    # A short English word in a Japanese sentence is a name.
    shortest = SHORTEST - 1 if text.isascii() else SHORTEST
    # A word in Latin letters in a Japanese sentence is as likely a name: 名前はstage is not state.
    for pattern in (_KATAKANA,) if is_japanese(text) else (_WORD,):
        for found in pattern.finditer(text):
            word = found[0].lower()
            inside = any(start <= found.start() < end for start, end in kept)
            glued = found.start() > 0 and (
                text[found.start() - 1].isalnum() and text[found.start() - 1].isascii()
            )
            glued = glued or text[max(0, found.start() - 1) : found.start()] in (
                "-",
                "_",
                ".",
                "/",
                "@",
            )
            if inside or glued or word in names or _known(word) or len(word) < shortest:
                continue
            if _NAMING.search(low, 0, found.start()):
                continue
            best = nearest(word, _before(low, found.start()), _after(low, found.end()))
            if best:
                yield found.start(), found.end(), best
    return


def _before(low: str, at: int) -> str:
    words = low[max(0, at - 30) : at].split()
    return words[-1] if words else ""


def _after(low: str, at: int) -> str:
    words = low[at : at + 30].split()
    return words[0].strip(".,!?") if words else ""


def nearest(word: str, before: str = "", after: str = "") -> str | None:
    """The one known word that is one slip away."""
    vocabulary = _katakana() if not word.isascii() else _vocabulary()
    if word in _OFTEN:
        return _OFTEN[word]
    once = _DOUBLED.sub(r"\1", word)
    if (
        once != word
        and words_en.PHRASES.get((once,), (None,))[0] in VERBS
        and (once, after) in _pairs()
    ):
        return once  # "shutt down", "turnn off"
    found = [known for known in _candidates(word, vocabulary) if slips(word, known) == 1]
    if any(word == f"{known}s" for known in found):
        return None  # "builds are slow", "my friends": another form, and no slip
    beside = [k for k in found if (before, k) in _pairs() or (k, after) in _pairs()]
    found = beside or found
    if any(vocabulary[known] & _GRAVE for known in found):
        return None
    found = [known for known in found if not vocabulary[known] & _SOCIAL] or found
    if word.isascii():
        found = [k for k in found if vocabulary[k] & _MEANS or k in beside]
        found = found or _swapped(word)
    if len({frozenset(_meaning(known)) for known in found}) == 1:
        return found[0]
    return None


def _swapped(word: str) -> list[str]:
    """mkae, dsik: of a short word only two letters that changed places."""
    if len(word) != SHORTEST - 1:
        return []
    tried = [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)]
    entries = [(t, words_en.PHRASES.get((t,))) for t in tried if t != word]
    return [t for t, entry in entries if entry and entry[0] in _MEANS - {K.OP, K.SPLIT, K.TAKE}]


def _meaning(word: str) -> Iterable[object]:
    entry = words_en.PHRASES.get((word,))
    if entry is None and not word.isascii():
        entry = japanese_phrases()[0].get(word)
    return (entry,) if entry else (word,)


def _candidates(word: str, vocabulary: dict[str, frozenset[K]]) -> Iterable[str]:
    """Of about the same length, with the same beginning or the same end."""
    for known in vocabulary:
        if abs(len(known) - len(word)) <= 1 and (
            known[0] == word[0] or known[-2:] == word[-2:] or known[1] == word[0]
        ):
            yield known


def _known(word: str) -> bool:
    if word.isascii():
        return word in _all_words()
    return any(word in katakana for katakana in _katakana_text())


@cache
def _all_words() -> frozenset[str]:
    words = {part for phrase in words_en.PHRASES for part in phrase}
    return frozenset(words | set(words_en.NUMBERS) | _UNITS | said_words("no-slip"))


_UNITS = frozenset(
    [
        "gigabyte",
        "gigabytes",
        "megabyte",
        "megabytes",
        "terabyte",
        "terabytes",
        "gigs",
        "megs",
        "bytes",
        "tera",
        "teras",
    ]
)


@cache
def _vocabulary() -> dict[str, frozenset[K]]:
    found: dict[str, set[K]] = {}
    for phrase, (kind, _value) in words_en.PHRASES.items():
        if kind is K.WORD:
            continue
        for word in phrase:
            if len(word) >= SHORTEST and word.isalpha():
                found.setdefault(word, set())
                if len(phrase) == 1:
                    found[word].add(kind)
    for word in (*words_en.NUMBERS, *_UNITS):
        if len(word) >= SHORTEST:
            found.setdefault(word, {K.NUMBER})
    return {word: frozenset(kinds) for word, kinds in found.items()}


@cache
def _pairs() -> frozenset[tuple[str, str]]:
    return frozenset(
        (phrase[i], phrase[i + 1]) for phrase in words_en.PHRASES for i in range(len(phrase) - 1)
    )


@cache
def _katakana() -> dict[str, frozenset[K]]:
    return {
        phrase: frozenset({kind})
        for phrase, (kind, _value) in japanese_phrases()[0].items()
        if len(phrase) >= SHORTEST and _KATAKANA.fullmatch(phrase)
    }


@cache
def _katakana_text() -> tuple[str, ...]:
    runs = {run for phrase in japanese_phrases()[0] for run in _KATAKANA.findall(phrase)}
    return tuple(sorted(runs))


def slips(one: str, two: str, most: int = 1) -> int:
    """Edits between two words, a swap of neighbours being one; more than `most` is `most` + 1."""
    if abs(len(one) - len(two)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(two) + 1))
    for i, a in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(two, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == two[j - 2] and one[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
