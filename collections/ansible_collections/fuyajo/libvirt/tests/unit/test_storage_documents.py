# SPDX-License-Identifier: GPL-3.0-or-later
"""Pools and volumes: what is built validates and reads back; what libvirt may say is read."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import (
    capabilities as _capabilities,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kinds import wanted_of_all
from hypothesis import given
from hypothesis import strategies as st

SCHEMAS = Path("/usr/share/libvirt/schemas")
TEXT = st.text(st.characters(exclude_categories=("C",)), min_size=1, max_size=30)
NAMES = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9._+-]{0,30}", fullmatch=True)
# What libvirt's own schema takes for a path; it is narrower than what libvirt itself takes.
PATHS = st.from_regex(r"/[a-zA-Z0-9_.+-][a-zA-Z0-9_./+-]{0,30}", fullmatch=True)
RIGHTS = {
    "mode": st.none() | st.from_regex(r"0[0-7]{3}", fullmatch=True),
    "owner": st.none() | st.integers(0, 65535),
    "group": st.none() | st.integers(0, 65535),
}


def pools():
    def of(kind, **more):
        common = {"name": NAMES, "uuid": st.none() | st.uuids().map(str), "type": st.just(kind)}
        return st.builds(_storage.Pool, **{**common, **more})

    hosts = st.from_regex(r"[a-z]{1,8}(\.[a-z]{1,8})?", fullmatch=True)
    formats = st.sampled_from(["auto", "nfs"])
    return st.one_of(
        of("dir", path=PATHS, **RIGHTS),
        of("fs", path=PATHS, device=PATHS, source_format=st.sampled_from([None, "ext4", "xfs"])),
        of("netfs", path=PATHS, host=hosts, directory=PATHS, source_format=formats),
        of("logical", source_name=NAMES),
        of("disk", path=PATHS, device=PATHS, source_format=st.sampled_from([None, "gpt"])),
        of("iscsi", path=PATHS, host=hosts, device=st.just("iqn.2026-01.example:disk")),
        of("zfs", source_name=NAMES),
    )


def volumes():
    backing = st.builds(_storage.Backing, path=PATHS, format=st.sampled_from(["raw", "qcow2"]))
    return st.builds(
        _storage.Volume,
        name=NAMES,
        capacity=st.integers(0, 2**50),
        format=st.sampled_from(["raw", "qcow2"]),
        mode=st.none() | st.just("0644"),
        backing=st.none() | backing,
        path=st.none() | PATHS,
        allocation=st.none() | st.integers(0, 2**50),
    )


@pytest.fixture(scope="module")
def valid():
    """Say whether a text is what one of libvirt's schemas describes."""
    etree = pytest.importorskip("lxml.etree")
    if not SCHEMAS.is_dir():
        pytest.skip("libvirt's schemas are not installed")
    loaded = {
        name: etree.RelaxNG(etree.parse(str(SCHEMAS / f"{name}.rng")))
        for name in ("storagepool", "storagevol")
    }

    def check(name, text):
        schema = loaded[name]
        assert schema.validate(etree.fromstring(text)), (schema.error_log, text)

    return check


@given(pool=pools())
def test_pools_validate_and_read_back(valid, pool):
    text = _storage.build_pool(pool)
    valid("storagepool", text)
    assert _storage.parse_pool(text) == pool


@given(volume=volumes())
def test_volumes_validate_and_read_back(valid, volume):
    text = _storage.build_volume(volume)
    valid("storagevol", text)
    assert _storage.parse_volume(text) == volume


@given(name=TEXT, path=TEXT)
def test_texts_with_metacharacters_stay_texts(name, path):
    pool = _storage.Pool(name, path, source_name=path)
    found = _storage.parse_pool(_storage.build_pool(pool))
    assert (found.name, found.path, found.source_name) == (name, path, path)
    volume = _storage.Volume(name, backing=_storage.Backing(path))
    read = _storage.parse_volume(_storage.build_volume(volume))
    assert read == dataclasses.replace(volume, capacity=0)


