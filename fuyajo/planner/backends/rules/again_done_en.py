"""What is to be done to each: "I'd like web deleted and mail given 5 cores", "web off, mail"
" restart"."""

from __future__ import annotations

import re

from fuyajo.planner.backends.rules.again_frames_en import VM_LETTER, imperative, pattern

_MUST = r"(?: (?:should|must|is to|are to|has to|have to|needs to|ought to|to)(?: now)? be| be)?"
_PART = (
    rf"(?:the (?P<of><LABEL>) (?:of|on|for|in) )?(?P<n><NL>)(?:'s (?P<its><LABEL>))?{_MUST}"
    r"(?: (?:permanently|completely|then|now|also|please|simply|only))* "
    r"(?:<CHANGED> (?P<much><MUCH>)"
    r"|(?:rolled|put|set|brought|taken|moved|reverted|restored|reset|returned)(?: back)? to"
    r" (?:(?:the|its|their) )?"
    r"(?P<last>(?:latest|last|newest|most recent) )?(?:snapshot|checkpoint)?(?: called)?"
    r" ?(?P<snap><Q>|(?!the |its )<W>)?"
    r"|(?P<op><DONE>))(?: (?:again|now|for good|too|as well|completely|permanently|instead))*"
)
_NEW = r"(?P<new><NEW>(?: (?:called|named) <W>)?(?:,? with <MUCH>)?(?: (?:created|made|set up|built))?)"
_ALL = (
    r"<B>(?:<WANT>|<BEG> ?(?:have|get|see)|(?:<BEG> ?)?(?:make sure|see to it|ensure|take care|see"
    r"|check|arrange)"
    r"(?: that| to it that| for)?|have|get|let's (?:have|get|see)|let (?:us|me) have|(?:i'd |we'd |i"
    r" |we )?would love"
    r"|(?:i|we|it)(?:'d| would| should) be (?:[a-z]+ )?(?:glad|happy|pleased|delighted|grateful|nice"
    r"|good|great|lovely)"
    r"|(?:i'd|we'd) love|(?:i'm|we're|i am|we are) asking (?:for|you to have))(?: to (?:have|see|get))? "
    r"(?P<all>EACH(?:<AND>EACH)*)(?=<E>)"
)
#: "web off, db on, mail restart": at least one of them says it with a verb.
_NOTE = r"(?P<n><N>):? (?P<op>off|on|up|down|stop|start|restart|reboot|boot|shutdown|shut down"
_NOTE += r"|(?:to |at )?(?P<much><MUCH>))"
_NOTES = r"^(?P<all>EACH(?:(?:, and |, | and |; )EACH)+)(?=[.!]?$|,? please|,? thanks)"
_MADE = re.compile(r" (?:created|made|set up|built)$")
_BARE = re.compile(r"\?P<\w+>")


def each_done(text: str) -> str:
    """One order for each."""
    named = len(VM_LETTER.findall(text))
    if not named:
        return text
    part, note = _BARE.sub("?:", f"(?:{_PART}|{_NEW})"), _BARE.sub("?:", f"(?:{_NOTE})")
    text = pattern(_ALL.replace("EACH", part)).sub(_orders, text)
    return pattern(_NOTES.replace("EACH", note)).sub(_noted, text) if named > 1 else text


def _orders(found: re.Match[str]) -> str:
    parts = list(pattern(f"(?:{_PART}|{_NEW})").finditer(found["all"]))
    if all(part["new"] for part in parts):
        return found[0]
    return "please " + ". Please ".join(_order(part) for part in parts)


def _order(part: re.Match[str]) -> str:
    if part["new"]:
        return f"create {_MADE.sub('', part['new'])}"
    if part["much"]:
        label = part["of"] or part["its"] or ""
        return f"give {part['n']} {part['much']} {label}".rstrip()
    if part["op"]:
        return f"{imperative(part['op'])} {part['n']}"
    last = "the latest snapshot" if part["last"] else part["snap"] or "snapshot"
    return f"revert {part['n']} to {last}"


def _noted(found: re.Match[str]) -> str:
    parts = list(pattern(_NOTE).finditer(found["all"]))
    if all(part["op"].lower() in ("on", "off", "up", "down") for part in parts):
        return found[0]
    return "please " + ". Please ".join(_note(part) for part in parts)


def _note(part: re.Match[str]) -> str:
    if part["much"]:
        return f"give {part['n']} {part['much']}"
    return f"{imperative(part['op'])} {part['n']}"
