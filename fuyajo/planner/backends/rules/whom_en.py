"""English ways to say which VMs are meant: "the old one, web", "neither a nor b"."""

from __future__ import annotations

from fuyajo.planner.backends.rules.letters_en import AFTER, BEFORE, Parts, Rule, r
from fuyajo.planner.backends.rules.tokens import HEADS, K, Token
from fuyajo.planner.backends.rules.words import said_words

#: "the patch broke web": a sentence.
_CUES = said_words("cues")
_SIMPLE = frozenset({"start", "stop", "restart", "delete", "snapshot"})
_AND = r"(?:,|a|,a)"


def _these(parts: Parts) -> list[Token] | None:
    """ "delete these VMs: a, b"."""
    said = str(parts["these"][0].value)
    names = sum(t.kind is K.NAME for t in parts["who"])
    return parts["who"] if said == "them" or said == str(names) else None


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


def _only_need(parts: Parts) -> list[Token] | None:
    """ "delete web, we only need the other machines"."""
    only = any(t.low in ("only", "still", "just") for t in parts["only"])
    need = parts["need"][0].low.split()[-1] in ("need", "want", "use")
    return [Token(K.COMMA, ","), Token(K.KEEP, "keep")] if only and need else None


def _its_name(parts: Parts) -> list[Token] | None:
    """ "turn the printer server off? It's called printsrv."."""
    known = parts["desc"][0].low in ("the", "my", "our", "that", "this")
    return [*parts["who"], *parts["rest"]] if known else None


def _but(parts: Parts) -> list[Token] | None:
    """ "everything but the web server"."""
    return [Token(K.EXCEPT, "but", "after")] if parts["but"][0].low == "but" else None


def _listed(parts: Parts) -> list[Token] | None:
    """ "turn on node1 node2 node3": names without a comma."""
    names = parts["who"]
    stems = {t.low.rstrip("0123456789").rstrip("-") for t in names}
    if len(names) < 3 and len(stems) > 1:
        return None
    made: list[Token] = []
    for token in names:
        made += [Token(K.AND, "and"), token] if made else [token]
    return [*parts["op"], *made]


def _its_agent(parts: Parts) -> list[Token] | None:
    """ "teamcity and its agent tc-agent", "the old machine training-x", "the two databases pg1 and pg2"."""
    what = parts["what"]
    many = sum(t.kind is K.NAME for t in parts["who"])
    said = next((str(t.value) for t in what if t.kind in (K.PRONOUN, K.NUMBER)), "it")
    owned = what[0].kind is not K.PRONOUN or said == "it" or said == str(many)
    owned = owned and not any(t.low in _CUES for t in what[1:])
    owned = owned and what[0].low not in ("that", "this", "it", "a", "an", "another")
    plain = all(t.kind is not K.UNSUPPORTED or t.low.removesuffix("s") in _MACHINES for t in what)
    headed = any(t.kind in HEADS for t in what) or (
        len(what) > 2 and what[-1].kind is K.WORD and what[-1].low not in _WHICH
    )
    which = any(t.low in _WHICH for t in what) and not headed
    return (
        parts["who"] if owned and plain and not which and what[0].low not in _FRESH_ONES else None
    )


#: "the old web" may be another one.
_WHICH = frozenset(
    {"old", "older", "new", "newer", "other", "previous", "former", "second", "first", "next"}
)
_WHICH |= {"wrong", "real", "original", "oldest", "newest", "third", "fake", "same", "different"}


#: What a machine may be said to be; "the backup of web" is another thing.
_MACHINES = frozenset(
    {"database", "host", "node", "proxy", "router", "cluster", "mail server", "redis", "kafka"}
)
_MACHINES |= {
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "mongodb",
    "load balancer",
    "loadbalancer",
    "gitlab",
}
_MACHINES |= {
    "jenkins",
    "wordpress",
    "minecraft",
    "php",
    "python",
    "java",
    "gpu",
    "vpn",
    "dns",
    "smtp",
    "ftp",
}
_FRESH_ONES = frozenset({"a new", "new", "one more", "an additional", "another", "the new"})


def _all_those(parts: Parts) -> list[Token] | None:
    """ "the web servers are obsolete. Delete them all."."""
    first, head = parts["told"][0], parts["who"][-1]
    them = parts["them"][0].value == "them" and head.low.endswith("s")
    tells = first.kind is K.REMARK or first.low in ("are", "have", "can")
    no = any(t.kind in (K.NOT, K.NEGATION, K.IF, K.TIME) for t in parts["told"])
    if not (them and tells) or no or parts["verb"][0].value not in _SIMPLE:
        return None
    return [*parts["verb"], Token(K.ALL, "all"), *parts["who"]]


def _these_done(parts: Parts) -> list[Token] | None:
    """ "these have to be deleted: a, b"."""
    value = str(parts["done"][0].value)
    value = {"running": "start", "stopped": "stop"}.get(value, value)
    them = parts["these"][0].value in ("them", "it") or str(parts["these"][0].value).isdigit()
    return (
        [Token(K.OP, parts["done"][0].text, value), *parts["who"]]
        if them and value in _SIMPLE
        else None
    )


def _the_one(parts: Parts) -> list[Token] | None:
    """ "the one web server I have"."""
    one = parts["one"][0].value == 1 and parts["det"][0].low in ("the", "my", "our")
    return [*parts["det"], *parts["head"]] if one else None


