"""One machine, one size, and between them only words of resizing: "let's go with 4 cores on web".

What says a difference ("by", "more"), a state ("has") or a question is no such word.
"""

from __future__ import annotations

import re

from fuyajo.planner.backends.rules.again_frames_en import pattern

_CHANGES = (
    "increas|rais|bump|grow|extend|boost|expand|reduc|lower|cut|drop|shrink|enlarg|trim|scal|upgrad"
    "|downgrad"
)
_VERBS = (
    "(?:increase|increasing|increased|raise|raising|raised|bump|bumping|bumped|grow|growing|grown|extend|extending"
    "|extended|boost|boosting|boosted|expand|expanding|expanded|reduce|reducing|reduced|lower|lowering|lowered|cut"
    "|cutting|drop|dropping|dropped|shrink|shrinking|shrunk|enlarge|enlarging|enlarged|trim|trimming|trimmed|scale"
    "|scaling|scaled|upgrade|upgrading|upgraded|downgrade|downgrading|resize|resizing|resized|give|giving|given|set"
    "|setting|change|changing|changed|bring|bringing|brought|take|taking|taken|put|putting|move|moving|moved|go|going"
    "|push|pushing|get|getting|make|making|let|run|running|configure|configuring|adjust|adjusting|adjusted|modify"
    "|assign|assigning|assigned|allocate|allocating|allocated|provide|providing|size|downsize|downsizing|fit|turn)"
)
_FRAMES = (
    "(?:please|pls|plz|kindly|each|could|can|would|will|you|we|i|i'd|we'd|i'll|like|want|need|needs|mind|love|just|now"
    "|should|must|has to|have to|ought to|be|have|let's|let us|me|us|thanks|thank you|so|ok|okay|then"
    "|simply|go ahead and|make sure|see that|that)"
)
_PLACES = "(?:to|up|down|up to|down to|on|in|for|with|of|at|onto|out|over to|back|until)"
_NOUNS = (
    "(?:the|a|an|its|their|new|total|size|amount|number|count|allocation|capacity|value|limit|setting|config"
    "|configuration|specs?|full|whole|current|of)"
)
_WAS = (
    r"(?:, (?:currently|now|at present|previously|it has|it is)(?: only| just| at| has)* (?:<ONE>|\d+)"
    r"(?: now| at the moment)?(?=,|[.;!?]? *$)"
    r"| ?,?(?: instead of| rather than| up from| down from| not)(?: just| only| its| the| current| a| mere)* "
    r"(?:<ONE>|(?!an?\b)<COUNT>\b(?! ?<UNIT>))(?: now)?(?=[ ,.;!?]|$))"
)
_FROM = r"\bfrom (?:just |only |its |the |current |a |mere )*(?:<ONE>|(?:<COUNT>)\b)(?:,? (?:up |down )?to\b)"
_LABELS = {
    "memory": "memory|ram|main",
    "disk": "disk|storage",
    "cores": "cpu|core|vcpu|vcore|processor",
}
_SPLITS = re.compile(rf"(?:,? (?:so|therefore|hence|and so)|,(?: and)?| -) |,? and (?={_VERBS}\\b)")
_SENTENCE = re.compile(r"[^.!?;\n]+(?:\.\d[^.!?;\n]*)*")
_ASKS = re.compile(
    r"\s*(?:can [\ue000-\ue7ff] (?!be\b|go\b|please\b)|(?:could|would|may|might) [\ue000-\ue7ff] run\b)"
    r"|\s*(?:should|must|do|does|is|are|has|have|will|would|what|why|how|when)\b(?! (?:you|to)\b)"
    r"|.*\b(?:i|we|you|they) (?:should|must|could|might|may|can|will|would(?! (?:like|love))|have to"
    r"|need to)\b"
    rf"|.*\b(?:i|we|they) (?:just |now |also )?(?!want|need|like|love){_VERBS}\b",
    re.IGNORECASE,
)
#: What is asked, and yet a wish.
_BEGS = re.compile(r"\s*(?:please |so )?(?:could|can|would|may|might|will)\b", re.IGNORECASE)
_TOWARDS = re.compile(r"\b(?:to|at|with|on|of|have|be)\b", re.IGNORECASE)
_WHOM = r"(?:(?:\bboth )?<NL>(?:'s?)?|\b(?:it|them)\b)"
_RELATIVE = re.compile(rf"\b(?:(?:{_CHANGES})[a-z]*|up|down)\b", re.IGNORECASE)
_VM = re.compile(r"[\ue000-\ue7ff]")
_WANTS = re.compile(
    r"(?:please )?(?:(?:i|we)(?:'d| would)? (?:need|want|like)|let's|make|set|raise|increase|put|change"
    r"|extend|reduce|lower|cut|shrink|drop|grow|bump|go|expand|resize|upgrade)\b",
    re.IGNORECASE,
)
#: "a bigger disk, 200 GB", "larger (50 GB)".
_BIGGER = (
    r"(?:\b(?:an?|some) )?\b(?:bigger|larger|smaller|more|less|faster|stronger)(?P<label> <LABEL>|)"
    r"(?P<of> (?:in|on|for|to|of) <N>|)(?:,? please)?(?:,|:| -| \() ?(?=<MUCH>)"
)
_DOUBLE = r"\b(?:double|triple|quadruple|halve)\b(?=[^.;!?]* to <MUCH>)"
#: "web with 4 GB" is only a noun.
_MEANT = re.compile(rf"\b(?:{_VERBS}|{_FRAMES}|to)\b", re.IGNORECASE)


