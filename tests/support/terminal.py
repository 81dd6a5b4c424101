"""Somebody at a keyboard, as far as a command can tell."""

from __future__ import annotations

import io

import pytest


class Terminal(io.StringIO):
    """What was typed, from something that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def typing(patch: pytest.MonkeyPatch, words: str) -> None:
    patch.setattr("sys.stdin", Terminal(words))
