"""English turns about machines that are to be made: titles, lists of names, "a machine for me"."""

from __future__ import annotations

from dataclasses import replace

from fuyajo.planner.backends.rules.letters_en import BEFORE, Parts, Rule, r
from fuyajo.planner.backends.rules.names import name_like, valid
from fuyajo.planner.backends.rules.tokens import K, Token

_AND = r"(?:,|a|,a)"


def _new_machine(parts: Parts) -> list[Token] | None:
    """ "allocate a machine for me": nobody has "a machine"."""
    verb, det = parts["op"][0], parts["det"][0]
    new = det.low in _NEW or det.low.startswith(("another", "one more"))
    supplies = verb.low in _SUPPLIES and not any(t.kind is K.PRONOUN for t in parts["mid"])
    if not (new and supplies):
        return None
    return [Token(K.CREATE, verb.text), *parts["mid"], *parts["det"]]


_NEW = frozenset(
    {"a", "an", "a new", "an additional", "an extra", "some new", "a further", "a second"}
)


_NEW |= {"a brand new", "a brand-new", "new", "additional"}


_SUPPLIES = frozenset(
    {"allocate", "assign", "provide", "grant", "give", "reserve", "hand", "allot"}
)


_SUPPLIES |= {"configure", "outfit", "furnish", "equip", "set", "extend"}


def _as_kind(parts: Parts) -> list[Token] | None:
    """ "set up web01, web02 and web03 as web servers"."""
    if parts["as"][0].low not in ("as", ":", ",", "all"):
        return None
    names = [Token(K.NAME, t.text) if t.kind is K.WORD else t for t in parts["names"]]
    return [*parts["make"], *parts["kind"], Token(K.NAMED, "called"), *names]


def _for_somebody(parts: Parts) -> list[Token] | None:
    """ "make her a VM"."""
    return [*parts["make"]] if parts["her"][0].low in _THEM else None


_THEM = frozenset(
    {"her", "him", "everyone", "everybody", "each", "somebody", "someone", "myself", "ourselves"}
)


def _titled(parts: Parts) -> list[Token] | None:
    """ "and put "Sale" as its title", "the title should be "Sale"", "set the title to "Sale""."""
    lead = [
        t.low for t in parts["lead"] if t.kind not in (K.COMMA, K.AND, K.STOP, K.FILL, K.PRONOUN)
    ]
    if not set(lead) <= _PUTS or parts["quote"][0].kind is not K.QUOTE:
        return None
    joint = [Token(K.COMMA, ",")] if parts["lead"] else []
    return [*joint, *parts["title"], *parts["quote"]]


_PUTS = frozenset(
    {"put", "set", "use", "make", "give", "want", "i want", "i'd like", "write", "show", "with"}
)


_PUTS |= {
    "we want",
    "we'd like",
    "let",
    "display",
    "please",
    "print",
    "take",
    "have",
    "using",
    "and",
}


def _created(parts: Parts) -> list[Token] | None:
    """ "could a server with 5 GB be created?"."""
    asks = parts["can"][0].low in ("can", "could", "may", "might")
    makes = parts["done"][0].low in (
        "created",
        "made",
        "set up",
        "built",
        "provisioned",
        "deployed",
    )
    sure = parts["end"] or parts["spec"]
    if not asks or not makes or (parts["can"][0].low == "can" and not sure):
        return None
    return [Token(K.POLITE, "could you"), Token(K.CREATE, "create"), *parts["what"], *parts["end"]]


def _one_by_one(parts: Parts) -> list[Token] | None:
    """ "two VMs: x with 2 GB and y with 4 GB"."""
    items, head = parts["items"], parts["head"][0]
    starts = [i for i, t in enumerate(items) if _starts_item(items, i)]
    if len(starts) != parts["count"][0].value:
        return None
    single = replace(head, text=head.text.rstrip("s"))
    made: list[Token] = []
    for i, token in enumerate(items):
        if i in starts:
            made += [Token(K.DET, "a"), single, Token(K.NAMED, "called"), Token(K.NAME, token.text)]
        elif not (token.kind is K.COLON and i - 1 in starts):
            made.append(token)
    return made


def _starts_item(items: list[Token], i: int) -> bool:
    """A new name at the start of an item, and a size behind it."""
    first = i == 0 or items[i - 1].kind in (K.AND, K.COMMA)
    following = items[i + 1].kind if i + 1 < len(items) else None
    sized = following in (K.WITH, K.COLON, K.SIZE, K.NUMBER, K.FILL)
    return first and items[i].kind in (K.WORD, K.NAME) and sized


