# SPDX-License-Identifier: GPL-3.0-or-later
"""Sizes as people write them."""

from __future__ import annotations

import contextlib

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import units as _units
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    "text", [4096, "4096", "4G", "4GB", "4GiB", "4 GiB", "4g", "4096M", " 4G "]
)
def test_memory_forms_mean_the_same(text):
    assert _units.parse_memory_mib(text) == 4096


@pytest.mark.parametrize(
    ("text", "mib"), [("1.5G", 1536), ("1T", 2**20), ("0.5g", 512), ("2048 KiB", 2)]
)
def test_memory_in_other_units(text, mib):
    assert _units.parse_memory_mib(text) == mib


@pytest.mark.parametrize("text", [10, "10", "10G", "10 GB", "10240M", "10GiB"])
def test_disk_forms_mean_the_same(text):
    assert _units.parse_disk_gib(text) == 10


@pytest.mark.parametrize(
    "bad",
    [
        True,
        False,
        None,
        0,
        -1,
        "",
        "-1G",
        "0",
        "1,5G",
        "G",
        "1GG",
        "1 G B",
        "1e3",
        "four",
        1.5,
        "1G\n",
        "\t1G",
        "٤G",
        "1K",
        "1000000T",
        "9" * 19,
        "0x10",
        "1.0000001G",
        [1],
        "1GiB;id",
    ],
)
def test_memory_refuses(bad):
    with pytest.raises(ValueError, match=r".") as caught:
        _units.parse_memory_mib(bad)
    assert len(str(caught.value)) < 200
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("bad", ["512M", "1.5G", "100T", True])
def test_disk_refuses(bad):
    with pytest.raises(ValueError, match=r"GiB|size"):
        _units.parse_disk_gib(bad)


@given(st.integers(1, _units.MAX_MEMORY_MIB))
def test_memory_round_trip(mib):
    assert _units.parse_memory_mib(_units.format_bytes(mib * _units.MIB)) == mib
    assert _units.parse_memory_mib(f"{mib}M") == _units.parse_memory_mib(mib) == mib


@given(st.integers(1, 2**62))
def test_bytes_round_trip(size):
    if size < 10**18:
        assert _units.parse_bytes(_units.format_bytes(size)) == size


@given(st.text(max_size=12))
def test_any_text_is_a_size_or_a_value_error(text):
    with contextlib.suppress(ValueError):
        assert _units.parse_bytes(text) > 0
