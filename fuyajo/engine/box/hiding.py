"""What a run must never tell, found by its value wherever it turns up.

Nothing of this is meant to be in an event: it is the second line, for the task that prints its arguments and
the tool that prints its configuration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

HIDDEN = "[hidden]"
SHORTEST = 8  # characters of a value: shorter ones would hide ordinary words
LINE = 24  # characters of a line of a key that gives it away
_NAMED = re.compile(
    r"pass(word|wd|phrase)|secret|token|credential|api_?key|private_?key", re.IGNORECASE
)
_KEY_BLOCK = re.compile(
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [^\n]*|\Z)", re.DOTALL
)
_OURS = re.compile(r"\b(?:fuyajo|setup)_[A-Za-z0-9_-]{40,}")


class Secrets:
    """`hide` a text; `hidden` does it in everything that is like JSON."""

    def __init__(self, values: Iterator[str]) -> None:
        found = {value for value in values if len(value) >= SHORTEST}
        # The longest first: one may be the beginning of another.
        ordered = sorted(found, key=lambda value: (-len(value), value))
        self._values = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def hide(self, text: str) -> str:
        if "PRIVATE KEY" in text:
            text = _KEY_BLOCK.sub(HIDDEN, text)
        if "_" in text:
            text = _OURS.sub(HIDDEN, text)
        return self._values.sub(HIDDEN, text) if self._values else text

    def hidden(self, value: object) -> object:
        """Keys too: they are as much of a guest's making."""
        if isinstance(value, str):
            return self.hide(value)
        if isinstance(value, Mapping):
            return {
                self.hide(key) if isinstance(key, str) else key: self.hidden(item)
                for key, item in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.hidden(item) for item in value]
        return value


def known(document: object, environment: Mapping[str, str]) -> Secrets:
    """Of a run's document and environment: what is called a secret there, and the lines of key files."""
    return Secrets(iter([*_named(document), *_named(dict(environment))]))


def _named(value: object, name: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _named(item, str(key))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _named(item, name)
    elif isinstance(value, str) and _NAMED.search(name):
        yield from _lines_of(value) if value.startswith("/") else [value]


def _lines_of(path: str) -> Iterator[str]:
    """The file's, where there is one. Its path is no secret."""
    try:
        text = Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    for line in text.splitlines():
        if len(line) >= LINE and not line.startswith("-----"):
            yield line
