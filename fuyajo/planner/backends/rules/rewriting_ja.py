"""Tables of phrases and their plain words; a pattern is made and tried where one of its hints stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache

#: Hints parted by spaces ("" tries everywhere), the pattern, and what stands in its place.
Row = tuple[str, str, str]


@cache
def pattern(said: str) -> re.Pattern[str]:
    return re.compile(said, re.IGNORECASE)


def plainly(text: str, rows: Sequence[Row]) -> str:
    """The text after every row in its order."""
    for hints, said, plain in rows:
        if not hints or any(hint in text for hint in hints.split(" ")):
            text = pattern(said).sub(plain, text)
    return text


class Late:
    """A pattern that is made when it is first asked: most texts need few of them."""

    def __init__(self, said: str, flags: int = 0) -> None:
        self.pattern = said
        self._flags = flags
        self._made: re.Pattern[str] | None = None

    def _it(self) -> re.Pattern[str]:
        if self._made is None:
            self._made = re.compile(self.pattern, self._flags)
        return self._made

    def search(self, text: str) -> re.Match[str] | None:
        return self._it().search(text)

    def match(self, text: str) -> re.Match[str] | None:
        return self._it().match(text)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        return self._it().fullmatch(text)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        return self._it().finditer(text)

    def findall(self, text: str) -> list[str]:
        return self._it().findall(text)

    def sub(self, plain: str | Callable[[re.Match[str]], str], text: str, count: int = 0) -> str:
        return self._it().sub(plain, text, count=count)
