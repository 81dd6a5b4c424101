"""English turns that are made plain before any other: tickets, restated orders, "the old one, web"."""

from __future__ import annotations

from fuyajo.planner.backends.rules import words_en
from fuyajo.planner.backends.rules.letters_en import AFTER, BEFORE, TARGET, Parts, Rule, op, r
from fuyajo.planner.backends.rules.tokens import Ask, K, Token


def _tells_size(parts: Parts) -> list[Token] | None:
    """ "resize web, the disk is 4 GB": how it is, or how it should be?"""
    if parts["verb"][0].value == "resize" and parts["has"][0].low in _IS:
        raise Ask("how_much")
    return None


_IS = frozenset(
    {"is", "are", "has", "have", "it has", "has got", "have got", "that has", "that's got"}
)


_SIMPLE = frozenset({"start", "stop", "restart", "delete", "snapshot"})


def _each(parts: Parts) -> list[Token] | None:
    """ "all web servers: create a snapshot each"."""
    return [op("snapshot", parts["snap"]), *parts["who"]]


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
    if any(t.kind in (K.WORD, K.IF) and t.low not in _SETTLED for t in parts["lead"]):
        return None
    return [op("resize", parts["op"]), *parts["who"], Token(K.FILL, "to"), *parts["much"]]


_SETTLED = frozenset(
    {"i think", "i guess", "i believe", "i'd say", "we", "i", "agreed", "settled", "said"}
)
_SETTLED |= {"decided", "think", "guess", "believe", "fixed", "budgeted"}
_TO = frozenset({"to", "at", "up to", "down to", "like"})


def _all_switched(parts: Parts) -> list[Token] | None:
    """ "all web servers off and devbox on, please"."""
    made: list[Token] = []
    who: list[Token] = []
    for token in parts["all"]:
        if token.kind is not K.PARTICLE:
            who.append(token)
            continue
        if str(token.value) not in _DONE:
            return None
        joint = [t for t in who[:2] if made and t.kind in (K.COMMA, K.AND)]
        made += [*joint, op(_DONE[str(token.value)], [token]), *who[len(joint) :]]
        who = []
    return made


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
    first = parts["first"][0]
    passive = words_en.PHRASES.get(tuple(first.low.split()), (K.OP, ""))[0] in (K.PAST, K.STATE)
    passive = passive or first.text in ("revert", "made so")
    made = [*parts["first"]]
    who: list[Token] = []
    for token in parts["more"]:
        done = _DONE.get(str(token.value), str(token.value))
        if token.kind in (K.PAST, K.STATE, K.PARTICLE):
            joint = [t for t in who[:2] if t.kind in (K.COMMA, K.AND)]
            names = [t for t in who[len(joint) :] if t.kind not in (K.SHOULD, K.FILL)]
            if done not in _SIMPLE or not names:
                return None
            made, who = [*made, *joint, op(done, [token]), *names], []
        else:
            who.append(token)
    return [*made, *who] if passive else None


_DONE = {
    "running": "start",
    "stopped": "stop",
    "on": "start",
    "off": "stop",
    "up": "start",
    "down": "stop",
}


def _go(parts: Parts) -> list[Token] | None:
    """ "I'd like to go to 9 CPUs on web"."""
    return [op("resize", [])] if parts["go"][0].low == "go" else None


def _up(parts: Parts) -> list[Token] | None:
    """ "we need the training VMs up: start a, b and c": said again behind the colon."""
    return [] if parts["the"][0].low in ("the", "my", "our", "all", "these", "those") else None


def _from_each(parts: Parts) -> list[Token] | None:
    """ "restore a from the snapshot x and b from the snapshot y"."""
    back = parts["op"][0].value in ("revert", "snapshot")
    same = parts["to"][-1].low == parts["too"][-1].low
    if not back or not same:
        return None
    verb = op(str(parts["op"][0].value), [])
    return [*parts["op"], *parts["first"], Token(K.AND, "and"), verb]


_AND = r"(?:,|a|,a)"
#: Behind the passives.
LATE: tuple[Rule, ...] = (
    (
        r(
            r"(?P<first>O[DfA]*[NPH][NHa,DfUoZ]*?)"
            rf"(?P<more>(?:(?:,|a|,a)f*D?N(?:aN)*H?[df]*[erT]f*)+){AFTER}"
        ),
        _so_too,
    ),
)


