# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sizes as people write them. Pure.

``GB`` and ``GiB`` both mean 2**30 bytes: that is what people who size virtual machines mean, and a
guest with 0.93 of the memory somebody asked for helps nobody. Every function raises ``ValueError``
with a sentence that names the value and shows the accepted form.
"""

from __future__ import annotations

import re
from fractions import Fraction

KIB = 2**10
MIB = 2**20
GIB = 2**30
TIB = 2**40

# 16 TiB of memory and 64 TiB of disk: far above any host, far below integer trouble in libvirt.
MAX_MEMORY_MIB = 16 * TIB // MIB
MAX_DISK_GIB = 64 * TIB // GIB

_SIZE = re.compile(r"([0-9]{1,18}(?:\.[0-9]{1,6})?) ?(?:([kmgt])(?:i?b)?|(b))?", re.ASCII | re.I)
_FACTOR = {"b": 1, "k": KIB, "m": MIB, "g": GIB, "t": TIB}


def parse_bytes(value: int | str, default_unit: str = "b") -> int:
    """Return a size in bytes.

    ``value`` is a whole number or text such as ``512M``, ``4 GiB``, ``1.5g``. A bare number is
    counted in ``default_unit`` (one of ``b k m g t``). The result is always a whole number > 0.
    """
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise ValueError(f"{value!r} is not a size; write for example 4G or 512M")
    text = str(value).strip(" ")
    match = _SIZE.fullmatch(text)
    if match is None:
        raise ValueError(f"{_shown(text)} is not a size; write for example 4G or 512M")
    unit = (match.group(2) or match.group(3) or default_unit).lower()
    size = Fraction(match.group(1)) * _FACTOR[unit]
    if size.denominator != 1:
        raise ValueError(f"{_shown(text)} is not a whole number of bytes")
    if size <= 0:
        raise ValueError(f"{_shown(text)} must be more than zero")
    return int(size)


def parse_memory_mib(value: int | str) -> int:
    """Return memory in MiB; a bare number is MiB already."""
    return _whole(value, "m", MIB, "MiB", MAX_MEMORY_MIB)


def parse_disk_gib(value: int | str) -> int:
    """Return a disk size in GiB; a bare number is GiB already."""
    return _whole(value, "g", GIB, "GiB", MAX_DISK_GIB)


def format_bytes(size: int) -> str:
    """Return ``size`` bytes in the largest binary unit that divides it, readable back exactly."""
    for unit, factor in (("TiB", TIB), ("GiB", GIB), ("MiB", MIB), ("KiB", KIB)):
        if size and size % factor == 0:
            return f"{size // factor} {unit}"
    return f"{size} B"


def _whole(value: int | str, default_unit: str, factor: int, name: str, most: int) -> int:
    count, rest = divmod(parse_bytes(value, default_unit), factor)
    if rest:
        raise ValueError(f"{_shown(str(value))} is not a whole number of {name}")
    if count > most:
        raise ValueError(f"{_shown(str(value))} is more than {most} {name}")
    return count


def _shown(text: str) -> str:
    """Quote a foreign text for a message: escaped and short."""
    return ascii(text if len(text) <= 40 else text[:37] + "...")
