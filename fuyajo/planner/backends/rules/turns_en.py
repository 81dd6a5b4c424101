"""English turns of one clause or two: "1 CPU is enough for it", "2 cores for a and 4 for b", "b to 8 GB"."""

from __future__ import annotations

from fuyajo.planner.backends.rules.letters_en import AFTER, BEFORE, Parts, Rule, op, r
from fuyajo.planner.backends.rules.tokens import K, Token

_AND = r"(?:,a?|a)"
_SIZE = r"(?:#f*L|sf*L?)"
_NEW = frozenset(
    {"a", "an", "a new", "another", "a brand new", "a fresh", "one more", "an additional"}
)


def _new_one(parts: Parts) -> list[Token] | None:
    """ "bring up a new machine named x; 3 GB of memory"."""
    starts = parts["op"][0].value == "start" and parts["det"][0].low in _NEW
    return [Token(K.CREATE, parts["op"][0].text)] if starts else None


def _now_it(parts: Parts) -> list[Token] | None:
    """ "I installed updates on web and now it needs a reboot"."""
    follows = any(t.low in ("now", "so", "therefore", "thus", "hence") for t in parts["now"])
    apart = parts["it"][0].low in ("it", "that", "they") and (follows or "name" not in parts)
    return [Token(K.STOP, "."), *parts["it"]] if apart else None


def _enough_for(parts: Parts) -> list[Token] | None:
    """ "we want to downsize web. 1 CPU and 1 GB are enough for it."."""
    if parts["op"][0].value != "resize" or any(t.low == "from" for t in parts["who"]):
        return None
    return [*parts["op"], *parts["who"], Token(K.FILL, "to"), *parts["much"]]


def _each_for(parts: Parts) -> list[Token] | None:
    """ "I want 2 cores for web and 4 cores for db"."""
    made: list[Token] = []
    much: list[Token] = []
    for token in parts["all"]:
        if token.kind is K.NAME:
            made += [Token(K.AND, "and")] if made else []
            made += [op("resize", []), token, Token(K.FILL, "to"), *much]
            much = []
        elif token.kind not in (K.FILL, K.COMMA, K.AND) or token.low == "of":
            much.append(token)
    return made if parts["for"][0].low in ("for", "on", "to", "in") else None


def _label_of(parts: Parts) -> list[Token] | None:
    """ "adjust cpu count: web = 5"."""
    if parts["op"][0].value != "resize":
        return None
    return [*parts["op"], *parts["who"], Token(K.FILL, "to"), *parts["size"], *parts["label"]]


def _each_sized(parts: Parts) -> list[Token] | None:
    """ "web 250 GB disk, db 500 GB disk"."""
    made: list[Token] = []
    for token in parts["all"]:
        if token.kind is K.PARTICLE:
            value = _SWITCH.get(str(token.value))
            if value is None:
                return None
            at = max(i for i, t in enumerate(made) if t.kind is K.OP)
            made = [*made[:at], op(value, [token]), made[at + 1]]
        elif token.kind is K.NAME:
            made = made[:-1] if made and made[-1].kind in (K.COMMA, K.AND) else made
            made += [Token(K.AND, "and")] if made else []
            made += [op("resize", []), token, Token(K.FILL, "to")]
        elif not (token.kind in (K.COMMA, K.AND) and made[-1].kind in (K.COMMA, K.AND)):
            made.append(token)
    return made


_SWITCH = {"on": "start", "up": "start", "off": "stop", "down": "stop"}


def _alone(parts: Parts) -> list[Token] | None:
    """ "8 gigs of RAM for web": nothing else in the message."""
    if parts["for"][0].low not in ("for", "on"):
        return None
    return [op("resize", []), *parts["who"], Token(K.FILL, "to"), *parts["much"]]


def _then_sized(parts: Parts) -> list[Token] | None:
    """ "restart web, db to 8 GB of memory"."""
    if (
        parts["op"][0].value not in ("start", "stop", "restart", "delete")
        or parts["to"][0].low != "to"
    ):
        return None
    made = [Token(K.AND, "and"), op("resize", []), *parts["who"], *parts["to"], *parts["much"]]
    return [*parts["op"], *parts["first"], *made]


