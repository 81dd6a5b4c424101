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


def _or(parts: Parts) -> list[Token] | None:
    """ "we no longer need a or b": neither of them."""
    said = parts["or"][0].low
    return [*parts["before"], Token(K.AND, "and")] if said in ("or", "nor") else None


def _neither(parts: Parts) -> list[Token] | None:
    """ "neither a nor b is in use"."""
    if parts["no"][0].low != "neither" or parts["or"][0].low not in ("or", "nor"):
        return None
    joint = Token(K.AND, "and")
    return [Token(K.REMARK, "i no longer need"), *parts["one"], joint, *parts["two"]]


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
    if not back or to[0].low not in ("to", "from", "at", "on", "as it was at", "the state of"):
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


def _up(parts: Parts) -> list[Token] | None:
    """ "we need the training VMs up: start a, b and c": said again behind the colon."""
    return [] if parts["the"][0].low in ("the", "my", "our", "all", "these", "those") else None


def _following(parts: Parts) -> list[Token] | None:
    """ "turn the following on: a, b"."""
    these = parts["these"][0].low in (
        "the following",
        "these",
        "those",
        "the following vms",
        "following",
    )
    return [*parts["verb"], *parts["who"], *parts["part"]] if these else None


def _described_then_named(parts: Parts) -> list[Token] | None:
    """ "the two test machines, test-1 and test-2", "both kafka machines: a, b"."""
    many = sum(t.kind is K.NAME for t in parts["who"])
    said = next((str(t.value) for t in parts["what"] if t.kind in (K.PRONOUN, K.NUMBER)), "")
    if said.isdigit() and int(said) != many:
        return None
    if many < 2 or (not said and not any(t.kind is K.NOUN for t in parts["what"])):
        return None
    return parts["who"]


def _can_go(parts: Parts) -> list[Token] | None:
    """ "all my VMs can go, please delete them"."""
    them = parts["them"][0].value == "them"
    return [*parts["verb"], *parts["who"]] if them and parts["verb"][0].value in _SIMPLE else None


def _from_each(parts: Parts) -> list[Token] | None:
    """ "restore a from the snapshot x and b from the snapshot y"."""
    back = parts["op"][0].value in ("revert", "snapshot")
    same = parts["to"][-1].low == parts["too"][-1].low
    if not back or not same:
        return None
    verb = op(str(parts["op"][0].value), [])
    return [*parts["op"], *parts["first"], Token(K.AND, "and"), verb]


def _only_need(parts: Parts) -> list[Token] | None:
    """ "delete web, we only need the other machines"."""
    only = any(t.low in ("only", "still", "just") for t in parts["only"])
    need = parts["need"][0].low.split()[-1] in ("need", "want", "use")
    return [Token(K.COMMA, ","), Token(K.KEEP, "keep")] if only and need else None


def _its_name(parts: Parts) -> list[Token] | None:
    """ "turn the printer server off? It's called printsrv."."""
    known = parts["desc"][0].low in ("the", "my", "our", "that", "this")
    return [*parts["who"], *parts["rest"]] if known else None


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
            rf"(?P<what>[DPA][DUuTf#]*H)[,:]?f*(?P<who>N(?:{_AND}N)+)(?=[.,]?$|[.?]|[.,a][pf]*[OScK])"
        ),
        _described_then_named,
    ),
    (r(rf"{BEFORE}(?P<who>[AD]D?[UT]*H)m[,.]+[pf]*(?P<verb>O)(?P<them>P){AFTER}"), _can_go),
    (
        r(
            r"(?P<op>O)(?P<first>N[fr]*(?P<to>f)D?[Zn]*[UQoN])(?:,|a|,a)(?=N[fr]*(?P<too>f)D?[Zn]*[UQoN])"
        ),
        _from_each,
    ),
    (r(r"[,.]U(?P<only>f*)(?P<need>w)(?=P$|P[.]|N)"), _only_need),
    (r(r"(?P<desc>D[UuT]+H?|DH)(?P<rest>[^N.?,]*[?.,]+)n(?P<who>N),?"), _its_name),
    (r(r"(?:^|(?<=[.]))w(?P<the>[DA])[UuTf]*H[rTf]+:(?=f*[OS])"), _up),
    (r(rf"(?P<verb>S)(?P<these>[fP])f*H?(?P<part>r):?(?P<who>N(?:{_AND}N)*)"), _following),
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