LIBERAL_POOLS = [
    "<pool/>",
    "<pool type='logical'><name>vg</name><source><name>vg</name><format type='lvm2'/></source></pool>",
    "<pool type='zfs'><name>z</name><source><name>tank</name></source><target/></pool>",
    "<pool type='rbd'><name>r</name><source><host name='a'/><host name='b'/><name>p</name></source></pool>",
    "<pool type='mpath'><name>m</name><source/><target><path>/dev/mapper</path></target></pool>",
    "<pool type='dir'><name>d</name><target><permissions><mode>weird</mode><owner>-1</owner>"
    "<group>x</group></permissions></target></pool>",
    "<pool type='iscsi-direct'><name>i</name><capacity unit='bytes'>lots</capacity></pool>",
    "<pool type='from-the-future'><name>f</name><x:y xmlns:x='urn:x'/></pool>",
]


@pytest.mark.parametrize("text", LIBERAL_POOLS)
def test_any_pool_is_read(text):
    pool = _storage.parse_pool(text.replace("<pool/>", "<pool><name>n</name></pool>"))
    assert pool.name and pool.path in ("", "/dev/mapper")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<volume><name>v</name></volume>", ("unknown", 0, None)),
        ("<volume type='block'><name>v</name><capacity unit='bytes'>9</capacity><target>"
         "<path>/dev/vg/v</path></target></volume>", ("unknown", 9, None)),
        ("<volume><name>v</name><capacity>x</capacity><target><format type='ext4'/></target>"
         "<backingStore/></volume>", ("ext4", 0, None)),
        ("<volume><name>v</name><backingStore><path>/b</path></backingStore></volume>",
         ("unknown", 0, "/b")),
        ("<volume type='netdir'><name>v</name><capacity/><target><timestamps><mtime>never</mtime>"
         "</timestamps></target></volume>", ("unknown", 0, None)),
    ],
)  # fmt: skip
def test_any_volume_is_read(text, expected):
    volume = _storage.parse_volume(text)
    below = volume.backing.path if volume.backing else None
    assert (volume.format, volume.capacity, below) == expected


def test_an_edit_keeps_what_it_does_not_know():
    before = "<pool type='dir'><name>p</name><x:y xmlns:x='urn:x'/><target><path>/a</path></target></pool>"
    after = _storage.edit_pool(before, {"target/path": "/b", "target/permissions/mode": "0700"})
    assert "urn:x" in after
    assert (_storage.parse_pool(after).path, _storage.parse_pool(after).mode) == ("/b", "0700")


def test_names_say_whose_a_file_is():
    base = _storage.base_name("ab" * 32)
    assert _storage.is_base(base) and not _storage.is_base("base-x.qcow2")
    mine = ["web.qcow2", "web.data.qcow2", "web.data.raw", "web.seed.iso", base]
    others = ["data.vol.qcow2", "data.vol.raw", "netinst.iso", "disk.raw", "Web.qcow2", "a_b.qcow2"]
    assert all(map(_storage.is_machines, mine)) and not any(map(_storage.is_machines, others))


def test_capabilities_without_anything_in_them():
    found = _capabilities.offered("<domainCapabilities/>", "riscv64")
    assert found["cpu_models"] == 0 and found["firmware"] == [] and found["max_cpus"] is None
    assert _capabilities.machine_types("<capabilities/>", "x86_64") == []
    assert _capabilities.version(9007003) == "9.7.3"


