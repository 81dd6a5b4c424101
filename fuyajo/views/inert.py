"""Text for a terminal: made safe, and measured."""

from __future__ import annotations

from unicodedata import east_asian_width

#: Spaces of other widths are no order to a terminal: Japanese is written with its own.
KEPT = frozenset("\n\t\u3000\u00a0")


def inert(text: str) -> str:
    """The text with everything that a terminal would obey replaced; line ends and tabs stay."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in KEPT else "\ufffd" for c in text)


def width(text: str) -> int:
    """Columns on a terminal: Japanese characters take two."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def padded(text: str, columns: int) -> str:
    return text + " " * (columns - width(text))