def sized(text: str) -> str:
    """Sentences, or their ends, that only give one size, said as "resize … to …"."""
    text = pattern(_FROM).sub("to", pattern(_WAS).sub(" now", text))
    text = pattern(_BIGGER).sub(r"\g<label>\g<of> ", pattern(_DOUBLE).sub("set", text))
    done: list[str] = []
    at = 0
    for found in _SENTENCE.finditer(text):
        asked = text[found.end() : found.end() + 1] == "?"
        said = _sentence(found[0], text[: found.start()], asked=asked)
        done += [text[at : found.start()], said]
        at = found.end()
        if said != found[0] and text[at : at + 1] == "?":
            done.append(".")
            at += 1
    return "".join(done) + text[at:]


def _sentence(said: str, before: str, *, asked: bool) -> str:
    starts = [0, *(joint.end() for joint in _SPLITS.finditer(said))]
    for start in starts:
        if asked and not _BEGS.match(said[start:]):
            continue
        order = _order(said[start:].strip(), before + said[:start], whole=start == 0)
        if order:
            gap = " " if said.startswith(" ") else ""
            return said[:start] + order if start else gap + order
    return said


def _order(said: str, before: str, *, whole: bool) -> str | None:
    """The order that such a bag of words means."""
    if _ASKS.match(said):
        return None
    amounts = list(pattern("<MUCH>").finditer(said))
    known = _label_of(before)
    numbers = list(pattern(r"\b(?:\d+|<COUNT>)\b(?! ?(?:<UNIT>|<LABEL>))").finditer(said))
    numbers = [n for n in numbers if n[0].lower() not in ("a", "an")]
    if len(amounts) == 1:
        much, place = amounts[0][0], amounts[0].span()
    elif not amounts and len(numbers) == 1:
        much, place = numbers[0][0], numbers[0].span()
        units = {unit.lower() for unit in pattern(r"\d ?(<UNIT>)").findall(before)}
        much += f" {units.pop()}" if len(units) == 1 else ""
    else:
        return None
    rest = f"{said[: place[0]]} # {said[place[1] :]}"
    rest = pattern(r"\bmake (?:it|that)\b(?= *#)").sub("make", rest)
    whom = pattern(_WHOM).findall(rest)
    wants = _WANTS.match(said) or said.endswith("please")
    if not whom and wants and len(set(_VM.findall(before))) == 1:
        whom = _VM.findall(before)[:1]  # "the disk of web is full, we need 80 GB"
    if len(whom) != 1:
        return None
    words = pattern(_WHOM).sub(" @ ", rest)
    labels = {name for label in pattern("<LABEL>").findall(words) if (name := _label_of(label))}
    words = pattern("<LABEL>").sub(" ", words)
    if not pattern(
        rf"(?:[ ,#@:?()]|(?:{_VERBS}|{_FRAMES}|{_PLACES}|{_NOUNS})(?![\w'-]))+"
    ).fullmatch(words):
        return None
    if _RELATIVE.search(words) and not _TOWARDS.search(words):
        return None
    return _said(whom[0], much, labels, known, words, whole=whole)


def _said(
    whom: str, much: str, labels: set[str], known: str | None, words: str, *, whole: bool
) -> str | None:
    own = {name for label in pattern("<LABEL>").findall(much) if (name := _label_of(label))}
    if own:
        labels -= own
    elif not labels and known and (known == "cores") == much.isalnum():
        labels = {known}
    if len(labels) > 1 or (own and labels):
        return None
    label = next(iter(labels), "")
    if much.isalnum() and not own and label != "cores" and not pattern("<MUCH>").fullmatch(much):
        return None
    several = len(pattern("<ONE>").findall(much)) > 1
    if not _MEANT.search(words) and not (whole and several):
        return None
    whom = whom.removesuffix("'s").removesuffix("'")
    return f"please resize {whom} to {much} {label}".rstrip()


def _label_of(said: str) -> str | None:
    """The one thing whose size was spoken of."""
    low = said.lower()
    found = [name for name, words in _LABELS.items() if re.search(rf"\b(?:{words})", low)]
    return found[0] if len(found) == 1 else None
