"""The table of roundabout English (`again_en.txt`) as patterns; VMs, amounts and verbs have short names.

A line is "hints :: pattern => plainer words": `<NL>` stands for a piece below, `<n=NL>` keeps it for `{n}`;
`{op!}` is the order that the words of `op` mean.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

#: An own VM is one letter of this range while it is read, a quotation one of the next.
NAME_AT, QUOTE_AT = 0xE000, 0xE800
_NOUNS = {
    "start": "start|boot|startup|start-up|boot-up|power-up|launch|activation",
    "stop": "stop|shutdown|shut-down|shut down|power-off|power off|halt|switch-off",
    "restart": "restart|reboot|re-start|re-boot|power cycle|power-cycle|bounce",
    "delete": "deletion|removal|erasure|disposal|destruction|decommissioning|teardown|elimination",
    "take a snapshot of": "snapshot|checkpoint|restore point|snap",
}
_PARTICIPLES = {
    "start": "started|booted|powered on|powered up|turned on|turned back on|switched on|switched back on|"
    "back up and running|up again|brought up|brought back up|brought online|brought back online"
    "|fired up|started up|booted up|woken|"
    "woken up|launched|back up|back online|up and running|up|online|running|running again|back on|"
    "back in service|in operation|back running|powered back on|on|on again|up again|spun up|going again",
    "stop": "stopped|halted|shut off|shut down|powered off|powered down|turned off|switched off|off|down|"
    "brought down|taken down|taken offline|offline|put to sleep|parked|spun down",
    "restart": "restarted|rebooted|power cycled|bounced|re-started|re-booted|power-cycled",
    "delete": "deleted|removed|erased|destroyed|scrapped|binned|trashed|wiped|purged|thrown away|axed|gone|"
    "thrown out|got rid of|gotten rid of|disposed of|decommissioned|torn down|eliminated|nuked|dumped|"
    "ditched|discarded|cleaned up|cleared away|taken away|out of the way|out of here|off my list|chucked",
    "take a snapshot of": "snapshotted|snapshoted|snapped|checkpointed",
}
_GERUNDS = {
    "start": "starting|starting up|booting|booting up|powering on|powering up|switching on|turning on|"
    "bringing up|launching|waking up|firing up",
    "stop": "stopping|halting|shutting down|switching off|turning off|powering off|powering down"
    "|taking down",
    "restart": "restarting|rebooting|power cycling|bouncing",
    "delete": "deleting|removing|erasing|destroying|scrapping|binning|getting rid of|disposing of|trashing|"
    "decommissioning|tearing down|throwing away|throwing out|purging|wiping",
    "take a snapshot of": "snapshotting|taking a snapshot of|making a snapshot of|creating a snapshot of",
}
_MEANS = {
    form: verb
    for table in (_GERUNDS, _PARTICIPLES, _NOUNS)
    for verb, forms in table.items()
    for form in forms.split("|")
}


def _either(table: dict[str, str]) -> str:
    forms = sorted("|".join(table.values()).split("|"), key=len, reverse=True)
    return "(?:" + "|".join(forms) + r")\b"


_COUNT = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|sixteen|twenty|thirty|forty|fifty"
_UNIT = r"(?:[mgt]i?b?|gigs?|gigabytes?|megs?|megabytes?|teras?|terabytes?)\b"
_PIECES = {
    "N": r"[\ue000-\ue7ff]",
    "Q": r"[\ue800-\uefff]",
    "W": r"[A-Za-z0-9][A-Za-z0-9_-]*",
    "OTHER": r"[^\ue000-\ue7ff.!?;:\n]",
    "AND": r"(?:,? and (?:also |then )?|, (?:also |then )?|,? as well as |,? plus | & )",
    "NL": "<N>(?:<AND><N>)*",
    # Where a clause and where a sentence may begin and end.
    "B": r"(?:^|(?<=[.;:!?,\n] )|(?<=\n)|(?<=\band )|(?<=\bso )|(?<=\bthen )|(?<=please )|(?<=\bbut ))",
    "E": r"(?=,? *(?:$|[.;!?\n,]|(?:and|so|then|please|thanks|thx|for me|now|again|asap|today|but)\b))",
    "S": r"(?:^|(?<=[.;!?\n] )|(?<=\n))",
    "END": r"(?=[ ]*(?:$|[.;!?\n]))",
    "COUNT": rf"(?:\d+|{_COUNT}|an?|half an?)",
    "LABEL": r"(?:main memory|memory|ram|disk space|disk|storage|v?cpu cores?|v?cpus?|v?cores?"
    r"|processors?)\b",
    "UNIT": _UNIT,
    "ROOM": r"\b(?:\d+(?:[.,]\d+)?[ -]?<UNIT>|<COUNT>[ -](?=[a-z]{2})<UNIT>)(?: (?:of |worth of"
    r" )?(?:the )?<LABEL>)?",
    "CORES": r"\b(?:<COUNT>|a single|a second) (?:virtual )?(?:v?cpu cores?|v?cpus?|v?cores?"
    r"|processors?)\b",
    "NOTED": r"\b(?:v?cpus?|cores?|ram|memory|mem|disk|storage)(?:: ?| = ?|=| )\d+(?:[.,]\d+)?(?:"
    r" ?<UNIT>)?",
    "ONE": "(?:<CORES>|<ROOM>|<NOTED>)",
    "MUCH": r"(?:a )?<ONE>(?:(?:,? and |, | / |,? plus |,? with )(?:a )?<ONE>)*",
    "THE": r"(?:the|my|our|that|this|these|those|your)\b",
    "HEAD": r"(?:virtual machine|virtual server|vm|web ?server|server|machine|box|instance|guest|host"
    r"|computer)"
    r"(?:e?s)?\b",
    "NEW": r"(?:an?|one|another|two|three|four|five|six|seven|eight|nine|ten|\d+|a couple of|a pair of) "
    r"(?:(?!for |to |on |of |in |with |and |restart |snapshot )[a-z0-9-]+ ){0,3}?<HEAD>",
    "ADV": r"(?: (?:really|also|now|just|very much|simply|only|still|first|then|actually|urgently))*",
    "WANT": r"(?:i|we)(?:'d| would| do| will|'ll)?<ADV> "
    r"(?:need|want|like|love|require|prefer|appreciate|wish for|wish|ask for|request)",
    "AFTER": r"(?:(?:i|we)(?:'m| am|'re| are)(?: after| looking for| asking for| in need of| needing)"
    r"|<WANT>|(?:i|we) (?:have in mind|should have|could use))",
    "ADJ": r"(?:(?!(?:of|for|to|the|an?|in|on|no|not|never|any|neither|nor|without|or|if)\b)[a-z-]+ ){0,3}?",
    "NOUN": _either(_NOUNS),
    "DONE": _either(_PARTICIPLES),
    "DOING": _either(_GERUNDS),
    "VERB": r"(?:start|boot|launch|fire up|bring up|power on|power up|turn on|switch on|stop|halt"
    r"|shut down|"
    r"power off|turn off|switch off|restart|reboot|bounce|delete|remove|destroy|erase|scrap|get rid of|"
    r"tear down|throw away|throw out|bin|trash|wipe|purge|discard|dispose of|decommission|snapshot)\b",
    "CHANGE": r"(?:resize|give|set|raise|increase|reduce|lower|upgrade|extend|grow|shrink|bump|change"
    r"|scale)\b",
    "CHANGED": r"(?:given|resized to|set to|brought(?: up| down)? to|raised to|increased to|upgraded to|"
    r"extended to|reduced to|lowered to|cut(?: down)? to|scaled(?: up| down)? to|bumped(?: up)? to|"
    r"expanded to|changed to|shrunk to|grown to|enlarged to|trimmed to|moved to|put on|running with)",
    "MAKE": r"(?:create|make|build|provision|set up|spin up|deploy|prepare|launch)\b",
    "BEG": r"(?:(?:could|can|would|will|may) (?:you|we|i|someone)(?: please| kindly)?|please|kindly|pls)",
    "DO": r"(?:,? ?(?:so |and |then )?(?:<BEG> )?(?:please )?(?:go ahead and )?(?:(?:do|execute"
    r"|process|perform|"
    r"fulfil|action|handle|run|arrange|apply) (?:exactly )?(?:that|it|this|so)|carry (?:it|that|this) out|"
    r"carry out (?:it|that|this)|(?:take care of|see to|attend to|deal with) (?:it|that|this)|make"
    r" (?:it|that) "
    r"(?:so|happen)|get (?:it|that) done|go ahead|do so|please do|do the honou?rs)(?:,? (?:please"
    r"|for me|now|thanks))*)",
    # "the VM web", "for my exercise", never for how long; who asks in a ticket.
    "WHOSE": "(?:<THE> )?(?:<HEAD> )?",
    "NOT": r"(?:if|when|once|until|unless|before|while|whether|not|no|never|nobody|nothing|but|only|or|maybe"
    r"|perhaps|later|next|tomorrow|tonight|hours?|minutes?|days?|weeks?|months?|nights?|weekend|moment|did"
    r"|how|why|what|who|should|question|don't|didn't|won't|to|it|them)\b",
    "AIM": r"for (?:(?!<NOT>|(?:now|ever|good|long|while|time|and|sale|free|example)\b)[a-z]+"
    r"(?: (?=[a-z])|\b)){1,5}?",
    "TICKET": r"^(?:ticket|change|incident|request|task|case|issue|jira|story|inc|chg|req|ritm|ref)[ #:-]*"
    r"(?:[a-z]{1,5}-?)?\d+[:,.-] ?(?:(?:the|our|a|this) )?(?:customer|client|user|team|tenant|requester"
    r"|caller|department|colleague|owner|reporter|developer|student|employee) ",
    "SOMEBODY": "(?:professor|prof|boss|teacher|manager|lecturer|supervisor|tutor|team lead|lead|vendor"
    "|manual|docs?|documentation|customer|client|admin|colleague|instructor|assignment|handbook|guide|support"
    "|supplier|developer|consultant)",
    "SODO": r"[,.;] (?:so |and )?<BEG> (?:set|do|arrange|make|change|apply|give|adjust|configure)"
    r"(?: (?:it|them|that|this|so|up|to|accordingly|happen))+(?:,? (?:please|thanks|thank you))?(?=[.!?]?$)",
    "NICE": r"(?:nice|great|good|lovely|fine|perfect|ideal|wonderful|appreciated|welcome|awesome|cool"
    r"|brilliant|"
    r"much appreciated|very nice|really nice|really great|sweet|super|neat|handy)",
}
_PIECE = re.compile(r"<(?:([a-z0-9]+)=)?([A-Z]+)>")
_SLOT = re.compile(r"\{(\w+)(!?)\}")
#: Words of which one stands in the text ("" tries everywhere), the pattern, the plainer words.
Row = tuple[tuple[str, ...], str, str]


@cache
def pattern(said: str) -> re.Pattern[str]:
    """The pattern that such a line spells; most texts need few of them."""
    return re.compile(spelled(said), re.IGNORECASE)


def spelled(said: str) -> str:
    def piece(found: re.Match[str]) -> str:
        inside = spelled(_PIECES[found[2]])
        return f"(?P<{found[1]}>{inside})" if found[1] else f"(?:{inside})"

    return _PIECE.sub(piece, said)


@cache
def table(section: str) -> tuple[Row, ...]:
    """The rows of one section of the table."""
    rows: list[Row] = []
    here = ""
    for line in (Path(__file__).parent / "again_en.txt").read_text("utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            here = line[1:-1]
        elif here == section and line and not line.startswith("#"):
            hints, _, rest = line.partition(" :: ")
            said, _, plain = rest.rpartition(" =>")
            rows.append((tuple(hints.split("|")), said, plain.strip().replace("·", " ")))
    return tuple(rows)


def plainly(text: str, section: str) -> str:
    """The text after every row in its order."""
    for hints, said, plain in table(section):
        low = text.lower()
        if any(hint in low for hint in hints) and (VM_LETTER.search(text) or not names_vm(said)):
            text = pattern(said).sub(_put(plain), text)
    return text


#: A VM by its letter.
VM_LETTER = re.compile(_PIECES["N"])
_PARTS = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|<(?:[a-z0-9]+=)?([A-Z]+)>|\((?:\?(?:P<\w+>|:|<?[=!]))?|[)|]|.",
    re.DOTALL,
)


@cache
def names_vm(said: str) -> bool:
    """Whether no text without a VM fits: such a row need not be built for a text that names none."""
    # For each open group: whether all alternatives so far name one, and whether this one does.
    every, here = [True], [False]
    looks: list[bool] = []
    for part in _PARTS.finditer(said):
        sign = part[0]
        if part[1]:
            here[-1] = here[-1] or part[1] == "N" or names_vm(_PIECES[part[1]])
        elif sign.startswith("("):
            looks.append(sign.endswith(("=", "!")))
            every.append(True)
            here.append(False)
        elif sign == "|":
            every[-1], here[-1] = every[-1] and here[-1], False
        elif sign == ")":
            all_before, inside, looks_only = every.pop(), here.pop(), looks.pop()
            optional = said[part.end() : part.end() + 1] in ("?", "*", "{")
            names = all_before and inside and not looks_only and not optional
            here[-1] = here[-1] or names
    return every[-1] and here[-1]


def imperative(form: str) -> str:
    """ "switched off" and "shutdown" are "stop"."""
    return _MEANS.get(form.lower(), form)


def _put(template: str) -> Callable[[re.Match[str]], str]:
    def put(found: re.Match[str]) -> str:
        def slot(part: re.Match[str]) -> str:
            said = found[part[1]] or ""
            return imperative(said) if part[2] else said

        return _SLOT.sub(slot, template)

    return put
