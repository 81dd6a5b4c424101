"""English word orders → "verb first": "web: off", "db needs 4 GB", "web should be restarted".

Every token gets a letter, so that a pattern over a clause is a regular expression. A pattern covers whole
clauses only: whatever stands in between and is unknown keeps it from matching.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from fuyajo.planner.backends.rules.tokens import K, Token, Tokens

_LETTERS: dict[K, str] = {
    K.NAME: "N",
    K.PRONOUN: "P",
    K.NOUN: "H",
    K.TEMPLATE: "H",
    K.DET: "D",
    K.ALL: "A",
    K.CREATED: "C",
    K.STATE: "T",
    K.FILL: "f",
    K.PLEASE: "p",
    K.THANKS: "p",
    K.SMALL: "p",
    K.GREET: "p",
    K.POLITE: "p",
    K.OP: "O",
    K.AMBIGUOUS: "M",
    K.SPLIT: "S",
    K.TAKE: "K",
    K.CREATE: "c",
    K.PARTICLE: "r",
    K.SIZE: "s",
    K.NUMBER: "#",
    K.COUNT: "#",
    K.MEMORY: "L",
    K.DISK: "L",
    K.CPU: "L",
    K.WANT: "w",
    K.SHOULD: "d",
    K.WITH: "x",
    K.AND: "a",
    K.COMMA: ",",
    K.COLON: ":",
    K.STOP: ".",
    K.QUESTION_MARK: "?",
    K.THEN: "t",
    K.BUT: "B",
    K.REASON: "R",
    K.PAST: "e",
    K.GERUND: "g",
    K.SNAPSHOT: "Z",
    K.NAMED: "n",
    K.NOT: "!",
    K.UNSUPPORTED: "u",
    K.LIKE: "E",
    K.IF: "i",
    K.KEEP: "k",
    K.TOO: "Y",
}
_BEFORE = r"(?<![^.,atBR?p:])"
_AFTER = r"(?=f*(?:[.,atBR?p]|$))"
_TARGET = r"(?P<who>[DfTA]*[PNHCA][THn]*N?(?:(?:,|a|,a)[DfA]*[PNC]H*)*)"
_SIZES = r"(?P<much>[xfD:]*[#sL](?:[xfDa,:]*[#sL])*)"
_Found = re.Match[str]
_Parts = dict[str, list[Token]]
_Build = Callable[[_Parts], list[Token] | None]


def letters(tokens: Sequence[Token], known: Collection[str]) -> str:
    """A letter for each token; a name that no VM has yet is an unknown word here."""
    return "".join(
        "o" if t.kind is K.NAME and t.low not in known else _LETTERS.get(t.kind, "o")
        for t in tokens
    )


def in_order(tokens: Tokens, known: Collection[str]) -> Tokens:
    """The tokens with every known word order turned into "verb, whom, how much"."""
    listed = list(tokens)
    for pattern, build in _RULES:
        at = 0
        while found := pattern.search(letters(listed, known), at):
            parts = {key: listed[found.start(key) : found.end(key)] for key in found.groupdict()}
            made = _politely(parts, build(parts))
            if made is None:
                at = found.start() + 1
            else:
                listed[found.start() : found.end()] = made
                at = found.start() + max(1, len(made))
    return tuple(listed)


def _politely(parts: _Parts, made: list[Token] | None) -> list[Token] | None:
    """ "can we get web running?" stays a request."""
    want = parts.get("want")
    return made if made is None or not want else [Token(K.POLITE, want[0].text), *made]


def _op(value: str, said: Sequence[Token]) -> Token:
    return Token(K.OP, said[0].text if said else value, value)


def _any_named(who: Sequence[Token]) -> bool:
    """A VM, and not only "the" or "now"."""
    return any(t.kind in (K.NAME, K.PRONOUN, K.CREATED, K.ALL) for t in who) or (
        any(t.kind is K.DET and t.low in _THE for t in who)
        and any(t.kind in (K.NOUN, K.TEMPLATE) for t in who)
    )


_THE = frozenset({"the", "my", "our"})
_SIMPLE = frozenset({"start", "stop", "restart", "delete", "snapshot", "revert"})


def _ordered(parts: _Parts) -> list[Token] | None:
    """ "web and db: stop"; what follows stays behind."""
    op = parts["op"][0]
    value = {"on": "start", "up": "start", "off": "stop", "down": "stop"}.get(op.low, str(op.value))
    value = "snapshot" if op.kind is K.SNAPSHOT else value
    if not _any_named(parts["who"]) or value not in _SIMPLE:
        return None
    return [_op(value, parts["op"]), *parts["who"]]


def _sized(parts: _Parts) -> list[Token] | None:
    """ "web: 4 cores", "db needs 4 GB", "for web I'd like 2 CPUs"."""
    much = parts["much"]
    if not any(t.kind in (K.SIZE, K.NUMBER) for t in much) or not _any_named(parts["who"]):
        return None
    if not any(t.kind in (K.NAME, K.PRONOUN, K.CREATED) for t in parts["who"]) and any(
        t.kind is K.PRONOUN for t in much
    ):
        return None
    need = parts.get("need")
    if need and need[0].kind is K.WANT and need[0].low != "need":
        return None
    who = [t for t in parts["who"] if t.low not in ("for", "that") and t.kind is not K.TOO]
    labels = parts.get("label") or []
    return [_op("resize", []), *who, Token(K.FILL, "to"), *labels, *_plain(much)]


def _plain(much: list[Token]) -> list[Token]:
    return [t for t in much if t.kind not in (K.COLON, K.WITH)]


def _passive(parts: _Parts) -> list[Token] | None:
    """ "web should be restarted", "db needs a reboot", "I'd like web shut down"."""
    done = parts["done"][0]
    value = str(done.value)
    if done.kind is K.STATE:
        value = {"running": "start", "stopped": "stop"}[value]
    elif done.kind is K.PARTICLE:
        value = {"on": "start", "up": "start", "off": "stop", "down": "stop"}.get(
            str(done.value), ""
        )
    if value not in _SIMPLE - {"revert"} or not _any_named(parts["who"]):
        return None
    who = [t for t in parts["who"] if t.low != "that"]
    return [_op(value, parts["done"]), *who]


def _nominal(parts: _Parts) -> list[Token] | None:
    """ "a restart of web", "make stop of the server"."""
    value = str(parts["op"][0].value)
    if value not in ("start", "stop", "restart", "delete") or not _any_named(parts["who"]):
        return None
    if parts["of"][0].low not in ("of", "for", "on"):
        return None
    return [_op(value, parts["op"]), *parts["who"]]


def _moved(parts: _Parts) -> list[Token] | None:
    """ "bring web up to 4 GB", "drop db's memory to 2 gigs", "up the RAM on web to 4 GB"."""
    verb, rest = parts["verb"][0], parts["rest"]
    kinds = {t.kind for t in rest}
    sized = K.SIZE in kinds or (K.NUMBER in kinds and K.CPU in kinds)
    if verb.low not in _MOVES or not sized or not kinds & {K.NAME, K.PRONOUN, K.CREATED}:
        return None
    return [_op("resize", [verb]), *(_loose(t) for t in rest)]


_MOVES = frozenset(
    {"take", "bring", "drop", "put", "push", "go", "up", "get", "go to", "turn", "set", "knock"}
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


def _fronted(parts: _Parts) -> list[Token] | None:
    """ "draft and old-shop, delete them both"."""
    names = [t for t in parts["who"] if t.kind is K.NAME]
    op, rest = parts["op"][0], parts["rest"]
    said = [str(t.value) for t in rest if t.kind is K.PRONOUN]
    many = [v for v in said if v == "them" or v.isdigit()]
    if op.value not in _SIMPLE | {"resize"} or any(v not in ("it", "them", "2", "3") for v in said):
        return None
    if (len(names) > 1) != bool(many) and said:
        return None
    return [op, *parts["who"], *(t for t in rest if t.kind is not K.PRONOUN)]


def _shared_label(parts: _Parts) -> list[Token] | None:
    """ "2 CPUs for web, 4 for db"."""
    label = next(t for t in parts["first"] if t.kind in (K.CPU, K.MEMORY, K.DISK))
    made = [
        _op("resize", []),
        *parts["one"],
        Token(K.FILL, "to"),
        *parts["first"],
        Token(K.AND, "and"),
    ]
    return [*made, _op("resize", []), *parts["two"], Token(K.FILL, "to"), *parts["second"], label]


def _until(parts: _Parts) -> list[Token] | None:
    """ "from 20 to 60 GB", "512 MB instead of a gig": only the new value counts."""
    if parts["old"][0].low not in ("from", "instead of", "rather than"):
        return None
    return list(parts["new"])


def _numbered(parts: _Parts) -> list[Token] | None:
    """ "one called salt, the other called pepper"."""
    if parts["one"][0].low not in _ONES:
        return None
    return [*parts["before"], *parts["named"]]


_ONES = frozenset({"one", "the other", "the other one", "another", "the first", "the second"})
_ONES |= {
    "the first one",
    "the second one",
    "the third",
    "the third one",
    "the last",
    "the last one",
}


def _the_one(parts: _Parts) -> list[Token] | None:
    """ "the one called lemur"."""
    if parts["one"][0].low not in ("one", "ones"):
        return None
    return [Token(K.NOUN, "vm", "one"), *parts["named"]]


def _on(parts: _Parts) -> list[Token] | None:
    """ "the disk on web", "the disk of web on 50 GB"."""
    return (
        [*parts["before"], Token(K.FILL, "of")]
        if parts["on"][0].low in ("on", "on again")
        else None
    )


def _snap(parts: _Parts) -> list[Token] | None:
    """ "a snap of web", "snap web and db"."""
    if parts["snap"][0].low != "snap":
        return None
    if parts["det"]:
        return [*parts["det"], replace(parts["snap"][0], kind=K.SNAPSHOT, value=None)]
    return [_op("snapshot", parts["snap"]), *parts["who"]]


def _arrow(parts: _Parts) -> list[Token] | None:
    """ "roll back web -> snapshot v1"."""
    back = parts["op"][0].value in ("revert", "resize", "roll")
    return [*parts["op"], *parts["who"], Token(K.FILL, "to")] if back else None


def _back(parts: _Parts) -> list[Token] | None:
    """ "set web back to its snapshot"."""
    if not any(t.low == "back" for t in parts["back"]):
        return None
    return [_op("revert", parts["op"]), *parts["who"], Token(K.FILL, "to")]


def _like(parts: _Parts) -> list[Token] | None:
    """ "could you like, stop web": a pause, no comparison."""
    return [Token(K.FILL, "like")] if parts["like"][0].low == "like" else None


def _r(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _given(parts: _Parts) -> list[Token] | None:
    """ "give web and db a quick restart"."""
    value = str(parts["op"][0].value)
    if parts["give"][0].low != "give" or value not in ("start", "stop", "restart"):
        return None
    who = parts["who"]
    if who[0].kind is K.FILL and who[0].low == "it a":
        who = [Token(K.PRONOUN, "it", "it")]
    return [_op(value, parts["op"]), *who] if _any_named(who) else None


def _opened(parts: _Parts) -> list[Token] | None:
    """ "real quick: stop web"."""
    return [Token(K.FILL, "so")]


def _listed(parts: _Parts) -> list[Token] | None:
    """ "five servers: 1 core, 2 GB", "reboot please: mailer"."""
    before = parts["before"][0]
    if before.kind is K.OP or before.kind is K.CREATE:
        return [before]
    return [before] if before.kind is K.PLEASE else [before, Token(K.COMMA, ",")]


def _made(parts: _Parts) -> list[Token] | None:
    """ "three servers to be created": that they are wanted is said already."""
    return [*parts["head"]] if parts["done"][0].low in ("created", "made", "built") else None


def _called(parts: _Parts) -> list[Token] | None:
    """ "and I'd like it to be called x"."""
    return [*parts["named"]]


def _rather(parts: _Parts) -> list[Token] | None:
    """ "not a web server, just a plain one"."""
    return []


def _kept(parts: _Parts) -> list[Token] | None:
    """ "start web, db can stay off": two sentences."""
    return [Token(K.STOP, ".")]


def _another(parts: _Parts) -> list[Token] | None:
    """ "start web, plus a new server called x"."""
    return [*parts["joint"], Token(K.CREATE, "create")]


def _also(parts: _Parts) -> list[Token] | None:
    return [Token(K.AND, "and")] if parts["also"][0].low in ("also", "likewise") else None


def _resized(parts: _Parts) -> list[Token] | None:
    """ "bump the disk up on web to 40 GB": directions say nothing."""
    if parts["op"][0].value != "resize":
        return None
    return [*parts["op"], *(_loose(t) if t.kind is K.PARTICLE else t for t in parts["rest"])]


def _size_after(parts: _Parts) -> list[Token] | None:
    """ "can you grow the disk of web? 30 gigs should do"."""
    labelled = any(t.kind in (K.MEMORY, K.DISK) for t in parts["rest"])
    if parts["op"][0].value != "resize" or not labelled:
        return None
    label = [t for t in parts["rest"] if t.kind in (K.MEMORY, K.DISK)]
    rest = [t for t in parts["rest"] if t not in label]
    return [*parts["op"], *rest, Token(K.FILL, "to"), *parts["size"], *label]


_RULES: tuple[tuple[re.Pattern[str], _Build], ...] = (
    (_r(r"(?P<old>[f!])D?[s#]f*L?f+(?P<new>D?[s#])"), _until),
    (_r(r"(?P<old>!)D?s(?P<new>)"), _until),
    (_r(r"(?P<before>[,a:.]+D?)(?P<one>[#PDo])(?P<named>n)(?!N)"), _numbered),
    (_r(r"D?(?P<one>#)(?P<named>nN)"), _the_one),
    (_r(r"(?P<before>L)(?P<on>r)(?=D?[NPHC])"), _on),
    (_r(r"(?P<before>L[fD]*N)(?P<on>r)(?=[#s])"), _on),
    (_r(r"(?P<before>[s#]f?L?)(?P<on>r)(?=D?[NPC])"), _on),
    (_r(r"(?P<det>D)(?P<snap>K)(?P<who>)"), _snap),
    (_r(rf"{_BEFORE}(?P<det>)(?P<snap>K){_TARGET}{_AFTER}"), _snap),
    (_r(rf"(?P<op>[OS]){_TARGET}:(?=D*[ZoUs#N])"), _arrow),
    (_r(rf"{_BEFORE}(?P<op>O){_TARGET}(?P<back>[rf]+)(?P<rest>[DP]?)(?=Z)"), _back),
    (_r(rf"{_BEFORE}{_TARGET}:D?(?P<op>[OrZ])"), _ordered),
    (_r(rf"{_BEFORE}(?P<who>[NA](?:(?:,|a|,a)N)*)(?P<op>r){_AFTER}"), _ordered),
    (_r(rf"{_BEFORE}(?P<who>N)(?P<op>Z){_AFTER}"), _ordered),
    (_r(rf"{_BEFORE}(?P<first>#L)f(?P<one>N)[,a]+(?P<second>#)f(?P<two>N){_AFTER}"), _shared_label),
    (_r(rf"{_BEFORE}(?P<label>L)f*{_TARGET}:{_SIZES}{_AFTER}"), _sized),
    (_r(rf"{_BEFORE}{_TARGET}(?P<label>L):{_SIZES}{_AFTER}"), _sized),
    (_r(rf"{_BEFORE}{_TARGET}:{_SIZES}{_AFTER}"), _sized),
    (_r(rf"{_BEFORE}(?P<who>N)(?P<much>L[:f]*[s#](?:[xfDa,:]*[#sL])*){_AFTER}"), _sized),
    (_r(rf"{_BEFORE}(?P<who>[fY][D]*N[H]*),?w{_SIZES}{_AFTER}"), _sized),
    (_r(rf"{_BEFORE}(?P<want>w)(?P<who>P?D?N[H]*)[fx]+{_SIZES}{_AFTER}"), _sized),
    (_r(rf"{_BEFORE}(?P<want>w)(?P<much>D?[s#]f*L?)f(?P<who>N[H]*){_AFTER}"), _sized),
    (_r(rf"{_BEFORE}[wf]*i?f*{_TARGET}f*(?P<need>[dw])[fE,]*{_SIZES}{_AFTER}"), _sized),
    (_r(rf"{_BEFORE}[wf]*{_TARGET}f*d+[Df]*(?P<done>[eTgOr]){_AFTER}"), _passive),
    (_r(rf"{_BEFORE}(?P<want>w)(?P<who>P?D?N[H]*|P)f*x{_SIZES}{_AFTER}"), _sized),
    (_r(rf"{_BEFORE}(?P<want>w){_TARGET}f*(?P<done>[OeTr]){_AFTER}"), _passive),
    (_r(rf"{_BEFORE}[wcMKO]?D?f*(?P<op>O)(?P<of>[fr]){_TARGET}{_AFTER}"), _nominal),
    (_r(rf"{_BEFORE}(?P<verb>[KSOruwf])(?P<rest>[DfNPCHLrax#s:,]+){_AFTER}"), _moved),
    (_r(rf"{_BEFORE}(?P<give>O)(?P<who>f|[DfA]*[PNHC][THnN,a]*)D?f*(?P<op>O){_AFTER}"), _given),
    (_r(r"(?:^|(?<=[.,]))[fp]+(?P<joint>:)"), _opened),
    (_r(r"(?P<before>[HpOc])(?P<joint>:)(?=[#sDLnxfwOcMSKpN])"), _listed),
    (_r(rf"(?P<head>H)d?(?P<done>e){_AFTER}"), _made),
    (_r(rf"{_BEFORE}w(?P<it>P)(?P<named>n)"), _called),
    (_r(rf"{_BEFORE}!D?f*H,?f*(?P<rest>(?=DH|Df+H|c))"), _rather),
    (_r(r"(?P<joint>,a?|a)(?=[DA]*N(?:(?:,|a)N)*H*k)"), _kept),
    (_r(r"(?<=N)(?P<joint>,?a|,)(?=Df*Hn)"), _another),
    (_r(r"(?<=.)(?P<also>f)(?=O)"), _also),
    (_r(r"(?P<like>E),?(?=[SOKcM#sw])"), _like),
    (_r(r"(?P<like>E),"), _like),
    (_r(rf"(?P<op>O)(?P<rest>[DfNPCHLrax#s:,]+){_AFTER}"), _resized),
    (_r(rf"(?P<op>O)(?P<rest>[DfNPCHLr]+)[?.,]f*(?P<size>s)(?=f*(?:[.?]|$))"), _size_after),
    (_r(rf"(?:^|(?<=[.]))(?P<who>N(?:(?:,|a|,a)N)*),p?(?P<op>O)(?P<rest>[Pf]*){_AFTER}"), _fronted),
)
