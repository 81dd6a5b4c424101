"""What only tells something, in any words, is left out before an order is read again: "the queue is full, so …".

Only what has a subject of its own is told; nothing that orders, refuses, asks, doubts, waits, reports or takes back.
"""

from __future__ import annotations

import re
from functools import cache

from fuyajo.planner.backends.rules.again_frames_en import pattern
from fuyajo.planner.backends.rules.words import said_words

#: Where an order begins in the middle of a sentence.
_ORDER_BEGINS = r"(?=(?:please|pls|plz|kindly|<BEG>|<VERB>|<CHANGE>|<MAKE>|take a snapshot|roll|revert|restore)\b)"
_JOINTS = (
    rf"(?P<end>[.!?;\n]+ *|,? (?:and )?(?:so|therefore|hence|thus)(?: then| now)?,? {_ORDER_BEGINS}|, (?:and |then )?{_ORDER_BEGINS}"
    r"|,? (?:because|since|given that|seeing that|now that|considering that)(?: of)? "
    r"|, (?:as |for )?(?=(?:it|it's|they|they're|nobody|no one|everybody|everyone|we're|we've|i'm|i've|there's|there are|he's|she's|its)\b))"
)
_LEADS = re.compile(
    r"^(?:(?:and|but|well|ok|okay|hi|hello|hey|sorry|yes|so|oh|right|now|also|then|again|today|sadly|luckily|unfortunately|apparently|alas|because|since|as|given that|with|after all|by now|in fact|actually|obviously|clearly|of course|meanwhile|finally)(?:,| there,?)? )+",
    re.IGNORECASE,
)
_WISHES = (
    r"^(?:(?:and|but|well|ok|okay|hi|hello|hey|sorry|yes|so|oh|right|now|also|then)(?:,)? )*(?:<BEG>|<VERB>|<CHANGE>|<MAKE>|please|pls|kindly|take|make|do|let|roll|go|put|bring|turn|switch|get|add|name|call|with|all|both|each|revert|restore|reset|new|another|don't|do not|never|keep|leave|not)\b"
    r"|\b(?:please|pls|plz|kindly)\b|<ONE>|<Q>|<NEW> (?:called|named|with)|\b(?:snapshot|called|named|titled)\b"
    r"|\b(?:should|must|has to|have to|needs to|to) (?:be|have|get|go)\b|\b(?:needs?|wants?|deserves?) (?:an? )?<ADJ><NOUN>"
    r"|(?:<WANT>) (?!to (?!<VERB>|<CHANGE>|<MAKE>|have|get|see|be))(?!(?:it|them|that|this)(?: any ?more)?\b)"
)
_SUBJECT = re.compile(
    r"^(?:i|we|he|she|they|it|this|there|the|an?|my|our|his|her|their|its|nobody|no one|everybody|everyone|everything|somebody|"
    r"someone|people|all|some|both|most|many|two|three|these|those|customers|users|students|nothing|[A-Z][a-z]+|[\ue000-\ue7ff])(?:'s|'re|'ve|'m|'d)?\b",
)
_SAYS_NOTHING_NEW = re.compile(
    r"^(?:that|this|it)(?:'s| is| was)?(?: just| only| all)? (?:an? )?(?:test|trap|joke|drill|prank|trick|lie|riddle|game|example|exercise)\b",
    re.IGNORECASE,
)
_NEVER = frozenset(
    ["if", "unless", "when", "whenever", "until", "till", "once", "provided", "suppose", "don't", "dont", "never", "cancel", "undo", "abort", "wait", "also", "too", "either", "neither", "same", "likewise", "else", "or", "then", "instead", "tomorrow", "later", "tonight", "afterwards", "except", "maybe", "perhaps", "first", "check", "checking", "done", "did"]
)
_MAY = frozenset(
    ["once", "then", "else", "idea", "must", "should", "would", "could", "might", "will", "soon", "hope", "mind", "mean", "before", "after", "while", "means", "plan", "plans", "called", "calls"]
)
_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")
_TENSE = re.compile(
    r"(?:'s|'re|'ve|'m)\b|\b(?:is|are|was|were|am|has|have|had|does|do|did|can|can't|cannot|isn't|aren't|wasn't|doesn't|don't|didn't|"
    r"won't|hasn't|haven't|need|needs|want|wants|will|would|should|keeps?|[a-z]{3,}(?:s|ed))\b|\b(?:ran|went|came|got|broke|froze|died|hung|fell|left|made|lost|took|grew|ate|met|built|began|found|gave)\b",
    re.IGNORECASE,
)


