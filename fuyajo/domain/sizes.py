"""Sizes of limits: as those of a request, but of a whole account, so zero and large ones count too."""

from __future__ import annotations

from collections.abc import Callable

from pydantic_core import PydanticCustomError

from fuyajo.domain.units import parse_disk_gib, parse_memory_mib


def total_memory(value: object) -> int:
    """MiB from a number or a string with a unit."""
    return _total(value, parse_memory_mib)


def total_disk(value: object) -> int:
    """GiB from a number or a string with a unit."""
    return _total(value, parse_disk_gib)


def _total(value: object, parse: Callable[[int | str], int]) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise PydanticCustomError("size", "not a size")
    if value == 0:
        return 0
    try:
        return parse(value)
    except ValueError as error:
        raise PydanticCustomError("size", "not a size") from error
