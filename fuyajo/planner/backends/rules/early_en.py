"""English turns that are made plain before any other: tickets, restated orders, "the old one, web"."""

from __future__ import annotations

from fuyajo.planner.backends.rules import words_en
from fuyajo.planner.backends.rules.letters_en import AFTER, BEFORE, TARGET, Parts, Rule, op, r
from fuyajo.planner.backends.rules.tokens import Ask, K, Token

_LOOSE_SIZED = r"[fxrDL:]*[s#](?:[xfDa,:]*[s#L])*"


def _tells_size(parts: Parts) -> list[Token] | None:
    """ "resize web, the disk is 4 GB": how it is, or how it should be?"""
    if parts["verb"][0].value == "resize" and parts["has"][0].low in _IS:
        raise Ask("how_much")
    return None


_IS = frozenset(
    {"is", "are", "has", "have", "it has", "has got", "have got", "that has", "that's got"}
)


def _these(parts: Parts) -> list[Token] | None:
    """ "delete these VMs: a, b"."""
    said = str(parts["these"][0].value)
    names = sum(t.kind is K.NAME for t in parts["who"])
    return parts["who"] if said == "them" or said == str(names) else None


def _headed(parts: Parts) -> list[Token] | None:
    """ "VMs to delete: a, b"."""
    verb = parts["op"][0]
    return [Token(K.OP, verb.text, verb.value)] if verb.value in _SIMPLE else None


_SIMPLE = frozenset({"start", "stop", "restart", "delete", "snapshot"})


def _ticket(parts: Parts) -> list[Token] | None:
    """ "action: stop", "request: delete web"."""
    return [] if parts["what"][-1].low in _TICKET else None


_TICKET = frozenset(
    {"action", "operation", "request", "task", "job", "order", "command", "todo", "to do"}
)
_TICKET |= {"work", "ticket", "change", "wish", "change request", "actions", "tasks", "requests"}
_TICKET |= {"changes", "needed", "wanted", "required", "my request", "our request", "quick request"}
_TICKET |= {"a request", "a small request", "small request", "urgent request", "a quick request"}


def _target(parts: Parts) -> list[Token] | None:
    """ "action: stop, VM: web", "VM: web. Action: stop"."""
    if "what" in parts and parts["what"] and parts["what"][0].low not in _TARGETS:
        return None
    verb = parts["op"][0]
    value = "snapshot" if verb.kind is K.SNAPSHOT else verb.value
    return [op(str(value), parts["op"]), *parts["who"]] if value in _SIMPLE else None


_TARGETS = frozenset({"target", "name", "id", "affected", "object", "subject"})


def _deed(parts: Parts) -> list[Token] | None:
    """ "deletion of web, please", "shutdown request for web", "restart request: vm = web"."""
    value = _DEEDS.get(parts["noun"][0].low)
    if parts["noun"][0].kind is K.OP:
        value = str(parts["noun"][0].value)
    asked = any(t.low.endswith("request") for t in parts["asked"])
    if value not in _SIMPLE or not (asked or any(t.kind is K.PLEASE for t in parts["end"])):
        return None
    return [op(value, parts["noun"]), *parts["who"], *parts["end"]]


_DEEDS = {
    "deletion": "delete",
    "removal": "delete",
    "termination": "delete",
    "decommissioning": "delete",
    "shutdown": "stop",
    "startup": "start",
    "reboot": "restart",
}


def _apposed(parts: Parts) -> list[Token] | None:
    """ "the old mail server, mail-old, has to go": the name says which."""
    if any(t.kind is K.TEMPLATE for t in parts["what"]) and not parts["close"]:
        return None  # "stop the web server, db": two of them?
    return parts["who"]


def _that_of(parts: Parts) -> list[Token] | None:
    """ "the RAM of web should be 5 GB and that of db 3 GB"."""
    if parts["that"][0].low != "that":
        return None
    return [*parts["label"], *parts["mid"], *parts["label"]]


def _each(parts: Parts) -> list[Token] | None:
    """ "all web servers: create a snapshot each"."""
    return [op("snapshot", parts["snap"]), *parts["who"]]


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


