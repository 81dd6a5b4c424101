"""What only tells something, in any words, is left out: "the queue is full to the brim, so …".

Only what has a subject of its own is told; nothing that orders, refuses, asks, waits, reports or takes back.
"""

from __future__ import annotations

import re
from functools import cache

from fuyajo.planner.backends.rules.again_frames_en import pattern
from fuyajo.planner.backends.rules.words import said_words

_BEGINS = (
    r"(?=(?:please|pls|kindly|<BEG>|<VERB>|<CHANGE>|<MAKE>|take a snapshot|roll|revert|restore"
    r"|(?:get|let|make|bring|put|take|throw|shut|turn|switch|power|kick|have)(?: (?:off|on|up|down"
    r"|out))? (?:<N>|<THE>|it|them)"
    r"|<N> (?:back )?(?:on|off|up|down))\b)"
)
#: Where a piece ends: with its sentence, before an order, or before a reason.
_JOINTS = (
    rf"[.!?;\n]+(?: +|$|(?<=\n))|,? (?:and )?(?:so|therefore|hence|thus)(?: then| now)?,? {_BEGINS}"
    rf"|, (?:and |then )?{_BEGINS}"
    r"|,? (?:because|since|given that|seeing that|now that|considering that) "
    rf"|: {_BEGINS}|, (?:as |for )?(?=(?:i|we|my|our|he|she) [a-z]+|(?:it|it's|they|they're|nobody"
    rf"|no one|everybody|we're|we've|i'm|i've|there's|there are"
    r"|he's|she's|its)\b)"
)
_LEADS = re.compile(
    r"(?:(?:and|but|well|ok|okay|hi|hello|hey|sorry|yes|so|oh|right|now|also|then|again|today|sadly"
    r"|luckily|alas"
    r"|unfortunately|apparently|because|since|as|given that|after all|by now|in fact|actually"
    r"|obviously|clearly"
    r"|of course|meanwhile|finally)(?:,| there,?)? )+",
    re.IGNORECASE,
)
_WISHES = (
    r"^(?:(?:and|but|well|ok|okay|hi|hello|hey|sorry|yes|so|oh|right|now|also|then)(?:,)? )*(?:<BEG>"
    r"|<VERB>|<CHANGE>"
    r"|<MAKE>|please|pls|kindly|take|make|do|let|roll|go|put|bring|turn|switch|get|add|name|call|throw|kick|shut|power|fire|wake|pull|kill|push"
    r"|with|all|both|each"
    r"|revert|restore|reset|new|another|don't|do not|never|keep|leave|not)\b|\b(?:please|pls|plz"
    r"|kindly)\b|<ONE>|<Q>"
    r"|<NEW> (?:called|named|with)|\b(?:snapshot|called|named|titled)\b"
    r"|\b(?:should|must|has to|have to|needs to|is to|are to) (?:be|have|get|go)\b"
    r"|\b(?:needs?|wants?|deserves?) (?:an? )?<ADJ><NOUN>"
    r"|<N> (?:back )?(?:on|off|up|down)\b|<WANT> (?!to (?!<VERB>|<CHANGE>|<MAKE>|have))(?!(?:it|them"
    r"|that|this)(?: any ?more)?\b)"
)
_SUBJECT = re.compile(
    r"(?:i|we|he|she|they|it|this|there|the|an?|my|our|his|her|their|its|nobody|no one|everybody"
    r"|everyone|everything"
    r"|somebody|someone|people|all|some|both|most|many|two|three|these|those|customers|users"
    r"|students|nothing"
    r"|[A-Z][a-z]+)(?:'s|'re|'ve|'m|'d)?\b|[\ue000-\ue7ff](?!'s)"
    r"|(?:[a-z0-9][a-z0-9'-]* ){1,4}(?:is|are|was|were|has|have|had|got|isn't|aren't|wasn't|hasn't"
    r"|haven't)\b"
)
_CUE = re.compile(
    r"(?:'s|'re|'ve|'m)\b|\b(?:is|are|was|were|am|has|have|had|can't|cannot|isn't|aren't|wasn't"
    r"|weren't|doesn't|don't"
    r"|didn't|hasn't|haven't|needs?|wants?|keeps?|does|did|got|no longer|wanna|gonna)\b"
    r"|(?<=s )(?:open|close|start|begin|arrive|leave|come|go|wait|complain|fail|break|hang|die"
    r"|freeze|crash|run)\b"
    r"|^(?:i|we|he|she|they) (?:[a-z]+ed|bought|sold|got|made|found|lost|moved|broke|built|chose|ran"
    r"|went|met|left)\b",
    re.IGNORECASE,
)
_TENSE = re.compile(
    r"\b(?:can|will|would|should|do|[a-z]{3,}(?:s|ed)|ran|went|came|broke|froze|died|hung|fell|left"
    r"|made|lost|took"
    r"|grew|ate|met|built|began|found|gave)\b",
    re.IGNORECASE,
)
_NO_ORDER = re.compile(
    r"(?:that|this|it)(?:'s| is| was)?(?: just| only| all)? (?:an? )?"
    r"(?:test|trap|joke|drill|prank|trick|lie|riddle|game|example|exercise)\b",
    re.IGNORECASE,
)
_NEVER = said_words("never-told")
#: Talk elsewhere, and only words in what is told.
_MAY = said_words("may-tell")
_TOO = re.compile(r"\btoo\b(?= *$|,)")
#: "Ken: delete web": whose words these are.
_LABELLED = re.compile(r"(?:^|[.!?;\n] *)[A-Za-z' ]{1,40}:(?! *[0-9])|^ *>", re.MULTILINE)
#: "stop web then": when, and the story says so.
_THEN = re.compile(
    r"\b(?:then|by then|at that (?:time|point)|afterwards|after that)\b(?= *(?:$|[.,;!?\n]))",
    re.IGNORECASE,
)
#: Behind an order: what takes it back.
_BACK = re.compile(
    r"\b(?:what|want|wants|wanted|wish|wishes)\b|\b(?:it|that|this|them|so|him|her)$", re.IGNORECASE
)
_NEW_ONE = re.compile(r"(?:it|this|that|they|these|those)\b|.*\bto\b", re.IGNORECASE)
#: Things, not acts of speech.
THINGS = re.compile(
    r"\b(?:many|more|few|our|its|all|new|some|open|of|no|too many|incoming|the) (?:requests|orders"
    r"|questions|reports)\b"
    r"|\brefus(?:es|ed|ing) (?:new )?(?:connections?|logins?|to (?:start|boot|answer|respond|work"
    r"|load|open|connect))\b"
    r"|\b(?:i'm|we're|i am|we are|all|now|is|are) done\b",
    re.IGNORECASE,
)
#: "web hangs badly".
_OF_VM = re.compile(r"[\ue000-\ue7ff] (?:[a-z]{3,}(?:s|ed)|can (?!be\b)[a-z]+)\b")
_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")
_VM = re.compile(r"[\ue000-\ue7ff]")
_LOOSE_END = re.compile(r"(?:[,;]|,? (?:so|because|since|given that|seeing that|now that))? *$")


