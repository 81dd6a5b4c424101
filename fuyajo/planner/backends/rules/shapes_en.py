"""English word orders → "verb first": "web: off", "db needs 4 GB", "web should be restarted".

A pattern covers whole clauses only: whatever stands in between and is unknown keeps it from matching.
"""

from __future__ import annotations

from collections.abc import Collection

from fuyajo.planner.backends.rules import spots_en
from fuyajo.planner.backends.rules.early_en import EARLY, LATE
from fuyajo.planner.backends.rules.letters_en import (
    AFTER,
    BEFORE,
    DOUBTS,
    SIMPLE,
    SIZES,
    TARGET,
    Parts,
    Rule,
    any_named,
    letters,
    op,
    r,
)
from fuyajo.planner.backends.rules.making_en import MAKING
from fuyajo.planner.backends.rules.tickets_en import TICKETS
from fuyajo.planner.backends.rules.tokens import K, Token, Tokens
from fuyajo.planner.backends.rules.topics_en import TOPICS, pointed_back
from fuyajo.planner.backends.rules.turns_en import TURNS
from fuyajo.planner.backends.rules.whom_en import WHOM

#: Tokens; longer texts are no telegrams, and the patterns would be slow.
_LONGEST = 160


def in_order(tokens: Tokens, known: Collection[str]) -> Tokens:
    """The tokens with every known word order turned into "verb, whom, how much"."""
    if len(tokens) > _LONGEST:
        return tokens
    listed = list(pointed_back(tokens, known))
    spelled = letters(listed, known)
    for pattern, build in _RULES:
        at = 0
        while found := pattern.search(spelled, at):
            parts = {key: listed[found.start(key) : found.end(key)] for key in found.groupdict()}
            made = _politely(parts, build(parts))
            if made is None:
                at = found.start() + 1
            else:
                listed[found.start() : found.end()] = made
                at = found.start() + max(1, len(made))
                spelled = letters(listed, known)
    return tuple(listed)


def _politely(parts: Parts, made: list[Token] | None) -> list[Token] | None:
    """ "can we get web running?" stays a request."""
    want = parts.get("want")
    return made if made is None or not want else [Token(K.POLITE, want[0].text), *made]


def _ordered(parts: Parts) -> list[Token] | None:
    """ "web and db: stop"; what follows stays behind."""
    verb = parts["op"][0]
    value = {"on": "start", "up": "start", "off": "stop", "down": "stop"}.get(
        verb.low, str(verb.value)
    )
    value = "snapshot" if verb.kind is K.SNAPSHOT else value
    if not any_named(parts["who"]) or value not in SIMPLE:
        return None
    return [op(value, parts["op"]), *parts["who"]]


def _telegram(parts: Parts) -> list[Token] | None:
    """ "web restart"; a deletion needs a please or more words."""
    return None if parts["op"][0].value == "delete" else _ordered(parts)


def _sized(parts: Parts) -> list[Token] | None:
    """ "web: 4 cores", "db needs 4 GB", "for web I'd like 2 CPUs"."""
    much = parts["much"]
    if not any(t.kind in (K.SIZE, K.NUMBER) for t in much) or not any_named(parts["who"]):
        return None
    if not any(t.kind in (K.NAME, K.PRONOUN, K.CREATED) for t in parts["who"]) and any(
        t.kind is K.PRONOUN for t in much
    ):
        return None
    if not _needs(parts) or any(t.low in DOUBTS for t in parts.get("maybe", [])):
        return None
    who = [t for t in parts["who"] if t.low not in ("for", "that") and t.kind is not K.TOO]
    labels = parts.get("label") or []
    return [op("resize", []), *who, Token(K.FILL, "to"), *labels, *_plain(much)]


def _plain(much: list[Token]) -> list[Token]:
    return [t for t in much if t.kind not in (K.COLON, K.WITH)]


def _needs(parts: Parts) -> bool:
    """ "they need", other than "I need"."""
    need = parts.get("need")
    return not need or need[0].kind is not K.WANT or need[0].low == "need"


