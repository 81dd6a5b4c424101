# SPDX-License-Identifier: GPL-3.0-or-later
"""Images that somebody made to do harm, by the real tools: each stays out, for its own reason."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import struct
import sys
from dataclasses import replace

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import qemu_img as _qemu_img
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError

from .storage_site import qemu_img, wish

pytestmark = [pytest.mark.libvirt, pytest.mark.slow]
MIB = 2**20


def evil_backing(path, other):
    qemu_img("create", "-f", "qcow2", "-F", "raw", "-b", other, path)


def evil_data_file(path, other):
    data = path.with_suffix(".data")
    qemu_img("create", "-f", "qcow2", "-o", f"data_file={data}", path, "8M")


def evil_network(path, other):
    qemu_img("create", "-f", "qcow2", "-u", "-F", "raw", "-b", "nbd://127.0.0.1:1/x", path, "8M")


def evil_vmdk(path, other):
    extent = f'RW 16384 FLAT "{other}" 0'
    path.write_text(f"# Disk DescriptorFile\nversion=1\nCID=1\nparentCID=f\n{extent}\n")


def evil_snapshot(path, other):
    qemu_img("create", "-f", "qcow2", path, "8M")
    qemu_img("snapshot", "-c", "s", path)


def evil_huge(path, other):
    qemu_img("create", "-f", "qcow2", path, "300G")


def evil_cut(path, other):
    path.write_bytes(other.read_bytes()[: 5 * 65536])


def evil_reference(path, other):
    """A table that leads far outside of the file: only reading the tables finds it."""
    data = bytearray(other.read_bytes())
    (l1,) = struct.unpack(">Q", data[40:48])
    (l2,) = struct.unpack(">Q", data[l1 : l1 + 8])
    at = l2 & 0x00FFFFFFFFFFFE00
    data[at : at + 8] = struct.pack(">Q", 1 << 63 | 1 << 40)
    path.write_bytes(data)


def evil_text(path, other):
    path.write_text("#!/bin/sh\n" * 100)


EVIL = {
    evil_backing: "refers to other files",
    evil_data_file: "refers to other files",
    evil_network: "refers to other files",
    evil_vmdk: "vmdk",
    evil_snapshot: "snapshots",
    evil_huge: "max_size",
    evil_cut: "not sound",
    evil_reference: "not sound",
    evil_text: "not a qcow2",
}


@pytest.mark.parametrize(("make", "why"), EVIL.items(), ids=[make.__name__ for make in EVIL])
def test_evil_images_stay_out(storage, tiny, tmp_path, make, why):
    path = tmp_path / "evil"
    make(path, tiny)
    done = storage.run(images=[wish(path)])
    assert why in done.errors[0], done.errors
    assert not done.results[-1]["actions"] and storage.files() == set()


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress])
def test_a_bomb_does_not_go_off(storage, tmp_path, pack):
    bomb = tmp_path / "bomb"
    bomb.write_bytes(pack(b"\0" * 20 * MIB))
    done = storage.run(images=[wish(bomb, format="raw", max_size="16M")])
    assert "unpacks to more than" in done.errors[0] and storage.files() == set()


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress])
@pytest.mark.parametrize("cut", [0.5, -4])
def test_a_broken_archive(storage, tiny, tmp_path, pack, cut):
    packed = pack(tiny.read_bytes())
    broken = tmp_path / "broken"
    broken.write_bytes(packed[: int(len(packed) * cut)] if cut > 0 else packed[:cut])
    done = storage.run(images=[wish(broken)])
    assert "does not unpack" in done.errors[0] and storage.files() == set()


def test_a_file_too_large(storage, tiny):
    done = storage.run(images=[wish(tiny, max_size="1M")])
    assert "max_size" in done.errors[0] and storage.files() == set()


def test_qemu_img_is_bounded(tiny, tmp_path, monkeypatch):
    greedy = tmp_path / "qemu-img"
    greedy.write_text(f"#!{sys.executable}\nimport sys\nx = bytearray(3 << 30)\n")
    greedy.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(FuyajoError, match="MemoryError"):
        _qemu_img.verify(str(tiny), 8 * MIB, "evil")
    greedy.write_text(f"#!{sys.executable}\nwhile True: pass\n")
    monkeypatch.setattr(_qemu_img, "_LOOK", replace(_qemu_img._LOOK, cpu_seconds=1))
    with pytest.raises(FuyajoError, match="takes more than any sound image"):
        _qemu_img.verify(str(tiny), 8 * MIB, "evil")
    greedy.write_text("#!/bin/sh\nexec sleep 30\n")
    monkeypatch.setattr(_qemu_img, "_LOOK_SECONDS", 0.2)
    with pytest.raises(FuyajoError, match="did not end within"):
        _qemu_img.verify(str(tiny), 8 * MIB, "evil")
    greedy.write_text("#!/bin/sh\nexec head -c 10M /dev/zero > " + str(tmp_path / "big") + "\n")
    with pytest.raises(FuyajoError, match=r"takes more than|not sound"):
        _qemu_img.to_qcow2(str(tiny), str(tmp_path / "big"), MIB, "evil")
    assert (tmp_path / "big").stat().st_size <= MIB


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ('{"format": "qcow2", "virtual-size": 1}', "not what its header says"),
        ('{"format": "raw", "virtual-size": 8388608}', "not what its header says"),
        ('{"backing-filename": "/etc/passwd"}', "refers to other files"),
        ('{"format-specific": {"data": {"data-file": "/etc/passwd"}}}', "refers to other files"),
        ("[]", "nothing that can be read"),
        ("x", "nothing that can be read"),
    ],
)
def test_what_qemu_img_says_is_checked_again(tiny, tmp_path, monkeypatch, said, why):
    fake = tmp_path / "qemu-img"
    fake.write_text(f"#!/bin/sh\necho '{said}'\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(FuyajoError, match=why):
        _qemu_img.verify(str(tiny), 8 * MIB, "evil")


def test_without_the_tools_nothing_is_taken_in(storage, tiny, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    done = storage.run(images=[wish(tiny)])
    assert "prlimit is missing" in done.errors[0] and storage.files() == set()
