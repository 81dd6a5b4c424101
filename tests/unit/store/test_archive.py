"""An archive is read back only if it is exactly what was written: each guard, firing."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuyajo.domain.errors import InvalidInput
from fuyajo.store.archive import BLOCK, MANIFEST, Caps, Writer, unpack
from fuyajo.store.keeping import known

CAPS = Caps(10, 1 << 20)
NAME, OTHER = "tables/audit.jsonl", "policy.toml"


def packed(members: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    writer = Writer(sink)
    for name, content in members.items():
        writer.add(name, io.BytesIO(content))
    writer.close({"format": "test"})
    return sink.getvalue()


GOOD = packed({NAME: b"{}\n" * 400, OTHER: b""})


def code(archive: bytes, into: Path, caps: Caps = CAPS) -> str:
    with pytest.raises(InvalidInput) as caught:
        unpack(io.BytesIO(archive), into, known, caps)
    return caught.value.problems[0].code


def rewritten(change: Callable[[bytearray], None], archive: bytes = GOOD) -> bytes:
    plain = bytearray(gzip.decompress(archive))
    change(plain)
    return gzip.compress(bytes(plain))


def test_what_is_packed_comes_back(tmp_path: Path) -> None:
    manifest = unpack(io.BytesIO(GOOD), tmp_path / "x", known, CAPS)
    assert manifest["format"] == "test"
    assert (tmp_path / "x" / NAME).read_bytes() == b"{}\n" * 400
    files = [path for path in (tmp_path / "x").rglob("*") if path.is_file()]
    assert sorted(p.name for p in files) == ["audit.jsonl", OTHER]
    assert {p.stat().st_mode & 0o777 for p in files} == {0o600}
    assert (tmp_path / "x" / "tables").stat().st_mode & 0o777 == 0o700


def test_any_tar_reads_it() -> None:
    with tarfile.open(fileobj=io.BytesIO(GOOD)) as tar:
        assert tar.getnames() == [NAME, OTHER, MANIFEST]
        assert all(member.isreg() and member.mode == 0o600 for member in tar)


def header(name: str, kind: bytes = tarfile.REGTYPE, **more: object) -> bytes:
    member = tarfile.TarInfo(name)
    member.type, member.mode, member.size = kind, 0o600, 0
    for key, value in more.items():
        setattr(member, key, value)
    return member.tobuf(tarfile.GNU_FORMAT)


@pytest.mark.parametrize(
    "member",
    [
        header("/etc/passwd"),
        header("../policy.toml"),
        header("users/../policy.toml"),
        header("users/mika/ssh/../../../x"),
        header("./policy.toml"),
        header("policy.toml/"),
        header("fuyajo.db"),
        header("images/debian-12.qcow2"),
        header("tables/nonsense.jsonl"),
        header("users/mika/ssh/.hidden"),
        header("users/a..b/ssh/id_ed25519"),
        header("restore.json"),
        header(OTHER, tarfile.SYMTYPE, linkname="/etc/passwd"),
        header(OTHER, tarfile.LNKTYPE, linkname=NAME),
        header(OTHER, tarfile.CHRTYPE, devmajor=1, devminor=3),
        header(OTHER, tarfile.BLKTYPE),
        header(OTHER, tarfile.FIFOTYPE),
        header("users/mika", tarfile.DIRTYPE),
        header(OTHER, tarfile.XHDTYPE),
        header(OTHER, tarfile.GNUTYPE_LONGNAME),
        header(OTHER, tarfile.GNUTYPE_SPARSE),
        header(OTHER, mode=0o4755),
        header(OTHER, mode=0o644),
        header(OTHER, uid=1000),
        header(OTHER, gid=1000),
        header(OTHER, uname="mika"),
        header(OTHER, mtime=1),
        header("x" * 300),  # an extension of the format
    ],
)
def test_what_does_not_belong_there(tmp_path: Path, member: bytes) -> None:
    """Refused by its header; nothing of it is written anywhere."""
    archive = gzip.compress(member + gzip.decompress(GOOD))
    assert code(archive, tmp_path / "x") == "state_member"
    assert list(tmp_path.rglob("*")) == []


def test_twice_the_same(tmp_path: Path) -> None:
    plain = gzip.decompress(GOOD)
    first = plain[: 4 * BLOCK]  # the header and its three blocks
    assert code(gzip.compress(first + plain), tmp_path) == "state_member"


def test_a_link_that_lies_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / OTHER).symlink_to(tmp_path / "target")
    with pytest.raises(FileExistsError):
        unpack(io.BytesIO(GOOD), tmp_path / "x", known, CAPS)
    assert not (tmp_path / "target").exists()


@pytest.mark.parametrize("at", [600, 4 * BLOCK + 160])
def test_changed(tmp_path: Path, at: int) -> None:
    """One byte of a member, or of a header."""

    def flip(plain: bytearray) -> None:
        plain[at] ^= 1

    assert code(rewritten(flip), tmp_path) in ("state_changed", "state_no_archive", "state_member")


def test_one_more_or_one_less_than_the_manifest_says(tmp_path: Path) -> None:
    short = packed({OTHER: b""})
    more, less = gzip.decompress(GOOD), gzip.decompress(short)
    tail = -len(less) % BLOCK or 0
    assert tail == 0
    swapped = more[: 4 * BLOCK] + less  # NAME before, a manifest that does not know it
    assert code(gzip.compress(swapped), tmp_path / "a") == "state_changed"
    manifest = more[5 * BLOCK :]
    assert code(gzip.compress(less[:BLOCK] + manifest), tmp_path / "b") == "state_changed"


@given(st.integers(0, len(GOOD) - 1))
def test_cut_short(tmp_path_factory: pytest.TempPathFactory, size: int) -> None:
    into = tmp_path_factory.mktemp("cut")
    assert code(GOOD[:size], into) in ("state_cut_short", "state_no_archive")


@given(st.binary(max_size=2000))
def test_anything_else_is_none(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    into = tmp_path_factory.mktemp("none")
    none = ("state_cut_short", "state_no_archive", "state_member")
    assert code(content, into) in none
    assert code(gzip.compress(content), into) in none


@pytest.mark.parametrize("manifest", [b"", b"[]", b"{}", b'{"members": 1}', b"[" * 5000, b"\xff"])
def test_a_manifest_that_is_none(tmp_path: Path, manifest: bytes) -> None:
    member = tarfile.TarInfo(MANIFEST)
    member.size, member.mode = len(manifest), 0o600
    padded = manifest + b"\0" * (-len(manifest) % BLOCK)
    archive = member.tobuf(tarfile.USTAR_FORMAT) + padded + b"\0" * 2 * BLOCK
    assert code(gzip.compress(archive), tmp_path) == "state_no_archive"


def test_something_behind_the_end(tmp_path: Path) -> None:
    assert code(gzip.compress(gzip.decompress(GOOD) + b"x"), tmp_path) == "state_no_archive"


@pytest.mark.parametrize("caps", [Caps(1, 1 << 20), Caps(10, 1000)])
def test_too_much(tmp_path: Path, caps: Caps) -> None:
    assert code(GOOD, tmp_path, caps) == "state_too_large"


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    """A gibibyte of zeros in a megabyte: refused by the size in its header, and by what really comes."""
    member = tarfile.TarInfo(NAME)
    member.size, member.mode = 1 << 30, 0o600
    head = member.tobuf(tarfile.USTAR_FORMAT)
    assert code(gzip.compress(head + b"\0" * (1 << 22)), tmp_path / "a") == "state_too_large"
    behind = gzip.decompress(GOOD) + b"\0" * (80 << 20)
    assert code(gzip.compress(behind, 1), tmp_path / "b") == "state_too_large"


def test_a_name_that_does_not_fit_is_not_packed() -> None:
    with pytest.raises(ValueError, match="name"):
        packed({"x" * 300: b""})


def test_the_manifest_says_it_all() -> None:
    plain = gzip.decompress(GOOD)
    start = plain.index(b'{\n "format"')
    manifest = json.loads(plain[start:].rstrip(b"\0"))
    assert manifest["members"][OTHER]["bytes"] == 0
    assert len(manifest["members"][NAME]["sha256"]) == 64
