"""What is wanted to be done to each: "I'd like web deleted and mail given 5 cores"."""

from __future__ import annotations

import re

from fuyajo.planner.backends.rules.again_frames_en import imperative, pattern

_PART = (
    r"(?P<n><NL>)(?: (?:should|must|is to|are to|has to|have to|needs to|ought to|to) be| be)?"
    r"(?: (?:permanently|completely|then|now|also|please|simply|only))* ?"
    r"(?:<CHANGED> (?P<much><MUCH>)"
    r"|(?:rolled|put|set|brought|taken|moved|reverted|restored|reset|returned)(?: back)? to (?:(?:the|its|their) )?"
    r"(?P<last>(?:latest|last|newest|most recent) )?(?:snapshot|checkpoint)?(?: called)? ?(?P<snap><Q>|(?!the |its )<W>)?"
    r"|(?P<op><DONE>))(?: (?:again|now|for good|too|as well|completely|permanently|instead))*"
)
_BARE = re.sub(r"\?P<\w+>", "?:", _PART)
_ALL = (
    r"<B>(?P<lead><WANT>|<BEG> ?(?:have|get|see)|(?:<BEG> ?)?(?:make sure|see to it|ensure|take care|see|check|arrange)"
    r"(?: that| to it that| for)?|have|get|let's (?:have|get|see)|let (?:us|me) have)(?: to (?:have|see|get))? "
    rf"(?P<all>(?:{_BARE})(?:<AND>(?:{_BARE}))*)(?=<E>)"
)
_LISTED = rf"(?P<lead>^|<S>|(?<=: ))(?P<all>(?:{_BARE})(?:<AND>(?:{_BARE}))+)(?=<END>|,? please|,? thanks)"
_PASSIVE = re.compile(r"\b(?:should|must|to|be|needs|has|have|ought)\b", re.IGNORECASE)


def each_done(text: str) -> str:
    """One order for each."""
    return pattern(_ALL).sub(_orders, text)


def _orders(found: re.Match[str]) -> str:
    made = []
    for part in pattern(_PART).finditer(found["all"]):
        if part["much"]:
            made.append(f"give {part['n']} {part['much']}")
        elif part["op"]:
            made.append(f"{imperative(part['op'])} {part['n']}")
        else:
            last = "the latest snapshot" if part["last"] else part["snap"] or "snapshot"
            made.append(f"revert {part['n']} to {last}")
    return "please " + " and ".join(made)
