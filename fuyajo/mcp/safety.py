"""What leaves this machine in texts of others: no place in its file system."""

from __future__ import annotations

from pathlib import Path

from fuyajo.service.context import Settings

HIDDEN = "…"


def hidden(text: str, settings: Settings) -> str:
    """The text without the directories of this host that are ours: a home, a pool, an inventory.

    Paths inside a guest stay: they are what a diagnosis is about.
    """
    for place in _places(settings):
        text = text.replace(place, HIDDEN)
    return text


def _places(settings: Settings) -> list[str]:
    """Longest first, so that no end of one is left over."""
    said = {settings.home, settings.pool_path, Path.home()}
    said |= {path for path in (settings.inventory,) if path is not None}
    found = {str(path) for path in said} | {str(path.resolve()) for path in said}
    return sorted((path for path in found if len(path) > 2), key=len, reverse=True)
