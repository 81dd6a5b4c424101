"""The frames in which an English creation may stand: orders, wishes, questions that ask for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache, lru_cache

from fuyajo.planner.backends.rules.tables_en import either, either_of, words_of

#: One letter for a row of machines, and one for what is said more of them.
ROW, ADDS = "[\uf780-\uf7ff]", "[\uf700-\uf77f]"
CORE = re.compile(ROW)


class Strength(Enum):
    """How much a frame orders."""

    ORDER = auto()
    # Only the machine; it has to be described, or asked for kindly.
    FRAGMENT = auto()
    # "Marta needs one": the same.
    NEEDED = auto()
    # "Marta is getting one": something else has to order it.
    TOLD = auto()


@dataclass(frozen=True)
class Frame:
    """What a clause is, and the unknown words in it."""

    strength: Strength
    who: str = ""
    aim: str = ""
    asks: bool = False


_WHO = r"(?P<who>[a-z0-9][\w'’&.-]*(?: [\w'’&.-]+){0,6}?)"
_YOU = (
    r"(?:(?:can|could|would|will|might) (?:you|someone|somebody|anyone|anybody|we)(?: possibly)?"
    r"(?: be (?:so kind as to|so good as to|kind enough to|able to)| be so kind and| care to)?"
    r"|(?:i|we)(?:['’]d| would) like you to|(?:i|we) (?:want|need|ask|beg) you to"
    r"|be so (?:kind|good) as to|be so kind and|be a dear and"
    r"|feel free to|do me (?:a|the) favou?r and|do us a favou?r and|(?:it['’]s|it is) time to"
    r"|time to|you (?:can|may|should)(?: now)?|how about you|what about you"
    r"|(?:i|we)(?:['’]d| would) (?:be (?:grateful|glad|happy|delighted)"
    r"|appreciate it) if you (?:could|would|can)"
    r"|it would be (?:great|nice|lovely|good|helpful|awesome|cool|kind) if you (?:could|would|can))"
)
_ADVERBS = (
    r"(?:(?:really|urgently|also|now|just|only|still|hereby|simply|kindly|therefore|badly"
    r"|currently|quickly|merely|too|all|both|each|then"
    r"|definitely|actually|soon|together|again|basically|rather|desperately|absolutely|please|would)\b ?)*"
)
_NICELY = (
    r"(?:nicely|fine|well|just fine|a lot|very much|a great deal|the job|the trick"
    r"|a world of good|greatly|perfectly|very well"
    r"|in handy|a treat|enormously|immensely|tremendously|wonders)"
)
_DEGREE = (
    r"(?:(?:very|really|so|just|quite|absolutely|truly|more than|perfectly|much|simply|already) )*"
)


def _pieces(words: frozenset[str]) -> dict[str, str]:
    polite = rf"(?:{either_of(words, 'polite')})"
    will_do, others = either_of(words, "will-do"), either_of(words, "beside", "closings")
    beside = rf"(?:[ ,]*(?:{ADDS}(?: {will_do})?|{others}))*"
    aim = (
        r"(?:[ ,]*(?P<aim>(?:for|to|so that|so|because|since|as|in order to) [^\uf700-\uf7ff]+?))?"
    )
    return {
        "PRE": (
            rf"(?:(?:{polite}|and|but|just|simply|quickly|also|only|go ahead and|as well|first"
            r"|we should|let me|i need to|do)(?: |(?=[\uf700-\uf77f])))*"
        ),
        "YOU": rf"(?:{_YOU}(?: {polite}| also| just| quickly)* )?",
        "C": ROW,
        "POST": rf"{beside}{aim}{beside}",
        "DEPT": r"(?P<who>(?:(?!\w+ed\b|came\b|went\b|got\b|sent\b|in\b|is\b|was\b)[\w'’&-]+ ?){1,5})",
        "BESIDE": beside,
        "WHO": _WHO,
        "ADV": _ADVERBS,
    }


def _spelled(pattern: str, words: frozenset[str]) -> str:
    pieces = _pieces(words)
    pieces["POST2"] = pieces["POST"].replace("(?P<aim>", "(?P<aim2>")
    spelled = re.sub(r"<([A-Z]+2?)>", lambda m: pieces[m[1]], pattern)
    return re.sub(r"(?<!\?P)<([a-z-]+)>", lambda m: either_of(words, m[1]), spelled)


_ME = r"(?: (?:me|us|myself|ourselves))?"
_I = r"(?:i|we|all (?:i|we)|both of us|me and my [a-z]+|my [a-z]+ and i)"
_ORDERS = (
    rf"<PRE><YOU><PRE><makes>{_ME} ?<C><POST>",
    r"<PRE><YOU><PRE><gives> <WHO> <C><POST>",
    r"<PRE><YOU><PRE><equips>(?: up| out)? <WHO>(?: up| out)? (?:with|to) <C><POST>",
    r"<PRE><YOU><PRE>let <WHO> (?:have|get|use|work with|start with) <C><POST>",
    r"<PRE><YOU><PRE>(?:put|mark|pencil) <WHO> (?:down|in|up) for <C><POST>",
    r"<PRE><YOU><PRE>(?:sign|book) <WHO> (?:up|in) for <C><POST>",
    r"<PRE><YOU><PRE>get <WHO> set up with <C><POST>",
    (
        r"<PRE><YOU><PRE>(?:(?:see to it|make sure|ensure|see|take care"
        r"|arrange)(?: that)?) <WHO> (?:gets?|has|have|receives?) <C><POST>"
    ),
    r"<PRE><YOU><PRE>(?:have|get) <C> (?:<made>|up|ready|going)<POST>",
    (
        r"<PRE>(?:would you mind|do you mind|any chance of(?: you)?"
        r"|is there any chance of(?: you)?|how about) (?:<making>(?: me| us)? )?<C><POST>"
    ),
    (
        r"<PRE>(?:would you mind|do you mind|any chance of(?: you)?"
        r"|is there any chance of(?: you)?) <giving> <WHO> <C><POST>"
    ),
    (
        r"<PRE>(?:would you mind|do you mind|any chance of(?: you)?"
        r"|is there any chance of(?: you)?) <equipping>(?: up| out)? <WHO>(?: up"
        r"| out)? with <C><POST>"
    ),
    rf"<PRE>{_I} ?<ADV><wants> ?<C><POST>",
    rf"<PRE>{_I} ?<ADV><wanting-to> <ADV>to <ADV><having> ?<C><POST>",
    rf"<PRE>{_I} ?<ADV>(?:'d|’d|would) (?:rather|sooner) <having> ?<C><POST>",
    (
        r"<PRE><YOU><PRE>(?:extend|expand|enlarge|complete|grow|complement) (?:my|our"
        r"|the) (?:fleet|collection|account|park|zoo|setup|list|machines|vms|lab|farm) (?:by"
        r"|with) <C><POST>"
    ),
    (
        r"<PRE>(?:let['’]s|lets|let us|let me) <ADV>(?:<having>|<makes>|go for|do|give ourselves"
        r"|treat ourselves to) ?<C><POST>"
    ),
    r"<PRE>(?:requesting:?|ordering:?|applying for:?|request for|request:?|order:?|wanted|needed"
    r"|required|(?:it['’]s |it is )?(?:high )?time for|time we had|time i had"
    r"|(?:what|all|the (?:one |only )?thing)(?: that)?(?: (?:i|we))?(?: still)?(?:['’]s"
    r"| is)?(?: need| want| would like| require| missing| lacking| needed| wanted"
    r"| required)(?: here| now| still)?(?: is| are|:)|(?:my|our) (?:wish|request|order|need"
    r"|choice)(?: (?:for )?(?:today|now|this week|this time))?(?: is| would be|:)(?: for)?"
    r"|on the (?:wish|shopping) ?list"
    r"|next (?:on the list|up)(?: is)?|here['’]s (?:my|our) (?:order|request|wish)(?: for)?"
    r"|a (?:request|wish|call) for|we['’]re (?:one|two|three) short) ?<C><POST>",
    (
        r"<PRE>(?:can|could|may|might) (?:i|we|<WHO>)(?: please| kindly| also| just| possibly"
        r"| perhaps)* <having> ?<C><POST>"
    ),
    r"<PRE>(?:would|will) it be possible (?:for me |for us )?to <having> ?<C><POST>",
    (
        r"<PRE>(?:any chance|is there any chance|what are the chances|any way)(?: that)? (?:i|we"
        r"|<WHO>) (?:could|can|might|may) <having> ?<C><POST>"
    ),
    r"<PRE>(?:is there )?any chance (?:of|for) (?:<havings>|) ?<C><POST>",
    r"<PRE><C><POST> ?(?:is|are) (?:now |urgently |still |also )?(?:needed|required|wanted"
    r"|requested|missing|called for|asked for|what (?:i|we) (?:need|want|lack)"
    r"|all (?:i|we) (?:need|want)|what['’]s (?:needed|missing)|in demand|on my wish ?list"
    r"|lacking|necessary)<POST2>",
    r"<PRE><C> (?:should|must|has to|have to|needs? to|ought to|is to|are to|may|shall|can) be <made><POST>",
    r"<PRE>it (?:would|['’]d|could|will)(?: really)? (?:help(?: me| us| <WHO>)?"
    rf"|be {_DEGREE}<suits>(?: for me| for us)?|make my day|make (?:my|our) lives? easier|do)"
    r"(?: a lot| very much| greatly| enormously| out)* (?:to <having>|having|if (?:i"
    r"|we) (?:could <having>|had|got)) ?<C><POST>",
    (
        rf"<PRE>{_I}(?:['’]d| would) be {_DEGREE}(?:happy|glad|grateful|delighted|pleased"
        r"|thankful) (?:to <having>|about|for|with|if (?:i|we) (?:could <having>|had"
        r"|got)) ?<C><POST>"
    ),
    (
        r"<PRE>(?:count me in for|sign me up for|cue|enter|make mine|make it|here['’]s to|bring on"
        r"|roll on|over to you for|go for|go with) ?<C><POST>"
    ),
    r"<PRE>(?:i|we)(?:['’]re|['’]m| are| am) <C> short<POST>",
    r"<PRE><C> (?:on|to|for|in) (?:the|my|our) (?:account|list|tab|house)(?:,? please)?<POST>",
)
_FRAGMENTS = (
    r"<PRE>(?:needs?|wants?|would like) to <having> ?<C><POST>",
    r"<PRE>(?:can|could|may|might) there be <C><POST>",
    (
        r"<PRE>(?:deployment|creation|set-?up|provisioning|allocation"
        r"|addition) of <C>(?: (?:requested|needed|wanted|required))?<POST>"
    ),
    r"<PRE>(?:wants?|needs?|requires?|wanna have|would like|am after|looking for|in need of"
    r"|wishing for|after|dying for|gimme|lemme have|i'?ll have|missing|lacking"
    r"|asking for|hoping for|desiring|craving|could use|could do with|cannot do without) ?<C><POST>",
    r"<PRE>(?:could|may|would) <C> (?:please )?be <made><POST>",
    r"<PRE>can <C> (?:please )?be <made>(?=[ ,]*\S)<POST>",
    (
        r"<PRE>(?:put|send|hang|drop|stick) <C> (?:(?:in|on|into|under|to) (?:my|our|the"
        r"|this) (?:account|list|project|tab|fleet|space|name|lab|collection)|(?:my"
        r"|our) way)<POST>"
    ),
    (
        r"<PRE><C><POST> ?(?:would|will|['’]d)(?: really)? (?:be|do|suit|make|go|come|work)(?: me"
        rf"| us| for me| for us)? ?{_DEGREE}(?:<suits>|{_NICELY})<POST2>"
    ),
    r"<PRE><C><POST>",
    (
        r"<PRE><C> (?:requests?|orders?|requisition|wish|wanted|needed|required|requested"
        r"|order form|application)(?: (?:from|for|of) <DEPT>)?<POST>"
    ),
    r"<PRE>(?:add|new|plus|also|next|for <WHO>),? ?<C><POST>",
)
_NEEDS = (
    r"<PRE><WHO> ?<ADV><needs> ?<C><POST>",
    r"<PRE>there (?:should|ought to|must|needs to|has to) (?:also )?be <C><POST>",
)
_TOLD = (
    (
        r"<PRE><WHO> (?:should|must|want to|wants to|need to|needs to|would like to|is to|are to"
        r"|have to|has to|plan to) (?P<aim>[a-z'’ -]{2,60}?) (?:on|with|using|in) <C><BESIDE>"
    ),
    r"<PRE>(?:it|this)(?:['’]s| is) (?:about|because of|regarding|concerning) <C><POST>",
    r"<PRE><C><POST> (?:is|are) (?:<will-do>|<suits>|<suffices>)<POST2>",
    r"<PRE><C><POST> (?:<will-do>)<POST2>",
    r"<PRE><WHO> ?<ADV><gets> ?<C><POST>",
    (
        r"<PRE><C><POST> ?(?:would|will|['’]d|should|could)(?: really)? (?:be|do|suit|help|make|go"
        rf"|come|work|suffice)(?: me| us| for me| for us)? ?{_DEGREE}(?:<suffices>|<suits>"
        rf"|{_NICELY})?<POST2>"
    ),
)


@lru_cache(maxsize=512)
def _compiled(pattern: str, words: frozenset[str]) -> re.Pattern[str]:
    return re.compile(_spelled(pattern, words), re.IGNORECASE)


#: Pieces that let anything through in an outline.
_LOOSE = re.compile(r"(?:\(\?:<YOU><PRE>\)\?|<(?:PRE|YOU|POST2?|BESIDE|ADV|WHO|DEPT)>)+")


@cache
def _outline(pattern: str) -> re.Pattern[str]:
    """What fits wherever the frame does, built once: most frames do not fit a text."""
    loose = _LOOSE.sub(lambda _: r"[\s\S]*", pattern).replace("<C>", ROW)
    return re.compile(re.sub(r"(?<!\?P)<([a-z-]+)>", lambda m: either(m[1]), loose), re.IGNORECASE)


def _fits(pattern: str, said: str) -> re.Match[str] | None:
    if not _outline(pattern).fullmatch(said):
        return None
    return _compiled(pattern, words_of(said)).fullmatch(said)


def frames_of(said: str) -> Iterator[Frame]:
    """All frames that fit a clause with machines in it, the surest first."""
    tables = (
        (Strength.ORDER, _ORDERS),
        (Strength.FRAGMENT, _FRAGMENTS),
        (Strength.NEEDED, _NEEDS),
        (Strength.TOLD, _TOLD),
    )
    for strength, patterns in tables:
        for pattern in patterns:
            found = _fits(pattern, said)
            if found:
                groups = found.groupdict()
                aims = " ".join(filter(None, (groups.get("aim"), groups.get("aim2"))))
                yield Frame(strength, groups.get("who") or "", aims, _asks(said))


def _asks(said: str) -> bool:
    return _REQUEST.match(said) is not None


_REQUEST = re.compile(
    r"(?:[\w'’]+[ ,]+){0,3}?(?:can|could|may|might|would|will) (?:you|i|we|it be|there be"
    r"|someone|somebody|anyone|anybody|my|our|the|[A-Z][a-z]+|[\uf780-\uf7ff])"
    r"|.*\b(?:any chance|how about|what about you|do you mind|would you mind)\b|.*\bplease\b",
    re.IGNORECASE,
)
_ANAPHORA = (
    r"(?:one|it|them|both|that|this|these|those|the lot|everything|all of (?:it|them|that"
    r"|those)|both of them|the (?:vm|server|machine|box|two|three|four)s?)"
)
_AGAIN = (
    rf"<PRE>(?:<YOU><PRE>)?one ?{ADDS}(?: would (?:do|be) (?:<suits>|{_NICELY})| is <will-do>)?<POST>",
    r"<PRE><YOU><PRE>(?:create|make|build|set up|provision|deploy|launch|spin up|prepare|add)<POST>",
    r"<PRE>(?:<again>)(?: <PRE>)?",
    rf"<PRE><YOU><PRE><makes>{_ME} {_ANAPHORA}<POST>",
    rf"<PRE><YOU><PRE><gives> <WHO> {_ANAPHORA}<POST>",
    rf"<PRE><YOU><PRE>(?:set|put|get) {_ANAPHORA} up<POST>",
    rf"<PRE><YOU><PRE><makes> ?{ADDS}<POST>",
)
_MORE = (
    rf"<PRE>{ADDS}(?: <will-do>)?<POST>",
    r"<PRE>(?:(?:it|they|each|both|each of them|both of them|all of them|all|every one"
    r"|the (?:new )?(?:vm|server|machine|box|page|site)s?|these|that one|this one"
    rf"|mine|ours|one|size|sizes|specs?|details|with) ?)?"
    r"(?:(?:should|must|has to|have to|needs? to|ought to|may|can|will|shall"
    r"|['’]ll) ?)?(?:please |then |just |also )?(?:be|have|get|gets|needs?|show|shows"
    r"|come with|carry|bear"
    r"|is to have|is to be|are to have|is to get|are to get|would need|run on|run with|wants?"
    rf"|at|takes?)? ?{ADDS}<POST>",
    r"<PRE><YOU><PRE>(?:give|make|set|let|have|equip|provide|supply|configure|size|use|put"
    r"|dimension|spec|fit)(?: (?:it|them|each|both|the (?:new )?(?:vm|server|machine|box"
    r"|page)s?|each of them|all of them|these|in))?"
    rf"(?: (?:have|to have|to be|be|up with|to|at|out with|use|a|carry))? ?{ADDS}<POST>",
)


def _first(said: str, patterns: tuple[str, ...]) -> Frame | None:
    for pattern in patterns:
        found = _fits(pattern, said)
        if found:
            groups = found.groupdict()
            return Frame(
                Strength.ORDER, groups.get("who") or "", groups.get("aim") or "", _asks(said)
            )
    return None


def orders_again(said: str) -> Frame | None:
    """ "please make one", "could you do that": what was told before is ordered."""
    return _first(said, _AGAIN)


def says_more(said: str) -> Frame | None:
    """ "name it x", "it should have 4 GB", "both get 8 GB"."""
    return _first(said, _MORE)


@cache
def _politeness() -> re.Pattern[str]:
    return re.compile(rf"(?:(?:{either('polite')}|and|but)[ ,!]*)+", re.IGNORECASE)


def only_polite(said: str) -> bool:
    """ "hi there", "no rush", "many thanks"."""
    return _politeness().fullmatch(said) is not None