def _new(parts: Parts) -> list[Token] | None:
    """ "new: web server, 8 cores", "needed: two VMs"."""
    said = parts["new"][0].low
    return [Token(K.CREATE, "create")] if said in _WANTED | {"new", "a new", "some new"} else None


_WANTED = frozenset({"wanted", "needed", "required", "requested", "new", "create", "need", "want"})


def _wanted(parts: Parts) -> list[Token] | None:
    """ "server wanted: 14 cores"."""
    if parts["need"][0].low not in _WANTED:
        return None
    return [Token(K.CREATE, "create"), *parts["what"], Token(K.COMMA, ",")]


def _named_first(parts: Parts) -> list[Token] | None:
    """ "create webshop-2, web server, 4 cores"."""
    if parts["name"][0].kind not in (K.WORD, K.NAME):
        return None
    name = Token(K.NAME, parts["name"][0].text)
    return [*parts["make"], *parts["kind"], Token(K.NAMED, "called"), name]


def _made_of(parts: Parts) -> list[Token] | None:
    """ "get rid of web. Instead, make a web server called notes"."""
    return [] if parts["instead"][0].low == "instead" else None


def _for_that(parts: Parts) -> list[Token] | None:
    """ "create two VMs for that"."""
    return [*parts["head"]] if parts["for"][0].low == "for" else None


def _specified(parts: Parts) -> list[Token] | None:
    """ "create vm kafka02: 4 CPUs", "we need a server: nexus3, 6 GB of RAM"."""
    head, name = parts["head"], parts["name"][0]
    article = any(t.kind is K.DET for t in head)
    good = name_like(name.text) if article or "apart" in parts else valid(name.text)
    if not good or head[-1].low.endswith("s") or name.low.endswith("ly"):
        return None
    return [*head, Token(K.NAMED, "called"), Token(K.NAME, name.text), Token(K.COMMA, ",")]


MAKING: tuple[Rule, ...] = (
    (r(r"(?P<head>[cMw]f*[DfTU#]*H)(?P<name>U):(?=[#sDLxf])"), _specified),
    (r(r"(?P<head>[cMw]f*[DfTU#]*H)(?P<apart>:)(?P<name>[Uo]),(?=[#sDLxf])"), _specified),
    (r(r"(?P<head>H)(?P<for>f)P(?=[,.?]|$)"), _for_that),
    (r(r"(?:^|(?<=[.]))(?P<new>[DUwe]):(?=f*(?:D|#|U,|o,)?[fUT]*[HUo])"), _new),
    (r(rf"{BEFORE}(?P<what>[D#]?[fUT]*H)(?P<need>[eUw])[:,](?=[#sDLnxf])"), _wanted),
    (r(rf"(?P<make>[cM]f*)(?P<name>[Uo]),(?P<kind>D?f*H)(?={_AND}|[.?]|$)"), _named_first),
    (r(r"(?<=[NHsL][.])(?P<instead>o),?(?=f*p?[cM])"), _made_of),
    (
        r(
            rf"{BEFORE}(?P<can>[iUf])(?P<what>(?:D|#)[DfUT]*H[^.?]*?)f+(?P<done>[ecU])"
            r"(?P<end>,?p?)(?=[?.]|$|f)(?=[?.]?(?P<spec>.*[#sLn])?)"
        ),
        _created,
    ),
    (
        r(r"(?P<lead>[,a.]*[pf]*[OSKMwUkqx]?P?[xfD]*)(?P<title>W)(?P<is>[fd:x,]+)(?P<quote>Q)"),
        _titled,
    ),
    (
        r(r"(?P<lead>[,a.]*[pf]*[OSKMwUkqx]?[xfD]*)(?P<quote>Q)[fDPd]*(?P<title>W)(?![:f]*Q)"),
        _titled,
    ),
    (r(r"(?P<make>[cM])(?P<her>U)(?=D[DfUT]*H|#)"), _for_somebody),
    (
        r(
            r"(?P<count>#)(?P<head>H)[,:.](?P<items>[Uo][x:fD]*[#s][xfDL#s,:]*?"
            r"(?:(?:,|a|,a)[Uo][x:fD]*[#s][xfDL#s,]*?)+)(?=[.?p]|$)"
        ),
        _one_by_one,
    ),
    (r(r"(?P<op>O)(?P<mid>f*)(?P<det>D)(?=[fDU]*H(?!H?N))"), _new_machine),
    (
        r(rf"(?P<make>[cM]f*)(?P<names>[Uo](?:{_AND}[Uo])+)(?P<as>[f:,])P?(?P<kind>D?f*H)(?!n)"),
        _as_kind,
    ),
)
