"""English orders under a heading or like a ticket: "action: stop", "memory upgrade for web: 8 GB"."""

from __future__ import annotations

from fuyajo.planner.backends.rules.letters_en import AFTER, BEFORE, Parts, Rule, op, r
from fuyajo.planner.backends.rules.tokens import K, Token
from fuyajo.planner.backends.rules.words import said_words

_SIMPLE = frozenset({"start", "stop", "restart", "delete", "snapshot"})
_AND = r"(?:,|a|,a)"


def _headed(parts: Parts) -> list[Token] | None:
    """ "VMs to delete: a, b"."""
    verb = parts["op"][0]
    return [Token(K.OP, verb.text, verb.value)] if verb.value in _SIMPLE else None


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


def _heading(parts: Parts) -> list[Token] | None:
    """ "moving day: stop web", "permission granted: delete web", "let's tidy: scrap web"."""
    topic = [t for t in parts["topic"] if t.kind is not K.FILL]
    last = topic[-1] if topic else None
    if last is None or any(t.tail or set(t.low.split()) & _REPORTS for t in topic):
        return None
    busy = topic[0].low.endswith("ing") and len(topic) == 2 and topic[0].low not in _NO_DEED
    over = (
        len(topic) > 1
        and last.low.endswith(("ed", "done", "over"))
        and last.kind in (K.WORD, K.REMARK)
    )
    lets = (
        any(t.low in ("let's", "lets", "time to") for t in parts["topic"]) and last.kind is K.WORD
    )
    return [Token(K.STOP, ".")] if busy or over or lets else None


_REPORTS = said_words("talk") | {"nothing", "note", "quote", "rule", "case", "case of", "from"}


_NO_DEED = frozenset(
    {"morning", "evening", "nothing", "something", "anything", "warning", "meeting", "according"}
)


def _upgrade(parts: Parts) -> list[Token] | None:
    """ "memory upgrade for web: 8 GB"."""
    if parts["how"][0].low not in _UPGRADES:
        return None
    return [op("resize", []), *parts["who"], Token(K.FILL, "to"), *parts["much"], *parts["label"]]


_UPGRADES = frozenset(
    {"upgrade", "increase", "extension", "expansion", "change", "boost", "bump", "reduction"}
)


_UPGRADES |= {"resize", "update", "downgrade"}


def _speaks(parts: Parts) -> list[Token] | None:
    """ "my boss: delete web": somebody else's words."""
    return [Token(K.SAYS, "says")] if parts["who"][0].low in _SPEAKERS else None


_SPEAKERS = frozenset(
    {"boss", "chief", "robot", "captain", "team", "friend", "my friend", "genie", "guys"}
)


_SPEAKERS |= {
    "folks",
    "mate",
    "buddy",
    "pal",
    "dear",
    "computer please",
    "sir",
    "madam",
    "lads",
    "ladies",
}


TICKETS: tuple[Rule, ...] = (
    (r(r"D(?P<who>f):"), _speaks),
    (r(rf"{BEFORE}[Df]*(?P<label>L)(?P<how>[OU])f(?P<who>D?N)[:,]f*(?P<much>[#s])"), _upgrade),
    (r(r"^(?P<topic>[UfmoRe%]{2,4})(?P<joint>[:.])(?=[fp]*[OSKcM])"), _heading),
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
)
