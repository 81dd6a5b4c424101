"""Whether what stands beside orders is harmless: a frame of asking, a purpose, a reason, a remark.

Everything else — questions, conditions, times, refusals, doubt, reports, other wishes — is not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from fuyajo.planner.backends.rules import remarks_ops_words_en as words
from fuyajo.planner.backends.rules.again_frames_en import pattern
from fuyajo.planner.backends.rules.again_told_en import THINGS, talk_of

_CORE = r"[\uf500-\uf5ff]"
_A = "[\uf800\uf801]"
_END = re.compile(r"([.!?;:,()\n]+|(?<= )[-–—]+(?= )|[–—]+)")
_JOINT = re.compile(
    r",? ?\b(?:and so|and therefore|and then|and also|and|so|therefore|hence|thus|that's why|that is why"
    r"|which is why|but|then|plus|consequently|as a result|accordingly|for that reason|while"
    r"|because of that)\b,? ?",
    re.IGNORECASE,
)
_LISTED = re.compile(r"(?<=[\ue000-\ue7ff])(?:, and|,) (?=[\ue000-\ue7ff])")
_AWAY = re.compile(
    r"\b(?:on|from) (?:(?:sick|annual|parental|maternity|paternity|holiday) )?leave\b",
    re.IGNORECASE,
)
_CAUSE = re.compile(r"\W*(?:due|because of|thanks|owing|on account)", re.IGNORECASE)
_SIGNED = re.compile(r"[A-Z][a-z]+(?: [A-Z][a-z]+)?")
#: In brackets: how it is, and nothing that narrows the order.
_BRACKETED = re.compile(
    r"(?!.*\b(?:not|no|only|just|but|all|never|both|same|everything)\b)[A-Za-z' -]{3,40}",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"\b(?:can|could|would|will|may|mind|chance|possible|able to|trouble|bother|ask)\b"
)
_TAIL = re.compile(
    rf"^(?:{_A} ?)*(?:because of|because|cause|since|as|so that|so|for|in order to|to|now that"
    rf"|given that|seeing that"
    r"|seeing as|considering that|due to|thanks to|owing to|in favou?r of|on account of"
    r"|by request of|on behalf of|on request of"
    r"|at the request of)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Beside:
    """How each order of a message is said; whether one resizes; whether it says please."""

    forms: dict[str, str]
    resized: bool
    pleased: bool


def harmless(left: str, beside: Beside) -> bool:
    """`left` has one letter for every order."""
    left = _LISTED.sub(" and ", _AWAY.sub("away", left))
    if _never().search(left) or (not beside.resized and _relative().search(left)):
        return False
    parts = _END.split(left)
    pieces = [
        (parts[i].strip(), (parts[i + 1] if i + 1 < len(parts) else "").strip(" "))
        for i in range(0, len(parts), 2)
    ]
    ordered = False
    for i, (piece, end) in enumerate(pieces):
        if not piece:
            continue
        cores = re.findall(_CORE, piece)
        before = pieces[i - 1] if i else ("", "")
        if i == len(pieces) - 1 and _SIGNED.fullmatch(piece) and _closing().fullmatch(before[0]):
            continue
        if before[1].endswith("(") and end.startswith(")") and not cores and _bracketed(piece):
            continue
        asks = "?" in _sentence_end(pieces, i)
        if cores and not _ordered(piece, beside, asks):
            return False
        if not cores and ((asks and not _frame(piece)) or not _beside(piece, end)):
            return False
        if not cores and ordered and _takes_back().search(piece):
            return False
        ordered = ordered or bool(cores)
    return True


def _bracketed(piece: str) -> bool:
    """ "stop web (unused)"."""
    first = piece.split()[0].lower()
    said = _BRACKETED.fullmatch(piece) and not _wish().search(piece) and not _times().search(piece)
    return bool(said) and first not in _imperatives() and not words_of(piece) & talk_of()


def _sentence_end(pieces: list[tuple[str, str]], at: int) -> str:
    for _, end in pieces[at:]:
        if re.search(r"[.!?;\n]", end):
            return end
    return ""


def _ordered(piece: str, beside: Beside, asks: bool) -> bool:
    """A piece with orders: before the first, between, and behind the last."""
    between = re.split(f"({_CORE})", piece)
    for at in range(1, len(between), 2):
        form, before = beside.forms[between[at]], between[at - 1]
        if at == 1 and not _leads(before, form, asks, beside):
            return False
        if at > 1 and not _joins(before, form, beside):
            return False
    return _trails(between[-1])


def _leads(before: str, form: str, asks: bool, beside: Beside) -> bool:
    """What stands in front of an order: a frame, a remark and a joint and a frame, "due to … please"."""
    if (found := _TAIL.match(before)) and before.rstrip()[-1:] == "\uf801":
        return form == "order" and _purpose(before[found.end() : before.rindex("\uf801")], found[0])
    if _framed(before, form, asks, beside):
        return True
    return any(
        _remark(before[: joint.start()]) and _framed(before[joint.end() :], form, asks, beside)
        for joint in _JOINT.finditer(before)
    )


def _joins(between: str, form: str, beside: Beside) -> bool:
    for joint in _JOINT.finditer(between):
        first, second = between[: joint.start()], between[joint.end() :]
        if _trails(first) and _framed(second, form, False, beside):
            return True
        if _trails(first) and _leads(second, form, False, beside) and second.strip():
            return True
    return False


def _trails(behind: str) -> bool:
    """Adverbs, and then nothing, a purpose, a reason, or a remark behind "and"."""
    said = re.sub(rf"^(?: |{_A})+", "", behind).strip(" \uf800\uf801")
    if not said or _closing().fullmatch(said):
        return True
    if found := _TAIL.match(said):
        return _purpose(said[found.end() :], found[0])
    joint = _JOINT.match(said)
    return bool(joint and _remark(said[joint.end() :]))


def _purpose(said: str, lead: str) -> bool:
    """Any words, but no time and nothing that is done with the machine itself."""
    told = said.strip()
    if not re.search(r"[a-z]", told, re.IGNORECASE):
        return False
    if _times().search(told) and not _CAUSE.match(lead):
        return False
    if lead.strip().lower() == "to" and re.match(
        r"(?:the|an?|my|our|it|this|that|its|their|some|all|his|her|your)\b", told, re.IGNORECASE
    ):
        return False
    if lead.strip().lower() in ("to", "for") and _slot().search(told):
        return False
    if lead.strip().lower() in ("as", "since"):
        return _remark(told)
    return not _wish().search(told)


def _beside(piece: str, end: str) -> bool:
    """A piece without an order."""
    said = piece.strip(" \uf800\uf801")
    if not said or _frame(said) or _closing().fullmatch(said):
        return True
    if end[:1] in (":", "\n") and _heading().fullmatch(said):
        return True
    if ":" in end:
        return _remark(said) and not _announces().search(said)
    if (found := _TAIL.match(said)) and _purpose(said[found.end() :], found[0]):
        return True
    return _remark(said) or any(
        _remark(said[: j.start()]) and (_remark(said[j.end() :]) or _frame(said[j.end() :]))
        for j in _JOINT.finditer(said)
    )


def _remark(said: str) -> bool:
    """A statement about how things are or were, with a subject of its own."""
    told = _leading().sub("", said.strip(" ,\uf800\uf801"))
    told = re.sub(rf" ?{_A}", "", told)
    if words_of(THINGS.sub("", told)) & talk_of():
        return False
    if not told or _wish().search(told) or _future().search(told):
        return False
    if words_of(told) & _imperatives():
        first = re.match(r"[A-Za-z']+", told)
        if first and first[0].lower() in _imperatives():
            return False
    return bool(_statement().match(told) or _ellipsis().fullmatch(told))


def words_of(text: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Za-z']+", text)}


def _framed(before: str, form: str, asks: bool, beside: Beside) -> bool:
    """Whether a frame fits an order in this form of words."""
    said = re.sub(rf"(?: |{_A})+", " ", before).strip(" ,")
    low = said.lower()
    if form == "asked" or (asks and form in ("part", "state", "noun")):
        return bool(low) and beside.pleased and _framing(form).fullmatch(low) is not None
    if asks:
        return (
            form in ("order", "doing")
            and bool(_ASKING.search(low))
            and _framing(form).fullmatch(low) is not None
        )
    if form in ("part", "state") and not re.search(_WANTS_END, low):
        listed = "state" in beside.forms.values() and len(beside.forms) > 1
        return (beside.pleased or listed) and _polite().fullmatch(low) is not None
    if form == "note":
        return (beside.pleased or len(beside.forms) > 1) and _polite().fullmatch(low) is not None
    if form in ("doing", "noun") and not low:
        return form == "noun" and beside.pleased
    return _framing(form).fullmatch(low) is not None


_WANTS_END = (
    r"(?:\b(?:want|wants|need|needs|like|likes|love|loves|prefer|prefers|require|requires|have|get"
    r"|see|make sure|ensure|appreciate|wish|wishes"
    r"|let's|expects|expect|to have|to see|to get|that|wanted|wishing for|wish for|ask for|asks for"
    r"|asking for|requests|request|requesting)|d like|d love) ?(?:for|that|to have|to see|to get|to)?$"
)


def _frame(said: str) -> bool:
    low = re.sub(rf"(?: |{_A})+", " ", said).strip(" ,").lower()
    return any(_framing(form).fullmatch(low) for form in ("order",))


@cache
def _framing(form: str) -> re.Pattern[str]:
    """What may stand in front of an order."""
    begin = f"(?:(?:{_table(words.OPENINGS)}),? ?)*"
    ways = {
        "order": words.BEFORE_VERB,
        "doing": words.BEFORE_DOING,
        "noun": words.BEFORE_NOUN,
        "asked": words.BEFORE_ASKED,
        "part": words.BEFORE_PART,
        "state": words.BEFORE_PART,
    }.get(form, words.BEFORE_MUST)
    either = _table(ways)
    return re.compile(rf"{begin}(?:(?:{either}),? ?)?(?:(?:{_table(words.SMALL)}),? ?)*")


def _table(said: str) -> str:
    every = {" ".join(way.split()) for way in re.split(r"[|\n]", said) if way.strip()}
    return "|".join(
        re.escape(way).replace(r"\ ", " ") for way in sorted(every, key=len, reverse=True)
    )


@cache
def _polite() -> re.Pattern[str]:
    return re.compile(f"(?:(?:{_table(words.OPENINGS)}),? ?)*(?:(?:{_table(words.SMALL)}),? ?)*")


@cache
def _word_pattern(said: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z'-])(?:{_table(said)})(?![A-Za-z'-])", re.IGNORECASE)


def _never() -> re.Pattern[str]:
    return _word_pattern(words.NEVER)


def _relative() -> re.Pattern[str]:
    return _word_pattern(words.RELATIVE)


def _times() -> re.Pattern[str]:
    return _word_pattern(words.TIMES + "|" + words.FUTURE)


def _future() -> re.Pattern[str]:
    return _word_pattern(words.FUTURE)


def _slot() -> re.Pattern[str]:
    return _word_pattern(words.SLOTS)


@cache
def _wish() -> re.Pattern[str]:
    return pattern(words.WISHES)


@cache
def _statement() -> re.Pattern[str]:
    return re.compile(words.STATEMENT)


@cache
def _ellipsis() -> re.Pattern[str]:
    return re.compile(words.ELLIPSIS, re.IGNORECASE)


@cache
def _leading() -> re.Pattern[str]:
    return re.compile(f"^(?:(?:{_table(words.REMARK_LEADS)}),? )+", re.IGNORECASE)


@cache
def _heading() -> re.Pattern[str]:
    return re.compile(words.HEADINGS, re.IGNORECASE)


@cache
def _closing() -> re.Pattern[str]:
    return re.compile(words.CLOSINGS, re.IGNORECASE)


@cache
def _announces() -> re.Pattern[str]:
    return re.compile(words.ANNOUNCES, re.IGNORECASE)


@cache
def _takes_back() -> re.Pattern[str]:
    return re.compile(words.TAKES_BACK, re.IGNORECASE)


@cache
def _imperatives() -> frozenset[str]:
    return frozenset(words.IMPERATIVES.split())
