"""What makes an English order none, whatever stands beside it: "web is fine. Delete!", "stop web later"."""

from __future__ import annotations

import re

from fuyajo.planner.backends.rules.tokens import Ask

#: A cry behind a remark names nothing; it may be meant for anybody.
_CRY = re.compile(
    r"[.!?;…]\s*(?:stop|halt|delete|remove|erase|destroy|kill)\s*!+\s*$", re.IGNORECASE
)
#: One order, and when: after what, was not said.
_LATER = re.compile(
    r"\b(?P<what>afterwards?|after that|after this|thereafter|later on)\W*$", re.IGNORECASE
)
#: "nobody needs web tomorrow, so stop it then".
_AT_THAT = re.compile(
    r"\b(?:tomorrow|tonight|later|next [a-z]+|(?:on |until )(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b.*"
    r"\b(?P<what>then|by then|at that time)\W*$",
    re.IGNORECASE | re.DOTALL,
)
#: A sentence that takes the order back, before it or behind.
_TAKEN_BACK = re.compile(
    r"(?:^|[.!?;,\n] ?)(?P<what>(?:it|that|this|none of (?:it|this|that)|nothing of (?:it|this|that))"
    r"(?: is| was|'s)?(?: not|n't)?(?: all| really| at all)? "
    r"(?:serious|true|real|for real|meant|mine|intended|an order)"
    r"|(?:i'm|i am|he's|he is|she's|she is|they're|they are|we're|we are|he|she) ?(?:not|isn't)"
    r"(?: really| at all)? (?:serious|the owner|allowed|authori[sz]ed|in charge|entitled)"
    r"|(?:we|i|they|nobody|no one)(?: do not| don't| does not| doesn't)? wants? (?:this|that)"
    r"|(?:i|we) (?:have|see) no reason to do (?:it|this|that)"
    r"|(?:(?:but|so|and|please|kindly) )*(?:don't|do not|never|dont) (?:ever |really )?(?:do|execute|perform"
    r"|apply|run|follow|carry out) (?:that|it|this|so|any of (?:that|it|this)))(?= *(?:$|[.!?;\n]))",
    re.IGNORECASE,
)
#: "The sizes were:", "Old sizes:": what stands below is how it was, or is.
_STOOD = re.compile(
    r"\b(?:(?:sizes?|specs?|values?|settings|resources|memory|ram|disks?|cores|cpus?)[a-z ]{0,20} "
    r"(?P<what>were|was|used to be|had been)|(?P<old>old|current|previous|former|present|original"
    r"|(?:year|month|week|term|semester|yesterday)'s(?: new| old)?)"
    r" (?:sizes?|specs?|values?|settings|resources))(?: then| before| so far)?"
    r"(?::(?=\s)|[,.\n](?= ?[a-z0-9-]+:))",
    re.IGNORECASE,
)
_DENIES = re.compile(r"\b(?:not|never|dont|no|none|nothing|nobody)\b|n't\b", re.IGNORECASE)
_ORDERS = re.compile(
    r"\b(?:start|stop|restart|reboot|boot|delete|remove|create|make|give|set|resize|take|turn|shut|switch|power"
    r"|add|build|snapshot|destroy|erase|revert|restore|roll|raise|increase|reduce|launch|bring|put)\b",
    re.IGNORECASE,
)


def require_meant(text: str) -> None:
    """Raises `Ask` when the message itself says that its order is none, or not for now."""
    if _CRY.search(text):
        raise Ask("only_noun")
    back = _TAKEN_BACK.search(text)
    if back and _DENIES.search(back["what"]):
        raise Ask("negation", what=back["what"], asks=False)
    stood = _STOOD.search(text)
    if stood:
        raise Ask("past", what=stood["what"] or stood["old"], asks=False)
    at_that, later = _AT_THAT.search(text), _LATER.search(text)
    if at_that:
        raise Ask("schedule", what=at_that["what"], asks=False)
    if later and len(_ORDERS.findall(text)) < 2:
        raise Ask("schedule", what=later["what"], asks=False)
