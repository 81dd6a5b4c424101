"""Reads the top-level `message` of a JSON object while the object is still arriving, piece by piece.

For showing only: what it reads is untrusted and checked by nobody. The whole reply is parsed elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import NoReturn

KEY = "message"
# Characters of a whole reply, and levels inside one of its values; beyond them nothing more is read.
MAX_CHARS = 1_048_576
MAX_DEPTH = 64
_WHITE = frozenset(" \t\r\n")
_ESCAPES = dict(zip('"\\/bfnrt', '"\\/\b\f\n\r\t', strict=True))
_HEX = frozenset("0123456789abcdefABCDEF")
# In place of half a surrogate pair, which no encoding could write.
_HALF = "\ufffd"

# What waits for the next character; the value is what it came to.
_Char = Generator[None, str, str]
_Done = Generator[None, str, None]


class _NoJson(Exception):
    """What came cannot be the beginning of a JSON object, or is more than we read."""


class MessageReader:
    """`feed` the pieces of one reply in order; each call gives what is new of its `message`.

    Never raises, whatever comes; text that is no JSON object just gives nothing more. Takes time linear in
    what is fed and keeps no more than a key of it. With two `message` keys the first is read.
    """

    def __init__(self) -> None:
        self._new: list[str] = []
        self._left = MAX_CHARS
        # None when there is nothing more to read.
        self._reading: _Done | None = self._object()
        next(self._reading)

    def feed(self, piece: str) -> str:
        """The characters of `message` that this piece completed, decoded; often none."""
        if self._reading is None:
            return ""
        try:
            for char in piece[: self._left]:
                self._reading.send(char)
        except (StopIteration, _NoJson):
            self._reading = None
        self._left -= len(piece)
        if self._left <= 0:
            self._reading = None
        new = "".join(self._new)
        self._new.clear()
        return new

    def _object(self) -> _Done:
        char = yield from _solid()
        if char != "{":
            _give_up()
        char = ","
        while char == ",":
            char = yield from _solid()
            if char != '"':
                return  # the end, or no JSON
            key: list[str] = []
            yield from _string(key.append)
            char = yield from _solid()
            if char != ":":
                return
            char = yield from _solid()
            if char == '"' and "".join(key) == KEY:
                yield from _string(self._new.append)
                return
            char = yield from _value(char)


def _give_up() -> NoReturn:
    raise _NoJson


def _solid() -> _Char:
    """The next character that is not white space."""
    while (char := (yield)) in _WHITE:
        pass
    return char


def _value(char: str) -> _Char:
    """Passes over the value that begins with `char`; what stands behind it: a comma or a closing bracket."""
    depth = 0
    while depth or char not in ",}]":
        if char == '"':
            yield from _string(_drop)
        elif char in "{[":
            depth += 1
            if depth > MAX_DEPTH:
                _give_up()
        elif char in "}]":
            depth -= 1
        char = yield
    return char


def _drop(_char: str) -> None:
    """For strings that nobody wants to see."""


def _string(take: Callable[[str], None]) -> _Done:
    """The rest of a string behind its opening quote; `take` gets each character once it is certain."""
    high = ""
    while (char := (yield)) != '"':
        if char == "\\":
            char = yield from _escaped()
        if high:
            if "\udc00" <= char <= "\udfff":
                char = (high + char).encode("utf-16-le", "surrogatepass").decode("utf-16-le")
            else:
                take(_HALF)
            high = ""
        if "\ud800" <= char <= "\udbff":
            high = char
        else:
            take(_HALF if "\udc00" <= char <= "\udfff" else char)
    if high:
        take(_HALF)


def _escaped() -> _Char:
    """The character, or half of a pair, that an escape stands for."""
    char = yield
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char != "u":
        _give_up()
    digits = ""
    while len(digits) < 4:
        char = yield
        if char not in _HEX:
            _give_up()
        digits += char
    return chr(int(digits, 16))
