# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one exception class of this collection."""

from __future__ import annotations

UNAVAILABLE = "unavailable"  # the host cannot be reached, or the library is missing
CONFLICT = "conflict"  # something of that name exists and is not ours, or not the one meant
NOT_FOUND = "not_found"
INVALID = "invalid"  # what was asked for makes no sense
FAILED = "failed"  # the host tried and could not


class FuyajoError(Exception):
    """A problem a person can act on.

    ``kind`` is one of the constants above; ``str(error)`` is one plain sentence.
    """

    def __init__(self, message: str, kind: str = FAILED) -> None:
        super().__init__(message)
        self.kind = kind