def _switched(parts: Parts) -> list[Token] | None:
    """ "red off, blue on"."""
    made: list[Token] = []
    who: list[Token] = []
    for token in parts["all"]:
        if token.kind is not K.PARTICLE:
            who.append(token)
            continue
        value = {"on": "start", "up": "start", "off": "stop", "down": "stop"}.get(str(token.value))
        if value is None or not any_named(who):
            return None
        joint = [t for t in who[:2] if made and t.kind in (K.COMMA, K.AND)]
        made += [*joint, op(value, [token]), *who[len(joint) :]]
        who = []
    return made


def _asked(parts: Parts) -> list[Token] | None:
    """ "could web be restarted?", "can db have 4 GB please?"."""
    if parts["can"][0].low not in ("can", "could", "might", "may"):
        return None
    if parts["be"] and parts["be"][0].low not in ("be", "have", "get", "please"):
        return None
    switched = parts.get("done", [])[:1]
    firm = parts["can"][0].low == "could" and not any(t.kind is K.PARTICLE for t in switched)
    begs = any(t.kind is K.PLEASE for t in parts.get("please", []))
    firm = firm or begs
    if not firm and not parts["end"]:
        return None
    changes = (
        "done" not in parts
        or parts["done"][0].value == "resize"
        or parts["done"][0].low in _CHANGED
    )
    if "much" in parts and not changes:
        return None
    made = _sized(parts) if "much" in parts else _passive(parts)
    return made and [Token(K.POLITE, "could you"), *made, *parts["end"]]


def _passive(parts: Parts) -> list[Token] | None:
    """ "web should be restarted", "db needs a reboot", "I'd like web shut down"."""
    done = parts["done"][0]
    value = str(done.value)
    if done.kind is K.STATE:
        value = {"running": "start", "stopped": "stop"}[value]
    elif done.kind is K.LIST:
        value = {"running": "start", "stopped": "stop"}.get(done.low.split()[-1], "")
    elif done.kind is K.PARTICLE:
        value = {"on": "start", "up": "start", "off": "stop", "down": "stop"}.get(
            str(done.value), ""
        )
    if not _needs(parts) or value not in SIMPLE or not any_named(parts["who"]):
        return None
    who = [t for t in parts["who"] if t.low != "that"]
    if value == "revert":
        return [op(value, []), *who] if done.low in ("reverted", "rolled back") else None
    return [op(value, parts["done"]), *who]


def _nominal(parts: Parts) -> list[Token] | None:
    """ "a restart of web", "make stop of the server"."""
    value = str(parts["op"][0].value)
    if value not in ("start", "stop", "restart", "delete") or not any_named(parts["who"]):
        return None
    if parts["word"] and parts["word"][0].low not in ("needed", "wanted", "required", "necessary"):
        return None
    if parts["of"][0].low not in ("of", "for", "on"):
        return None
    return [op(value, parts["op"]), *parts["who"]]


def _moved(parts: Parts) -> list[Token] | None:
    """ "bring web up to 4 GB", "drop db's memory to 2 gigs", "up the RAM on web to 4 GB"."""
    verb, rest = parts["verb"][0], parts["rest"]
    kinds = {t.kind for t in rest}
    sized = K.SIZE in kinds or (K.NUMBER in kinds and K.CPU in kinds)
    whom = kinds & {K.NAME, K.PRONOUN, K.CREATED}
    labelled = kinds & {K.MEMORY, K.DISK} and verb.low in ("bring", "take", "push")
    if verb.low not in _MOVES or not sized or not (whom or labelled):
        return None
    asks = verb.low.startswith(("can ", "could "))
    polite = [Token(K.POLITE, verb.text)] if asks else []
    return [*polite, op("resize", [verb]), *(_loose(t) for t in rest)]


_MOVES = frozenset(
    {
        "move",
        "take",
        "bring",
        "drop",
        "put",
        "push",
        "go",
        "up",
        "get",
        "go to",
        "turn",
        "set",
        "knock",
        "wind",
    }
) | {
    "can we get",
    "could we get",
    "can i get",
    "could i get",
    "roll",
    "throw",
    "go up to",
    "go down to",
}