def _for_all(parts: Parts) -> list[Token] | None:
    """ "web servers: 1 GB of RAM for all of them, please"."""
    if parts["them"][0].value != "them" or not parts["who"][-1].low.endswith("s"):
        return None
    return [Token(K.OP, "resize", "resize"), Token(K.ALL, "all"), *parts["who"], *parts["much"]]


def _are(parts: Parts) -> list[Token] | None:
    """ "see to it that a and b are switched on"."""
    return (
        [*parts["want"], *parts["who"], Token(K.FILL, "are")]
        if parts["are"][0].low == "are"
        else None
    )


def _no_need(parts: Parts) -> list[Token] | None:
    """ "no need for web to keep running"."""
    return parts["before"]


def _announced(parts: Parts) -> list[Token] | None:
    """ "VM named joel: he left the company, delete it"."""
    return [Token(K.REMARK, "no longer needed"), *parts["who"], Token(K.STOP, ".")]


def _then_that(parts: Parts) -> list[Token] | None:
    """ "restart a and after that b"."""
    return [*parts["first"], Token(K.AND, "and")]


def _except_last(parts: Parts) -> list[Token] | None:
    """ "everything can be deleted except web"."""
    value = str(parts["done"][0].value)
    value = {"running": "start", "stopped": "stop", "off": "stop", "on": "start"}.get(value, value)
    if value not in _SIMPLE:
        return None
    return [Token(K.OP, parts["done"][0].text, value), *parts["who"], *parts["but"]]


WHOM: tuple[Rule, ...] = (
    (r(r"(?P<first>O[DfAH]*N(?:aN)*)[,a]*t(?=D?N(?:aN)*H?(?:[.,?p]|$))"), _then_that),
    (
        r(rf"{BEFORE}(?P<who>A[fD]*H?)d+(?P<done>[eTOr])(?P<but>,?XD?[NH](?:{_AND}N)*)"),
        _except_last,
    ),
    (r(r"(?P<before>mD?NH?)f+k?f*T?(?=[.,;]|$)"), _no_need),
    (r(r"(?:^|(?<=[.]))(?:D?Hn?)?(?P<who>N):(?=[UPD][^:]*?[,.][^:]*?[OSK][^:]*?P)"), _announced),
    (r(r"(?<=A)(?P<but>B)(?=[DP]*[UuT]*[NH])"), _but),
    (r(r"(?P<op>[OS])(?P<who>NN+)(?=r?f*(?:[,.p?]|$))"), _listed),
    (r(r"(?P<what>[DP](?:[UT]{1,2}H?|[UT]?u[HU]?|U?H))(?P<who>N(?:aN)*)(?!H)"), _its_agent),
    (
        r(
            rf"{BEFORE}(?P<who>[AD]D?[UT]*H)(?P<told>[omfx][UmfoDP]{{0,4}})[.,]+[pf]*(?P<verb>O)(?P<them>P)"
            rf"f*{AFTER}"
        ),
        _all_those,
    ),
    (r(rf"{BEFORE}[Df]*(?P<these>P)H?d+(?P<done>[eTO])[:.]f*(?P<who>N(?:{_AND}N)*)"), _these_done),
    (r(r"(?P<det>D)(?P<one>#)(?P<head>H)"), _the_one),
    (r(rf"{BEFORE}(?P<who>[AD]*H):(?P<much>[#s]f*L?(?:[xfDa,]*[#s]f*L?)*)f(?P<them>P)"), _for_all),
    (r(r"(?P<want>w)(?P<who>[DA]*[NH](?:[aD,]*[NH])*)(?P<are>o)(?=f*[eTOr])"), _are),
    (
        r(
            rf"(?P<what>[DPA][DUuTf#]*H)[,:]?f*(?P<who>N(?:{_AND}N)+)(?=[.,]?$|[.?]|[.,a][pf]*[OScK])"
        ),
        _described_then_named,
    ),
    (r(rf"{BEFORE}(?P<who>[AD]D?[UT]*H)m[,.]+[pf]*(?P<verb>O)(?P<them>P){AFTER}"), _can_go),
    (r(r"[,.]U(?P<only>f*)(?P<need>w)(?=P$|P[.]|N)"), _only_need),
    (r(r"(?P<desc>D[UuT]+H?|DH)(?P<rest>[^N.?,]*[?.,]+)n(?P<who>N),?"), _its_name),
    (r(rf"(?P<verb>S)(?P<these>[fP])f*H?(?P<part>r):?(?P<who>N(?:{_AND}N)*)"), _following),
    (r(rf"(?P<these>P)f*H?p*:?f*(?P<who>N(?:{_AND}N)+)"), _these),
    (r(r"(?P<det>D)(?P<one>#)(?P<state>T)"), _one_state),
    (
        r(
            rf"(?:{BEFORE}|(?<=[OSpf]))(?P<what>D(?:[UT]+N?H?|H)),(?P<who>N)(?P<close>,?)"
            r"(?=[dwkmrfpT]|$|[.?])"
        ),
        _apposed,
    ),
    (r(r"(?P<label>L)(?P<mid>f[DH]*N[^.L?]*?)(?P<that>P)(?=fD?N)"), _that_of),
    (r(r"(?P<before>m[DN]*N)(?P<or>[i!])(?=D?N)"), _or),
    (
        r(r"(?P<no>o)(?P<one>D?N)(?P<or>[i!])(?P<two>D?N)(?:m|f[UP]{1,2}|fe|f[UT]+)(?=[.,a])"),
        _neither,
    ),
)
