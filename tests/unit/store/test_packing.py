"""Series and rounds as bytes: what comes back is what was packed, what is damaged is nothing."""

from __future__ import annotations

import struct
import zlib
from math import isnan
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuyajo.domain.history import METRICS, Series, rolled
from fuyajo.store.packing import (
    Damaged,
    key_of,
    of_round,
    pack,
    pack_round,
    unpack,
    unpack_round,
)

value = st.floats(0, 2.0**60, width=32)
values = st.tuples(*[value] * len(METRICS))
rounds = st.dictionaries(st.uuids().map(str), values, min_size=1, max_size=6)


@given(rounds)
def test_a_round_comes_back(samples: dict[str, tuple[float, ...]]) -> None:
    body = pack_round(samples)
    assert dict(unpack_round(body)) == samples
    assert {uuid: of_round(body, UUID(uuid).bytes) for uuid in samples} == samples
    assert of_round(body, b"\1" * 16) is None


def test_a_key_that_lies_across_two_others_is_neither() -> None:
    one, two = bytes(range(16)), bytes(range(100, 116))
    across = one[8:] + two[:8]
    nothing = (0.0,) * len(METRICS)
    body = pack_round({str(UUID(bytes=key)): nothing for key in (one, two)})
    assert of_round(body, across) is None
    assert of_round(body, two) == nothing
    assert of_round(body, key_of("uuid-hello")) is None


@given(st.lists(st.tuples(st.integers(0, 21_000), values), max_size=8, unique_by=lambda one: one[0]),
       st.booleans())  # fmt: skip
def test_a_series_comes_back(points: list[tuple[int, tuple[float, ...]]], roll: bool) -> None:
    start = 1_800_000_000 // 600 * 600
    points.sort()
    series = Series.of((start + at for at, _ in points), (one for _, one in points))
    if roll:
        series = rolled(series, 1)
    found = unpack(pack(series, start), start)
    assert found.at == series.at
    assert found.rolled == series.rolled
    assert (found.low, found.mean, found.high) == (series.low, series.mean, series.high)


@given(st.binary(max_size=200))
def test_anything_else_is_damaged(body: bytes) -> None:
    for read in (lambda: unpack(body, 0), lambda: list(unpack_round(body))):
        with pytest.raises(Damaged):
            read()


def test_what_was_cut_short_is_damaged() -> None:
    sample = (1.0,) * len(METRICS)
    piece, whole = (
        pack(Series.of((0, 10), (sample, sample)), 0),
        pack_round({str(UUID(int=1)): sample}),
    )
    for length in range(len(piece)):
        with pytest.raises(Damaged):
            unpack(piece[:length], 0)
    for length in range(len(whole)):
        with pytest.raises(Damaged):
            list(unpack_round(whole[:length]))


def test_what_was_written_before_disks_were_measured_is_read() -> None:
    key, before = UUID(int=5), tuple(float(n) for n in range(9))
    columns = struct.pack("<9f", *before)
    whole = struct.pack("<BI", 1, 1) + key.bytes + columns
    ((uuid, values),) = unpack_round(whole)
    assert (uuid, values[:9]) == (str(key), before) and isnan(values[9])
    found = of_round(whole, key.bytes)
    assert found is not None and found[:9] == before and isnan(found[9])
    piece = struct.pack("<BBH", 1, 1, 1) + zlib.compress(struct.pack("<H", 10) + columns)
    series = unpack(piece, 600)
    assert list(series.at) == [610] and isnan(series.mean[9][0])
    assert [column[0] for column in series.mean[:9]] == list(before)
