"""What every way of telling is given, and what it may answer."""

from __future__ import annotations

from typing import Protocol

from fuyajo.domain.alerts import Message, Severity


class NotTaken(Exception):
    """It was not taken; `why` is for the rule's owner, so nothing of a secret is in it."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Channel(Protocol):
    def tell(self, message: Message, title: str, severity: Severity) -> None:
        """Once, within a bounded time. Raises `NotTaken`."""
