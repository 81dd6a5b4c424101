"""The parts of an English creation, wherever they stand: kinds with their counts, sizes, names, titles.

Every part becomes one letter of a private range while the words around it are looked at (`residue_en`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from fuyajo.planner.backends.rules import words_en
from fuyajo.planner.backends.rules.tables_en import either, phrases

#: The first letter of each range of parts, and how many parts of one sort a wish may have.
KIND, SIZE, NAME, TITLE, EACH, QUOTE = 0xF100, 0xF200, 0xF300, 0xF400, 0xF500, 0xF600
_MOST = 0x100
#: Any part that says something about a machine.
ATTRIBUTE = "[\uf200-\uf5ff]"
MACHINE = "[\uf100-\uf1ff]"
_COUNTS = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
_WORTH = {word: n for n, word in enumerate(_COUNTS, 1)}
_WORTH |= dict.fromkeys(
    ("a", "an", "a single", "another", "one more", "just one", "a further", "own"), 1
)
_WORTH |= {
    "a pair of": 2,
    "another two": 2,
    "two more": 2,
    "both": 2,
    "a trio of": 3,
    "half a dozen": 6,
}
_WORTH |= {"a dozen": 12, "another three": 3, "three more": 3}
_WEB = r"web[ -]?servers?|nginx (?:web ?)?servers?|nginx"
_PLAIN = r"basic[ -]servers?|virtual machines?|virtual servers?|vms?|servers?|machines?|box(?:es)?|instances?"
_CORES = {"single": 1, "dual": 2, "quad": 4, "hexa": 6, "octa": 8}
_AMOUNT = r"\d+(?:\.\d+)?"
_UNIT = r"(?P<{0}>g(?:i?b|igs?|ig|igabytes?|ibibytes?)?|m(?:i?b|egs?|egabytes?|ebibytes?)|t(?:i?b|erabytes?))"
_CPUS = r"(?:v?cpu cores?|virtual (?:cpus?|cores?)|processor cores?|v?cpus?|v?cores?|processors?)"
_THINGS = {
    "memory": r"(?:(?:main |working )?memory|ram|mem)(?: size)?",
    "disk": r"(?:disk space|disk storage|storage space|disk size|disks?|storage|hdd|ssd|hard (?:disk|drive))",
}
_LABEL = "(?P<{0}>" + "|".join(_THINGS.values()) + ")"
_IS = r"(?: size)?(?:[:=] ?| (?:of|is|should be|at) | )"
_EDGE = r"(?<![\w.\-/])"
_SIZES = (
    rf"{_EDGE}(?:(?P<cores>single|dual|quad|hexa|octa)[ -]cores?"
    rf"|(?P<cpus>\d+|{'|'.join(_COUNTS)})[ -]?(?:{_CPUS})|(?:number of )?{_CPUS}{_IS}(?P<cpus2>\d+)"
    rf"|{_LABEL.format('label2')}{_IS}(?P<much2>{_AMOUNT}) ?{_UNIT.format('unit2')}"
    rf"|(?:an? )?(?P<much>{_AMOUNT})[ -]?{_UNIT.format('unit')}(?: of| for)?(?: the"
    rf"| its)?(?: {_LABEL.format('label')})?)"
    r"(?![\w-]|\.\d)"
)
_DET = (
    r"(?<!\bthe )(?<!\bthese )(?<!\bthose )(?<!\bour )(?<!\bmy )(?<!\byour )(?<!\bof )(?<!\bot"
    r"her )(?<!\ball )"
)
_OWN = r"(?: (?:of|for) (?:my|our|its|her|his|their|your) (?:very )?own)?"
_WORD = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_NO_NAME = (
    r"(?!(?:it|the|an?|for|and|with|please|after|of|to|in|as|is|that|this|them|something|whatever|anything"
    r"|by|like|or|not|on|at|should|must|names?|myself|will|i|we|you|one|two|three|each|both|no"
    r"|but|so|my|our)\b)"
)
_NAMED = (
    r"(?:(?:to be |be |which is |that is )?(?:called|named|labelled|dubbed|hostname|host name|by the name of"
    r"|under the names?(?: of)?|with the names?|(?:(?:the|its|their|vm|server|machine) )?names?"
    r"(?: (?:is|are|should be|will be|shall be|must be|being|of))?"
    r"|(?:name|call|dub|label) (?:it|them|the (?:vm|server|machine|box)))(?: ?[:=]| as)? ?)"
)
_SPOKEN = r"(?<![\w-])(?P<q>[\"']?)(?P<name>" + _NO_NAME + _WORD + r")(?P=q)(?![\w-]|\.\w)"
#: A word that can only be a name: with a digit or a hyphen in it, and no compound of everyday words.
_MADE_UP = (
    r"(?!(?:e|on|off|in|up|pre|re|non|co|well|so|multi|single|dual|quad|self|anti|semi|mid"
    r"|half|all|follow|load|long|short|to|by|thank|thanks)-"
    r"|[a-z-]+-(?:in|up|off|on|out|to|by|of|based|ready|core|time|term|like|only|free|size"
    r"|sized|server|vm)\b)"
    r"[a-z](?=[a-z0-9-]*[0-9-])[a-z0-9-]*[a-z0-9]"
)
#: "INC-4711: a VM" is a ticket.
_NO_ID = (
    r"(?!(?:ticket|issue|request|change|task|case|inc|req|chg|ritm|jira|room|team|group|class"
    r"|desk|lab|order|ops|it|sup|bug|story|po)-?\d)"
)


@dataclass
class Part:
    """One part: of a kind its count and template, of a size what it is in plain words."""

    said: str
    count: int = 1
    template: str = ""
    rough: bool = False
    bare: bool = False
    #: A name that stands before its machine.
    leads: bool = False


@dataclass
class Cores:
    """The text with a letter for every part, and the parts."""

    text: str
    parts: dict[str, Part] = field(default_factory=dict)

    def put(self, first: int, part: Part) -> str:
        letter = chr(first + sum(first <= ord(c) < first + _MOST for c in self.parts))
        self.parts[letter] = part
        return letter

    @property
    def most(self) -> int:
        """The greatest count of any machines in it."""
        return max((p.count for c, p in self.parts.items() if ord(c) < SIZE), default=1)


def cores_of(text: str) -> Cores:
    """All parts of a text."""
    cores = Cores(text)
    cores.text = _titles().sub(
        lambda m: cores.put(TITLE, Part(m["q1"] or m["q2"] or m["q3"])), cores.text
    )
    cores.text = _compiled(_SIZES).sub(lambda m: _size(cores, m), cores.text)
    cores.text = _machines().sub(lambda m: _machine(cores, m), cores.text)
    cores.text = _bare_machines().sub(lambda m: _bare(cores, m), cores.text)
    _names(cores)
    cores.text = _compiled(_EACHES).sub(lambda m: _each(cores, m), cores.text)
    return cores


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


@cache
def _titles() -> re.Pattern[str]:
    quote = r"(?P<q{0}>\"[^\"\n]+\"|'[^'\n]+')(?![A-Za-z0-9])"
    of_page = r"(?: (?:of|on|for) (?:the|its) (?:(?:web|start|front|home) ?)?(?:page|site|server|homepage))?"
    be = (
        r"(?: (?:should|must|shall|will|has to|is to|needs to) (?:be|read|say)| is| reads?| says?"
        r"| to| of| being| saying| reading)?"
    )
    lead = (
        r"(?:(?:with|show(?:ing)?|and|has|have|bearing|carrying|under|that has|where) )?(?:(?:the"
        r"|a|its|whose|as|page|site|web) )*"
    )
    noun = rf"{lead}(?:title|headline|heading){of_page}{be}(?: to)? ?[:=,]? ?{quote.format(1)}"
    done = (
        r"(?:(?:that|which) is |to be |be |and )?(?:titled|entitled|headed|headlined|title it"
        r"|title the page)"
    )
    after = (
        rf"(?:(?:with|have|has|and|show(?:ing)?) )?{quote.format(3)} (?:as|for) (?:(?:the|its|a"
        r"|page|site|web) )*(?:title|headline|heading)"
    )
    return re.compile(
        rf"(?<![\w]){noun}|(?<!\w){after}|(?<!\w){done}(?: as| with)?:? ?{quote.format(2)}",
        re.IGNORECASE,
    )


@cache
def _adjectives() -> str:
    return rf"(?P<adj>(?:(?:{either('adjectives', 'rough')})(?:,? and |, | ))*)"


@cache
def _machines() -> re.Pattern[str]:
    counts = "|".join(sorted(_WORTH, key=len, reverse=True)).replace("|own", "")
    own = r"(?:my|our|its|her|his|their) (?:very )?own"
    return re.compile(
        rf"(?<![\w-]){_DET}(?:(?P<count>\d{{1,3}}|{counts})|(?P<own>{own}))(?: x"
        rf"|x)? {_adjectives()}(?:(?P<size>[\uf200-\uf2ff])[ -])?"
        rf"(?:(?P<web>{_WEB})|(?P<plain>{_PLAIN})|(?P<ones>ones))(?![\w-]|'s\b|\.\w){_OWN}",
        re.IGNORECASE,
    )


@cache
def _bare_machines() -> re.Pattern[str]:
    before = rf"(?:(?<=^)|(?<=[.:;,!?\n(-] )|(?<=\n)|(?:(?<= )|(?<=^))(?={either('adjectives')}))"
    before = r"(?P<before>^|[.:;,!?\n(-] ?|\b(?:" + either("makes") + r"|please|pls|that is|as) )"
    return re.compile(
        rf"{before}{_adjectives()}(?:(?P<web>{_WEB})|(?P<plain>{_PLAIN}))(?![\w-]|'s\b|\.\w)"
        r"(?! (?:is|are|was|were|has|have|had|seems?|can|will|does|do|did|needs?|runs?)\b)",
        re.IGNORECASE,
    )


def _size(cores: Cores, found: re.Match[str]) -> str:
    cpus = found["cpus"] or found["cpus2"]
    if found["cores"] or cpus:
        n = _CORES[found["cores"].lower()] if found["cores"] else _WORTH.get(cpus.lower(), cpus)
        return cores.put(SIZE, Part(f"{n} cpus"))
    much, unit = found["much"] or found["much2"], (found["unit"] or found["unit2"]).lower()
    label = (found["label"] or found["label2"] or "").lower()
    of = next((key for key, said in _THINGS.items() if re.fullmatch(said, label)), "")
    spelled = unit if unit.endswith("ib") else f"{unit[0]}b"
    return cores.put(SIZE, Part(f"{much} {spelled.upper().replace('I', 'i')} {of}".rstrip()))


def _machine(cores: Cores, found: re.Match[str]) -> str:
    said = (found["count"] or "own").lower()
    count = int(said) if said.isdigit() else _WORTH[said]
    return cores.put(KIND, _kind_of(found, count)) + (found["size"] or "")


def _kind_of(found: re.Match[str], count: int) -> Part:
    template = "web server" if found["web"] else "server" if found["plain"] else ""
    adjectives = found["adj"].strip()
    rough = bool(adjectives) and re.search(either("rough"), adjectives, re.IGNORECASE) is not None
    return Part(found[0], count, template, rough)


def _bare(cores: Cores, found: re.Match[str]) -> str:
    many = (found["web"] or found["plain"]).lower().endswith(("s", "boxes"))
    if many:
        return found[0]
    groups = re.match(r"(?P<ones>)", "")
    assert groups is not None
    part = _kind_of(found, 1)
    part.bare = True
    return found["before"] + cores.put(KIND, part)


def _each(cores: Cores, found: re.Match[str]) -> str:
    """Only beside what each of them gets."""
    before = found.string[: found.start()].rstrip(" ,(")
    after = _compiled(r"[ :,]*(?:(?:with|at|of|a|an|having|get|gets|has|have) )*").sub(
        "", found.string[found.end() :], count=1
    )
    sized = before[-1:] >= "\uf200" or after[:1] >= "\uf200"
    return cores.put(EACH, Part(found[0])) if sized else found[0]


def _names(cores: Cores) -> None:
    """ "called x", "x: a VM", "a new machine: x-1", "create x-1", "a and b" behind two machines."""
    most = cores.most

    def put(found: re.Match[str]) -> str:
        return (found["lead"] or "") + cores.put(NAME, Part(found["name"]))

    if most > 1:
        _listed(cores, most)
    pair = (
        rf"one (?:called|named) {_SPOKEN}(?:,| and|, and) (?:the other|the second|one"
        r"|another)(?: one)?(?: is| called| named)* "
    )
    second = (
        _SPOKEN.replace("(?P<q>", "(?P<q2>")
        .replace("(?P=q)", "(?P=q2)")
        .replace("<name>", "<name2>")
    )
    cores.text = _compiled(rf"(?:[,:]? ){pair}{second}").sub(
        lambda m: " " + "".join(cores.put(NAME, Part(m[n])) for n in ("name", "name2")), cores.text
    )
    cores.text = _compiled(rf"(?P<lead>)(?<![\w-]){_NAMED}{_SPOKEN}").sub(put, cores.text)
    _made_up_names(cores, put)


def _made_up_names(cores: Cores, put: Callable[[re.Match[str]], str]) -> None:
    """ "x-1: a VM", "a new machine: x-1", "mk vm x, 2 cores", "create x-1"."""
    machine = MACHINE
    made_up = rf"(?P<name>{_MADE_UP})(?![\w-]|\.\w)"
    leading = (
        rf"(?P<lead>^|[\n;:.] ?|, (?:and )?|\b(?:need|want|and|like|please) ){_NO_ID}{made_up}"
    )
    leads = rf"{leading}(?:(?: please)?[:,] | as )(?={machine})"
    cores.text = _compiled(leads).sub(lambda m: _before(cores, m), cores.text)
    cores.text = _compiled(rf"(?P<lead>{machine} )(?P<q>['\"])(?P<name>{_WORD})(?P=q)").sub(
        put, cores.text
    )
    after = rf"(?P<lead>{machine}(?:[:,]| -)? ){made_up}(?=[,.;)]|$| (?:with|at|\())"
    cores.text = _compiled(after).sub(put, cores.text)
    named = rf"(?P<lead>(?P<machine>{machine}) )(?P<name>{_NO_NAME}{_WORD})(?=,? ?[\uf200-\uf2ff])"
    cores.text = _compiled(named).sub(
        lambda m: put(m) if _only_a_name(cores, m) else m[0], cores.text
    )
    told = (
        r"(?P<lead>\b(?:create|set up|provision|deploy|launch"
        rf"|spin up) )(?P<name>{_NO_NAME}{_WORD})(?=,? (?:with |at )?[\uf200-\uf2ff])"
    )
    if sum(ord(c) < SIZE for c in cores.parts) == 1:
        cores.text = _compiled(told).sub(
            lambda m: put(m) if _unknown(m["name"]) else m[0], cores.text
        )
    makes = (
        r"(?P<lead>\b(?:create|make|build|set up|provision|deploy|launch|spin up|add"
        rf"|prepare) ){made_up}(?=[,.;)]|$| (?:with|at|as|\())"
    )
    cores.text = _compiled(makes).sub(put, cores.text)


def _only_a_name(cores: Cores, found: re.Match[str]) -> bool:
    """ "mk vm grist, 2 cores"."""
    return cores.parts[found["machine"]].bare and _unknown(found["name"])


def _unknown(word: str) -> bool:
    """No word of the planner or of these tables, and no adverb."""
    low = word.lower()
    tables = (
        "beside",
        "polite",
        "adjectives",
        "rough",
        "made",
        "suits",
        "opens",
        "labels",
        "never",
        "no-purpose",
    )
    return (
        (low,) not in words_en.PHRASES
        and not low.endswith("ly")
        and not any(low in phrases(t) for t in tables)
    )


def _before(cores: Cores, found: re.Match[str]) -> str:
    return found["lead"] + cores.put(NAME, Part(found["name"], leads=True))


def _listed(cores: Cores, most: int) -> None:
    """As many names in a row as there are machines."""
    one = rf"{_NO_NAME}{_WORD}"
    row = (
        rf"{one}" + rf", (?:and )?{one}" * (most - 2) + rf"(?:,? and|,) {one}"
        if most > 2
        else rf"{one},? (?:and|&) {one}"
    )
    made_up = rf"{_MADE_UP}(?:,? (?:and )?{_MADE_UP}){{{most - 1}}}"
    row = rf"(?:(?<![\w-]){_NAMED}|(?<=[:,] )(?:namely )?|(?<=\()(?={made_up}))(?P<all>{row})(?![\w-]|\.\w)"

    def put(found: re.Match[str]) -> str:
        named = found[0] != found["all"]
        if not named and not re.fullmatch(made_up, found["all"], re.IGNORECASE):
            return found[0]
        names = re.split(r",? (?:and|&) |, ", found["all"])
        return "".join(cores.put(NAME, Part(name)) for name in names)

    cores.text = _compiled(row).sub(put, cores.text)


_EACHES = (
    r"(?<![\w-])(?:(?:each|both|all|every one|every)(?: one)?(?: of (?:them|these"
    r"|those))?(?: (?:with|has|having|gets?|needs?|"
    r"should (?:have|get|be)|must (?:have|get)|to have))|(?:for|to) each(?: of them| one)?"
    r"|each|apiece|a piece|respectively each"
    r"|per (?:vm|machine|server|box|instance|head|unit)|for both|both|all the same size"
    r"|each and every one)(?![\w-])"
)