def _loose(token: Token) -> Token:
    """Directions say nothing beside a number."""
    gone = token.kind in (K.PARTICLE, K.WITH) or token.low in ("up", "down", "back")
    return Token(K.FILL, "to") if gone else token


def _fronted(parts: Parts) -> list[Token] | None:
    """ "draft and old-shop, delete them both"."""
    names = [t for t in parts["who"] if t.kind is K.NAME]
    verb, rest = parts["op"][0], parts["rest"]
    said = [str(t.value) for t in rest if t.kind is K.PRONOUN]
    many = [v for v in said if v == "them" or v.isdigit()]
    if verb.value not in SIMPLE | {"resize"} or any(
        v not in ("it", "them", "2", "3") for v in said
    ):
        return None
    if (len(names) > 1) != bool(many) and said:
        return None
    return [verb, *parts["who"], *(t for t in rest if t.kind is not K.PRONOUN)]


def _raised(parts: Parts) -> list[Token] | None:
    """ "web to 2 GB of memory, db to 4 GB"."""
    names = all(t.kind in (K.NAME, K.AND, K.COMMA) for t in parts["who"])
    labelled = any(t.kind in (K.MEMORY, K.DISK, K.CPU) for t in parts["much"])
    return _sized(parts) if parts["to"][0].low == "to" and names and labelled else None


def _made_so(parts: Parts) -> list[Token] | None:
    """ "I'd like web resized to 4 cores"."""
    return _sized(parts) if parts["done"][0].low in _CHANGED else None


_CHANGED = frozenset({"resized", "set", "changed", "upgraded", "increased", "raised", "reduced"})
_CHANGED |= {"bumped", "scaled", "extended", "enlarged", "lowered", "shrunk", "expanded", "grown"}
_CHANGED |= {"cut", "trimmed", "adjusted", "updated", "boosted", "given", "brought", "put"}


def _went_back(parts: Parts) -> list[Token] | None:
    """ "web back to snapshot monday"."""
    if parts["back"][0].value != "back" or not any_named(parts["who"]):
        return None
    return [op("revert", parts["back"]), *parts["who"], Token(K.FILL, "to"), *parts["op"]]


def _for_it(parts: Parts) -> list[Token] | None:
    """ "60 GB of disk for web, thanks"."""
    kinds = {t.kind for t in parts["much"]}
    if K.SIZE not in kinds and K.CPU not in kinds:
        return None
    return [op("resize", []), *parts["who"], Token(K.FILL, "to"), *parts["much"]]


def _wanted(parts: Parts) -> list[Token] | None:
    """ "two new machines are wanted"."""
    first, need = parts["what"][0], parts["need"][0]
    new = first.kind is not K.DET or first.low in ("a", "an", "a new", "another")
    return [need, *parts["what"]] if new and need.low.startswith(("is ", "are ")) else None


def _to_size(parts: Parts) -> list[Token] | None:
    """ "web to 4 cores", "web up to two cores"."""
    said = parts["to"][0].low in ("to", "up to", "down to")
    return _for_it(parts) if said else None


def _shared_label(parts: Parts) -> list[Token] | None:
    """ "2 CPUs for web, 4 for db"."""
    label = next(t for t in parts["first"] if t.kind in (K.CPU, K.MEMORY, K.DISK))
    made = [
        op("resize", []),
        *parts["one"],
        Token(K.FILL, "to"),
        *parts["first"],
        Token(K.AND, "and"),
    ]
    return [*made, op("resize", []), *parts["two"], Token(K.FILL, "to"), *parts["second"], label]


def _given(parts: Parts) -> list[Token] | None:
    """ "give web and db a quick restart"."""
    value = str(parts["op"][0].value)
    if parts["give"][0].low != "give" or value not in ("start", "stop", "restart"):
        return None
    who = parts["who"]
    if who[0].kind is K.FILL and who[0].low == "it a":
        who = [Token(K.PRONOUN, "it", "it")]
    return [op(value, parts["op"]), *who] if any_named(who) else None


