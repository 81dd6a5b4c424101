"""Every refusal of an import, shown firing on a file made for it, and the imports that pass."""

import hashlib
import os
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from fuyajo.engine.images import importer, sandbox
from fuyajo.engine.images.errors import ImageError
from fuyajo.engine.images.importer import Limits, import_image
from fuyajo.engine.images.store import ImageStore

MIB = 1024**2
needs_tools = pytest.mark.skipif(
    not all(map(shutil.which, ("qemu-img", "bwrap", "prlimit"))), reason="import tools missing"
)
pytestmark = needs_tools


@pytest.fixture
def store(tmp_path: Path) -> ImageStore:
    return ImageStore(tmp_path / "store")


def qemu_img(*words: object) -> None:
    subprocess.run(["qemu-img", *map(str, words)], check=True, capture_output=True)


def sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def good(tmp_path: Path) -> Path:
    raw, path = tmp_path / "good.raw", tmp_path / "good.qcow2"
    raw.write_bytes(b"hello" * 1000 + bytes(4 * MIB - 5000))
    qemu_img("convert", "-f", "raw", "-O", "qcow2", raw, path)
    return path


def refused(path: Path, store: ImageStore, **options: object) -> ImageError:
    """The error of an import that must fail and leave nothing behind."""
    with pytest.raises(ImageError) as caught:
        import_image(path, "bad", options.pop("sha256", None), store, **options)  # type: ignore[arg-type]
    left = [entry.name for entry in store.directory.glob("*")] if store.directory.exists() else []
    assert left == []
    assert caught.value.hint
    return caught.value


def test_a_good_image_is_imported_and_readable(good: Path, store: ImageStore) -> None:
    image = import_image(good, "mine", sha(good), store)
    assert image == store.get("mine")
    assert (image.source, image.virtual_size) == ("imported", 4 * MIB)
    assert image.sha256 == sha(image.path)
    assert image.manifest["source_sha256"] == sha(good)
    assert image.path.stat().st_mode & 0o777 == 0o600
    qemu_img("compare", "-f", "qcow2", "-F", "qcow2", good, image.path)


@pytest.mark.parametrize("kind", ["raw", "vdi", "vhdx", "vmdk"])
def test_other_formats_become_qcow2(
    kind: str, good: Path, tmp_path: Path, store: ImageStore
) -> None:
    path = tmp_path / f"disk.{kind}"
    options = ["-o", "subformat=streamOptimized"] if kind == "vmdk" else []
    qemu_img("convert", "-f", "qcow2", "-O", kind, *options, good, path)
    image = import_image(path, "mine", None, store, image_format=kind)
    qemu_img("compare", "-f", kind, "-F", "qcow2", path, image.path)


def test_a_partitioned_raw_disk_is_raw(tmp_path: Path, store: ImageStore) -> None:
    path = tmp_path / "disk.raw"
    entry = struct.pack("<B3sB3sII", 0x80, b"\xfe\xff\xff", 0x83, b"\xfe\xff\xff", 2048, 2048)
    path.write_bytes(bytes(446) + entry + bytes(48) + b"\x55\xaa" + bytes(2 * MIB - 512))
    assert import_image(path, "mine", None, store, image_format="raw").virtual_size == 2 * MIB


def test_a_wrong_digest_is_refused(good: Path, store: ImageStore) -> None:
    assert sha(good) in refused(good, store, sha256="0" * 64).message


def test_a_malformed_digest_is_refused(good: Path, store: ImageStore) -> None:
    assert "64 hexadecimal" in refused(good, store, sha256="abc").message


@pytest.mark.parametrize("name", ["", "A", "-a", "a-", "../a", "a\n", "a" * 64, "a/b", "a b"])
def test_a_bad_name_is_refused(name: str, good: Path, store: ImageStore) -> None:
    with pytest.raises(ImageError, match="cannot be the name"):
        import_image(good, name, None, store)


def test_an_existing_name_is_not_replaced_silently(good: Path, store: ImageStore) -> None:
    import_image(good, "mine", None, store)
    with pytest.raises(ImageError, match="already an image"):
        import_image(good, "mine", None, store)
    assert import_image(good, "mine", None, store, replace=True).name == "mine"


def test_a_backing_file_is_refused(tmp_path: Path, store: ImageStore) -> None:
    secret, path = tmp_path / "secret", tmp_path / "bad.qcow2"
    secret.write_bytes(bytes(MIB))
    qemu_img("create", "-f", "qcow2", "-b", secret, "-F", "raw", path)
    assert "backing_file" in refused(path, store).message


def test_a_backing_address_is_refused(good: Path, tmp_path: Path, store: ImageStore) -> None:
    path = tmp_path / "bad.qcow2"
    shutil.copy(good, path)
    qemu_img("rebase", "-u", "-f", "qcow2", "-F", "raw", "-b", "http://192.0.2.1/x", path)
    assert "backing_file" in refused(path, store).message


def test_an_external_data_file_is_refused(tmp_path: Path, store: ImageStore) -> None:
    path = tmp_path / "bad.qcow2"
    qemu_img("create", "-f", "qcow2", "-o", f"data_file={tmp_path}/d,data_file_raw=on", path, "1M")
    assert "data_file" in refused(path, store).message


def test_a_flat_vmdk_extent_is_refused(tmp_path: Path, store: ImageStore) -> None:
    path = tmp_path / "bad.vmdk"
    path.write_text(
        "# Disk DescriptorFile\nversion=1\nCID=fffffffe\nparentCID=ffffffff\n"
        'createType="monolithicFlat"\n\nRW 2048 FLAT "/etc/passwd" 0\n\n'
        'ddb.adapterType = "ide"\n'
    )
    refused(path, store, image_format="vmdk")


