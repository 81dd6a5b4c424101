"""The word tables of the reading by what is left over (`residue_en.txt`)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path


@cache
def _sections() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    here = ""
    for line in (Path(__file__).parent / "residue_en.txt").read_text("utf-8").splitlines():
        if line.endswith(":") and not line.startswith((" ", "#")):
            here = line[:-1]
        elif line.startswith(" "):
            found.setdefault(here, []).extend(p.strip() for p in line.split("|") if p.strip())
    return {key: tuple(phrases) for key, phrases in found.items()}


def phrases(section: str) -> frozenset[str]:
    """Every phrase of one section."""
    return frozenset(_sections()[section])


@cache
def either(*sections: str) -> str:
    """One of them, as a pattern; the longest first, and whole words."""
    return _spelled(phrase for section in sections for phrase in _sections()[section])


def either_of(words: frozenset[str], *sections: str) -> str:
    """One of those that consist of these words: long patterns take long to build, and a text fits few."""
    needs = _words()
    return _spelled(p for section in sections for p in _sections()[section] if needs[p] <= words)


def words_of(text: str) -> frozenset[str]:
    """Its words that stand in some table."""
    return frozenset(re.findall(r"[a-z0-9]+", text.lower())) & _vocabulary()


@cache
def _words() -> dict[str, frozenset[str]]:
    every = (phrase for phrases in _sections().values() for phrase in phrases)
    return {phrase: frozenset(re.findall(r"[a-z0-9]+", phrase.lower())) for phrase in every}


@cache
def _vocabulary() -> frozenset[str]:
    return frozenset().union(*_words().values())


def _spelled(phrases: Iterable[str]) -> str:
    ordered = sorted(set(phrases), key=lambda phrase: (-len(phrase), phrase))
    spelled = (phrase.replace(".", r"\.").replace("'", "['’]") for phrase in ordered)
    return rf"(?:{'|'.join(spelled) or '(?!)'})(?![\w'’-])"