def _by_doing(parts: Parts) -> list[Token] | None:
    """ "free up the resources of web by deleting it": how is the order."""
    by, doing = parts["by"][0], parts["doing"][0]
    goal = parts["goal"]
    grave = (K.NEGATION, K.NOT, K.IF, K.QUESTION, K.PAST, K.SIZE, K.SAYS, K.TIME, K.QUOTE, K.COUNT)
    value = "revert" if doing.low == "returning" else str(doing.value)
    if by.low not in ("by", "and thus by") or value not in (*_SIMPLE, "revert", "resize"):
        return None
    if goal[0].low not in _GOALS or any(t.kind in grave for t in goal):
        return None
    names = [t for t in goal if t.kind is K.NAME]
    if len(names) > 1 or (names and parts["it"][0].kind is K.NAME):
        return None
    whom = names or parts["it"]
    return [op(value, [doing] if value != "revert" else []), *whom]


#: "free up space by …" orders; "we freed space by …" tells.
_GOALS = frozenset(
    {"free", "undo", "save", "clean", "clear", "make", "reclaim", "tidy", "fix", "reset"}
)
_GOALS |= {
    "cut",
    "reduce",
    "get",
    "help",
    "recover",
    "release",
    "finish",
    "clean up",
    "tidy up",
    "revert",
}


def _vanishes(parts: Parts) -> list[Token] | None:
    """ "make web disappear", "let web go"."""
    if parts["gone"][0].low not in ("disappear", "vanish", "go away", "evaporate"):
        return None
    return [op("delete", parts["make"]), *parts["who"]]


def _equals(parts: Parts) -> list[Token] | None:
    """ "cpus=2 for web"."""
    typed = any(t.text == "=" for t in parts["much"]) and parts["for"][-1].low in (
        "for",
        "of",
        "on",
        "at",
    )
    return [op("resize", []), *parts["who"], Token(K.FILL, "to"), *parts["much"]] if typed else None


def _back_again(parts: Parts) -> list[Token] | None:
    """ "can I have web back? Please start it.": said twice."""
    back = parts["back"][0].value in ("back", "up", "on") and parts["op"][0].value == "start"
    return [Token(K.POLITE, "can you"), *parts["op"], *parts["who"]] if back else None


def _back_to(parts: Parts) -> list[Token] | None:
    """ "web should go back to how it was in snapshot x", "take web back to its snapshot x"."""
    back = parts["back"][0]
    back_op = back.value in ("revert", "back")
    should = "should" not in parts or parts["should"][0].low in (
        "should",
        "shall",
        "must",
        "has to",
        "needs to",
    )
    return [op("revert", []), *parts["who"], Token(K.FILL, "to")] if back_op and should else None


def _please(parts: Parts) -> list[Token] | None:
    """ "web hangs. A reboot please!"."""
    value = str(parts["op"][0].value)
    it = Token(K.PRONOUN, "it", "it")
    return [op(value, parts["op"]), it, *parts["please"]] if value in _SIMPLE - {"delete"} else None


def _if_you_did(parts: Parts) -> list[Token] | None:
    """ "it would be nice if you restarted web"."""
    if not parts["nice"][0].low.endswith("if you") or parts["done"][0].value not in _SIMPLE:
        return None
    return [*parts["nice"], op(str(parts["done"][0].value), parts["done"])]


def _cleaning(parts: Parts) -> list[Token] | None:
    """ "please clean up: delete web"."""
    return [] if parts["clean"][0].low in ("clean", "tidy", "free") else None


def _both_refused(parts: Parts) -> list[Token] | None:
    """ "don't stop web and restart mail": is the second one refused too?"""
    swaps = any(t.low in ("instead", "just", "only", "please") for t in parts["rest"])
    if parts["no"][0].low not in _DONT or parts["and"][0].low != "and" or swaps:
        return None
    raise Ask("negation", what=parts["no"][0].text)


_DONT = frozenset(
    {"don't", "dont", "do not", "never", "please don't", "please do not", "just don't"}
)


def _refused(parts: Parts) -> list[Token] | None:
    """ "don't web and mail need a restart": nothing to rely on."""
    raise Ask("negation", what=parts["no"][0].text)


