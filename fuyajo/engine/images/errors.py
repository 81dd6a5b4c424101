"""The one error of this package."""

from __future__ import annotations


class ImageError(Exception):
    """An image could not be built, imported, read or stored.

    Attributes:
        message: what happened and why, one or two sentences.
        hint: what to type or change next; never empty.
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}"