@pytest.mark.parametrize(
    ("kind", "element", "match"),
    [
        ("pools", {"name": "a/b"}, "no pool name"),
        ("pools", {"name": ""}, "no pool name"),
        ("pools", {"name": "p", "path": "relative"}, "absolute"),
        ("pools", {"name": "p", "type": "rbd"}, "one of"),
        ("pools", {"name": "p", "mode": 493}, "octal"),
        ("pools", {"name": "p", "mode": "0999"}, "octal"),
        ("pools", {"name": "p", "owner": -1}, "whole number"),
        ("pools", {"name": "p", "group": 2**32}, "whole number"),
        ("pools", {"name": "p", "state": "gone"}, "one of"),
        ("pools", {"name": "p", "type": "zfs", "mode": "0700"}, "no directory"),
        ("pools", {"name": "p", "remove_storage": True}, "absent only"),
        ("pools", {"name": "p", "source": {"port": "1"}}, "not known"),
        ("pools", {"name": "p", "source": {"host": "a\nb"}}, "printable"),
        ("volumes", {"name": "../x", "size": 1}, "no volume name"),
        ("volumes", {"name": "-x", "size": 1}, "no volume name"),
        ("volumes", {"name": "a.part", "size": 1}, "unfinished"),
        ("volumes", {"name": "v"}, "size: is required"),
        ("volumes", {"name": "v", "size": "lots"}, "not a size"),
        ("volumes", {"name": "v", "size": "1000B"}, "512-byte"),
        ("volumes", {"name": "v", "size": "65T"}, "exists"),
        ("volumes", {"name": "v", "size": 1, "format": "vmdk"}, "one of"),
        ("volumes", {"name": "v", "source": "/a", "backing": "b"}, "exclude"),
        ("volumes", {"name": "v", "source": "a"}, "absolute"),
        ("volumes", {"name": "v", "source": "/a", "checksum": "x"}, "hexadecimal"),
        ("volumes", {"name": "v", "backing": "b", "preallocation": "full"}, "does not go"),
        ("volumes", {"name": "v", "size": 1, "preallocation": "some"}, "one of"),
        ("volumes", {"name": "v", "size": 1, "format": "raw", "preallocation": "metadata"}, "raw"),
        ("volumes", {"name": "v", "backing": "b", "format": "raw"}, "cannot lie"),
        ("volumes", {"name": "v", "size": 1, "source_pool": "p"}, "source_volume only"),
        ("volumes", {"name": "v", "size": 1, "pool": "a/b"}, "no pool name"),
        ("images", {"name": "i", "sha256": "0" * 64}, "path or url is required"),
        ("images", {"name": "i", "path": "/a"}, "hexadecimal"),
        ("images", {"name": "i", "url": "ftp://x/y", "sha256": "0" * 64}, "fetched"),
        ("images", {"name": "i", "url": "/y", "sha256": "0" * 64}, "fetched"),
        ("images", {"name": "i", "path": "/a", "sha256": "0" * 64, "format": "vdi"}, "one of"),
        ("images", {"name": "i", "path": "/a", "sha256": "0" * 64, "max_size": "x"}, "max_size"),
        ("images", {"name": "i", "path": "/a", "sha256": "0" * 64, "timeout": 0}, "timeout"),
    ],
)
def test_wishes_are_checked(kind, element, match):
    with pytest.raises(FuyajoError, match=match) as caught:
        wanted_of_all({"owner": "mika", kind: [element]})
    assert caught.value.kind == "invalid" and str(caught.value).isprintable()


def test_sizes_are_what_people_mean():
    def size(value):
        return wanted_of_all({"volumes": [{"name": "v", "size": value}]}).of("volumes")[0].size

    gib = 2**30
    assert [size(v) for v in ("10", 10, "10G", "10 GiB", "10GB")] == [10 * gib] * 5
    assert [size(v) for v in ("512M", "1.5G", "4096B")] == [2**29, 3 * gib // 2, 4096]


def test_one_name_in_two_pools_is_two_volumes():
    both = [{"name": "v", "size": 1, "pool": pool} for pool in ("a", "b")]
    found = wanted_of_all({"volumes": both}).of("volumes")
    assert [volume.name for volume in found] == ["a/v", "b/v"]