EARLY: tuple[Rule, ...] = (
    (
        r(
            r"(?:^|(?<=[.p]))(?P<no>!)f*[OSKcM][DfAHNPrTL]*[NPH]H*r?(?P<and>a)(?=[OSKcM](?P<rest>[^.?]*))"
        ),
        _both_refused,
    ),
    (r(r"(?:^|(?<=[.p]))(?P<no>!)[DAf]*[UNHP](?:a[DAf]*[UNHP]|X[DAf]*[UNHP])*[dm]"), _refused),
    (r(r"(?<=[.])D[fU]?(?P<op>O)(?P<please>p)(?=[.]?$)"), _please),
    (r(r"(?P<nice>p)(?P<done>e)(?=[DA]*[NPH])"), _if_you_did),
    (r(r"(?:^|(?<=[.p]))(?P<clean>[fU])r[:.,](?=f*[OSK])"), _cleaning),
    (r(rf"{BEFORE}(?P<goal>[^.?,]{{2,9}})(?P<by>o)(?P<doing>[gU])(?P<it>[PN])"), _by_doing),
    (r(rf"(?P<make>M)(?P<who>D?N|P)(?P<gone>U){AFTER}"), _vanishes),
    (r(rf"{BEFORE}(?P<much>L[f:]+[#s](?:[a,]*L[f:]+[#s])*)(?P<for>f+)(?P<who>N){AFTER}"), _equals),
    (
        r(rf"{BEFORE}(?P<polite>w)(?P<who>D?NH?)(?P<back>r)f*[.?,]+p*(?P<op>[OS])P(?:r)?{AFTER}"),
        _back_again,
    ),
    (r(rf"{BEFORE}{TARGET}(?P<should>[od])f*(?P<back>[Or])(?P<to>f+)(?=[DPf]*[ZUQo])"), _back_to),
    (r(r"[KS](?P<who>D?N)(?P<back>r)(?P<to>f+)(?=[DP]*Z)"), _back_to),
    (
        r(
            r"(?P<op>O)(?P<first>N[fr]*(?P<to>f)D?[Zn]*[UQoN])(?:,|a|,a)(?=N[fr]*(?P<too>f)D?[Zn]*[UQoN])"
        ),
        _from_each,
    ),
    (r(r"(?:^|(?<=[.]))w(?P<the>[DA])[UuTf]*H[rTf]+:(?=f*[OS])"), _up),
    (r(r"(?P<too>Y)(?=[pf]*[OMScK])"), _also),
    (r(r"(?P<verb>O)(?P<rest>f*D?NH?,D?(?:L(?P<has>f)))(?=f*[s#])"), _tells_size),
    (r(r"(?P<verb>O)(?P<rest>f*D?NH?,P?(?P<has>x))(?=f*[s#])"), _tells_size),
    (r(rf"{BEFORE}{TARGET}[:,][pf]*[KcM]D?(?P<snap>Z)[fU]?{AFTER}"), _each),
    (r(r"(?:^|(?<=[.]))(?P<all>[fp]*[OS][DfNPHrT]*?)(?P<me>[fp])\?"), _for_me),
    (
        r(
            r"(?:^|(?<=[.]))(?P<lead>[UDfrpiP]*)(?P<much>[#s]f*L)f+(?P<who>N)[fUdm]*[,.]R?f*p*(?P<op>[OM])"
            rf"P(?P<to>f+)P{AFTER}"
        ),
        _set_to_that,
    ),
    (
        r(
            rf"{BEFORE}(?P<lead>[wfip]*){TARGET}P?[dwf]*(?P<done>[eOr])(?P<to>[fr]+)(?=[DPf]*[ZUuo])"
        ),
        _reverted,
    ),
    (r(rf"{BEFORE}(?P<all>[DA]+H+r(?:(?:,|a|,a)[DA]*(?:N|H)+r)*)(?=,?p|$|[.])"), _all_switched),
    (r(r"(?P<go>u)f(?=[#s])"), _go),
    (r(rf"{BEFORE}{TARGET}[:,][pf]*[D#](?P<snap>Z)[fU]?(?=n|{AFTER[3:]}"), _each),
)