def _or(parts: Parts) -> list[Token] | None:
    """ "we no longer need a or b": neither of them."""
    said = parts["or"][0].low
    return [*parts["before"], Token(K.AND, "and")] if said in ("or", "nor") else None


def _neither(parts: Parts) -> list[Token] | None:
    """ "neither a nor b is in use"."""
    if parts["no"][0].low != "neither" or parts["or"][0].low not in ("or", "nor"):
        return None
    return [*parts["one"], Token(K.AND, "and"), *parts["two"], Token(K.REMARK, "are not needed")]


def _one_state(parts: Parts) -> list[Token] | None:
    """ "the one that's stopped"."""
    if parts["one"][0].low not in ("one", "ones"):
        return None
    return [*parts["det"], *parts["state"], Token(K.NOUN, "vm", "one")]


def _for_me(parts: Parts) -> list[Token] | None:
    """ "reboot it for me?": who says for whom asks for it."""
    asks = any(t.low in ("for me", "for us", "please") for t in parts["me"])
    return [Token(K.POLITE, "please"), *parts["all"], Token(K.STOP, ".")] if asks else None


def _also(parts: Parts) -> list[Token] | None:
    """ "Also please extend db's disk to 60 GB"."""
    return [Token(K.FILL, "also")] if parts["too"][0].low.startswith("also") else None


def _set_to_that(parts: Parts) -> list[Token] | None:
    """ "we agreed on 2 GB of RAM for web, so set it to that"."""
    if parts["op"][0].value not in ("resize", "make") or parts["to"][-1].low not in _TO:
        return None
    return [op("resize", parts["op"]), *parts["who"], Token(K.FILL, "to"), *parts["much"]]


_TO = frozenset({"to", "at", "up to", "down to", "like"})


def _all_switched(parts: Parts) -> list[Token] | None:
    """ "all web servers off please"."""
    value = {"on": "start", "up": "start", "off": "stop", "down": "stop"}.get(
        str(parts["off"][0].value)
    )
    return [op(value, parts["off"]), *parts["who"]] if value else None


def _reverted(parts: Parts) -> list[Token] | None:
    """ "web should be rolled back to before-upgrade", "can web be restored from clean?"."""
    done, to = parts["done"][0], parts["to"]
    back = done.value == "revert" or (done.kind is K.PARTICLE and done.value == "back")
    if not back or to[-1].low not in ("to", "from", "at", "on", "as it was at", "the state of"):
        return None
    if any(t.kind in (K.IF, K.WORD) and t.low != "could" for t in parts["lead"]):
        return None
    asked = [t for t in parts["lead"] if t.kind is K.POLITE]
    asked += [Token(K.POLITE, "could you")] if any(t.low == "could" for t in parts["lead"]) else []
    return [*asked, op("revert", []), *parts["who"], Token(K.FILL, "to")]


def _so_too(parts: Parts) -> list[Token] | None:
    """ "a can be deleted, b stopped": the second half of a passive."""
    first, done = parts["first"][0], parts["done"][0]
    passive = words_en.PHRASES.get(tuple(first.low.split()), (K.OP, ""))[0] in (K.PAST, K.STATE)
    passive = passive or first.text in ("revert", "made so")
    value = {"running": "start", "stopped": "stop", "on": "start", "off": "stop"}.get(
        str(done.value), str(done.value)
    )
    if not passive or value not in _SIMPLE:
        return None
    return [*parts["first"], *parts["joint"], op(value, parts["done"]), *parts["who"]]


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
    if not asks or not makes or (parts["can"][0].low == "can" and not parts["end"]):
        return None
    return [Token(K.POLITE, "could you"), Token(K.CREATE, "create"), *parts["what"], *parts["end"]]


