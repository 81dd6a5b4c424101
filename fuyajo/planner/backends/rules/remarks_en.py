"""What stands harmlessly beside an English creation: whom it is for, what for, and what is only told."""

from __future__ import annotations

import re
from functools import cache

from fuyajo.planner.backends.rules import words_en
from fuyajo.planner.backends.rules.cores_en import ATTRIBUTE, MACHINE
from fuyajo.planner.backends.rules.tables_en import either, phrases
from fuyajo.planner.backends.rules.tokens import K
from fuyajo.planner.backends.rules.words import said_words

_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
#: Numbers that only say which room or group.
_NUMBERED = re.compile(
    r"\b(?:room|class|group|team|table|lab|grade|year|floor|desk|building|house|hall|track|day|week|unit|part"
    r"|phase|version|chapter|gate|bay|line|section|module|stage|level|round|cohort|batch) \d{1,3}\b",
    re.IGNORECASE,
)
#: Guarded words that are also everyday things.
_THINGS = frozenset(
    [
        "report",
        "reports",
        "note",
        "notes",
        "answer",
        "answers",
        "system",
        "systems",
        "operator",
        "operators",
        "claims",
        "records",
    ]
)
_LEFT = re.compile(rf"[\d\"“”]|{MACHINE}|{ATTRIBUTE}")
_GRAVE = frozenset(
    {K.INJECTION, K.QUESTION, K.IF, K.EXCEPT, K.NOT_OP, K.SNAPSHOT, K.NOT, K.NEGATION, K.SAYS}
)
#: What the planner cannot do, and what may be done there all the same.
_TASKS = frozenset(
    [
        "backup",
        "backups",
        "back-up",
        "back-ups",
        "host",
        "hosting",
        "hosts",
        "monitoring",
        "monitor",
        "email",
        "mail",
        "e-mail",
    ]
)
_OF_OTHERS = re.compile(
    r"(?:(?:and|but|well|yes|sadly|unfortunately|luckily|also|now|today|here|because|since|as"
    r"|so|given that|seeing that"
    r"|now that|after all|in fact|for context|you see|apparently|obviously|clearly|meanwhile|by now),? )*"
    r"(?:(?:i|we|he|she|they|you|it|this|there|nobody|no one|everybody|everyone|everything"
    r"|somebody|someone|people|both of us"
    r"|all of us|some of us|two of us|most of us|half of us|one of us|none of us)(?:['’](?:s|re|ve|m|d|ll))?"
    r"|(?:the|an?|my|our|his|her|their|its|this|these|those|some|many|most|all|every|each|two"
    r"|three|four|five|six|seven|eight|nine"
    r"|ten|another|several|one) (?:[\w'’-]+ ){0,5}?[\w'’-]+|[A-Z][\w'’-]*(?: [\w'’-]+){0,4}?)"
    r"(?= |$)"
)
_VERB = re.compile(
    r"['’](?:s|re|ve|m|ll)\b|\b(?:is|are|was|were|am|has|have|had|will|can|cannot|can['’]t"
    r"|isn['’]t|aren['’]t|wasn['’]t|hasn['’]t"
    r"|haven['’]t|doesn['’]t|needs?|wants?|keeps?|does|got|must|starts?|begins?|came|went|ran"
    r"|broke|froze|died|fell|left|lost|took|grew"
    r"|met|found|bought|sold|won|rang|became|[a-z]{2,}(?:[^s\W]s|ed))\b|(?:we|they|i|people"
    r"|both|all|s) [a-z]+\b",
    re.IGNORECASE,
)
_COMING = re.compile(
    r"(?:\w[\w'’-]* ){1,5}?(?:coming up|ahead|around the corner|incoming|over|finished|begins?"
    r"|starts?|started|begun|soon|next week|tomorrow"
    r"|today|this week|on its way|approaching|looming|season|time|week|day)(?: soon| again| now| here)?",
    re.IGNORECASE,
)
_AGREED = re.compile(
    r"(?:as|like) (?:agreed|discussed|announced|promised|requested|mentioned|usual|always"
    r"|arranged|planned|told|settled|decided"
    r"|ordered|foreseen|per|requested|written|ever|a (?:follow-up|result|consequence|favou?r"
    r"|treat|gift|start|present|thank you))"
    r"(?: [\w'’-]+){0,7}|(?:per|following|after|further to|in line with|according to"
    r"|with reference to|referring to|re|regarding|due to"
    r"|thanks to|because of|owing to|given|on behalf of|in preparation (?:for|of)|ahead of"
    r"|in view of|in light of|concerning|with regard to"
    r"|in addition to|on account of|with|courtesy of) (?:[\w'’-]+ ?){1,8}",
    re.IGNORECASE,
)
_FIRST_MADE = re.compile(
    r"\b(?:i|we|you|he|she|they)(?:['’](?:ve|d)| have| had| already| just)*"
    r" (?:created|made|built|ordered|requested|set up|added|deployed|provisioned|launched"
    r"|received|installed|started|did|have done)\b",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(?:not|no|never|none|nothing|nobody|nowhere|cannot|dont|cant|wont|no one)\b|n['’]t\b",
    re.IGNORECASE,
)
#: What may be denied: what there is, what works; not what is wanted.
_DENIABLE = re.compile(
    r"\b(?:has|have|had|got|with|is|are|there['’]s|there is|there are|been|offers?) (?:no"
    r"|nothing|nowhere|not enough|none)\b|\b(?:nobody|no one) (?:has |ever )?(?:made|created"
    r"|built|set up|ordered|added|got|has|knows?|noticed)(?: (?:one|it|any))?\b"
    r"|\b(?:can['’]t|cannot|can not) (?:\w+ ?){1,3}|\b(?:no longer|not|isn['’]t|doesn['’]t"
    r"|aren['’]t|don['’]t) (?:fits?|works?|suffices?|copes?|scales?|big|large"
    r"|fast|keeps? up|enough|cop(?:e|es)|run|answer|have|big enough|fast enough|got)\b",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"\b(?:need|want|order|make|create|do|it|that|this|yet|now|know|them|one|those|ask|asked|vm|vms|sure)\b",
    re.IGNORECASE,
)
#: The machine may be told what it is for, not how it has to be.
_ITS_USE = re.compile(
    r"(?:and |so |since |as |because )?(?:it['’]s|it is|it['’]ll be|it will be|it['’]ll"
    r"|it will|it (?:only|just|merely|simply) (?:has|needs) to) "
    r"(?:only |just |mainly |merely )?(?:for|to be used|used|meant for|answer|serve|hold|store"
    r"|keep|collect|show|display|host|help|replace|do)\b",
    re.IGNORECASE,
)
#: "(I'm giving a talk) and want to show something".
_GOES_ON = re.compile(
    (
        r"(?:wants?|needs?|would like|have|has|tries|try|wish|wishes) to (?!have\b|get\b|create\b"
        r"|make\b|order\b|set\b|see\b|know\b|ask\b|be\b)[a-z]+"
    ),
    re.IGNORECASE,
)
#: "one for Ada and one for Grace".
_SHARED = re.compile(
    (
        r"(?:(?:that is|i\.e\.|namely|so) )?(?:one|two|three) (?:is "
        r"|are )?for [\w'’ ]{2,30}?(?:(?:,| and|, and) (?:one|two|three|another"
        r"|the other)(?: one)? (?:is |are )?for [\w'’ ]{2,30}?)*"
    ),
    re.IGNORECASE,
)
_AFTER = re.compile(r"(?:and |so |since |as |because )?(?P<who>[\w’']+)", re.IGNORECASE)


#: With one of these it is no who, but a part of a sentence.
_NOBODY = frozenset(
    [
        "it",
        "that",
        "this",
        "them",
        "what",
        "which",
        "who",
        "to",
        "if",
        "there",
        "with",
        "do",
        "does",
        "did",
        "is",
        "are",
        "was",
        "were",
        "am",
        "has",
        "have",
        "had",
        "will",
        "would",
        "can",
        "could",
        "should",
        "may",
        "must",
        "be",
        "been",
    ]
)


_HANGS = re.compile(r"\b(?:for|to|of|with|on|in|at|by|from|and|or)$", re.IGNORECASE)


def harmless_who(said: str, own: frozenset[str]) -> bool:
    """Whom: any words but those that ask, doubt or order."""
    said = re.sub(
        r"\b(each|both|all|one|most|some|two|three|four) of (?:them|these|those|us)\b",
        r"\1",
        said,
        flags=re.IGNORECASE,
    )
    return (
        _plain(said, own)
        and not _HANGS.search(said)
        and not _NEGATED.search(said)
        and not _words(said) & _NOBODY
    )


def harmless_aim(said: str, own: frozenset[str]) -> bool:
    """What for: any words but a time, a condition, or more of the machine."""
    words = [word.lower() for word in _WORD.findall(said)]
    timed = len(words) < 4 and bool(set(words) & _kinds_of(K.TIME))
    told = set(words[1:]) & phrases("no-purpose")
    return len(words) > 1 and not timed and not told and _plain(said, own)


def only_tells(said: str, own: frozenset[str], ordered: bool) -> bool:
    """A clause that changes nothing; behind an order less may be told than before it."""
    words = _words(said)
    about_it = bool(words & {"it", "it's", "it'll", "this", "that", "they", "they're"})
    if (
        not words
        or not _plain(said, own, ordered or about_it)
        or words & (phrases("not-told") - {"no"})
    ):
        return False
    if words & (said_words("unserious") - _MAY_TELL) or _FIRST_MADE.search(said):
        return False
    negated = _NEGATED.search(said) is not None
    if negated and (
        ordered or not _DENIABLE.search(said) or _REFUSED.search(_DENIABLE.sub("", said))
    ):
        return False
    if _SHARED.fullmatch(said):
        return True
    if _GOES_ON.match(said):
        return not ordered
    if _AGREED.fullmatch(said):
        return not ordered
    if ordered:
        found = _AFTER.match(said)
        who = found["who"].lower().replace("’", "'") if found else ""
        return (
            who in phrases("tellers")
            and _tells(said)
            and (who[:2] != "it" or _ITS_USE.match(said) is not None)
        )
    return _tells(said) or _COMING.fullmatch(said) is not None


_MAY_TELL = frozenset(
    [
        "class",
        "classes",
        "book",
        "books",
        "talk",
        "talks",
        "film",
        "films",
        "movie",
        "movies",
        "song",
        "songs",
        "note",
        "notes",
        "sing",
        "sings",
        "game",
        "games",
        "story",
        "stories",
        "will",
        "will",
        "refused",
        "will",
    ]
)


def _tells(said: str) -> bool:
    found = _OF_OTHERS.match(said) or _OF_OTHERS.match(said[:1].lower() + said[1:])
    return found is not None and len(_words(said)) > 1 and _VERB.search(said) is not None


def _words(said: str) -> set[str]:
    return {word.lower().replace("’", "'") for word in _WORD.findall(said)}


def _plain(said: str, own: frozenset[str], able: bool = True) -> bool:
    """No doubt, no condition, no order, no machine of one's own, nothing left to count."""
    words = _words(said)
    if _LEFT.search(_NUMBERED.sub("", said)) or _never().search(said):
        return False
    named = {word.lower() for word in re.findall(r"[\w-]+", said)} & own
    grave = any((words - _THINGS) & _kinds_of(kind) for kind in _GRAVE - {K.NOT, K.NEGATION})
    cannot = words & _kinds_of(K.UNSUPPORTED) - _TASKS
    return not (named or grave or (able and cannot))


@cache
def _never() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w'’-]){either('never')}", re.IGNORECASE)


@cache
def _kinds_of(kind: K) -> frozenset[str]:
    """The single words of one kind."""
    return frozenset(p[0] for p, (k, _) in words_en.PHRASES.items() if len(p) == 1 and k is kind)


def announces(said: str, own: frozenset[str]) -> bool:
    """ "here's what the auditors need:", "for our hack day:": what follows is what is wanted."""
    words = _words(said)
    grave = (
        words & (_kinds_of(K.TIME) - {"today", "now"})
        or words & (phrases("not-told") - {"please"})
        or words & said_words("unserious")
        or _FIRST_MADE.search(said)
    )
    if (
        grave
        or _NEGATED.search(said)
        or _STOOD.search(said)
        or not _plain(_WHAT.sub("the thing", said), own)
    ):
        return False
    aim = re.match(r"(?:for|to|in|on|as|regarding|because of) ", said, re.IGNORECASE) is not None
    return _ASKED_FOR.search(said) is not None or (aim and harmless_aim(said, own))


_WHAT = re.compile(r"\bwhat (?=(?:i|we|he|she|they|[a-z]+ [a-z]+|[a-z]+) )", re.IGNORECASE)
_STOOD = re.compile(
    r"\b(?:old|last(?! (?:item|thing|point|wish|request|one|order)\b)|check|review|verify|look"
    r"|confirm|read|current|currently|previous|previously|former|typical|typically|usual"
    r"|usually|recommended|minimum|answer|question|idea|option"
    r"|today['’]s|present|existing|original|spec of|given|have|has|had|got|was|were|is using"
    r"|uses|used|normally|standard|(?:i|we|he|she|they) (?:wanted|needed|asked|requested"
    r"|required|ordered))\b",
    re.IGNORECASE,
)
_ASKED_FOR = re.compile(
    r"\b(?:needs?|needed|wants?|wanted|asks? for|asking for|requests?|requested|wish|wishes"
    r"|order|ticket|task|item|job|help me|get me|let me|please|time to|time for|require[sd]?"
    r"|page|site|website|homepage|to-do|shopping|missing|lacking)\b",
    re.IGNORECASE,
)
