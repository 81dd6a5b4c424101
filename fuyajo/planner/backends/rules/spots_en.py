"""Small English turns inside a clause: "a snap of web", "from 20 to 60 GB", "the one called x"."""

from __future__ import annotations

from dataclasses import replace

from fuyajo.planner.backends.rules.letters_en import AFTER, BEFORE, TARGET, Parts, Rule, op, r
from fuyajo.planner.backends.rules.tokens import K, Token
from fuyajo.planner.backends.rules.words import said_words


def _until(parts: Parts) -> list[Token] | None:
    """ "from 20 to 60 GB", "512 MB instead of a gig": only the new value counts."""
    if parts["old"][0].low not in ("from", "instead of", "rather than"):
        return None
    return list(parts["new"])


def _numbered(parts: Parts) -> list[Token] | None:
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


def _and_another(parts: Parts) -> list[Token] | None:
    """ "a web server titled "A" and another titled "B""."""
    if parts["again"][0].low not in ("another", "one more", "a second", "a new"):
        return None
    return [*parts["joint"], Token(K.NOUN, "another one", "again")]


def _the_one(parts: Parts) -> list[Token] | None:
    """ "the one called lemur"."""
    if parts["one"][0].low not in ("one", "ones"):
        return None
    return [Token(K.NOUN, "vm", "one"), *parts["named"]]


def _on(parts: Parts) -> list[Token] | None:
    """ "the disk on web", "the disk of web on 50 GB"."""
    return (
        [*parts["before"], Token(K.FILL, "of")]
        if parts["on"][0].low in ("on", "on again")
        else None
    )


def _snap(parts: Parts) -> list[Token] | None:
    """ "a snap of web", "snap web and db"."""
    if parts["snap"][0].low != "snap":
        return None
    if parts["det"]:
        return [*parts["det"], replace(parts["snap"][0], kind=K.SNAPSHOT, value=None)]
    return [op("snapshot", parts["snap"]), *parts["who"]]


def _arrow(parts: Parts) -> list[Token] | None:
    """ "roll back web -> snapshot v1"."""
    back = parts["op"][0].value in ("revert", "resize", "roll")
    return [*parts["op"], *parts["who"], Token(K.FILL, "to")] if back else None


def _back(parts: Parts) -> list[Token] | None:
    """ "set web back to its snapshot"."""
    if not any(t.low == "back" for t in parts["back"]):
        return None
    return [op("revert", parts["op"]), *parts["who"], Token(K.FILL, "to")]


def _like(parts: Parts) -> list[Token] | None:
    """ "could you like, stop web": a pause, no comparison."""
    return [Token(K.FILL, "like")] if parts["like"][0].low == "like" else None


def _opened(_parts: Parts) -> list[Token] | None:
    """ "real quick: stop web"."""
    return [Token(K.FILL, "so")]


def _topic(parts: Parts) -> list[Token] | None:
    """ "maintenance: stop web"."""
    topic = any(t.low in _TOPICS for t in parts["topic"])
    return [Token(K.FILL, "so")] if topic and not any(t.tail for t in parts["topic"]) else None


_TOPICS = frozenset({"maintenance", "failover", "cleanup", "clean-up", "housekeeping", "migration"})
_TOPICS |= {
    "deploy",
    "deployment",
    "upgrade",
    "oncall",
    "tidy-up",
    "tidying",
    "cleaning",
    "change",
    "jobs",
    "list",
    "todos",
    "checklist",
    "on-call",
    "ops",
    "ticket",
    "prep",
}


def _listed(parts: Parts) -> list[Token] | None:
    """ "five servers: 1 core, 2 GB", "reboot please: mailer"."""
    before = parts["before"][0]
    if before.kind in (K.OP, K.CREATE, K.WANT):
        return [before]
    return [before] if before.kind is K.PLEASE else [before, Token(K.COMMA, ",")]


def _colon(parts: Parts) -> list[Token] | None:
    """ "a VM called head: 4 CPUs"."""
    return [*parts["before"], Token(K.COMMA, ",")]


def _made(parts: Parts) -> list[Token] | None:
    """ "three servers to be created": that they are wanted is said already."""
    return (
        [*parts["head"]] if parts["done"][0].low in ("created", "made", "built", "set up") else None
    )


def _called(parts: Parts) -> list[Token] | None:
    """ "and I'd like it to be called x"."""
    return [*parts["named"]]


def _rather(_parts: Parts) -> list[Token] | None:
    """ "not a web server, just a plain one"."""
    return []


def _kept(parts: Parts) -> list[Token] | None:
    """ "start web, db can stay off": two sentences."""
    return [*parts["first"], Token(K.STOP, ".")]


def _another(parts: Parts) -> list[Token] | None:
    """ "start web, plus a new server called x"."""
    return [*parts.get("first", []), *parts["joint"], Token(K.CREATE, "create")]


def _also(parts: Parts) -> list[Token] | None:
    return [Token(K.AND, "and")] if parts["also"][0].low in ("also", "likewise") else None


def _both(parts: Parts) -> list[Token] | None:
    """ "stop web restart db"."""
    return [*parts["first"], Token(K.AND, "and")]