def _put_in(parts: Parts) -> list[Token] | None:
    """ "put 10 gigs of RAM in web"."""
    puts = parts["put"][0].low in ("put", "stick", "throw", "fit", "install", "build")
    if not puts or parts["in"][0].low not in ("in", "into", "on", "at", "to"):
        return None
    return [op("resize", []), *parts["who"], Token(K.FILL, "to"), *parts["much"]]


def _needed(parts: Parts) -> list[Token] | None:
    """ "a new web server is needed for the choir"."""
    new = parts["what"][0].kind is not K.DET or parts["what"][0].low in _NEW
    said = parts["is"][0].low in ("is", "are") and parts["need"][0].low in _NEEDED
    return [Token(K.WANT, "need"), *parts["what"]] if new and said else None


_NEEDED = frozenset({"needed", "wanted", "required", "requested"})


def _would_help(parts: Parts) -> list[Token] | None:
    """ "a VM with 24 GB would help, please create one"."""
    return [] if parts["would"][0].low == "would" and parts["help"][0].low in _HELPS else None


_HELPS = frozenset({"help", "help me", "do", "suffice", "fit", "suit us", "suit me"})


def _want_gone(parts: Parts) -> list[Token] | None:
    """ "there's a VM called web that I want gone"."""
    value = str(parts["done"][0].value)
    if parts["want"][0].kind is K.WANT and not parts["want"][0].low.endswith(
        ("want", "like", "need")
    ):
        return None
    return [op(value, parts["done"]), *parts["who"]] if value in _SIMPLE else None


_SIMPLE = frozenset({"start", "stop", "restart", "delete"})


def _one_for(parts: Parts) -> list[Token] | None:
    """ "a VM for Tom, name tom-vm, and one for Ana, name ana-vm"."""
    if parts["one"][0].low != "one":
        return None
    return [*parts["joint"], Token(K.NOUN, "another one", "again")]


TURNS: tuple[Rule, ...] = (
    (r(r"(?P<op>O)(?P<det>D)(?=[fTU]*Hn)"), _new_one),
    (r(r"(?<=[NUofHe])(?P<and>,?a)(?P<now>f*)(?P<it>P)(?=f*[dwm])"), _now_it),
    (
        r(
            rf"(?P<op>O)(?P<who>[DfH]*(?:N|P)H?)[.,;](?P<much>{_SIZE}(?:{_AND}{_SIZE})*)f*(?:fP)?(?=[.,]|$)"
        ),
        _enough_for,
    ),
    (r(rf"{BEFORE}w?(?P<all>{_SIZE}(?P<for>f)N(?:{_AND}{_SIZE}fN)+){AFTER}"), _each_for),
    (r(rf"(?:^|(?<=[.:]))(?P<all>N{_SIZE}(?:{_AND}N(?:{_SIZE}|r))+){AFTER}"), _each_sized),
    (r(r"^(?P<much>#L|sf?L)(?P<for>f)(?P<who>N)[.]?$"), _alone),
    (
        r(rf"(?P<op>O)D?(?P<label>L):(?P<who>N)[:f]+(?P<size>[#s]){AFTER}"),
        _label_of,
    ),
    (
        r(rf"(?P<op>O)(?P<first>N)(?:,a?|a)(?P<who>N)(?P<to>f)(?P<much>sf*L?|#L){AFTER}"),
        _then_sized,
    ),
    (r(rf"{BEFORE}(?P<put>[SUu])(?P<much>D?{_SIZE})(?P<in>[fUor])(?P<who>D?N){AFTER}"), _put_in),
    (r(r"(?:^|(?<=[.,]))(?P<what>[D#][DfU]*H)(?P<is>f)(?P<need>U)(?!.*[?])"), _needed),
    (r(r"(?P<would>i)(?P<help>[oUf])(?=[.,][fp]*[cM]#)"), _would_help),
    (r(rf"(?:D?Hn)?(?P<who>N)[Pf]*(?P<want>w)(?P<done>e){AFTER}"), _want_gone),
    (r(r"(?P<joint>,?a|,)(?P<one>#)(?=f[UNo]{1,2},?[n#x])"), _one_for),
)
