"""Under what circumstances something is wanted, in any words: "with the sale over, …", "due to the"
" high load"."""

from __future__ import annotations

import re
from functools import cache

from fuyajo.planner.backends.rules import words_en
from fuyajo.planner.backends.rules.again_frames_en import pattern
from fuyajo.planner.backends.rules.tokens import K
from fuyajo.planner.backends.rules.words import said_words

_WHY = (
    "because of|given|due to|owing to|thanks to|on account of|in view of|in (?:the )?light of|by reason of"
    "|in preparation for|in anticipation of|as part of|for the sake of|for lack of|for want of|in"
    " favou?r of"
    "|in line with|in accordance with|as a (?:result|consequence) of|out of|on behalf of|as per|in"
    " response to"
)
_WHERE = (
    f"(?:{_WHY}|per|for|with|without|considering|seeing|following|despite|in spite of|as a"
    "|in order to|so as to|to|as)"
)
_LEADS = (
    rf"<S>(?P<polite>(?:please,? |<BEG> )?)(?P<said>{_WHERE} [^,.;:!?\n]{{2,70}}?)(?:(?:,| -) |(?="
    rf" (?:<WANT>|please)\b) )"
    r"(?=(?:<BEG>|<WANT>|<VERB>|<CHANGE>|<MAKE>|take|roll|put|bring|turn|switch|get|revert|restore"
    r"|reset|let|<NL> "
    r"(?:should|must|can|is|are|needs?|wants?|has to|have to|gets?|may)|<NEW>|<ONE>)\b)"
)
_AFTER = (
    rf"(?P<order>\b(?:<VERB>|<CHANGE>|<MAKE>|take|revert|restore) [^,.;:!?\n]*?(?:<N>|<ONE>|<HEAD>"
    rf"|\bit|\bthem)|<NL> (?:needs?|wants?|should have|gets?) <MUCH>|(?:<WANT>|<S>need)"
    r" <MUCH> (?:on|in|for) <WHOSE><N>(?: <HEAD>)?),? "
    rf"(?P<said>(?:{_WHY}) [^,.;:!?\n]{{2,70}}?|for (?:[a-z-]+ ){{1,3}}reasons?"
    r"|for (?:(?:the|our|my|its|his|her|their|some|all|new|big|more) )*[a-z-]+(?:"
    r" [a-z-]+){0,3}?)(?=<END>|,? please|,? thanks)"
)
_AGREED = re.compile(
    r"^as (?:already |previously |we )?(?:agreed|discussed|promised|arranged|announced|usual|always"
    r"|ever|before|settled)"
    r"(?: (?:with|in|at|on|upon) [^,]{1,40})?$",
    re.IGNORECASE,
)
_NEVER = said_words("no-setting")


def without_settings(text: str) -> str:
    """The order without its circumstances; the VMs that only those name stay as a remark."""
    text = pattern(_LEADS).sub(
        lambda found: found[0] if _grave(found["said"]) else _led(found), text
    )
    return pattern(_AFTER).sub(_alone, text)


def _alone(found: re.Match[str]) -> str:
    said = found["said"]
    aim = said.lower().startswith("for ") and pattern(r"\b<MAKE>|<NEW>").search(found["order"])
    return found[0] if aim or _grave(said) or _names(said) else found["order"]


def _led(found: re.Match[str]) -> str:
    named = _names(found["said"])
    rest = found.string[found.end() :]
    if not named or _names(rest):
        return found["polite"]
    return f"{' and '.join(named)} {'are' if len(named) > 1 else 'is'} slow. {found['polite']}"


def _names(text: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r"[\ue000-\ue7ff]", text)))


def _grave(said: str) -> bool:
    if _AGREED.match(said):
        return False
    words = re.findall(r"[a-z0-9'-]+", said.lower())
    acts = (
        pattern(r"\b(?:<VERB>|<DONE>|<DOING>|<MAKE>|<CHANGE>)").search(said)
        if _names(said)
        else None
    )
    orders = re.match(r"(?:in order |so as )?to ", said, re.IGNORECASE) and pattern(
        r"\b(?:<VERB>|<MAKE>|<CHANGE>)"
    ).search(said)
    sized = pattern("<ONE>|<Q>|called|named").search(said) is not None
    return bool(acts or orders or sized or set(words) & (_NEVER | _talk() | _times()))


@cache
def _talk() -> frozenset[str]:
    return said_words("talk") | {"says", "said", "told"}


@cache
def _times() -> frozenset[str]:
    return frozenset(
        phrase[0]
        for phrase, (kind, _) in words_en.PHRASES.items()
        if len(phrase) == 1 and kind is K.TIME
    )