_AND = r"(?:,|a|,a)"
#: Behind the passives.
LATE: tuple[Rule, ...] = (
    (
        r(
            rf"(?P<first>O[DfA]*[NPH][NHa,DfUoZ]*?)(?P<joint>,a?|a)f*(?P<who>D?N(?:aN)*H?)"
            rf"[df]*(?P<done>[erT])f*{AFTER}"
        ),
        _so_too,
    ),
)
EARLY: tuple[Rule, ...] = (
    (
        r(
            rf"{BEFORE}(?P<can>[iUf])(?P<what>(?:D|#)[DfUT]*H[^.?]*?)f+(?P<done>[ecU])"
            r"(?P<end>,?p?)(?=[?.]|$)"
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
    (r(r"(?P<too>Y)(?=[pf]*[OMScK])"), _also),
    (r(r"(?P<verb>O)(?P<rest>f*D?NH?,D?(?:L(?P<has>f)))(?=f*[s#])"), _tells_size),
    (r(r"(?P<verb>O)(?P<rest>f*D?NH?,P?(?P<has>x))(?=f*[s#])"), _tells_size),
    (r(rf"(?P<these>P)f*H?:?f*(?P<who>N(?:{_AND}N)+)"), _these),
    (r(rf"{BEFORE}[DfA]*Hf(?P<op>O)(?=:f*N)"), _headed),
    (r(r"(?:^|(?<=[.]))[Dpf]*?(?P<what>[fUD]):(?=[pf]*[OcMKZ])"), _ticket),
    (r(rf"{BEFORE}(?P<op>[OZ])[.,]+(?:H|(?P<what>U))?[:f](?P<who>N(?:{_AND}N)*){AFTER}"), _target),
    (r(rf"{BEFORE}(?:H|(?P<what>U))[:f](?P<who>N(?:{_AND}N)*)[.,]+(?P<op>[OZ]){AFTER}"), _target),
    (
        r(
            rf"{BEFORE}[Dpfw]*(?P<noun>[UO])(?P<asked>f*)[:f]D?(?:H[:f]*)?(?P<who>N(?:{_AND}N)*)(?P<end>,?p?){AFTER}"
        ),
        _deed,
    ),
    (r(r"(?P<det>D)(?P<one>#)(?P<state>T)"), _one_state),
    (
        r(
            rf"(?:{BEFORE}|(?<=[OSpf]))(?P<what>D(?:[UT]+N?H?|H)),(?P<who>N)(?P<close>,?)"
            r"(?=[dwkmrfpT]|$|[.?])"
        ),
        _apposed,
    ),
    (r(r"(?P<label>L)(?P<mid>f[DH]*N[^.L?]*?)(?P<that>P)(?=fD?N)"), _that_of),
    (r(rf"{BEFORE}{TARGET}[:,][pf]*[KcM]D?(?P<snap>Z)[fU]?{AFTER}"), _each),
    (r(r"(?P<op>O)(?P<mid>f*)(?P<det>D)(?=[fDU]*H(?!H?N))"), _new_machine),
    (
        r(rf"(?P<make>[cM]f*)(?P<names>[Uo](?:{_AND}[Uo])+)(?P<as>[f:,])(?P<kind>D?f*H)(?!n)"),
        _as_kind,
    ),
    (r(r"(?P<before>m[DN]*N)(?P<or>[i!])(?=D?N)"), _or),
    (
        r(r"(?P<no>o)(?P<one>D?N)(?P<or>[i!])(?P<two>D?N)(?:m|f[UP]{1,2}|fe|f[UT]+)(?=[.,a])"),
        _neither,
    ),
    (r(r"(?:^|(?<=[.]))(?P<all>[fp]*[OS][DfNPHrT]*?)(?P<me>[fp])\?"), _for_me),
    (
        r(
            r"(?:^|(?<=[.]))[UDfrpiP]*(?P<much>[#s]f*L)f+(?P<who>N)[fUdm]*[,.]R?f*p*(?P<op>[OM])"
            rf"P(?P<to>f+)P{AFTER}"
        ),
        _set_to_that,
    ),
    (
        r(
            rf"{BEFORE}(?P<lead>[wfipo]*){TARGET}P?[dwf]*(?P<done>[eOr])(?P<to>[fr]+)(?=[DPf]*[ZUuo])"
        ),
        _reverted,
    ),
    (r(rf"{BEFORE}(?P<who>AH)f*(?P<off>r)(?=p|$|[.])"), _all_switched),
)
