"""The policy of this home: read, validated whole, explained."""

from __future__ import annotations

from pathlib import Path

from fuyajo.domain.policy import Policy


def load_policy(path: Path) -> Policy:
    """The file, or the defaults where there is none. Raises `InvalidInput` with every problem."""
    if not path.exists():
        return Policy()
    raise NotImplementedError
