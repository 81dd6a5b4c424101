"""Tables of phrases and their plain words; a pattern is made and tried where one of its hints stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
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