def _of_mine(parts: Parts) -> list[Token] | None:
    """ "the only server I have"."""
    return [*parts["head"]] if parts["own"][0].low in _HAVE else None


_HAVE = frozenset({"i have", "we have", "i've got", "we've got", "i own", "we own"})


def _with_disk(parts: Parts) -> list[Token] | None:
    """ "delete web and its disk": the disk goes with it."""
    disk = parts["disk"][0].kind is K.DISK
    return [*parts["del"], *parts["who"]] if disk and parts["del"][0].value == "delete" else None


def _cleaned(parts: Parts) -> list[Token] | None:
    """ "clean up a and b: delete both"."""
    if parts["clean"][0].low not in ("clean", "tidy"):
        return None
    return [*parts["op"], *parts["who"]]


def _have(parts: Parts) -> list[Token] | None:
    """ "could you have a web server set up"."""
    if parts["polite"][0].kind is not K.POLITE or parts["have"][0].low != "have":
        return None
    return [*parts["polite"], Token(K.WANT, "have")]


def _name(parts: Parts) -> list[Token] | None:
    """ "new vm, name x, 2 cores"."""
    if parts["word"][0].low not in ("name", "id"):
        return None
    named = replace(parts["name"][0], kind=K.NAME)
    return [*parts["before"], Token(K.NAMED, "name"), named]


def _chance(parts: Parts) -> list[Token] | None:
    """ "any chance of restarting web"."""
    want, doing = parts["want"][0], parts["doing"][0]
    if not want.low.endswith((" of", " by")):
        return None
    kind = {"create": K.CREATE, "take": K.TAKE}.get(str(doing.value), K.OP)
    value = doing.value if kind is K.OP else None
    return [Token(K.POLITE, want.text), replace(doing, kind=kind, value=value)]


def _somebody(parts: Parts) -> list[Token] | None:
    """ "my team needs a web server called x", "Anna wants a VM with 2 cores"."""
    who, need = parts["who"], parts["need"][0]
    named = who[0].low in ("my", "our", "the", "a", "an", "the new") or len(who) == 1
    said = {t.low for t in who}
    if not named or need.low.split()[-1] not in _NEEDS or said & (_NOBODY | _HEADINGS):
        return None
    people = any(t.kind is K.WORD and t.text[:1].isalpha() for t in who) or said & _TEAMS
    return [Token(K.WANT, need.text)] if people or who[0].kind is K.CREATED else None


_NEEDS = frozenset(
    {"needs", "need", "wants", "want", "requires", "require", "like", "use", "get", "gets"}
)
_NEEDS |= {"have", "requested", "with", "for"}
_NOBODY = frozenset({"nobody", "none", "neither", "everything", "i", "we", "you"})
_NOBODY |= {"it", "that", "this", "never", "not"}
_TEAMS = frozenset({"team", "folks", "guys", "boss", "chief", "friend", "my friend"})


def _new_called(parts: Parts) -> list[Token] | None:
    """ "new web server: x"."""
    made, name = parts["made"], replace(parts["name"][0], kind=K.NAME)
    new = made[0].kind is K.CREATE or made[0].low in ("new", "a new", "one new")
    return [*made, Token(K.NAMED, "called"), name] if new else None


def _to(parts: Parts) -> list[Token] | None:
    """ "roll web back, snapshot monday"."""
    return [*parts["back"], Token(K.FILL, "to")]


def _busy(parts: Parts) -> list[Token] | None:
    """ "tidying up: delete web", "spring cleaning! delete web"."""
    words = [t.low for t in parts["topic"] if t.kind is K.WORD]
    busy = any(word.endswith("ing") for word in words) and not set(words) & _HEADINGS
    return [Token(K.STOP, ".")] if busy else None


_HEADINGS = said_words("talk") | {"meeting", "warning", "greeting", "heading", "testing", "nothing"}


def _splitting(parts: Parts) -> list[Token] | None:
    """ "any chance of turning web off"."""
    verb = _SPLITTING.get(parts["split"][0].low)
    first = parts["polite"][0]
    asked = first.kind is K.POLITE or first.low.endswith(" of")
    return (
        [Token(K.POLITE, first.text), *parts["polite"][1:], Token(K.SPLIT, verb, verb)]
        if verb and asked
        else None
    )


_SPLITTING = {
    "turning": "turn",
    "switching": "switch",
    "shutting": "shut",
    "powering": "power",
    "bringing": "bring",
    "rolling": "roll",
    "tearing": "tear",
}


def _taken(parts: Parts) -> list[Token] | None:
    """ "a snapshot taken of web"."""
    return [*parts["snap"]] if parts["done"][0].low in ("taken", "made", "created") else None


def _named_so(parts: Parts) -> list[Token] | None:
    """ "set up lark as a web server", "create lark, a web server"."""
    if parts["as"][0].low not in ("as", ","):
        return None
    name = replace(parts["name"][0], kind=K.NAME)
    return [*parts["make"], *parts["kind"], Token(K.NAMED, "called"), name]


