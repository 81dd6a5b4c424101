"""The first MiB of the disk."""

import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from fuyajo.engine.images import disk
from fuyajo.engine.images.errors import ImageError


def test_the_partition_table_keeps_boot_code_out() -> None:
    record = disk.master_boot_record(b"\xaa" * 512, 0x12345678, 6144 * 1024)
    assert len(record) == 512
    assert record[:440] == b"\xaa" * 440
    assert struct.unpack("<I", record[440:444]) == (0x12345678,)
    active, _, kind, _, start, count = struct.unpack("<B3sB3sII", record[446:462])
    assert (active, kind, start, start + count) == (0x80, 0x83, 2048, 6144 * 1024)
    assert record[462:] == bytes(48) + b"\x55\xaa"


def test_missing_boot_files_name_their_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "GRUB_DIRECTORY", tmp_path)
    with pytest.raises(ImageError) as caught:
        disk.core_image(tmp_path)
    assert "grub-pc-bin" in caught.value.hint


@pytest.mark.skipif(shutil.which("mke2fs") is None, reason="e2fsprogs is not installed")
def test_empty_files_become_device_nodes(tmp_path: Path) -> None:
    root, path = tmp_path / "root", tmp_path / "disk.raw"
    (root / "dev").mkdir(parents=True)
    (root / "dev" / "console").touch()
    subprocess.run(
        ["mke2fs", "-q", "-F", "-d", root, "-E", f"offset={disk.PARTITION_START}", path, "4M"],
        check=True,
    )
    disk.write_device_nodes(path, tmp_path)
    disk.write_device_nodes(path, tmp_path)
    listing = subprocess.run(
        ["debugfs", "-R", "ls -l /dev", f"{path}?offset={disk.PARTITION_START}"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert {line.split()[1] for line in listing.splitlines() if "console" in line} == {"20600"}
    assert {line.split()[1] for line in listing.splitlines() if "null" in line} == {"20666"}


def test_a_disk_without_file_system_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "disk.raw"
    path.write_bytes(bytes(2 * disk.PARTITION_START))
    with pytest.raises(ImageError, match="debugfs failed"):
        disk.write_device_nodes(path, tmp_path)


@pytest.mark.skipif(
    shutil.which("grub-mkimage") is None or not (disk.GRUB_DIRECTORY / "boot.img").exists(),
    reason="GRUB's BIOS files are not installed",
)
def test_writing_the_boot_area_twice_gives_the_same_and_spares_the_partition(
    tmp_path: Path,
) -> None:
    path = tmp_path / "disk.raw"
    path.write_bytes(bytes(disk.PARTITION_START) + b"file system" + bytes(1013))
    disk.write_boot_area(path, tmp_path, 7)
    first = path.read_bytes()
    disk.write_boot_area(path, tmp_path, 7)
    assert path.read_bytes() == first
    assert first[disk.PARTITION_START :].startswith(b"file system")
    # The core image begins in sector 1, where boot.img looks for it.
    assert first[:512].endswith(b"\x55\xaa")
    assert any(first[512:1024])
    assert struct.unpack("<Q", first[0x5C:0x64]) == (1,)