#: "Ken: delete web": whose words these are.
_LABELLED = re.compile(r"(?:^|[.!?;\n] *)[A-Za-z' ]{1,40}:(?! *[0-9])|^ *>", re.MULTILINE)
_CUE = re.compile(
    r"(?:'s|'re|'ve|'m)\b|\b(?:is|are|was|were|am|has|have|had|can't|cannot|isn't|aren't|wasn't|weren't|doesn't|don't|didn't|"
    r"hasn't|haven't|needs?|wants?|keeps?|does|did|no longer)\b",
    re.IGNORECASE,
)
_NEW_ONE = re.compile(r"^(?:it|this|that|they|these|those)\b|\bto\b", re.IGNORECASE)


def without_stories(text: str) -> str:
    """The pieces that want something; of what is left out in front, the VMs stay as a remark."""
    if _LABELLED.search(text):
        return text
    pieces = _pieces(text)
    wished = [bool(pattern(_WISHES).search(said)) for said, _ in pieces]
    if not any(wished):
        return text
    makes = pattern(r"\b<MAKE>|<WANT> <NEW>|\b<NEW>").search(text) is not None
    kept: list[str] = []
    for i, (said, end) in enumerate(pieces):
        leads = any(wished[i + 1 :])
        apart = i == 0 or pieces[i - 1][1].strip()[:1] in (".", "!", "?", ";")
        loose = not (apart and (end.strip()[:1] or ".") in ".!?;") and not _CUE.search(said)
        follows = makes and not leads and _NEW_ONE.search(said)
        if wished[i] or not said or loose or follows or not _tells(said, end, leads):
            kept.append(said + end)
            continue
        about = re.findall(r"[\ue000-\ue7ff]", said)
        if (
            about
            and leads
            and not re.search(r"[\ue000-\ue7ff]", "".join(s for s, _ in pieces[i + 1 :]))
        ):
            kept.append(
                f"{' and '.join(dict.fromkeys(about))} {'is' if len(set(about)) == 1 else 'are'} slow. "
            )
        elif kept:
            kept[-1] = (
                re.sub(
                    r"(?:[,;]|,? (?:so|because|since|given that|seeing that|now that))? *$",
                    ". ",
                    kept[-1].rstrip(" ."),
                )
                if kept[-1].strip()
                else kept[-1]
            )
    return "".join(kept)


def _pieces(text: str) -> list[tuple[str, str]]:
    found = []
    at = 0
    for joint in pattern(_JOINTS).finditer(text):
        if joint.start() < at or (
            joint["end"].startswith(".")
            and not joint["end"].endswith(" ")
            and joint.end() < len(text)
        ):
            continue
        found.append((text[at : joint.start()], joint[0]))
        at = joint.end()
    return [*found, (text[at:], "")] if text[at:] else found


def _tells(said: str, end: str, leads: bool) -> bool:
    """Whether a piece is only told."""
    if "?" in end or (not leads and _SAYS_NOTHING_NEW.match(said)):
        return False
    told = _LEADS.sub("", said)
    words = [word.lower() for word in _WORD.findall(told)]
    if (
        len(words) < 2
        or (not _SUBJECT.match(told[:1].lower() + told[1:])
        and not _SUBJECT.match(told))
    ):
        return False
    if _SAYS_NOTHING_NEW.match(told) or set(words) & (_NEVER | (_talk() - _MAY)):
        return False
    acts = pattern(r"\b(?:<VERB>|<DOING>|<MAKE>)").search(told)
    if re.search(r"[\ue000-\ue7ff]", told) and acts:
        return False
    return _TENSE.search(told) is not None


@cache
def _talk() -> frozenset[str]:
    return said_words("talk") | {"says", "said", "told"}
