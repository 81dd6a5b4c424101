"""What every way of telling is given, and what it may answer."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from fuyajo.domain.alerts import Alert, Message

#: Seconds for one answer of whoever is told.
SECONDS = 10.0


class NotTaken(Exception):
    """It was not taken; `why` is for the rule's owner: nothing of a secret or of an answer is in it."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Channel(Protocol):
    def tell(self, message: Message, alert: Alert) -> None:
        """Once, within a bounded time. Raises `NotTaken`."""


def secret(file: Path) -> str:
    """Read anew each time, so that it can be changed. Raises `NotTaken`."""
    try:
        found = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise NotTaken(f"the service cannot read {file.name}") from error
    if not found:
        raise NotTaken(f"{file.name} is empty")
    return found
