"""English orders that only confirm what was said before: "… Please do it.", "Could you change that?"."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from fuyajo.planner.backends.rules.letters_en import letters, op, r
from fuyajo.planner.backends.rules.tokens import K, Token, Tokens
from fuyajo.planner.backends.rules.words import said_words

#: Verbs that say nothing about what is to be done.
_GENERIC = frozenset(
    {"do", "change", "set", "apply", "make", "update", "adjust", "fix", "arrange", "sort", "handle"}
) | {"execute", "perform", "implement", "process", "action", "modify", "resize", "sort out", "do a"}
_GENERIC |= {"configure", "carry out", "take", "please do", "see to", "proceed", "alter", "edit"}
_CONFIRM = r(
    r"(?P<joint>[.,]a?|a|[.,]?R)(?P<lead>[pf]*)(?P<verb>[OMcfUKSpw])(?P<what>P(?:f+P|f?U)?|Df?U|Df?O|fPU?|PU)?(?P<end>[pfYR]*)"
    r"(?P<stop>[.?]*)$"
)
_THOUGHT = frozenset(
    {"i think", "i guess", "i believe", "i suppose", "i reckon", "i'd say", "i feel"}
)
_FORGOT = frozenset({"forgot", "wanted", "meant", "failed", "tried", "need", "have", "want"})
#: "these changes", "that change", "the following".
_TALK = said_words("talk")
_THINGS = frozenset(
    {"accordingly", "changes", "change", "update", "updates", "resize", "work", "job", "both"}
)
#: A statement whose size is meant ("needs less RAM now: 1536 MiB") has none of these.
_NOT_SO = frozenset({K.OP, K.CREATE, K.TAKE, K.QUOTE, K.SAYS, K.SNAPSHOT, K.NOT, K.PAST, K.NAMED})
_NOT_SO |= {K.ALL, K.EXCEPT, K.KEEP, K.GERUND, K.IF, K.SAME, K.LIKE}
_ENOUGH = ("enough", "plenty", "do", "suffice", "sufficient", "fine", "ideal", "perfect")


def without_confirmation(tokens: Tokens, known: Collection[str]) -> Tokens:
    """The tokens without a last clause that says "do that"; what it confirms is an order then."""
    listed = list(tokens)
    found = _CONFIRM.search(letters(listed, known))
    if found is None or not _confirms(listed, found.start("verb"), found.start("end")):
        return tokens
    kept = listed[: found.start()]
    if kept and kept[0].low in _THOUGHT:
        kept = kept[1:]  # "I think …, please do that": it is decided now
    if (
        len(kept) > 3
        and kept[0].low in ("i", "we")
        and kept[1].low in _FORGOT
        and kept[2].low == "to"
    ):
        kept = [t for t in kept[3:] if t.low not in _PAST]
    order = _as_order(kept)
    if order is None and any(
        t.low == "to" for t in listed[found.start("what") : found.end("what")]
    ):
        return tokens
    return (*(order or _firm(kept)), Token(K.STOP, "."))


def _firm(kept: list[Token]) -> list[Token]:
    """ "a restart of web would help": so it is wanted."""
    helps = len(kept) > 2 and kept[-2].low == "would" and kept[-1].low in _HELPS
    return kept[:-2] if helps else kept


_HELPS = frozenset({"help", "helps", "suit", "work"})


_ITSELF = frozenset(
    {"please arrange that", "arrange that", "please arrange for that", "arrange for that"}
)
#: When something was forgotten.
_PAST = frozenset(
    {"last night", "yesterday", "earlier", "earlier today", "this morning", "last week"}
)


def _confirms(tokens: list[Token], verb: int, end: int) -> bool:
    said = tokens[verb]
    what = [t for t in tokens[verb + 1 : end] if t.kind not in (K.DET, K.FILL)]
    things = all(t.kind is K.PRONOUN or t.low in _THINGS for t in what)
    asked = any(t.kind is K.PLEASE for t in tokens[max(0, verb - 2) : verb] + tokens[end:])
    to_that = said.value == "resize" and len(what) == 2 and tokens[end - 1].kind is K.PRONOUN
    if said.low in _ITSELF:
        return True
    generic = said.low in _GENERIC or to_that or (said.value == "resize" and asked)
    return generic and (bool(what) or asked) and things


def _as_order(kept: list[Token]) -> list[Token] | None:
    """ "db needs less RAM now: 2 GB": what it needs is the order."""
    if any(t.kind in _NOT_SO or (t.low in _TALK and t.kind is K.WORD) for t in kept):
        return None
    named = next((i for i, t in enumerate(kept) if t.kind is K.NAME), 0)
    if any(t.kind is K.COLON for t in kept[:named]) or any("would" in t.low for t in kept):
        return None
    sizes = [i for i, t in enumerate(kept) if t.kind in (K.SIZE, K.NUMBER)]
    labels = [t for t in kept if t.kind in (K.MEMORY, K.DISK, K.CPU)]
    names = [t for t in kept if t.kind is K.NAME]
    fields = {t.kind for t in labels}
    if not sizes or len(names) != 1 or not len(fields) == len(labels) == len(sizes):
        return None
    at = sizes[0]
    enough = any(t.low.split()[-1] in _ENOUGH for t in kept[at + 1 :] if t.kind is K.FILL)
    needs = any(t.kind in (K.SHOULD, K.WANT) for t in kept[:at])
    if not (enough or needs) or any(t.kind in (K.QUESTION, K.TIME) for t in kept):
        return None
    if any(t.kind is K.NEGATION and kept[i + 1].low != "need" for i, t in enumerate(kept[:-1])):
        return None
    who = replace(names[0], tail="")
    said = [t for t in kept if t in labels or t.kind in (K.SIZE, K.NUMBER, K.AND, K.FILL)]
    first = next(i for i, t in enumerate(said) if t in labels or t.kind in (K.SIZE, K.NUMBER))
    return [op("resize", []), who, Token(K.FILL, "to"), *said[first:]]
