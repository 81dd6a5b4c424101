# SPDX-License-Identifier: GPL-3.0-or-later
"""Random documents from a RELAX NG grammar: everything that libvirt's schemas allow can come out.

The grammar is walked as it is. `Random(seed)` decides wherever the grammar leaves a choice, so a seed
always gives the same document.
"""

from __future__ import annotations

import random
import re
import string
import xml.etree.ElementTree as ET
from pathlib import Path

try:
    from re import _constants as sre
    from re import _parser as sre_parse
except ImportError:  # before Python 3.11
    import sre_constants as sre
    import sre_parse

NG = "{http://relaxng.org/ns/structure/1.0}"
# Deeper than this, nothing is written that may be left out.
MAX_DEPTH = 14
LETTERS = string.ascii_letters + string.digits + " _-.:/,;<>&'\"%{}é漢"
_INTEGERS = {
    "short": (-(2**15), 2**15 - 1),
    "int": (-(2**31), 2**31 - 1),
    "long": (-(2**63), 2**63 - 1),
    "integer": (-(2**70), 2**70),
    "positiveInteger": (1, 2**70),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedLong": (0, 2**64 - 1),
}


class Grammar:
    """The definitions of a grammar file and of everything it includes."""

    def __init__(self, path: Path) -> None:
        self.defines: dict[str, list[ET.Element]] = {}
        self.start: ET.Element | None = None
        self._load(path)

    def _load(self, path: Path) -> None:
        root = ET.parse(path).getroot()
        _spread_namespace(root, "")
        for node in root:
            if node.tag == NG + "include":
                self._load(path.parent / node.get("href", ""))
            elif node.tag == NG + "define":
                self.defines.setdefault(node.get("name", ""), []).append(node)
            elif node.tag == NG + "start":
                self.start = node

    def document(self, rng: random.Random, dense: float = 0.4) -> ET.Element:
        """Return a document; ``dense`` is how likely it is that what may be left out is there."""
        holder = ET.Element("holder")
        assert self.start is not None
        _Walk(self, rng, dense).each(self.start, holder, 0)
        return holder[0]


def _spread_namespace(node: ET.Element, above: str) -> None:
    """Write the namespace of every element's name at the element itself; attributes have their own."""
    here = node.get("ns", above)
    if node.tag == NG + "element":
        node.set("ns", here)
    for inner in node:
        _spread_namespace(inner, here)


