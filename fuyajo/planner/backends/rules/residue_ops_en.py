"""The reading of orders to existing VMs by what is left over: every word stands in the order, in a frame
around it, or in a harmless place beside it.

It comes last and only where the other readings ask. Every VM, number and quotation must belong to an order
that is known as a whole; the rest is judged by `remarks_ops_en`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from fuyajo.planner.backends.rules import residue_ops_words_en as words
from fuyajo.planner.backends.rules.again_en import Letters
from fuyajo.planner.backends.rules.again_frames_en import NAME_AT, pattern, spelled
from fuyajo.planner.backends.rules.remarks_ops_en import Beside, harmless
from fuyajo.planner.backends.rules.residue_ops_chunks_en import VM, Chunks, chunked
from fuyajo.planner.backends.rules.residue_ops_sets_en import expanded
from fuyajo.planner.backends.rules.scene import Scene

_LONGEST = 400
#: Where an order stood: one letter for each.
_CORE_AT = 0xF500
_CORE = re.compile(r"[\uf500-\uf5ff]")
_T = r"[\uf000-\uf13f]"
_MUCH, _SNAP, _BACK, _CALLED, _A = (
    r"[\uf200-\uf23f]", r"[\uf300-\uf33f]", r"[\uf340-\uf37f]", r"[\uf380-\uf3bf]", "[\uf800\uf801]",
)  # fmt: skip
_ADV = rf"(?:,? {_A},?)?"
_MODAL = (
    r"(?:should|must|has to|have to|has got to|have got to|needs to|need to|ought to|is to|are to|shall"
    r"|had better|'d better|is supposed to|are supposed to|wants to|want to|will have to|gotta)"
)
#: "web may run" is no order; "web can be stopped" is one.
_MAY = "(?:can|may|could)"
_NEEDS = (
    r"(?:needs?|wants?|requires?|deserves?|is due for|are due for|could use|could do with"
    r"|is in need of|are in need of"
    r"|calls for|is crying out for|cries out for|begs for|is ripe for|are ripe for|is ready for"
    r"|are ready for)"
)
_QUICK = (
    r"(?:(?:an?|another|one|its|the|immediate"
    r"|quick|full|clean|proper|fresh|hard|urgent|new|complete|good|soft|simple) )*"
)
#: "stop all three: …".
_SEVERAL = (
    r"[\uf100-\uf13f]|(?:all|both|all (?:of )?these|these|those|the following"
    r"|all three|all four|these two|these three)"
    r"(?: (?:vms|servers|machines|boxes|ones|two|three|four))?"
)
_OPS = ("resize", "revert", "snapshot", "restart", "stop", "start", "delete")


@dataclass(frozen=True)
class Core:
    """One order: what, in which form of words, and its letters."""

    op: str
    form: str
    said: str


def residue(text: str, scene: Scene) -> list[tuple[str, str]] | None:
    """(VM, its order in plain words), or None where anything is uncertain."""
    if len(text) > _LONGEST or re.search(r"[\ue000-\uf8ff]", text):
        return None
    letters = Letters(tuple(scene.names))
    plain = expanded(_laid_out(letters.put(text)), scene)
    if plain is None or not re.search(VM, plain):
        return None
    chunks = chunked(plain)
    left, cores = _cores(chunks.text)
    whole = chunks.back(left)
    if not cores or re.search(r"[\ue800-\uefff0-9]", whole):
        return None
    owned = _owned(left, cores, chunks)
    if owned is None or not set(re.findall(VM, whole)) <= {vm for vms in owned for vm in vms}:
        return None
    beside = Beside(
        {c: core.form for c, core in cores.items()}, _resized(cores), "\uf801" in chunks.text
    )
    if not harmless(whole, beside):
        return None
    orders = [
        pair
        for core, vms in zip(cores.values(), owned, strict=True)
        for pair in _orders(core, vms, chunks)
    ]
    known = [
        (_named(vm, scene), letters.back(_named(order, scene))) for vm, order in orders if order
    ]
    return known if len(known) == len(orders) == len({vm for vm, _ in known}) else None


def _named(text: str, scene: Scene) -> str:
    return re.sub(VM, lambda found: scene.names[ord(found[0]) - NAME_AT], text)


def _resized(cores: dict[str, Core]) -> bool:
    return any(core.op == "resize" for core in cores.values())


def _laid_out(text: str) -> str:
    """Lists as lines: a bullet is only where a line begins, and a number only where there are several."""
    if "\n" not in text and re.match(r" *(?:[-*•–]|\d+[.)])", text):
        return text
    text = _without_flags(text) if "--" in text else text
    text = re.sub(r"[ \t]*\r?\n+[ \t]*(?:(?:[-*•–]|\d+[.)]) *)?", "\n", f"\n{text.strip()}")[1:]
    text = re.sub(r"[ \t]+", " ", text.replace("’", "'"))
    return re.sub(r" +(?=[,.;:!?])|!(?=!)|\?(?=\?)", "", text)


_FLAGGED = re.compile(r"[a-z]+(?: --[a-z-]+[= ][^\s=-][^\s=]*| (?!-)[^\s=]+)+", re.IGNORECASE)
_OF_VM = re.compile(r"--(?:vm|name|target|server|machine|instance|host)[= ]", re.IGNORECASE)
_OF_SIZE = re.compile(
    r" --(v?cpus?|cores|memory|mem|ram|disk|storage)(?:-size|-gb)?[= ](\S+)", re.IGNORECASE
)


def _without_flags(text: str) -> str:
    """ "resize --vm web --cpus 3", as on a command line."""
    if not _FLAGGED.fullmatch(text.strip()):
        return text
    return _OF_SIZE.sub(r", \1 \2", _OF_VM.sub("", text.strip()))


def _cores(text: str) -> tuple[str, dict[str, Core]]:
    """The text with a letter for every order, and the orders."""
    found: dict[str, Core] = {}

    def put(match: re.Match[str]) -> str:
        form, op = str(match.lastgroup).split("_")[:2]
        letter = chr(_CORE_AT + len(found))
        state = form == "part" and re.search(r"\b(?:off|on|up|down|online|offline)\W*$", match[0])
        found[letter] = Core(op, "state" if state else form, match[0])
        return letter

    return _grammar(_said_in(text)).sub(put, text), found


def _owned(left: str, cores: dict[str, Core], chunks: Chunks) -> list[tuple[str, ...]] | None:
    """The VMs of every order; "it" is whatever alone was spoken of before."""
    spoken: tuple[str, ...] = ()
    owned: list[tuple[str, ...]] = []
    for char in left:
        if char not in cores:
            spoken = tuple(dict.fromkeys((*spoken, *chunks.vms(char))))
            continue
        vms = chunks.vms(cores[char].said)
        if vms and not _agrees(vms, cores[char].said, chunks):
            return None
        if not vms:
            pointed = re.search(r"[\uf100-\uf13f]", cores[char].said)
            word = chunks.said[pointed[0]].lower() if pointed else "it"
            wanted = (
                (1,)
                if word.split()[0] in ("it", "this", "that", "the")
                else (2,)
                if "both" in word
                else (2, 3, 4)
            )
            if len(spoken) not in wanted or ("three" in word and len(spoken) != 3):
                return None
            vms = spoken
        owned.append(vms)
        spoken = tuple(dict.fromkeys((*spoken, *vms)))
    return owned


def _agrees(vms: tuple[str, ...], said: str, chunks: Chunks) -> bool:
    """ "web: stop it", and not "web: stop both"."""
    pointed = re.search(r"[\uf100-\uf13f]", said)
    if not pointed:
        return True
    word = chunks.said[pointed[0]].lower()
    return (len(vms) == 1) == (word.split()[0] in ("it", "this", "that", "the"))


def _orders(core: Core, vms: tuple[str, ...], chunks: Chunks) -> list[tuple[str, str | None]]:
    said = chunks.back(core.said)
    if core.op == "resize":
        return [(vm, _sized(vm, core.said, chunks)) for vm in vms]
    if core.op == "snapshot":
        named = re.search(_CALLED, core.said)
        name = f" called {_last_word(chunks.back(named[0]))}" if named else ""
        return [(vm, f"take a snapshot of {vm}{name}") for vm in vms]
    if core.op == "revert":
        back = re.search(_BACK, core.said)
        return [(vm, _reverted(vm, chunks.back(back[0]) if back else "")) for vm in vms]
    return [(vm, f"{core.op} {vm}") for vm in vms if said]


def _last_word(said: str) -> str:
    return re.split(r"[ :]+", said)[-1]


def _reverted(name: str, back: str) -> str | None:
    if re.search(r"\b(?:latest|last|newest|most recent)\b", back, re.IGNORECASE):
        return f"revert {name} to the latest snapshot"
    drop = r"\b(?:the|its|their|that|my|our|snapshot|checkpoint|restore point|snap|called|named)(?![\w-])"
    said = re.sub(drop, "", back, flags=re.IGNORECASE).split()
    return f"revert {name} to snapshot {said[0]}" if len(said) == 1 else None


def _sized(name: str, said: str, chunks: Chunks) -> str | None:
    found = re.search(_MUCH, said)
    if not found:
        return None
    much = re.sub(
        r"^(?:up |down )?(?:from .*? (?:up |down )?to )?(?:a total of )?", "", chunks.back(found[0])
    )
    label = pattern(r"\b<LABEL>").search(said)
    own = pattern(r"\b<LABEL>").search(much)
    if label and own and label[0][:3].lower() != own[0][:3].lower():
        return None
    return f"give {name} {much}" + ("" if own or not label else f" {label[0]}")


def _ways(said: str) -> list[str]:
    """The ways of one row of a table."""
    every = {" ".join(way.split()) for way in re.split(r"[|\n]", said) if way.strip()}
    return sorted(every, key=len, reverse=True)


def _either(ways: Sequence[str]) -> str:
    if not ways:
        return "(?!)"
    spelled = [re.sub(r" (?=~)|(?<=~) ", f"{_ADV} ", way) for way in ways]
    said = "(?:" + "|".join(spelled) + ")"
    said = re.sub(r"(?<= )a (?=restart|reboot|shutdown)", _QUICK, said)
    said = said.replace("SNAP of", "SNAP(?: each)?(?: (?:CALLED))? (?:of|for|on|from)")
    for piece, letters in (("SNAP", _SNAP), ("BACK", _BACK), ("CALLED", _CALLED), ("MUCH", _MUCH)):
        said = said.replace(piece, letters)
    return said.replace("~", _T)


#: What an operation cannot be said without.
_SIGNS = {
    "resize": _MUCH,
    "revert": _BACK,
    "snapshot": f"{_SNAP}|snapshot|checkpoint|restore point",
}


@dataclass(frozen=True)
class Ways:
    """The ways to say one operation: as an order, done, does, by a noun, doing."""

    op: str
    orders: tuple[str, ...]
    done: tuple[str, ...]
    does: tuple[str, ...]
    nouns: tuple[str, ...]
    doing: tuple[str, ...]


def _said_in(text: str) -> tuple[Ways, ...]:
    """What of the grammar may be in it: the whole takes long to build, and no text needs it."""
    said = frozenset(re.findall(r"[a-z]+", text.lower()))
    found = []
    for op in _OPS:
        if op in _SIGNS and not re.search(_SIGNS[op], text, re.IGNORECASE):
            continue
        tables = [tuple(way for way, needs in rows if needs <= said) for rows in _table(op)]
        if any(tables) or op == "resize":
            found.append(Ways(op, *tables))
    return tuple(found)


@cache
def _table(op: str) -> tuple[tuple[tuple[str, frozenset[str]], ...], ...]:
    """Every way to say it with the words that it needs; "a" and "of" may be another one."""
    tables = (words.ORDERS, words.DONE, words.DOES, words.NOUNS, words.DOING)
    return tuple(
        tuple(
            (way, frozenset(re.findall(r"[a-z]+", way)) - {"a", "of"})
            for way in _ways(table.get(op, ""))
        )
        for table in tables
    )


@lru_cache(maxsize=512)
def _grammar(said: tuple[Ways, ...]) -> re.Pattern[str]:
    """Every order in every form; the group tells which."""
    rows: list[str] = []
    for ways in said:
        op, done, does = ways.op, _either(ways.done), _either(ways.does)
        called = f"(?:,? {_CALLED})?" if op == "snapshot" else ""
        rows.append(f"(?P<order_{op}>{_either(ways.orders)}{called})")
        be = f"(?:be|get|go|have|become){_ADV} {done}|{does}"
        rows.append(
            f"(?P<must_{op}>{_T}{_ADV} ?(?:{_MODAL}{_ADV} (?:{be})|{_MAY}{_ADV} (?:be"
            f"|get){_ADV} {done}){called})"
        )
        rows.append(f"(?P<asked_{op}>(?<=can |may |uld ){_T}{_ADV} (?:{be}){called})")
        rows.append(
            f"(?P<part_{op}>{_T}{_ADV}(?: to (?:be|get|go|have)| be"
            f"| to{_ADV} (?={does}))?{_ADV} (?:{done}|(?<=to ){does}){called})"
        )
        rows.append(f"(?P<doing_{op}>{_either(ways.doing)}{called})")
        rows += _noun_rows(ways, done, called)
    sized = any(ways.op == "resize" for ways in said)
    rows += _size_rows() if sized else ["(?P<order_none>(?!))"]
    rows.sort(key=lambda row: row.startswith(("(?P<part", "(?P<note")) - ("_t>" in row))
    return re.compile(
        "(?<![A-Za-z0-9_'-])(?:" + "|".join(rows) + ")(?![A-Za-z0-9_'-])", re.IGNORECASE
    )


def _noun_rows(ways: Ways, done: str, called: str) -> list[str]:
    op = ways.op
    doing = _plainly(way for way in ways.doing if "SNAP" not in way and "MUCH" not in way)
    if op not in words.NOUNS:
        return [f"(?P<must_{op}_n>{_T}{_ADV} {_NEEDS} {_MUCH})"] if op == "resize" else []
    noun = _plainly([*ways.nouns, *([_SNAP] if op == "snapshot" else [])])
    bare = _plainly(way for way in ways.orders if "SNAP" not in way)
    several = _either(ways.orders).replace(_T, f"(?:{_SEVERAL})")
    headed = f"to be {done}|{doing}" + ("" if op == "snapshot" else f"|{bare}")
    return [
        f"(?P<must_{op}_n>{_T}{_ADV} {_NEEDS} (?:{_QUICK}{noun}|to be {done}|{doing}){called})",
        f"(?P<noun_{op}_n>{_QUICK}{noun}{called} (?:of|for|on) {_T}{called})",
        f"(?P<label_{op}_n>(?:{headed}): ?\n?{_T})",
        f"(?P<label_{op}_t>{several}{_ADV}: ?\n?{_T})",
        f"(?P<note_{op}>{_T} (?:{noun}|{bare}))",
        f"(?P<label_{op}_m>{_T}{_ADV}(?::|,| ->| =>| -) ?(?:{_A},? |(?:all|both) )?(?:{noun}|{bare}"
        f"|to be {done})(?: [\uf100-\uf13f])?{called})",
    ]


def _plainly(ways: Iterable[str]) -> str:
    """One of them, without the VM."""
    return "(?:" + ("|".join(way.replace(" ~", "") for way in ways) or "(?!)") + ")"


def _size_rows() -> list[str]:
    change = (
        "(?:set|change|bump(?: up)?|bring(?: up)?|raise|increase|upgrade|extend|expand|grow|enlarge"
        "|reduce|lower|shrink"
        "|cut(?: down)?|trim|scale|adjust|boost|push(?: up)?|drop|move|limit|cap|make|put|take|fix"
        "|stretch|turn (?:up|down)"
        "|dial (?:up|down)|lift|modify|update|resize)"
    )
    of = (
        "(?:(?:the )?(?:amount of |size of (?:the )?|number of )?<LABEL>(?: size| count| amount"
        "| allowance)?"
        f" (?:of|for|on|in) {_T}|(?:the )?{VM}'s (?:own )?<LABEL>(?: size| count)?)"
    )
    done = "|".join(_ways(words.DONE["resize"])).replace("MUCH", "").replace("||", "|").strip("|")
    rows = [
        f"(?P<order_resize_a>{change} {of}{_ADV} (?:up |down |back )?(?:to |at )?{_MUCH})",
        f"(?P<must_resize_b>{of}{_ADV} {_MODAL}{_ADV} (?:be|become|go (?:up |down )?to|grow to"
        f"|shrink to|be (?:{done})) {_MUCH})",
        f"(?P<label_resize_c>{of}(?::| =| ->| to|,) ?{_MUCH})",
        f"(?P<label_resize_d>{_T}(?::| ->| =| =>) ?(?:to )?{_MUCH})",
        f"(?P<noun_resize_e>{_MUCH} (?:for|on) {_T})",
        f"(?P<order_resize_g>{change}{_ADV} {_T}{_ADV}[.:,;-]? ?"
        f"(?:(?:the )?new (?:sizes?|values?|specs?)(?::| is)? )?{_MUCH})",
        f"(?P<order_resize_h>{change}{_ADV} (?:the )?<LABEL>,? (?:of |vm |on )?{_T},? "
        f"(?:(?:the )?new size(?::| is)? |to ){_MUCH})",
        f"(?P<order_resize_f>make {_T} an? {_MUCH} (?:machine|vm|server|box))",
    ]
    return [spelled(row) for row in rows]
