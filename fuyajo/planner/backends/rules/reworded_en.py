"""Turns of English that no reading knows, said in turns that one knows (`reworded_en.txt`), and read again.

A row never leaves out a word that it does not know: what it drops, it names. Whatever else the text holds
stays in it, and the readings judge that as ever.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from fuyajo.domain.context import Turn
from fuyajo.planner.backends.rules.again_en import Letters
from fuyajo.planner.backends.rules.again_frames_en import Row, imperative, pattern
from fuyajo.planner.backends.rules.normalise import normalise
from fuyajo.planner.backends.rules.restraint_en import require_meant
from fuyajo.planner.backends.rules.scene import Vms
from fuyajo.planner.backends.rules.tokens import Ask

if TYPE_CHECKING:
    from fuyajo.planner.backends.rules.understand import Wish

_LONGEST = 400
_AWAY = re.compile(r"[\ue000-\uf8ff]")
#: Whatever the words, what was asked about is no wish, or was understood and cannot be.
_STANDS = frozenset(
    {"injection", "too_long", "unsafe", "name_exists", "vm_twice", "absolute", "help"}
) | {"range_cpus", "range_memory", "range_disk", "range_count", "memory_small", "no_variable"}
#: "The move to the new mail system is done": that is not about our own rules.
_SYSTEM = re.compile(
    r"(?<!are )(?<!as )(?<!be )(?<!re )(?<!ignore )(?<!become )"
    r"\b(?P<whose>(?:the|our|a|an|its|another|my) "
    r"(?:(?:new|old|other|central|former|previous|own|external) (?:[a-z-]+ )?"
    r"|[a-z-]*mail |booking |hr |crm |inventory "
    r"|ticket(?:ing)? |billing |monitoring |payment |shop |library |accounting |backup |ordering |phone "
    r"|reservation |learning |exam |cloud |file |document |school ))system"
    r"(?= (?:is|was|has|went|instead|now|elsewhere)\b|[.,;!]|$)",
    re.IGNORECASE,
)
#: At the ends of other words.
_BLANKS = str.maketrans({"·": " ", "⏎": "\n"})
_MACRO = re.compile(r"\$([A-Z]+)")
_SLOT = re.compile(r"\{(\w+)(!?)\}")


def wish(text: str, vms: Vms, turns: tuple[Turn, ...], asked: str) -> Wish | None:
    """What the text wants in other turns, or None."""
    from fuyajo.planner.backends.rules.understand import understood

    plain = normalise(text)
    said = reworded(plain, tuple(vm.name for vm in vms), asked)
    if said is None and asked == "injection":
        return _beside_system(plain, vms, turns)
    if said is None:
        return None
    require_meant(plain)
    try:
        found = understood(said, vms, turns)
    except Ask:
        return None
    return replace(found, sure=min(found.sure, 0.7))


def _beside_system(text: str, vms: Vms, turns: tuple[Turn, ...]) -> Wish | None:
    """What was wanted beside a word of somebody else's system."""
    from fuyajo.planner.backends.rules.understand import understood

    said = _SYSTEM.sub(r"\g<whose>tool", text)
    if said == text:
        return None
    try:
        return replace(understood(said, vms, turns), sure=0.7)
    except Ask as ask:
        return None if ask.key == "injection" else wish(said, vms, turns, ask.key)


def reworded(text: str, names: tuple[str, ...], asked: str) -> str | None:
    """The text in other turns, or None where no row fits."""
    if asked in _STANDS or len(text) > _LONGEST or _AWAY.search(text):
        return None
    letters = Letters(names)
    plain = _turned(letters.put(text.replace("’", "'")))
    said = letters.back(plain)
    return said if said != text and len(said) <= _LONGEST else None


def _turned(text: str) -> str:
    for hints, said, plain in rows():
        low = text.lower()
        if any(all(word in low for word in hint.split("&")) for hint in hints):
            text = pattern(said).sub(lambda found, plain=plain: _put(plain, found), text)  # type: ignore[misc]
    return text


def _put(template: str, found: re.Match[str]) -> str:
    def slot(part: re.Match[str]) -> str:
        said = found[part[1]] or ""
        return imperative(said) if part[2] else said

    return _SLOT.sub(slot, template)


@cache
def rows() -> tuple[Row, ...]:
    """`NAME = pattern` gives `$NAME` a meaning; every other line is "hints :: pattern => other words".

    A hint with "&" in it stands for several words that all have to be there.
    """
    macros: dict[str, str] = {}
    rows: list[Row] = []

    def spelled(said: str) -> str:
        return _MACRO.sub(lambda m: f"(?:{macros[m[1]]})", said)

    for line in (Path(__file__).parent / "reworded_en.txt").read_text("utf-8").splitlines():
        name, is_macro, rest = line.partition(" = ")
        if not line or line.startswith("#"):
            continue
        if is_macro and name.isupper():
            macros[name] = spelled(rest)
            continue
        hints, _, rest = line.partition(" :: ")
        said, _, plain = rest.rpartition(" =>")
        rows.append((tuple(hints.split("|")), spelled(said), plain.strip().translate(_BLANKS)))
    return tuple(rows)
