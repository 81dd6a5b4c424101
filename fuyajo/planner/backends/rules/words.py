"""The phrase files: `KIND value:` and below it phrases between bars."""

from __future__ import annotations

from pathlib import Path

from fuyajo.planner.backends.rules.tokens import K

Row = tuple[K, str, list[str]]


def rows_of(lang: str) -> list[Row]:
    """Every entry of one language's file: kind, value, phrases."""
    rows: list[Row] = []
    head: tuple[K, str] | None = None
    for line in (Path(__file__).parent / f"words_{lang}.txt").read_text("utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if not line.startswith(" "):
            kind, _, value = line.rstrip(":").partition(" ")
            head = (K[kind], value)
        elif head:
            phrases = (phrase.strip() for phrase in line.split("|"))
            rows.append((*head, [phrase for phrase in phrases if phrase]))
    return rows


def said_words(section: str) -> frozenset[str]:
    """The single words of one section of `words_en_beside.txt`."""
    found: set[str] = set()
    here = ""
    for line in (Path(__file__).parent / "words_en_beside.txt").read_text("utf-8").splitlines():
        if line.endswith(":") and not line.startswith((" ", "#")):
            here = line[:-1]
        elif here == section and not line.startswith("#"):
            found.update(line.split())
    return frozenset(found)
