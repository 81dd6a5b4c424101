"""A size that was said of new machines, and that no plan holds, was misread somewhere: rather ask."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fuyajo.planner.backends.rules.drafts import OpDraft, VmDraft
from fuyajo.planner.backends.rules.tokens import Ask

if TYPE_CHECKING:
    from fuyajo.planner.backends.rules.understand import Wish

_QUOTED = re.compile(r"\"[^\"\n]*\"|(?<![A-Za-z0-9])'[^'\n]*'(?![A-Za-z0-9])")
_MUCH = re.compile(
    r"(?<![\w.,-])(?P<much>\d+) ?(?P<unit>g|m|t)(?:i?b|igs?)?(?: of)? (?P<of>ram|memory|disk|storage)\b"
    r"|(?<![\w.-])(?P<cpus>\d+) ?(?:v?cpus?|cores?)\b",
    re.IGNORECASE,
)
_MIB = {"m": 1, "g": 1024, "t": 1024 * 1024}


_KIND = re.compile(r"\b(?:vms?|servers?|machines?|box(?:es)?|instances?)\b", re.IGNORECASE)
#: Of the new ones, not of all that are there.
_FOR_EACH = re.compile(r"\b(?:for|to|on|in) each\b", re.IGNORECASE)
_ANOTHER = re.compile(
    r"\b(?:another|second|also|plus|more|additional|additionally|extra|further|other|too|well)\b",
    re.IGNORECASE,
)
#: "x-1 and x-2, two new VMs".
_NAMED_FIRST = re.compile(
    (
        r"\b(?P<name>[a-z][a-z0-9]*-[a-z0-9]+) and [a-z][a-z0-9]*-[a-z0-9]+, (?:two"
        r"|2) (?:new )?(?:vm|server|machine|box|web server)"
    ),
    re.IGNORECASE,
)

#: "I'd like a VM, but I don't need it."
_UNNEEDED = re.compile(
    r"\bbut (?:i|we|nobody|no one|they|he|she)(?: really| actually)* ?(?:don't|do not|doesn't|does not|dont|)"
    r"(?: really| actually)* (?:needs?|wants?|requires?) (?:it|one|that|them|any|this)\W*$",
    re.IGNORECASE,
)
_ITS_NAME = re.compile(
    r"\b(?:the|its)(?: new| machine's| server's)? name (?:is|should be|must be|will be|shall be)[: ]+"
    r"(?!(?:up|not|irrelevant|whatever|unimportant|open|free|your|of|to|a|an|the|all|going|supposed)\b)"
    r"(?P<name>[a-z0-9][a-z0-9-]*)",
    re.IGNORECASE,
)

#: "I need raven, a web server": it is called that.
_APPOSED = re.compile(
    r"\b(?:need|want|like|add|create|deploy|make|build|set up|provision|get) (?P<name>[a-z][a-z0-9-]*), "
    r"an? (?:new )?(?:web ?|basic |virtual )?(?:vm|server|machine|box|instance)\b",
    re.IGNORECASE,
)


def _said_twice(words: str, wanted: list[VmDraft]) -> bool:
    """ "a VM with 2 GB. Please create one." is one machine, not two."""
    bare = [draft for draft in wanted if not (draft.names or draft.sizes or draft.variables)]
    once = len(_KIND.findall(words)) == 1 and not _ANOTHER.search(words)
    return once and len(wanted) == 2 and len(bare) == 1


def require_named(words: str, wanted: list[VmDraft]) -> None:
    """Raises `Ask` when a name that was said is in none of the drafts, or nobody needs them."""
    bare, names = _QUOTED.sub("", words), {n.lower() for draft in wanted for n in draft.names}
    named = (_ITS_NAME.search(bare), _APPOSED.search(bare))
    if _UNNEEDED.search(words) or any(its and its["name"].lower() not in names for its in named):
        raise Ask("one_by_one")


def named(words: str, wish: Wish) -> Wish:
    """The wish, with that."""
    require_named(words, wish.wanted)
    return wish


def require_used(words: str, wanted: list[VmDraft], operations: list[OpDraft]) -> None:
    """Raises `Ask` when a plain size ("2 GB RAM", "4 cpus") is in none of the drafts."""
    every = any(d.op == "resize" and d.select and d.select.which == "all" for d in operations)
    if every and _FOR_EACH.search(words):
        raise Ask("one_by_one")
    if operations or any(draft.like for draft in wanted):
        return
    names = {name for draft in wanted for name in draft.names}
    first = _NAMED_FIRST.search(words)
    require_named(words, wanted)
    if _said_twice(words, wanted) or (first and first["name"].lower() not in names):
        raise Ask("one_by_one")
    for found in _MUCH.finditer(_QUOTED.sub("", words)):
        if not any(_holds(draft, found) for draft in wanted):
            raise Ask("one_by_one")


def _holds(draft: VmDraft, found: re.Match[str]) -> bool:
    sizes = draft.sizes
    if found["cpus"]:
        return sizes.cpus == int(found["cpus"])
    mib = int(found["much"]) * _MIB[found["unit"].lower()]
    if found["of"].lower() in ("ram", "memory"):
        return sizes.memory == mib
    return sizes.disk is not None and sizes.disk * 1024 == mib
