"""The base image that tests boot: built once per machine, kept for every clone."""

from __future__ import annotations

import os
from pathlib import Path

from fuyajo.engine.images.build import build
from fuyajo.engine.images.store import ImageStore

NAME = "debian-12"


def cache_directory() -> Path:
    """Where large inputs of tests are kept (`FUYAJO_TEST_CACHE` moves it)."""
    said = os.environ.get("FUYAJO_TEST_CACHE")
    if said:
        return Path(said).absolute()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "fuyajo"


def ready_store() -> Path:
    """An image store that holds today's debian-12. The first call of a machine builds it (minutes).

    Copy or link what you need out of it: other tests read it at the same time. Raises `ImageError`
    when it cannot be built, which is a failure of the test that needs it and not a reason to skip.
    """
    store = ImageStore(cache_directory() / "images")
    build(NAME, store)
    return store.directory
