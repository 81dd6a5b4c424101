"""English orders whose VM was said before them: "web: start it up", "web hangs. Restart the machine."."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from fuyajo.planner.backends.rules.letters_en import AFTER, BEFORE, Parts, Rule, op, r
from fuyajo.planner.backends.rules.tokens import HEADS, VERBS, K, Token, Tokens

_AND = r"(?:,a?|a)"
#: An order that names no VM itself.
_ORDER = r"(?P<order>[fp]*[OSKM](?:(?![N.?:])[^m!iQ])*)(?=[.?]|$)"
_ENDS = frozenset({K.STOP, K.QUESTION_MARK, K.COMMA, K.REASON, K.COLON, K.BUT})
_BARE = frozenset(
    {"vm", "server", "machine", "box", "instance", "virtual machine", "guest", "host"}
)
_THIS = frozenset({"the", "that", "this"})
_MAKES = frozenset({K.CREATE, K.SAME, K.LIKE, K.NAMED})
_OTHER = frozenset({K.ALL, K.CREATED, K.EXCEPT, K.SOME, K.ORDINAL})
_IDLE = frozenset({K.FILL, K.PLEASE, K.THANKS, K.POLITE, K.SMALL})
_TARGETS = frozenset({K.NAME, K.PRONOUN, K.STATE}) | HEADS
_IT = Token(K.PRONOUN, "it", "it")
_SIZED = frozenset({K.SIZE, K.NUMBER, K.MEMORY, K.DISK, K.CPU})


def pointed_back(tokens: Tokens, known: Collection[str]) -> Tokens:
    """ "the machine", or no VM at all, behind the only VM that a message names: "it"."""
    own = {t.low for t in tokens if t.kind is K.NAME and t.low in known}
    first = next((i for i, t in enumerate(tokens) if t.kind is K.NAME), len(tokens))
    begins = next((i + 1 for i in range(first, len(tokens)) if tokens[i].kind in _ENDS), None)
    if len(own) != 1 or begins is None or any(t.kind in _MAKES for t in tokens):
        return tokens
    if any(
        tokens[i].kind in _OTHER and not _of_snapshot(tokens, i) for i in range(begins, len(tokens))
    ):
        return tokens
    listed = list(tokens[:begins])
    for clause in _clauses(tokens[begins:]):
        apart = listed[-1].kind in (K.STOP, K.QUESTION_MARK, K.REASON)
        before = {t.kind for t in tokens[:begins]} | (set() if apart else {K.SIZE})
        listed += _pointed(clause, before)
    return tuple(listed)


def _of_snapshot(tokens: Sequence[Token], i: int) -> bool:
    """ "the last snapshot"."""
    following = tokens[i + 1].kind if i + 1 < len(tokens) else None
    return tokens[i].kind is K.ORDINAL and following is K.SNAPSHOT


def _clauses(tokens: Sequence[Token]) -> list[list[Token]]:
    found: list[list[Token]] = [[]]
    for token in tokens:
        found[-1].append(token)
        if token.kind in _ENDS:
            found.append([])
    return found


def _pointed(clause: list[Token], before: set[K]) -> list[Token]:
    lead = next((i for i, t in enumerate(clause) if t.kind not in _IDLE), len(clause))
    if not before & ((VERBS - {K.TAKE}) | {K.WANT, K.SIZE}) and _only_sizes(clause):
        return [op("resize", []), _IT, Token(K.FILL, "to"), *clause]
    if _this(clause, lead) and clause[lead + 2].kind in (K.SHOULD, K.REMARK):
        return [*clause[:lead], _IT, *clause[lead + 2 :]]
    if lead == len(clause) or clause[lead].kind not in VERBS - {K.AMBIGUOUS}:
        return clause
    rest = clause[lead + 1 :]
    if any(t.kind is K.NAME for t in rest):
        return clause
    for i in range(lead + 1, len(clause) - 1):
        if _this(clause, i):
            return [*clause[:i], _IT, *clause[i + 2 :]]
    if not before & VERBS and not any(t.kind in _TARGETS for t in rest) and _complete(clause, lead):
        return [*clause[: lead + 1], _IT, *rest]
    return clause


def _this(clause: list[Token], i: int) -> bool:
    """ "the machine"."""
    if i + 2 >= len(clause) + (i > 0):
        return False
    noun = clause[i + 1]
    return clause[i].low in _THIS and noun.kind is K.NOUN and noun.low in _BARE


def _only_sizes(clause: list[Token]) -> bool:
    """ "12 cores please."."""
    kinds = {t.kind for t in clause}
    sized = kinds & {K.SIZE, K.NUMBER} and kinds & {K.MEMORY, K.DISK, K.CPU}
    return bool(sized) and K.PLEASE in kinds and kinds <= _SIZED | _IDLE | _ENDS | {K.AND}


def _complete(clause: list[Token], lead: int) -> bool:
    """ "reboot please", "raise the RAM to 2 GB", "go back to the last snapshot": only whose is missing."""
    verb, rest = clause[lead], clause[lead + 1 :]
    kinds = {t.kind for t in rest}
    if verb.kind is not K.OP:
        return False
    if verb.value == "resize":
        return bool(kinds & {K.SIZE, K.NUMBER}) and bool(kinds & _SIZED)
    if verb.value == "revert":
        return K.SNAPSHOT in kinds
    asks = any(t.kind in (K.PLEASE, K.POLITE) for t in clause)
    return asks and kinds <= _IDLE | _ENDS


def _about(parts: Parts) -> list[Token] | None:
    """ "web: start it up", "a, b and c: shut these three down"."""
    names = [t for t in parts["who"] if t.kind is K.NAME]
    order = parts["order"]
    points = [str(t.value) for t in order if t.kind is K.PRONOUN]
    fits = {"it"} if len(names) == 1 else {"them", str(len(names))}
    if points and not set(points) <= fits:
        return None
    if not points:
        sized = order[-1] is not None and _complete(order, _lead(order))
        if len(names) != 1 or not sized or any(t.kind in _TARGETS for t in order):
            return None
        lead = _lead(order) + 1
        return [*order[:lead], *names, *order[lead:]]
    remark = Token(K.REMARK, "no longer needed")
    return [remark, *parts["who"], Token(K.STOP, "."), *order]


def _lead(order: Sequence[Token]) -> int:
    return next((i for i, t in enumerate(order) if t.kind not in _IDLE), 0)


def _needed(parts: Parts) -> list[Token] | None:
    """ "I need web, switch it on"."""
    return [Token(K.REMARK, "no longer needed"), *parts["who"], Token(K.STOP, ".")]


def _of_them(parts: Parts) -> list[Token] | None:
    """ "of my servers only web should be deleted"."""
    return [] if parts["of"][0].low in ("of", "of all", "from", "out of") else None


def _not_that(parts: Parts) -> list[Token] | None:
    """ "not web: restart mail"."""
    if parts["no"][0].low not in ("not", "not the"):
        return None
    return [Token(K.KEEP, "keep"), *parts["who"], Token(K.STOP, ".")]


def _stays(parts: Parts) -> list[Token] | None:
    """ "restart all VMs except web; that one must stay up": said twice."""
    names = sum(t.kind is K.NAME for t in parts["except"])
    fits = {"it"} if names == 1 else {"them", str(names)}
    return [*parts["except"]] if str(parts["it"][0].value) in fits else None


def _label_first(parts: Parts) -> list[Token] | None:
    """ "change the CPU count of web: make it 5"."""
    label = [t for t in parts["what"] if t.kind in (K.CPU, K.MEMORY, K.DISK)]
    sized = parts["size"][0].kind is (K.NUMBER if label[0].kind is K.CPU else K.SIZE)
    again = parts["again"][0].value in ("resize", "make")
    if parts["op"][0].value != "resize" or not sized or not again or len(label) != 1:
        return None
    return [op("resize", []), *parts["who"], Token(K.FILL, "to"), *parts["size"], *label]


def _put_back(parts: Parts) -> list[Token] | None:
    """ "put a and b back to their last snapshots"."""
    back = parts["back"][0].value == "back"
    return [op("revert", parts["put"]), *parts["who"], Token(K.FILL, "to")] if back else None


def _both(parts: Parts) -> list[Token] | None:
    """ "both a and b"."""
    return [] if parts["both"][0].low == "both" else None


def _states(parts: Parts) -> list[Token] | None:
    """ "we need web running and mail switched off"."""
    made: list[Token] = []
    who: list[Token] = []
    for token in parts["all"]:
        if token.kind in (K.STATE, K.PAST, K.PARTICLE):
            value = _DONE.get(str(token.value), str(token.value))
            joint = [t for t in who[:2] if made and t.kind in (K.COMMA, K.AND)]
            if value not in ("start", "stop", "restart", "delete"):
                return None
            made, who = [*made, *joint, op(value, [token]), *who[len(joint) :]], []
        elif token.kind is not K.FILL:
            who.append(token)
    return made


_DONE = {
    "running": "start",
    "stopped": "stop",
    "on": "start",
    "up": "start",
    "off": "stop",
    "down": "stop",
}


def _smaller(parts: Parts) -> list[Token] | None:
    """ "make web smaller: 1 CPU"."""
    if parts["how"][0].low not in _HOW or parts["op"][0].value not in ("make", "resize"):
        return None
    return [op("resize", []), *parts["who"], Token(K.FILL, "to")]


_HOW = frozenset(
    {"bigger", "larger", "smaller", "faster", "stronger", "beefier", "leaner", "slimmer"}
)


def _one_more(parts: Parts) -> list[Token] | None:
    """ "one web server called a, one called b"."""
    if parts["first"][0].low not in ("one", "a", "an") or parts["one"][0].low != "one called":
        return None
    again = [Token(K.NOUN, "another one", "again"), Token(K.NAMED, "called")]
    return [*parts["first"], *parts["joint"], *again]


def _today(parts: Parts) -> list[Token] | None:
    """ "today I'd like a new server"."""
    return [*parts["want"]] if parts["day"][0].low == "today" else None


def _also(parts: Parts) -> list[Token] | None:
    """ "start web; also drop the memory of db to 1 GB"."""
    return [Token(K.AND, "and")] if parts["also"][0].low in ("also", "likewise") else None


def _so_it_goes(parts: Parts) -> list[Token] | None:
    """ "the ticket is closed, so web can go"."""
    return [op("delete", []), *parts["who"]] if parts["go"][0].low in _GO else None


_GO = frozenset({"can go", "may go", "can go now", "can be scrapped", "has to go", "must go"})


def _by_command(parts: Parts) -> list[Token] | None:
    """ "vm delete web"."""
    return [*parts["op"]] if parts["vm"][0].low in ("vm", "vms", "server") else None


def _as_saved(parts: Parts) -> list[Token] | None:
    """ "save the current state of web as golden"."""
    saves = parts["save"][0].low in (
        "save",
        "freeze",
        "capture",
        "preserve",
        "record",
        "keep",
        "store",
    )
    if not saves or parts["as"][0].low != "as":
        return None
    name = Token(K.NAME, parts["name"][0].text)
    return [op("snapshot", parts["save"]), *parts["who"], Token(K.NAMED, "called"), name]


def _more_for(parts: Parts) -> list[Token] | None:
    """ "more memory for web, please: 6 GB"."""
    if parts["more"][0].low not in (
        "more",
        "less",
        "extra",
        "bigger",
        "additional",
        "larger",
        "smaller",
    ):
        return None
    return [op("resize", []), *parts["who"], Token(K.FILL, "to"), *parts["much"], *parts["label"]]


def _get_each(parts: Parts) -> list[Token] | None:
    """ "web and db get 2 GB each"."""
    return (
        [op("resize", []), *parts["who"], Token(K.FILL, "to")]
        if parts["get"][0].low == "get"
        else None
    )


def _for_whom(parts: Parts) -> list[Token] | None:
    """ "for web, set RAM to 10 GB"."""
    if parts["for"][0].low not in ("for", "on", "regarding", "about", "concerning", "as for"):
        return None
    return _about(parts)


def _replaced(parts: Parts) -> list[Token] | None:
    """ "replace web with a new server called x"."""
    swaps = parts["swap"][0].low in ("replace", "swap", "exchange", "substitute", "swap out")
    if not swaps or parts["with"][0].low not in ("with", "by", "for"):
        return None
    return [op("delete", []), *parts["who"], Token(K.AND, "and"), Token(K.CREATE, "create")]


TOPICS: tuple[Rule, ...] = (
    (r(r"(?P<save>[KUk])[fD]*(?P<who>N)(?P<as>f)(?P<name>U)(?=f*,?p?(?:[.,]|$))"), _as_saved),
    (
        r(rf"{BEFORE}(?P<more>[oD])D?(?P<label>L)f(?P<who>D?N),?f*p?[:,]f*(?P<much>[#s]){AFTER}"),
        _more_for,
    ),
    (r(rf"{BEFORE}(?P<who>N(?:{_AND}N)+)(?P<get>S)(?=[#sL][^.?N]*[.]?$)"), _get_each),
    (
        r(
            r"(?:^|(?<=[.]))(?P<for>[fr])(?P<who>D?N),(?P<order>[fp]*[OSKM](?:(?![N.?:])[^m!iQ])*)(?=[.?]|$)"
        ),
        _for_whom,
    ),
    (r(r"(?P<swap>[UOuS])(?P<who>D?N)(?P<with>[xfo])(?=D[DfUT]*H)"), _replaced),
    (r(rf"(?P<both>P)(?=D?N(?:{_AND}N)+)"), _both),
    (
        r(
            rf"{BEFORE}(?P<who>N(?:{_AND}N)*)H?[:](?P<order>[fp]*[OSKM](?:(?![N.?:])[^m!iQ])*)(?=[.?]|$)"
        ),
        _about,
    ),
    (r(rf"(?P<put>[SK])(?P<who>N(?:{_AND}N)+)(?P<back>r)f+(?=[DPf]*Z)"), _put_back),
    (r(rf"(?:^|(?<=[.]))w(?P<who>D?N(?:{_AND}N)*)[,.](?=[^?N]*[OSK][^.?N]*P)"), _needed),
    (r(r"(?:^|(?<=[.p]))(?P<of>f)[DAf]*[HP#],?(?=f+[DN])"), _of_them),
    (r(r"(?:^|(?<=[.p]))(?P<no>!)(?P<who>D?N)[:,](?=[fp]*[OSK])"), _not_that),
    (r(rf"(?P<except>XD?N(?:{_AND}N)*)[.,](?P<it>P)f*k[fr]*(?=[.,]|$)"), _stays),
    (
        r(
            rf"(?P<op>O)(?P<what>[Df]*L[fD]*)(?P<who>N)[:,][fp]*(?P<again>[MO])Pf*(?P<size>[s#]){AFTER}"
        ),
        _label_first,
    ),
    (r(rf"{BEFORE}w(?P<all>D?N[Te]f*(?:{_AND}D?N[Ter]f*)+){AFTER}"), _states),
    (r(r"(?P<op>[MO])(?P<who>D?N)(?P<how>o)[:,](?=[fx]*[s#L])"), _smaller),
    (r(r"(?P<first>[D#][fTU]*Hn[No])(?P<joint>,a?|a)(?P<one>n)"), _one_more),
    (r(r"(?:^|(?<=[.p]))(?P<day>o),?(?P<want>w)"), _today),
    (r(r"(?<=[.,t])(?P<also>f)(?=[OS][DAPNL])"), _also),
    (r(r"(?<=R)(?P<who>D?N(?:aN)*)(?P<go>m)(?=[.]?$)"), _so_it_goes),
    (r(r"^(?P<vm>H)(?P<op>O)(?=N)"), _by_command),
)