def without_stories(text: str) -> str:
    """The pieces that want something; of what is left out in front, the VMs stay as a remark."""
    pieces = _pieces(text)
    wished = [pattern(_WISHES).search(said) is not None for said, _ in pieces]
    if _LABELLED.search(text) or _THEN.search(text) or not any(wished):
        return text
    makes = pattern(r"\b<MAKE>|\b<NEW>").search(text) is not None
    wanted = "".join(said for (said, _), wish in zip(pieces, wished, strict=True) if wish)
    own = set(_VM.findall(wanted) or _VM.findall(text))
    kept: list[str] = []
    for i, (said, end) in enumerate(pieces):
        leads = any(wished[i + 1 :])
        whole = _ends(pieces[i - 1][1] if i else ".") and _ends(end or ".")
        loose = not whole and not (_CUE.search(said) or _OF_VM.match(said))
        follows = not leads and (_BACK.search(said) or (makes and _NEW_ONE.match(said)))
        loose = loose or not set(_VM.findall(said)) <= own
        if wished[i] or not said or loose or follows or not _tells(said, end):
            kept.append(said + end)
        elif leads:
            kept += _remark(said, "".join(later for later, _ in pieces[i + 1 :]))
        elif kept:
            kept[-1] = _LOOSE_END.sub(". ", kept[-1].rstrip(" ."), count=1)
    return "".join(kept)


def _remark(said: str, later: str) -> list[str]:
    """What "it" means in what comes later."""
    about = list(dict.fromkeys(_VM.findall(said)))
    if not about or _VM.search(later):
        return []
    return [f"{' and '.join(about)} {'is' if len(about) == 1 else 'are'} slow. "]


def _ends(joint: str) -> bool:
    return joint.strip()[:1] in tuple(".!?;") or joint.startswith("\n")


def _pieces(text: str) -> list[tuple[str, str]]:
    """Every piece with the joint behind it."""
    found = []
    at = 0
    for joint in pattern(_JOINTS).finditer(text):
        found.append((text[at : joint.start()], joint[0]))
        at = joint.end()
    return [*found, (text[at:], "")] if text[at:] else found


def _tells(said: str, end: str) -> bool:
    """Whether a piece is only told."""
    told = said[found.end() :] if (found := _LEADS.match(said)) else said
    words = {word.lower() for word in _WORD.findall(THINGS.sub("", told))}
    subject = _SUBJECT.match(told) or _SUBJECT.match(told[:1].lower() + told[1:])
    if "?" in end or len(words) < 2 or not subject or _TOO.search(told) or _NO_ORDER.match(told):
        return False
    if words & talk_of():
        return False
    if _VM.search(told) and pattern(r"\b(?:<VERB>|<DOING>|<MAKE>|<NOUN>)").search(told):
        return False
    return bool(_TENSE.search(told) or _CUE.search(told))


def talk_of() -> frozenset[str]:
    """Words that make a remark more than one."""
    return _NEVER | (_talk() - _MAY)


@cache
def _talk() -> frozenset[str]:
    return said_words("talk") | {"says", "said", "told"}
