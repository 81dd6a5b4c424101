"""English phrases, by meaning. Longest match wins; phrases are separated by bars."""

from __future__ import annotations

from itertools import product

from fuyajo.planner.backends.rules.tokens import K
from fuyajo.planner.backends.rules.words import Row, rows_of

#: What one does "without", "instead of" and "would you mind".
_GERUNDS = (
    ("start", "starting|booting|launching|powering on|turning on|switching on"),
    ("start", "waking up|waking|activating|bringing up|bringing online"),
    ("stop", "taking down|bringing down|shutting off|taking offline|deactivating|spinning down"),
    ("restart", "bouncing|power cycling|power-cycling|cycling"),
    (
        "delete",
        "scrapping|disposing of|ditching|trashing|wiping|purging|dropping|decommissioning|dumping",
    ),
    ("delete", "tearing down|throwing out|discarding|nuking|eliminating|axing|binning"),
    (
        "resize",
        "lowering|decreasing|bumping|bumping up|extending|expanding|growing|shrinking|enlarging",
    ),
    (
        "resize",
        "cutting|cutting down|adjusting|boosting|scaling|scaling up|scaling down|assigning|allocating",
    ),
    (
        "resize",
        "trimming|modifying|upping|downgrading|downsizing|upsizing|limiting|capping|updating",
    ),
    ("start", "starting up|booting up|powering up|firing up"),
    ("stop", "stopping|shutting down|turning off|switching off|powering off|halting|powering down"),
    ("restart", "restarting|rebooting"),
    ("delete", "deleting|removing|destroying|erasing|getting rid of|throwing away|losing"),
    ("resize", "resizing|changing|increasing|setting|giving|reducing|raising|upgrading"),
    ("create", "creating|building|setting up|making|spinning up|provisioning|deploying"),
    ("snapshot", "snapshotting"),
    ("revert", "reverting|rolling back|restoring|returning|resetting|taking back|putting back"),
    ("take", "taking|grabbing"),
)
_NUMBER_WORDS = (
    "zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
    "|sixteen|seventeen|eighteen|nineteen|twenty"
)
NUMBERS = {word: number for number, word in enumerate(_NUMBER_WORDS.split("|"))}
NUMBERS |= {
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
_DOZENS = {"a dozen": "12", "one dozen": "12", "dozen": "12", "half a dozen": "6", "a pair of": "2"}


def _gerund_rows() -> list[Row]:
    rows: list[Row] = []
    for op, phrases in _GERUNDS:
        forms = phrases.split("|")
        rows.append((K.GERUND, op, list(forms)))
        if op in ("create", "take"):
            continue
        # "turning it off", "shutting web down" are told apart by what follows; only "it" is common.
        forms += [
            f"{a} it {b}" for form in forms if len(form.split()) == 2 for a, b in [form.split()]
        ]
        before = ("without", "instead of", "rather than", "not", "and not", "avoid")
        rows.append((K.NOT_OP, op, [" ".join(pair) for pair in product(before, forms)]))
    return rows


_I_WOULD = ("i'd be", "i would be", "we'd be", "we would be")
_HAVE = ("have", "get", "receive")
_GOOD: tuple[str, ...] = (
    *("great", "nice", "good", "super", "amazing", "fantastic", "brilliant", "best", "lovely"),
    *("wonderful", "helpful", "awesome", "kind", "cool"),
)
_MOODS = (
    "grateful",
    "pleased",
    "glad",
    "happy",
    "obliged",
    "thankful",
    "delighted",
    "thrilled",
    "overjoyed",
)
_MUCH = ("", "very ", "so ", "most ", "ever so ", "really ", "extremely ", "much ")
_COULD: tuple[str, ...] = (
    *("if you could", "if you would", "if you'd", "if you can", "if someone could"),
    *("if somebody could", "if you", "if someone", "if somebody"),
)
_THANKFUL = ("i'd appreciate it", "i would appreciate it", "we'd appreciate it", "i'd love it")


_HELPS = [
    f"{it} {helps}"
    for it in ("it would", "it'd", "that would", "you would", "you'd")
    for helps in ("help", "help a lot", "help me", "really help", "help me a lot", "make my day")
]


def _kindness() -> Row:
    """ "it would be great if you could": a wish, though it says "if"."""
    openings = product(("it would be", "it'd be", "would be", "that would be"), _GOOD)
    first = [" ".join(pair) for pair in openings] + list(_THANKFUL)
    who = ("i'd be", "i would be", "we'd be", "we would be")
    first += _HELPS
    first += [f"{am} {much}{mood}" for am, much, mood in product(who, _MUCH, _MOODS)]
    return K.POLITE, "", [" ".join(form) for form in product(first, _COULD)]


def _lovely() -> list[Row]:
    """ "it'd be lovely to have …"."""
    openings = product(("it would be", "it'd be", "would be", "it might be"), _GOOD)
    first = [" ".join(pair) for pair in openings]
    return [
        (K.WANT, "", [f"{opening} to {have}" for opening in first for have in ("have", "get")]),
        (
            K.WANT,
            "",
            [f"{i} {mood} to {have}" for i, mood, have in product(_I_WOULD, _MOODS, _HAVE)],
        ),
        (K.FILL, "", [f"{opening} to" for opening in first]),
    ]


def _moments() -> Row:
    """ "when you get a sec", "if you have a spare minute": no time is meant, only kindness."""
    forms = product(
        ("when", "whenever", "if", "once", "as soon as"),
        ("you get", "you have", "you've got", "you find", "you can spare", "you can find"),
        (
            *("a sec", "a second", "a moment", "a minute", "a min", "a mo", "time", "the time"),
            *("a chance", "the chance", "some time", "a spare moment", "a free moment", "a tick"),
            *(
                "a spare minute",
                "a free minute",
                "a spare second",
                "an opportunity",
                "a bit of time",
            ),
        ),
    )
    return K.PLEASE, "", [" ".join(form) for form in forms]


#: Of a VM that nobody wants: who, and what they do not do with it.
_WHO = ("i", "we", "they", "he", "she", "people", "the users", "the team", "my team", "you")
_NEVER: tuple[str, ...] = (
    *(
        "don't",
        "do not",
        "dont",
        "won't",
        "wont",
        "will not",
        "no longer",
        "never",
        "hardly",
        "rarely",
    ),
    *("don't really", "hardly ever", "can't", "doesn't", "does not", "didn't", "don't actually"),
)
_USES = ("need", "use", "require", "needs", "uses", "requires")
_NOBODY: tuple[str, ...] = (
    *("nobody", "no one", "noone", "none of us", "no-one", "hardly anybody", "hardly anyone"),
)
_MISSES: tuple[str, ...] = (
    *("needs", "uses", "requires", "is using", "will need", "will use", "cares about", "misses"),
)
_IS = ("is", "are", "it is", "it's", "they are", "they're")
_NOTS = ("not", "no longer", "not really", "never")
_USED = ("used", "needed", "required", "in use", "useful", "necessary")
_ISNT = ("isn't", "isnt", "aren't", "arent", "aint", "ain't")


_BY = ("", "by anyone", "by anybody", "by us", "by the team", "for anything", "at all")


def _needless() -> Row:
    """ "we hardly ever use", "nobody needs", "is no longer in use"."""
    forms = product(_WHO, _NEVER, _USES), product(_NOBODY, _MISSES)
    states = product(_IS, _NOTS, _USED, _BY), product(_ISNT, _USED, _BY)
    return K.REMARK, "", [" ".join(form).strip() for some in (*forms, *states) for form in some]


def _announced() -> Row:
    """ "a couple of jobs": how many orders follow says nothing that they do not."""
    forms = product(
        ("a couple of", "couple of", "two", "three", "four", "a few", "few", "some", "several"),
        ("jobs", "items", "things", "tasks", "requests", "changes", "favours", "favors", "chores"),
        ("", " please", " for you", " for me", " today"),
    )
    return K.FILL, "", [f"{many} {what}{more}" for many, what, more in forms]


def _table() -> dict[tuple[str, ...], tuple[K, str]]:
    rows = [*rows_of("en"), *rows_of("en_more"), *rows_of("en_free"), *rows_of("en_done")]
    rows += rows_of("en_said")
    rows += [*_lovely(), *_gerund_rows(), _kindness(), _moments(), _announced(), _needless()]
    rows += [(K.NUMBER, value, [phrase]) for phrase, value in _DOZENS.items()]
    # A plain word is only that where nothing else is known of it.
    rows.sort(key=lambda row: row[0] is not K.WORD)
    return {
        tuple(phrase.split()): (kind, value) for kind, value, phrases in rows for phrase in phrases
    }


PHRASES = _table()
#: How many words the longest phrase has that begins with this one.
LENGTHS: dict[str, int] = {}
for _phrase in PHRASES:
    LENGTHS[_phrase[0]] = max(LENGTHS.get(_phrase[0], 0), len(_phrase))
#: "turn web off": the verb and its particle, with the name in between.
SPLIT_OPS = {
    ("turn", "off"): "stop",
    ("turn", "down"): "stop",
    ("turn", "on"): "start",
    ("turn", "back"): "revert",
    ("turn", "again"): "restart",
    ("switch", "again"): "restart",
    ("power", "again"): "restart",
    ("shut", "down"): "stop",
    ("shut", "off"): "stop",
    ("power", "off"): "stop",
    ("power", "down"): "stop",
    ("power", "on"): "start",
    ("power", "up"): "start",
    ("switch", "off"): "stop",
    ("switch", "on"): "start",
    ("switch", "back"): "revert",
    ("bring", "up"): "start",
    ("bring", "down"): "stop",
    ("bring", "back"): "revert",
    ("take", "down"): "stop",
    ("take", "back"): "revert",
    ("put", "back"): "revert",
    ("roll", "back"): "revert",
    ("wind", "back"): "revert",
    ("throw", "away"): "delete",
    ("tear", "down"): "delete",
    ("fire", "up"): "start",
    ("spin", "up"): "start",
    ("spin", "down"): "stop",
    ("get", "up"): "start",
    ("get", "running"): "start",
    ("get", "on"): "start",
    ("bring", "on"): "start",
    ("get", "back"): "start",
    ("put", "up"): "start",
    ("get", "going"): "start",
    ("put", "on"): "start",
    ("wipe", "away"): "delete",
    ("throw", "out"): "delete",
    ("put", "away"): "delete",
}
#: What may stand right behind a number without a space: 2cores, 2x.
GLUED = frozenset({"core", "cores", "cpu", "cpus", "vcpu", "vcpus"})
#: What a number may be glued to: CPU2, memory4GB.
LABELS = frozenset({"cpu", "vcpu", "memory", "ram", "disk"})


def occur_in(text: str) -> bool:
    """Whether any word of the text is an English one of the planner."""
    return any((word.strip(".,!?"),) in PHRASES for word in text.lower().split())
