"""Lists as people type them, written out as sentences: bullets, numbered lines, names below a colon.

Only the layout changes; what the lines say is left to the rules.
"""

from __future__ import annotations

import re

from fuyajo.planner.backends.rules import words_en
from fuyajo.planner.backends.rules.form_en import filled_in
from fuyajo.planner.backends.rules.tokens import VERBS, K

_BULLET = re.compile(r"\A[ \t]*(?:[-*•·‣–—>+]|\(?(?:\d{1,2}|[a-h])[.)]|#\d{1,2}[.:)]?)[ \t]+(?=\S)")
#: A number by itself may belong to more; a dot says nothing.
_DOT = re.compile(r"\A[-*•·‣–—][ \t]+(?=\S)")
#: "1) stop web 2) start db" on one line.
_INLINE = re.compile(r"(?:^|(?<=[\s:,;]))\(?(\d|[a-f])\)[ \t]+(?=[A-Za-z])")
#: "1. stop web 2. start db" on one line.
_DOTTED = re.compile(r"(?:^|(?<=[\s:,;]))(\d)\.[ \t]+(?=[A-Za-z])")
_QUOTED_OR_PAREN = re.compile(r"\"[^\"\n]*\"|[ \t]*\(((?:[^()\"\n]|\"[^\"\n]*\"){1,100})\)")
_ORDERS = VERBS | {K.NOT, K.KEEP, K.WANT, K.PLEASE, K.POLITE, K.SNAPSHOT}
_LABELS = frozenset({K.MEMORY, K.DISK, K.CPU, K.NAMED, K.TITLE, K.TEMPLATE, K.NOUN})
#: A file is no list of wishes.
_YAML = re.compile(r"^[ \t]*-[ \t]+[a-z_]+:[^\n]*\n[ \t]+[a-z_]+:", re.MULTILINE)
#: Words; longer lines are sentences.
_SHORT = 14


def laid_out(text: str) -> str:
    """The same text in sentences."""
    plain = _QUOTED_OR_PAREN.sub(_quoted_beside, text)
    if _YAML.search(plain):
        return text
    if "\n" not in plain:
        numbered = _numbered(plain)
        return numbered if numbered != plain else _DOT.sub("", plain)
    lines = [line.strip() for line in plain.replace("\r", "\n").split("\n")]
    lines = [line for line in lines if line]
    return filled_in(lines) or "\n".join(_paragraphs(lines))


def _quoted_beside(found: re.Match[str]) -> str:
    """ "a snapshot ("clean") of web", "(name: a, title: "B")"; plain parentheses are read elsewhere."""
    inside = found[1]
    if inside is None or '"' not in inside:
        return found[0].replace(";", ",")  # "(name: a; 4 cores)"
    alone = re.fullmatch(r"\"[^\"\n]*\"", inside.strip())
    return f" {inside.strip()}" if alone else f", {inside.strip()},"


def _numbered(text: str) -> str:
    """Cut at (1), (2), … or a), b), … when they count from the first."""
    places = list(_INLINE.finditer(text)) or _dotted(text)
    marks = [place[1] for place in places]
    if len(marks) < 2 or "".join(marks) not in ("123456789", "abcdef")[marks[0] == "a"]:
        return text
    if marks[0] not in "1a":
        return text
    before, rest = text[: places[0].start()], []
    for place, following in zip(places, [*places[1:], None], strict=True):
        rest.append(text[place.end() : following.start() if following else None].strip(" \t,;"))
    return "\n".join(_paragraphs([before.strip(), *(f"- {line}" for line in rest)]))


def _dotted(text: str) -> list[re.Match[str]]:
    """Where orders are numbered "1. stop web 2. start db"."""
    places = list(_DOTTED.finditer(text))
    ordered = all(_begins_with(text[place.end() :], _ORDERS) for place in places)
    return places if ordered else []


def _paragraphs(lines: list[str]) -> list[str]:
    """Lines with every list joined to the line that announces it, where it is one sentence with it."""
    found: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        end = at + 1
        bulleted = _is_bullet(lines, end)
        while end < len(lines) and _belongs(lines[end], bulleted):
            end += 1
        items = [_BULLET.sub("", item, count=1) for item in lines[at + 1 : end]]
        announces = line.endswith(":") and items
        if announces or (items and bulleted and not _BULLET.match(line)):
            found += _joined(line, items)
            at = end
        else:
            found.append(_BULLET.sub("", line, count=1))
            at += 1
    return [line for line in found if line]


def _is_bullet(lines: list[str], at: int) -> bool:
    return at < len(lines) and _BULLET.match(lines[at]) is not None


def _belongs(line: str, bulleted: bool) -> bool:
    if bulleted:
        return _BULLET.match(line) is not None
    social = _begins_with(line, frozenset({K.THANKS, K.SMALL, K.GREET, K.PLEASE}))
    return not line.endswith(":") and len(line.split()) <= _SHORT and not social


def _joined(head: str, items: list[str]) -> list[str]:
    """One sentence, or the orders one by one."""
    if any(_is_sentence(item) for item in items) or not head:
        return [head.rstrip(":"), *items]
    items = [item.rstrip(",;.") for item in items]
    glue = " and " if any("," in item for item in items) else ", "
    lead = head.rstrip(":").rstrip()
    verbless = not _begins_with(lead, VERBS | {K.WANT, K.PLEASE, K.POLITE})
    mark = ":" if verbless or head.endswith("please:") else ""
    return [f"{lead}{mark} {glue.join(items)}"]


def _is_sentence(item: str) -> bool:
    """ "stop web", "web: off", "db -> 4 GB"."""
    said = re.search(r":|->|=>|→|=", item)
    if said and _begins_with(item[: said.start()].strip(), _LABELS):
        return False
    return said is not None or _begins_with(item, _ORDERS) or item.endswith((".", "!", "?"))


def _begins_with(line: str, kinds: frozenset[K]) -> bool:
    words = [word.strip(",.:;!?") for word in line.lower().split()[:4]]
    if words[:1] == ["name"] and K.NAMED in kinds:
        return True
    return any(
        (entry := words_en.PHRASES.get(tuple(words[:count]))) is not None and entry[0] in kinds
        for count in range(len(words), 0, -1)
    )
