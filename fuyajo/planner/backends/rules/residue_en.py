"""The reading of an English creation by what is left over: "put me down for two VMs with 8 GB each".

Where the other readings gave up, the parts of a creation are taken out of the text (`cores_en`). It is one
if every word that is left over stands in a harmless place: in a frame of wanting, making or asking kindly
(`harmless_frames_en`), as the one who gets it, as what it is for, or in a remark (`remarks_en`). What comes
out is said in the plainest words and read by the rules like any other text; with anything else left over
nothing comes out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from fuyajo.planner.backends.rules.cores_en import (
    ATTRIBUTE,
    EACH,
    KIND,
    MACHINE,
    NAME,
    SIZE,
    TITLE,
    Cores,
    Part,
    cores_of,
)
from fuyajo.planner.backends.rules.harmless_frames_en import (
    ADDS,
    CORE,
    Frame,
    Strength,
    frames_of,
    only_polite,
    orders_again,
    says_more,
)
from fuyajo.planner.backends.rules.remarks_en import (
    announces,
    harmless_aim,
    harmless_who,
    only_tells,
)
from fuyajo.planner.backends.rules.scene import Vms
from fuyajo.planner.backends.rules.tables_en import either

_LONGEST = 400
_AWAY = re.compile(r"[\ue000-\uf8ff]")
_NO_WISH = frozenset({"injection", "too_long", "not_plain", "unsafe"})
_JOIN = (
    r"(?:[ ,:;()/+&\n|–—-]|\b(?:with|w|and|having|at|of|plus|featuring|that has|that have"
    r"|which has|which have|using"
    r"|as well as|by|both|in it|on it)\b)"
)
_NAMES_IT = rf"[\uf300-\uf3ff](?={MACHINE})"
_ADDED = re.compile(
    rf"{_JOIN}*(?!{_NAMES_IT}){ATTRIBUTE}(?:\.?{_JOIN}*(?!{_NAMES_IT}){ATTRIBUTE})*\)?",
    re.IGNORECASE,
)
_ONE = rf"[\uf300-\uf3ff]?{MACHINE}{ADDS}?"
_LIST = re.compile(
    rf"{_ONE}(?:(?:[,;] ?|\n|[,;]? (?:and|plus|as well as|and also)(?: also)? )+{_ONE})*",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?P<end>[.!?;…]+(?=[ \n\uf700-\uf7ff]|$)|\n+)\s*")
_JOINT = re.compile(
    r"(?P<end>,(?= )|:(?= |$)|\(|\)| [-–—]+(?= )|(?= (?:so|because|since|as|but"
    r"|and(?: therefore| so| thus| hence| also)?|then)"
    r" (?:i|we|it|they|he|she|each|both|please|nobody|everyone|everybody|the|our|my|there|this"
    r"|that|could|can|would|just|go|let|now|needs?|wants?|requires?|would"
    r"|[\uf780-\uf7ff] would)\b))\s*"
    r"(?:(?:so|but|and|then|therefore|hence|thus)\b,? ?)*",
    re.IGNORECASE,
)
_BECAUSE = re.compile(r"(?:because|since|as|for|so that|given that|seeing that) ", re.IGNORECASE)
#: "Since the old one is slow I need …".
_REASON_FIRST = re.compile(
    r"(?:because|since|as|now that|given that|seeing that|seeing as) ", re.IGNORECASE
)
_THEN_WISH = re.compile(
    (
        r"(?<=[a-z0-9]) (?=(?:i|we)(?:['’]d| would|['’]m| need| want| require| could use)\b"
        r"|please\b|could (?:you|i|we)\b)"
    ),
    re.IGNORECASE,
)
_LABEL = re.compile(rf"(?:the )?{either('labels')}", re.IGNORECASE)
_OPENS = re.compile(
    rf"(?:please )?(?:{either('opens', 'makes')}|(?:enter|take|note|process|handle|execute|file"
    r"|put through|accept|see|fulfil|read)(?: down)?"
    r" (?:the |my |our |this )?(?:following )?(?:orders?|requests?|wish|wishes|list)"
    r"|(?:the )?following (?:vms?|machines?|servers?|boxes|instances)?"
    r" ?(?:are|is) (?:needed|wanted|required|requested|missing)|(?:i|we) (?:need|want"
    r"|would like|require) the following(?: vms?| machines?| servers?)?"
    r")(?: (?:for|from|by|of) (?P<who>[\w'’ -]+))?",
    re.IGNORECASE,
)
_KIND_SAID = re.compile(
    r"\b(?:(web[ -]?servers?)|(?:vms?|servers?|machines?|box(?:es)?|instances?|virtual machines?))\b",
    re.IGNORECASE,
)


@dataclass
class _Read:
    """What the clauses so far have been."""

    own: frozenset[str]
    cores: Cores
    lists: dict[str, str] = field(default_factory=dict)
    frames: list[tuple[Frame, str, str]] = field(default_factory=list)
    again: bool = False
    told_more: bool = False
    polite: bool = False
    kind: str = ""
    label: bool = False
    one: bool = False
    bye: bool = False
    # What is said more behind a comma, not as the end of a clause.
    apart: set[str] = field(default_factory=set)

    @property
    def ordered(self) -> bool:
        sure = (Strength.ORDER, Strength.FRAGMENT)
        return self.again or any(f.strength in sure for f, _, _ in self.frames)


#: An order of its own is no remark: "set up careers for them, a web server".
_ORDERS = re.compile(rf"(?:please |so |kindly )*{either('makes', 'gives')} ", re.IGNORECASE)
#: "my laptop has, …": what follows belongs to it.
_DANGLES = re.compile(
    r"\b(?:has|have|had|is|are|was|were|with|of|at|gets|needs|than|to)\W*$", re.IGNORECASE
)
#: Words that may be mended here; any other may have been meant as it was written.
_MENDED = frozenset(
    {"server", "servers", "machine", "machines", "memory", "called", "named", "please"}
)
_MENDED |= {"create", "cores", "disk", "web", "need"}


def well_mended(text: str, mended: str) -> str:
    """The text with its slips mended, where they are in words that can mean nothing else."""
    new = set(re.findall(r"[\w'-]+", mended)) - set(re.findall(r"[\w'-]+", text))
    return mended if {word.lower() for word in new} <= _MENDED else text


#: "start both machines": those that are there.
_THOSE = re.compile(
    r"\b(?:start|launch|boot|run|fire|spin|bring|power|turn)(?: up| on)? (?:both|all|these|those)"
    r"(?: of)?(?: (?:the|my|our|two|three|web))* ?(?:vms|servers|machines|boxes|computers)\b",
    re.IGNORECASE,
)


def said_by_residue(text: str, vms: Vms, asked: str) -> str | None:
    """The creations of a text in the plainest words, or None."""
    if asked in _NO_WISH or len(text) > _LONGEST or _AWAY.search(text):
        return None
    if _THOSE.search(text):
        return None
    cores = cores_of(text)
    if not cores.parts or not _KIND_SAID.search(text):
        return None
    read = _Read(frozenset(vm.name.lower() for vm in vms), cores)
    reduced = _reduced(read)
    if not all(_harmless(read, *clause) for clause in _clauses(reduced)):
        return None
    machines = _machines(read)
    return ". ".join(machines) if machines else None


def _reduced(read: _Read) -> str:
    """The text with one letter for each row of machines, and one for what is said more of them."""

    def put(first: int) -> Iterator[str]:
        return (chr(first + i) for i in range(0x80))

    rows, adds = put(0xF780), put(0xF700)

    def keep(found: re.Match[str], letters: Iterator[str]) -> str:
        letter = next(letters)
        inside = "".join(read.lists.get(c, c) for c in found[0] if c >= "\uf100")
        read.lists[letter] = inside
        if found[0].startswith((",", ";", ":")):
            read.apart.add(letter)
        return letter

    text = _ADDED.sub(lambda m: keep(m, adds), read.cores.text)
    return _LIST.sub(lambda m: keep(m, rows), text)


def _clauses(text: str) -> Iterator[tuple[str, str, bool]]:
    """Every clause, what ends it, and whether its sentence asks."""
    at = 0
    sentences = [*_SENTENCE.finditer(text), None]
    for end in sentences:
        sentence = text[at : end.start() if end else len(text)]
        asks = end is not None and "?" in end["end"]
        at = end.end() if end else len(text)
        if _REASON_FIRST.match(sentence):
            sentence = _THEN_WISH.sub(", ", sentence, count=1)
        start = 0
        for joint in _JOINT.finditer(sentence):
            yield sentence[start : joint.start()].strip(" ,"), joint["end"].strip(), asks
            start = joint.end()
        yield sentence[start:].strip(" ,"), end["end"].strip() if end else "", asks


def _harmless(read: _Read, said: str, end: str, asks: bool) -> bool:
    """One clause; what it adds to the reading is kept."""
    label, read.label = read.label, False
    if not said or only_polite(said):
        read.polite = read.polite or bool(said)
        read.bye = (
            re.search(r"regards|wishes|best|thanks|cheers|thx|greetings", said, re.IGNORECASE)
            is not None
        )
        return True
    if label:
        return _labelled(read, said)
    if read.bye and re.fullmatch(r"[A-Z][a-z]+(?: [A-Z][a-z]+)?", said):
        return True
    if CORE.search(said):
        return _wants(read, said, end, asks)
    if more := _more(read, said):
        return (not asks or more.asks) and _fits(read, more)
    if said[-1] in read.apart and not asks and not _DANGLES.search(said[:-1]):
        said, read.told_more = said[:-1].rstrip(), True
    return not asks and not re.search(ADDS, said) and _beside(read, said, end)


def _labelled(read: _Read, said: str) -> bool:
    """ "Purpose: rendering", "Subject: new VM"."""
    core = CORE.search(said)
    if core:
        read.frames.append((Frame(Strength.TOLD), read.lists[core[0]], "."))
    return harmless_who(CORE.sub("", said).strip() or "me", read.own)


def _beside(read: _Read, said: str, end: str) -> bool:
    """A clause without a machine and without a size."""
    read.label = end == ":" and _LABEL.fullmatch(said) is not None
    opens = _OPENS.fullmatch(said)
    if read.label or (opens and (end in ":." or not read.ordered)):
        return (
            read.label or opens is None or not opens["who"] or harmless_who(opens["who"], read.own)
        )
    if end != ":" and _ORDERS.match(said):
        return False
    if because := _BECAUSE.match(said):
        if harmless_aim(said, read.own):
            return True
        said = said[because.end() :]
    return _told(read, said) or (
        end in (":", ",") and not read.frames and announces(said, read.own)
    )


def _told(read: _Read, said: str) -> bool:
    kind = _KIND_SAID.search(said)
    if kind and not read.kind:
        read.kind = "web server" if kind[1] else "server"
    return only_tells(said, read.own, read.ordered)


def _more(read: _Read, said: str) -> Frame | None:
    again = orders_again(said)
    if again and _fits(read, again):
        read.again = True
        read.one = read.one or re.search(r"\bone\b", said, re.IGNORECASE) is not None
        return again
    more = says_more(said)
    if more:
        read.told_more = True
    return more


def _fits(read: _Read, frame: Frame) -> bool:
    return (not frame.who or harmless_who(frame.who, read.own)) and (
        not frame.aim or harmless_aim(frame.aim, read.own)
    )


def _wants(read: _Read, said: str, end: str, asks: bool) -> bool:
    """A clause with machines in it."""
    for frame in frames_of(said):
        if (not asks or frame.asks) and _fits(read, frame):
            row = read.lists[next(c for c in said if CORE.match(c))]
            read.polite = read.polite or "please" in said.lower()
            read.frames.append((frame, row, end))
            return True
    return False


def _machines(read: _Read) -> list[str] | None:
    """Every machine in a sentence of its own."""
    dropped = _only_mentioned(read)
    if dropped is None or not _is_ordered(read, dropped):
        return None
    items: list[_Item] = []
    early: list[tuple[int, Part]] = []
    for letter in read.cores.text:
        part, sort = read.cores.parts.get(letter), ord(letter) & 0xFF00
        if part is None or letter in dropped:
            continue
        if sort == KIND:
            items.append(_Item(part, part.template or read.kind, early))
            early = []
        elif part.leads or not items:
            early.append((sort, part))
        else:
            items[-1].more.append((sort, part))
    if not items and read.one and read.kind:
        items, early = [_Item(Part("", 1), read.kind, early)], []
    if read.told_more and len(items) > 1:
        return None
    said = [item.said(len(items)) for item in items]
    plain = [one for one in said if one]
    return plain if not early and len(plain) == len(said) else None


@dataclass
class _Item:
    """Machines of one sort, and everything that is said of them."""

    part: Part
    kind: str
    more: list[tuple[int, Part]]

    def said(self, among: int) -> str | None:
        names = [p.said.strip("\"'") for sort, p in self.more if sort == NAME]
        sizes = [p.said for sort, p in self.more if sort == SIZE]
        titles = [p.said for sort, p in self.more if sort == TITLE]
        each = any(sort == EACH for sort, _ in self.more)
        count = self.part.count
        fits = (
            len(titles) < 2
            and (not names or len(names) == count)
            and (not each or (among == 1 and count > 1))
        )
        if not self.kind or not fits or (self.part.rough and not sizes):
            return None
        called = f" called {' and '.join(names)}" if names else ""
        titled = f" titled {titles[0]}" if titles else ""
        sized = f" with {' and '.join(sizes)}" if sizes else ""
        return f"create {count} {self.kind}{'s' * (count > 1)}{called}{titled}{sized}"


def _only_mentioned(read: _Read) -> set[str] | None:
    """Machines that are told of before they are ordered: "they want a VM. One VM called x"."""
    dropped: set[str] = set()
    for i, (frame, row, end) in enumerate(read.frames[:-1]):
        part = read.cores.parts[row[0]]
        weak = frame.strength in (Strength.TOLD, Strength.NEEDED) or end == ":"
        if len(row) > 1 or not weak:
            continue
        later = read.cores.parts[next(c for c in read.frames[i + 1][1] if ord(c) & 0xFF00 == KIND)]
        if part.template not in ("server", later.template) and later.template:
            return None
        read.kind = read.kind or part.template
        dropped.add(row)
    return dropped


def _is_ordered(read: _Read, dropped: set[str]) -> bool:
    left = [frame for frame, row, _ in read.frames if row not in dropped]
    if any(_of_many(frame) for frame in left):
        return False
    if read.again or any(frame.strength is Strength.ORDER for frame in left):
        return True
    if any(frame.strength is Strength.TOLD for frame in left):
        return read.told_more and len(left) == 1
    return bool(left) and (read.polite or any(ord(c) >= SIZE for c in read.cores.parts))


def _of_many(frame: Frame) -> bool:
    """ "every student needs a VM": how many are wanted is not said."""
    generic = re.match(r"(?:an?|any|most|some) ", frame.who, re.IGNORECASE)
    return (frame.strength is not Strength.ORDER and generic is not None) or _MANY.search(
        frame.who
    ) is not None


_MANY = re.compile(
    (
        r"\b(?:every|each|all|everyone|everybody|nobody|none|no|no one|neither|any|anyone|anybody"
        r"|few|hardly|most|who|whoever|both|them)\b"
    ),
    re.IGNORECASE,
)