def _resized(parts: Parts) -> list[Token] | None:
    """ "bump the disk up on web to 40 GB": directions say nothing."""
    if parts["op"][0].value != "resize":
        return None
    return [*parts["op"], *(_loose(t) if t.kind is K.PARTICLE else t for t in parts["rest"])]


def _size_after(parts: Parts) -> list[Token] | None:
    """ "can you grow the disk of web? 30 gigs should do"."""
    labelled = any(t.kind in (K.MEMORY, K.DISK) for t in parts["rest"])
    if parts["op"][0].value != "resize" or not labelled:
        return None
    label = [t for t in parts["rest"] if t.kind in (K.MEMORY, K.DISK)]
    rest = [t for t in parts["rest"] if t not in label]
    return [*parts["op"], *rest, Token(K.FILL, "to"), *parts["size"], *label]


_FRESH = r"(?:^|(?<=[.?tBR:p])|(?<=^f,)|(?<=^p,))"
_RULES: tuple[Rule, ...] = (
    *TOPICS,
    *TURNS,
    *TICKETS,
    *MAKING,
    *WHOM,
    *EARLY,
    *spots_en.FIRST,
    (r(rf"{BEFORE}{TARGET}:[pf]*D?(?P<op>[OrZ])"), _ordered),
    (r(rf"{_FRESH}(?P<all>[NA](?:(?:,|a|,a)N)*r(?:(?:,|a|,a)[NA]r)*){AFTER}"), _switched),
    (r(rf"{BEFORE}(?P<who>N)(?P<op>Z){AFTER}"), _ordered),
    (r(rf"{_FRESH}(?P<who>N)(?P<op>[Or]){AFTER}"), _telegram),
    (r(rf"{_FRESH}(?P<who>N)p(?P<op>[Or]){AFTER}"), _ordered),
    (r(rf"{_FRESH}(?P<who>N)(?P<op>[Or])(?=f*,?p)"), _ordered),
    (r(rf"{BEFORE}(?P<verb>M)(?P<who>N|AH?)D(?P<much>[#s]f*L?)H{AFTER}"), _sized),
    (r(rf"{BEFORE}{TARGET}(?P<back>r)f*[DP]?(?P<op>Z)"), _went_back),
    (r(rf"{BEFORE}(?P<label>L)f*{TARGET}f{SIZES}{AFTER}"), _sized),
    (r(rf"{BEFORE}(?P<much>[#s]f*L?(?:[xfDa,]*[#s]f*L?)*)f(?P<who>[NP])(?=f*,?p)"), _for_it),
    (
        r(
            rf"{BEFORE}(?P<can>[iUf]){TARGET}(?P<please>[fp]*)(?P<be>f|U)[fp]*(?P<done>[eTOr])f*(?P<end>,?p?)(?=[?.]|$)"
        ),
        _asked,
    ),
    (r(rf"{BEFORE}(?P<can>[iUf]){TARGET}(?P<be>[xUS])f*{SIZES}(?P<end>,?p?)(?=[?.]|$)"), _asked),
    (r(rf"{BEFORE}S(?P<all>Nr(?:(?:,|a|,a)Nr)+){AFTER}"), _switched),
    (r(rf"{BEFORE}(?P<want>w)(?P<who>[DfA]*[PN][HN,a]*)(?P<done>[eU])f*{SIZES}{AFTER}"), _made_so),
    (r(rf"{BEFORE}{TARGET}d+(?P<done>[eU])f*{SIZES}{AFTER}"), _made_so),
    (r(rf"{_FRESH}D?f*(?P<op>Z)f{TARGET}(?=f*,?[pn])"), _ordered),
    (r(rf"(?:^|(?<=[.?t])|(?<=[sL],)){TARGET}(?P<to>f){SIZES}{AFTER}"), _raised),
    (r(rf"{BEFORE}(?P<first>#L)f(?P<one>N)[,a]+(?P<second>#)f(?P<two>N){AFTER}"), _shared_label),
    (r(rf"{BEFORE}(?P<what>[D#][Df]*H)(?P<need>w)(?!.*[?])"), _wanted),
    (r(rf"{BEFORE}(?P<who>P?N(?:(?:,|a|,a)N)*)p(?P<op>O){AFTER}"), _ordered),
    (r(rf"{BEFORE}(?P<who>P?N(?:(?:,|a|,a)N)+)(?P<op>O)(?=,?p)"), _ordered),
    (r(rf"{BEFORE}(?P<label>L)f*{TARGET}:{SIZES}{AFTER}"), _sized),
    (r(rf"{BEFORE}{TARGET}(?P<label>L):[pf]*(?:[MO]P?f*)?{SIZES}{AFTER}"), _sized),
    (r(rf"{BEFORE}{TARGET}:{SIZES}{AFTER}"), _sized),
    (r(rf"{BEFORE}(?P<who>N)(?P<much>L[:f]*[s#](?:[xfDa,:]*[#sL])*){AFTER}"), _sized),
    (r(rf"{BEFORE}(?P<who>[fY][D]*N[H]*),?w{SIZES}{AFTER}"), _sized),
    (
        r(rf"{BEFORE}(?<!p:)(?<!N[,a])(?<!N,a)(?P<who>N)(?P<to>f)(?P<much>s(?:f*L)?|#L){AFTER}"),
        _to_size,
    ),
    (r(rf"{BEFORE}(?P<want>w)(?P<who>P?D?N[H]*)[fxr]+{SIZES}{AFTER}"), _sized),
    (r(rf"{BEFORE}(?P<want>w)(?P<much>D?[s#]f*L?)f(?P<who>N[H]*){AFTER}"), _sized),
    (r(rf"{BEFORE}[wf]*(?P<maybe>i?)f*{TARGET}P?f*(?P<need>[dw])[fE,]*{SIZES}{AFTER}"), _sized),
    (r(rf"{BEFORE}[wf]*{TARGET}P?f*(?P<need>d+|w)[Df]*(?P<done>[eTgOr]){AFTER}"), _passive),
    (r(rf"{BEFORE}(?P<want>w)(?P<who>P?D?(?:Hn)?N[H]*|P)f*x{SIZES}{AFTER}"), _sized),
    (r(rf"{BEFORE}(?P<want>w){TARGET}f*(?P<done>[OeTrq]){AFTER}"), _passive),
    (r(rf"{BEFORE}[wcMKO]?D?f*(?P<op>O)(?P<word>U?)(?P<of>[fr]){TARGET}{AFTER}"), _nominal),
    (r(rf"{BEFORE}D?f*(?P<op>O)(?P<of>f){TARGET}(?P<word>U)(?=f*,?p?(?:[.,]|$))"), _nominal),
    (r(rf"{BEFORE}(?P<verb>[KSOruwfU])(?P<rest>[DfNPCHLrax#s:,]+){AFTER}"), _moved),
    (r(rf"{BEFORE}(?P<give>O)(?P<who>f|[DfA]*[PNHC][THnN,a]*)D?f*(?P<op>O){AFTER}"), _given),
    *LATE,
    (
        r(
            rf"{BEFORE}(?P<can>[iUf])(?:D?(?P<label>L)f)?{TARGET}(?P<please>[fp]*)(?P<be>f)[fp]*(?P<done>[eUO])f*{SIZES}"
            r"(?P<end>,?p?)(?=[?.]|$)"
        ),
        _asked,
    ),
    *spots_en.LAST,
    (r(rf"(?P<op>O)(?P<rest>[DfNPCHLrax#s:,]+){AFTER}"), _resized),
    (r(r"(?P<op>O)(?P<rest>[DfNPCHLr]+)[?.,]f*(?P<size>s)(?=f*(?:[.?]|$))"), _size_after),
    (
        r(rf"(?:^f*|(?<=[.])f*)(?P<who>N(?:(?:,|a|,a)N)*),p?(?P<op>O)(?P<rest>[Pf]*){AFTER}"),
        _fronted,
    ),
)