class _Walk:
    def __init__(self, grammar: Grammar, rng: random.Random, dense: float) -> None:
        self.grammar, self.rng, self.dense = grammar, rng, dense

    def each(self, pattern: ET.Element, node: ET.Element, depth: int) -> None:
        """Write every pattern inside of one."""
        for inner in pattern:
            self.one(inner, node, depth)

    def one(self, pattern: ET.Element, node: ET.Element, depth: int) -> None:
        """Write one pattern into a node."""
        if not isinstance(pattern.tag, str):
            return  # a comment
        kind = pattern.tag[len(NG) :]
        getattr(self, "_" + kind)(pattern, node, depth)

    def _element(self, pattern: ET.Element, node: ET.Element, depth: int) -> None:
        child = ET.SubElement(node, self._named(pattern))
        self.each(pattern, child, depth + 1)

    def _attribute(self, pattern: ET.Element, node: ET.Element, depth: int) -> None:
        holder = ET.Element("holder")
        self.each(pattern, holder, depth)
        free = len([inner for inner in pattern if inner.tag != NG + "anyName"]) == 0
        node.set(self._named(pattern), self._any_text() if free else holder.text or "")

    def _named(self, pattern: ET.Element) -> str:
        name = pattern.get("name")
        if name is None:
            return f"{{urn:any:{self.rng.randint(1, 3)}}}any{self.rng.randint(1, 9)}"
        namespace = pattern.get("ns")
        return f"{{{namespace}}}{name}" if namespace else name

    def _anyName(self, *_: object) -> None:  # noqa: N802 - the grammar's word
        """The name of an element or attribute was taken care of."""

    def _text(self, pattern: ET.Element, node: ET.Element, depth: int) -> None:
        node.text = (node.text or "") + self._any_text()

    def _any_text(self) -> str:
        return "".join(self.rng.choices(LETTERS, k=self.rng.randint(0, 12)))

    def _value(self, pattern: ET.Element, node: ET.Element, depth: int) -> None:
        node.text = (node.text or "") + (pattern.text or "")

    def _data(self, pattern: ET.Element, node: ET.Element, depth: int) -> None:
        kind = pattern.get("type", "")
        limits = {p.get("name"): p.text or "" for p in pattern.findall(NG + "param")}
        if kind in _INTEGERS:
            text = self._integer(kind, limits)
        elif kind == "dateTime":
            text = "2026-11-23T12:00:00Z"
        elif kind == "NCName":
            text = self._match("[A-Za-z_][A-Za-z0-9_.-]{0,9}")
        else:
            text = self._match(limits.get("pattern", "[ -~]{0,12}"))
            text = text[: int(limits.get("maxLength", len(text)))]
        excluded = {value.text for value in pattern.iter(NG + "value")}
        node.text = (node.text or "") + ("other" if text in excluded else text)

    def _integer(self, kind: str, limits: dict[str | None, str]) -> str:
        low, high = _INTEGERS[kind]
        low = max(low, int(limits.get("minInclusive", low)))
        high = min(high, int(limits.get("maxInclusive", high)))
        edges = [low, high, min(high, max(low, 1)), min(high, max(low, 4096))]
        number = self.rng.choice([*edges, self.rng.randint(low, high)])
        # As the datatypes allow: leading zeros, a sign.
        text = self.rng.choice([f"{number:03d}", f"{number:+d}" if low < 0 else str(number)])
        pattern = limits.get("pattern")
        return text if pattern is None or re.fullmatch(pattern, text) else self._within(limits)

    def _within(self, limits: dict[str | None, str]) -> str:
        """Return a number that has both a pattern and a range."""
        low, high = int(limits.get("minInclusive", 0)), int(limits.get("maxInclusive", 10**6))
        pattern = limits["pattern"]
        for _unused in range(1000):
            text = self.rng.choice([str(self.rng.randint(low, high)), self._match(pattern)])
            number = int(text) if re.fullmatch("-?[0-9]+", text) else low - 1
            if low <= number <= high and re.fullmatch(pattern, text):
                return text
        raise ValueError(f"no number from {low} to {high} for {pattern}")

    def _choice(self, pattern: ET.Element, node: ET.Element, depth: int) -> None:
        possible = [inner for inner in pattern if isinstance(inner.tag, str)]
        self.one(self.rng.choice([p for p in possible if not self._barred(p)]), node, depth)

    def _barred(self, pattern: ET.Element) -> bool:
        """Say whether nothing at all fits a pattern."""
        if pattern.tag == NG + "ref":
            return not self._defines(pattern)
        if pattern.tag == NG + "element":
            return any(inner.tag == NG + "notAllowed" for inner in pattern)
        return pattern.tag == NG + "notAllowed"

    def _defines(self, pattern: ET.Element) -> list[ET.Element]:
        """Return the definitions that something fits; several of one name are a choice."""
        defines = self.grammar.defines[pattern.get("name", "")]
        return [d for d in defines if not any(inner.tag == NG + "notAllowed" for inner in d)]

    def _ref(self, pattern: ET.Element, node: ET.Element, depth: int) -> None:
        defines = self._defines(pattern)
        if defines:
            self.each(self.rng.choice(defines), node, depth)

    def _group(self, pattern: ET.Element, node: ET.Element, depth: int) -> None:
        self.each(pattern, node, depth)

    def _interleave(self, pattern: ET.Element, node: ET.Element, depth: int) -> None:
        inner = [each for each in pattern if isinstance(each.tag, str)]
        self.rng.shuffle(inner)
        for each in inner:
            self.one(each, node, depth)

    def _optional(self, pattern: ET.Element, node: ET.Element, depth: int) -> None:
        barred = any(self._barred(inner) for inner in pattern)
        if depth < MAX_DEPTH and not barred and self.rng.random() < self.dense:
            self.each(pattern, node, depth)

    def _zeroOrMore(self, pattern: ET.Element, node: ET.Element, depth: int) -> None:  # noqa: N802
        # Lists of devices are where the variety is.
        most = 15 if node.tag == "devices" else 2
        for _unused in range(self.rng.randint(0, most) if depth < MAX_DEPTH else 0):
            self.each(pattern, node, depth)

    def _oneOrMore(self, pattern: ET.Element, node: ET.Element, depth: int) -> None:  # noqa: N802
        for _unused in range(self.rng.randint(1, 2)):
            self.each(pattern, node, depth)

    def _empty(self, *_: object) -> None:
        """Nothing."""

    def _match(self, pattern: str) -> str:
        """Return a text that a pattern matches as a whole."""
        return _text_for(sre_parse.parse(pattern), self.rng)


def _text_for(parsed: object, rng: random.Random) -> str:
    found = []
    for operation, argument in parsed:  # type: ignore[attr-defined]
        if operation is sre.LITERAL:
            found.append(chr(argument))
        elif operation in (sre.NOT_LITERAL, sre.ANY, sre.IN):
            found.append(rng.choice(_alphabet(operation, argument)))
        elif operation is sre.MAX_REPEAT:
            least, most, inner = argument
            most = least + 8 if most is sre.MAXREPEAT else most
            found += [_text_for(inner, rng) for _unused in range(rng.randint(least, most))]
        elif operation is sre.SUBPATTERN:
            found.append(_text_for(argument[-1], rng))
        elif operation is sre.BRANCH:
            found.append(_text_for(rng.choice(argument[1]), rng))
        else:
            raise ValueError(f"a pattern with {operation}")
    return "".join(found)


def _alphabet(operation: object, argument: object) -> str:
    """Return the characters of our own that a set of characters has."""
    if operation is sre.ANY:
        return LETTERS
    if operation is sre.NOT_LITERAL:
        return LETTERS.replace(chr(argument), "")  # type: ignore[call-overload]
    members, negated = set(), False
    for kind, value in argument:  # type: ignore[attr-defined]
        if kind is sre.NEGATE:
            negated = True
        elif kind is sre.LITERAL:
            members.add(chr(value))
        elif kind is sre.RANGE:
            members |= {chr(code) for code in range(value[0], value[1] + 1)}
        elif kind is sre.CATEGORY:
            members |= {c for c in LETTERS if re.match(r"\s", c)}
    chosen = set(LETTERS) - members if negated else members
    return "".join(sorted(chosen))
