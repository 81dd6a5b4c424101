"""The image store: what is found, what is private, what survives an interruption."""

import hashlib
import shutil
from pathlib import Path

import pytest

from fuyajo.engine.images.errors import ImageError
from fuyajo.engine.images.store import Image, ImageStore


def add(store: ImageStore, name: str, content: bytes) -> Image:
    store.prepare()
    part = store.directory / "x.part"
    part.write_bytes(content)
    return store.add(part, name, source="built", virtual_size=1024, manifest={"suite": "bookworm"})


def test_an_added_image_is_found_again(tmp_path: Path) -> None:
    store = ImageStore(tmp_path / "images")
    image = add(store, "debian-12", b"content")
    assert store.get("debian-12") == image
    assert store.list() == [image]
    assert image.sha256 == hashlib.sha256(b"content").hexdigest()
    assert image.path.read_bytes() == b"content"
    assert image.path.name == f"{image.sha256}.qcow2"
    assert image.created.endswith("+00:00")
    assert image.manifest == {"suite": "bookworm", "sha256": image.sha256, "size": 7}


def test_everything_is_private(tmp_path: Path) -> None:
    store = ImageStore(tmp_path / "images")
    add(store, "debian-12", b"content")
    assert store.directory.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in store.directory.iterdir()} == {0o600}


def test_a_copied_directory_stays_valid(tmp_path: Path) -> None:
    add(ImageStore(tmp_path / "a"), "debian-12", b"content")
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    image = ImageStore(tmp_path / "b").get("debian-12")
    assert image is not None
    assert image.path.parent == tmp_path / "b"


def test_nothing_is_found_in_a_missing_or_empty_directory(tmp_path: Path) -> None:
    store = ImageStore(tmp_path / "absent")
    assert store.list() == []
    assert store.get("debian-12") is None


def test_an_image_whose_file_is_gone_is_not_there(tmp_path: Path) -> None:
    store = ImageStore(tmp_path)
    add(store, "debian-12", b"content").path.unlink()
    assert store.get("debian-12") is None
    assert store.list() == []


def test_a_record_cannot_point_outside(tmp_path: Path) -> None:
    store = ImageStore(tmp_path)
    image = add(store, "debian-12", b"content")
    record = tmp_path / "debian-12.json"
    record.write_text(record.read_text().replace(image.path.name, "../../etc/passwd"))
    assert store.get("debian-12") is None


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"name": "../x"}'])
def test_a_damaged_record_is_an_error_with_a_way_out(text: str, tmp_path: Path) -> None:
    (tmp_path / "debian-12.json").write_text(text)
    with pytest.raises(ImageError, match="damaged") as caught:
        ImageStore(tmp_path).get("debian-12")
    assert "again" in caught.value.hint


def test_a_newer_image_takes_the_name_and_prune_removes_the_old_file(tmp_path: Path) -> None:
    store = ImageStore(tmp_path)
    old, new = add(store, "debian-12", b"old"), add(store, "debian-12", b"new")
    assert store.get("debian-12") == new
    assert old.path.exists()
    assert store.prune() == (old.path,)
    assert store.list() == [new]


def test_a_directory_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ImageError, match="cannot be created"):
        ImageStore(tmp_path / "file" / "images").prepare()
