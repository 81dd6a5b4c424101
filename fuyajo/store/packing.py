"""Series and rounds as bytes: little-endian columns, so that what is alike lies side by side.

A round is `B` format, `I` machines, their UUIDs (16 bytes each), then a column of float32 for each metric. A
piece of a series is `B` format, `B` columns for each metric (1, or 3: least, mean, most), `H` moments, and
deflated: seconds since its beginning (uint16) and the columns.
"""

from __future__ import annotations

import struct
import sys
import zlib
from array import array
from collections.abc import Iterator, Mapping
from math import nan
from uuid import UUID

from fuyajo.domain.history import METRICS, Sample, Series

FORMAT = 2
#: How many metrics each format has: a later one has more behind those of before, and NaN stands for them.
METRICS_OF = {1: 9, FORMAT: len(METRICS)}
_ROUND, _PIECE = struct.Struct("<BI"), struct.Struct("<BBH")
KEY = 16  # bytes of a UUID
VALUE = 4
LEVEL = 2  # of deflating: six takes three times as long for a twentieth


class Damaged(ValueError):
    """Bytes that were not written by us, or not by this version."""


def key_of(uuid: str) -> bytes:
    """In a round. What is no UUID is in none."""
    try:
        return UUID(uuid).bytes
    except ValueError:
        return b"\0" * KEY


def pack_round(samples: Mapping[str, Sample]) -> bytes:
    keys = b"".join(UUID(uuid).bytes for uuid in samples)
    columns = (_bytes(array("f", column)) for column in zip(*samples.values(), strict=True))
    return b"".join((_ROUND.pack(FORMAT, len(samples)), keys, *columns))


def unpack_round(body: bytes) -> Iterator[tuple[str, Sample]]:
    """Every machine of it. Raises `Damaged`."""
    count, metrics = _count(body)
    begin = _ROUND.size + KEY * count
    columns = [
        _floats(body[begin + VALUE * count * n : begin + VALUE * count * (n + 1)])
        for n in range(metrics)
    ]
    columns += [array("f", (nan,)) * count] * (len(METRICS) - metrics)
    for place, values in enumerate(zip(*columns, strict=True)):
        at = _ROUND.size + KEY * place
        yield str(UUID(bytes=body[at : at + KEY])), values


def of_round(body: bytes, key: bytes) -> Sample | None:
    """One machine of it, found without reading the others. Raises `Damaged`."""
    count, metrics = _count(body)
    begin = end = _ROUND.size
    end += KEY * count
    at = body.find(key, begin, end)
    while at >= 0 and (at - begin) % KEY:  # the end of one and the beginning of the next
        at = body.find(key, at + 1, end)
    if at < 0:
        return None
    place = end + (at - begin) // KEY * VALUE
    found = [struct.unpack_from("<f", body, place + VALUE * count * n)[0] for n in range(metrics)]
    return (*found, *[nan] * (len(METRICS) - metrics))


def _count(body: bytes) -> tuple[int, int]:
    """Of machines, and of metrics."""
    try:
        known, count = _ROUND.unpack_from(body)
    except struct.error as error:
        raise Damaged from error
    metrics = METRICS_OF.get(known, 0)
    if not metrics or len(body) != _ROUND.size + count * (KEY + VALUE * metrics):
        raise Damaged
    return int(count), metrics


def pack(series: Series, start: int) -> bytes:
    kinds = (series.low, series.mean, series.high) if series.rolled else (series.mean,)
    columns = [_bytes(array("H", (at - start for at in series.at)))]
    columns += [_bytes(array("f", kind[n])) for n in range(len(METRICS)) for kind in kinds]
    return _PIECE.pack(FORMAT, len(kinds), len(series.at)) + zlib.compress(b"".join(columns), LEVEL)


def unpack(body: bytes, start: int) -> Series:
    """Raises `Damaged`."""
    try:
        known, kinds, count = _PIECE.unpack_from(body)
        plain = zlib.decompress(body[_PIECE.size :])
    except (struct.error, zlib.error) as error:
        raise Damaged from error
    metrics = METRICS_OF.get(known, 0)
    whole = 2 * count + VALUE * count * kinds * metrics
    if not metrics or kinds not in (1, 3) or len(plain) != whole:
        raise Damaged
    at = array("q", (start + offset for offset in _shorts(plain[: 2 * count])))
    width = VALUE * count
    columns = [
        array("d", _floats(plain[2 * count + width * n : 2 * count + width * (n + 1)]))
        for n in range(kinds * metrics)
    ]
    columns += [array("d", (nan,)) * count] * (kinds * (len(METRICS) - metrics))
    if kinds == 1:
        values = tuple(columns)
        return Series(at, values, values, values)
    return Series(at, *(tuple(columns[kind::3]) for kind in range(3)))


def _bytes(values: array[float] | array[int]) -> bytes:
    if sys.byteorder == "big":
        values.byteswap()
    return values.tobytes()


def _floats(raw: bytes) -> array[float]:
    found = array("f")
    found.frombytes(raw)
    if sys.byteorder == "big":
        found.byteswap()
    return found


def _shorts(raw: bytes) -> array[int]:
    found = array("H")
    found.frombytes(raw)
    if sys.byteorder == "big":
        found.byteswap()
    return found
