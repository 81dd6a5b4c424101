"""What this process holds and has started, to be compared before and after something."""

from __future__ import annotations

import gc
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Remains:
    """Children (ended ones that nobody waited for included), open descriptors by kind, files."""

    children: frozenset[int]
    descriptors: tuple[tuple[str, int], ...]
    files: frozenset[str]


def remains(*directories: Path) -> Remains:
    """Kinds of descriptors: `socket`, `pipe`, `anon_inode`, or the path of a file."""
    gc.collect()  # what others left and nobody holds any more is nobody's work of this moment
    kinds = Counter(_kind(link) for link in _links())
    files = (str(path) for directory in directories for path in directory.rglob("*"))
    return Remains(frozenset(_children()), tuple(sorted(kinds.items())), frozenset(files))


def _links() -> Iterable[str]:
    for number in os.listdir("/proc/self/fd"):
        try:
            yield os.readlink(f"/proc/self/fd/{number}")
        except FileNotFoundError:  # the listing's own
            continue


def _kind(link: str) -> str:
    return link.partition(":")[0]


def _children() -> Iterable[int]:
    for task in Path("/proc/self/task").iterdir():
        try:
            yield from map(int, (task / "children").read_text(encoding="ascii").split())
        except FileNotFoundError:  # a thread that has just ended
            continue