#: Before the words are put in order, and after.
FIRST: tuple[Rule, ...] = (
    (r(r"(?P<want>[wf])(?P<doing>g)"), _chance),
    (
        r(
            r"(?:^|(?<=[.,:pR]))(?P<who>D?[fU]{1,3}|D[fU]+[MO]|C)(?P<need>[dw])(?=D?f*#?[Df]*H.*[n#spW])"
        ),
        _somebody,
    ),
    (r(rf"(?P<made>[cD][Df]*H):(?P<name>[UoQ]){AFTER}"), _new_called),
    (r(r"(?P<back>SNr),(?=Z)"), _to),
    (r(r"^(?P<topic>UU?r?)(?P<joint>[:.])(?=[fp]*[OSKcM])"), _busy),
    (r(r"(?P<polite>[pw]f*)(?P<split>U)(?=[DfNPHAC])"), _splitting),
    (r(rf"{BEFORE}(?P<clean>f)r{TARGET}[:,.]f*(?P<op>O)P"), _cleaned),
    (r(r"(?P<polite>p)(?P<have>x)(?=[DfA]*[#]?f*[HNPC])"), _have),
    (r(r"(?P<before>[,.HaxR:])(?P<word>U)(?P<name>[UouQ])(?=[,.pa]|$)"), _name),
    (r(r"(?P<head>[HT])(?P<own>e)"), _of_mine),
    (
        r(rf"(?P<del>O)(?P<who>[^.?BRt]*[NPH])(?P<with>[afx]+)(?P<its>[DP]?)(?P<disk>L)f*{AFTER}"),
        _with_disk,
    ),
    (r(r"(?P<old>[f!])D?[s#]f*L?f+(?P<new>D?[s#])"), _until),
    (r(r"(?P<old>!)D?s(?P<new>)"), _until),
    (r(r"(?<=[sL])(?P<old>!)D?#L?(?P<new>)(?=[.,?p]|$)"), _until),
    (r(r"(?P<before>[,a:.]+D?)(?P<one>[#PDo])(?P<named>n)(?!N)"), _numbered),
    (r(r"(?<=[HoQsLW#])(?P<joint>[a,]+)(?P<again>D)(?=[nxW])"), _and_another),
    (r(r"D?(?P<one>#)(?P<named>nN)"), _the_one),
    (r(r"(?P<before>L)(?P<on>r)(?=D?[NPHC])"), _on),
    (r(r"(?P<before>L[fD]*N)(?P<on>r)(?=[#s])"), _on),
    (r(r"(?P<before>[s#]f?L?)(?P<on>r)(?=D?[NPC])"), _on),
    (r(r"(?P<det>D)(?P<snap>O)(?P<who>)"), _snap),
    (r(rf"{BEFORE}(?P<det>)(?P<snap>K){TARGET}{AFTER}"), _snap),
    (r(rf"(?P<op>[OS]){TARGET}:(?=D*[ZoUQs#N])"), _arrow),
    (r(rf"{BEFORE}(?P<op>O){TARGET}(?P<back>[rf]+)(?P<rest>[DP]?)(?=Z)"), _back),
)
LAST: tuple[Rule, ...] = (
    (r(r"(?:^|(?<=[.,]))[fp]+(?P<joint>:)"), _opened),
    (r(r"^[Df]*(?P<topic>U{1,2})(?P<joint>[:.])(?=[fp]*[OSKcM])"), _topic),
    (r(r"(?P<before>[HpOcwf])(?P<joint>:)(?=[#sDLnxfwOcMSKpN])"), _listed),
    (r(r"(?<=n)(?P<before>[oN])(?P<joint>:)(?=[#sDLx])"), _colon),
    (r(r"(?P<head>H(?:no)?)d?(?P<done>[ec])(?=f*(?:[.,atBR?p:]|$))"), _made),
    (r(rf"{BEFORE}w(?P<it>P)(?P<named>n)"), _called),
    (r(rf"{BEFORE}!D?f*H,?f*(?P<rest>(?=DH|Df+H|c))"), _rather),
    (r(r"(?P<first>[OSKMcZ][^.?]*[^.?,a])(?P<joint>,a?|a)(?=[DA]*N(?:aN)*H*[km])"), _kept),
    (r(r"(?<=N)(?P<joint>,?a|,)(?=Df*Hno)"), _another),
    (r(r"(?P<first>O[^.?cwM]*[Ls])(?P<joint>,?a|,)(?=D[fU]*Hno)"), _another),
    (r(r"(?<=.)(?P<also>f)(?=O)"), _also),
    (r(r"(?P<like>E),?(?=[SOKcM#sw])"), _like),
    (r(r"(?P<like>E),"), _like),
    (r(r"(?P<snap>Z)(?P<done>e)"), _taken),
    (r(r"(?P<first>ON)(?=O[DN])"), _both),
    (r(r"(?P<make>[cM]f*)(?P<name>U)(?P<as>f)(?P<kind>DH)"), _named_so),
    (r(r"(?P<make>[cM]f*)(?P<name>U)(?P<as>,)(?P<kind>DH)"), _named_so),
)