def test_a_split_vmdk_is_refused(good: Path, tmp_path: Path, store: ImageStore) -> None:
    path = tmp_path / "bad.vmdk"
    qemu_img("convert", "-O", "vmdk", "-o", "subformat=monolithicFlat", good, path)
    refused(path, store, image_format="vmdk")


@pytest.mark.parametrize(("declared", "found"), [("raw", "qcow2"), ("vmdk", "qcow2")])
def test_a_lie_about_the_format_is_refused(
    declared: str, found: str, good: Path, store: ImageStore
) -> None:
    assert f"content is {found}" in refused(good, store, image_format=declared).message


def test_raw_declared_as_qcow2_is_refused(tmp_path: Path, store: ImageStore) -> None:
    path = tmp_path / "bad.qcow2"
    path.write_bytes(bytes(MIB))
    assert "content is raw" in refused(path, store).message


def test_an_unknown_format_is_refused(good: Path, store: ImageStore) -> None:
    assert "not a format" in refused(good, store, image_format="nbd").message


def patched(good: Path, path: Path, offset: int, value: bytes) -> Path:
    content = bytearray(good.read_bytes())
    content[offset : offset + len(value)] = value
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("size", [2**62, 2**63 + 512, 300 * 1024**3])
def test_a_huge_virtual_size_is_refused(
    size: int, good: Path, tmp_path: Path, store: ImageStore
) -> None:
    path = patched(good, tmp_path / "bad.qcow2", 24, struct.pack(">Q", size))
    assert "are accepted" in refused(path, store).message


def test_an_unknown_feature_is_refused(good: Path, tmp_path: Path, store: ImageStore) -> None:
    path = patched(good, tmp_path / "bad.qcow2", 72, struct.pack(">Q", 1 << 40))
    assert "features" in refused(path, store).message


def test_a_huge_mapping_table_is_refused(good: Path, tmp_path: Path, store: ImageStore) -> None:
    path = patched(good, tmp_path / "bad.qcow2", 36, struct.pack(">I", 2**31))
    assert "sound" in refused(path, store).message


@pytest.mark.parametrize("length", [0, 3, 60, 70_000, 270_000])
def test_a_truncated_file_is_refused(
    length: int, good: Path, tmp_path: Path, store: ImageStore
) -> None:
    path = tmp_path / "bad.qcow2"
    path.write_bytes(good.read_bytes()[:length])
    refused(path, store)


def test_a_bomb_stops_at_the_output_limit(tmp_path: Path, store: ImageStore) -> None:
    raw, path = tmp_path / "bomb.raw", tmp_path / "bomb.qcow2"
    with raw.open("wb") as stream:
        for _ in range(64):
            stream.write(b"\x01" * MIB)
    qemu_img("convert", "-c", "-f", "raw", "-O", "qcow2", raw, path)
    assert path.stat().st_size < MIB
    error = refused(path, store, limits=Limits(output=8 * MIB))
    assert "unpacks to more than 8 MiB" in error.message


def test_a_full_disk_is_noticed_before_it_is_full(
    good: Path, store: ImageStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(good.parent)._replace(free=100)
    monkeypatch.setattr(importer.shutil, "disk_usage", lambda _path: usage)
    assert "unpacks to more than 0 bytes" in refused(good, store).message


def test_a_file_over_the_limit_is_refused(good: Path, store: ImageStore) -> None:
    assert "larger than" in refused(good, store, limits=Limits(file=1000)).message


def test_a_symbolic_link_is_refused(good: Path, tmp_path: Path, store: ImageStore) -> None:
    link = tmp_path / "link.qcow2"
    link.symlink_to(good)
    assert "symbolic link" in refused(link, store).message


def test_pipes_devices_and_directories_are_refused(tmp_path: Path, store: ImageStore) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero"), tmp_path):
        assert "not a regular file" in refused(path, store).message
    assert "cannot be opened" in refused(tmp_path / "absent", store).message


def test_what_was_hashed_is_what_is_converted(
    good: Path, store: ImageStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Someone who swaps the file after the check gets the checked content imported."""
    wanted, original = sha(good), importer._check_digest

    def swap(digest: str, expected: str | None) -> None:
        original(digest, expected)
        good.write_bytes(b"swapped")

    monkeypatch.setattr(importer, "_check_digest", swap)
    image = import_image(good, "mine", wanted, store)
    assert (image.manifest["source_sha256"], image.virtual_size) == (wanted, 4 * MIB)


def test_the_sandbox_has_no_network_and_sees_one_file(good: Path, tmp_path: Path) -> None:
    outcome = sandbox.qemu_img(["info", "-f", "raw", str(tmp_path)], good)
    assert outcome.code != 0
    outcome = sandbox.qemu_img(["info", "-f", "raw", "/etc/passwd"], good)
    assert outcome.code != 0
    assert "No such file" in outcome.errors


def test_without_a_working_sandbox_nothing_is_imported(
    good: Path, tmp_path: Path, store: ImageStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    fake.chmod(0o755)
    real = sandbox.find_tool
    monkeypatch.setattr(
        sandbox, "find_tool", lambda name, pkg: str(fake) if name == "bwrap" else real(name, pkg)
    )
    assert "sandbox" in refused(good, store).message


def test_a_missing_tool_names_its_package(
    good: Path, store: ImageStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fuyajo.engine.images.process.shutil.which", lambda *_a, **_k: None)
    error = refused(good, store)
    assert "apt-get install" in error.hint
