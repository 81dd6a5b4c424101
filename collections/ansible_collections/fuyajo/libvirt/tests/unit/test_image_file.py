# SPDX-License-Identifier: GPL-3.0-or-later
"""What an image file says about itself, and every lie and trap that keeps it out. Bytes only."""

from __future__ import annotations

import struct

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import catalogue as _catalogue
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import image_file as _image
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from hypothesis import given
from hypothesis import strategies as st

GIB = 2**30
CLUSTER = 65536


def qcow2(**changes) -> bytes:
    """Return the head of a sound qcow2 of 1 GiB, with some fields changed."""
    fields = {
        "magic": b"QFI\xfb",
        "version": 3,
        "backing": 0,
        "backing_size": 0,
        "cluster_bits": 16,
        "size": GIB,
        "crypt": 0,
        "l1_size": 2,
        "l1_offset": 3 * CLUSTER,
        "ref_offset": CLUSTER,
        "ref_clusters": 1,
        "snapshots": 0,
        "snapshots_offset": 0,
        "features": 0,
        "length": 104,
        "extensions": b"",
        **changes,
    }
    order = list(fields)[:13]
    head = struct.pack(">4sIQIIQIIQQIIQ", *(fields[key] for key in order))
    head += struct.pack(">QQQII", fields["features"], 0, 0, 4, fields["length"])
    return (head + fields["extensions"]).ljust(4 * CLUSTER, b"\0")


def check(head, tail=b"", size=None, declared="qcow2", most=64 * GIB):
    return _image.check(head, tail, len(head) if size is None else size, declared, most, "evil")


def test_a_sound_image_passes():
    assert check(qcow2()) == GIB
    assert check(qcow2(version=2)) == GIB
    assert check(qcow2(features=8, length=112)) == GIB  # compressed by zstd
    assert check(qcow2(size=2**20, l1_size=4)) == 2**20  # room to grow
    assert check(b"\0" * 1024, declared="raw") == 1024


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"backing": 1024, "backing_size": 11}, "refers to other files"),
        ({"features": 4}, "refers to other files"),
        ({"extensions": struct.pack(">II", 0x44415441, 8) + b"/etc/pas"}, "refers to other files"),
        (
            {"extensions": struct.pack(">II", 0x6803F857, 8) + b"\0" * 8
             + struct.pack(">II", 0x44415441, 8) + b"/etc/pas"},
            "refers to other files",
        ),
        ({"features": 1}, "not closed properly"),
        ({"features": 2}, "corrupt"),
        ({"features": 1 << 40}, "not known"),
        ({"crypt": 2}, "encrypted"),
        ({"snapshots": 1}, "snapshots"),
        ({"snapshots": 2**32 - 1}, "snapshots"),
        ({"version": 1}, "version 1"),
        ({"version": 4}, "version 4"),
        ({"size": 2**63}, "impossible size"),
        ({"size": 0}, "impossible size"),
        ({"size": 1000}, "impossible size"),
        ({"size": 65 * GIB, "l1_size": 200}, "max_size"),
        ({"cluster_bits": 8}, "clusters"),
        ({"cluster_bits": 63}, "clusters"),
        ({"l1_size": 1}, "table"),
        ({"l1_size": 2**32 - 1}, "table"),
        ({"ref_clusters": 0}, "table"),
        ({"ref_clusters": 2**32 - 1}, "table"),
        ({"l1_offset": 2**40}, "cut short"),
        ({"l1_offset": 1}, "cut short"),
        ({"ref_offset": 2**60}, "cut short"),
        ({"length": 0}, "impossible length"),
        ({"length": 2**31}, "impossible length"),
    ],
)  # fmt: skip
def test_traps_in_a_header(changes, why):
    with pytest.raises(FuyajoError, match=why) as caught:
        check(qcow2(**changes))
    assert caught.value.kind == "invalid" and str(caught.value).startswith("evil ")


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b"KDMV", "vmdk"),
        (b"COWD", "vmdk"),
        (b"# Disk DescriptorFile\nversion=1\nRW 1 FLAT \"/etc/passwd\" 0", "vmdk"),
        (b"\n\n#  disk  descriptorfile\n", "vmdk"),
        (b"vhdxfile", "vhdx"),
        (b"conectix", "vpc"),
        (b"\0" * 0x40 + b"\x7f\x10\xda\xbe", "vdi"),
        (b"LUKS\xba\xbe", "luks"),
        (b"QED\0", "qed"),
        (b"WithoutFreeSpace", "parallels"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("declared", ["raw", "qcow2"])
def test_other_formats_are_named_and_refused(head, found, declared):
    assert _image.detect(head) == found
    with pytest.raises(FuyajoError, match=found):
        check(head.ljust(512, b"\0"), declared=declared)


def test_a_vhd_is_told_by_its_end():
    with pytest.raises(FuyajoError, match="vpc"):
        check(b"\0" * 1024, b"conectix".ljust(512, b"\0"), declared="raw")


@pytest.mark.parametrize(
    ("head", "declared", "why"),
    [
        (qcow2(), "raw", "not a raw image but qcow2"),
        (b"\0" * 512, "qcow2", "not a qcow2 image but raw"),
        (b"#!/bin/sh", "qcow2", "not a qcow2"),
        (b"", "qcow2", "empty"),
        (b"", "raw", "empty"),
        (qcow2()[:40], "qcow2", "not a qcow2"),
        (qcow2()[:90], "qcow2", "cut short"),
        (b"x" * 513, "raw", "512-byte"),
        (b"\0" * 2048, "raw", None),
    ],
)
def test_a_file_is_what_it_was_declared_to_be(head, declared, why):
    if why is None:
        assert check(head, declared=declared) == len(head)
        return
    with pytest.raises(FuyajoError, match=why):
        check(head, declared=declared)


@pytest.mark.parametrize("name", _image.COMPRESSED)
def test_compressed_is_named(name):
    magic = {n: m for _o, m, n in _image._MAGICS}[name]
    with pytest.raises(FuyajoError, match=f"compressed with {name}"):
        check(magic.ljust(600, b"\0"))


@given(st.binary(max_size=300), st.sampled_from(["raw", "qcow2"]))
def test_no_bytes_whatever_crash_it(tail, declared):
    for head in (tail, b"QFI\xfb" + tail, qcow2()[:40] + tail, qcow2()[:100] + tail):
        try:
            check(head, declared=declared)
        except FuyajoError as error:
            assert str(error).isprintable()


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x/y",
        "/etc/passwd",
        "file://elsewhere/etc",
        "file:relative",
        "https:///x",
        "https://user:secret@x/y",
        "https://x/y z",
        "https://x/\n",
        "gopher://x",
        "http://ex\u00e4mple/",
    ],
)
def test_addresses_that_are_not_fetched(url):
    with pytest.raises(ValueError, match=r"."):
        _catalogue.check_url(url)


def test_the_catalogue_is_https_only():
    for name, url in _catalogue.URLS.items():
        assert _catalogue.check_url(url).startswith("https://"), name
    assert _catalogue.url_of("nothing") is None
