"""One file out of a real backup by the real command line: nothing starts or is mounted."""

from __future__ import annotations

import json
import os
import random
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from fuyajo.domain.errors import NotFound, Unavailable
from fuyajo.engine.backup_export import export
from tests.support.installation import Installation, install, remove
from tests.support.standing import SEEDED, stand

pytestmark = [pytest.mark.libvirt, pytest.mark.slow, pytest.mark.timeout(300)]
START = 2048 * 512
CONTENT = random.Random(5).randbytes(3_000_001)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """`…-box` has a partition with files on its disk, `…-bare` has nothing."""
    directory = tmp_path_factory.mktemp("export")
    made = install(directory, None)
    try:
        stand(made, directory, [{**SEEDED, "name": n, "state": "stopped"} for n in ("box", "bare")])
        fill(made, directory)
        for name in ("box", "bare"):
            done = made.fuyajo("backup", "create", f"{made.name}-{name}", "--name", "one")
            assert done.returncode == 0, done.stderr
        yield made
    finally:
        remove(made)


def fill(place: Installation, directory: Path) -> None:
    """An ext4 file system in the first partition of a table, as images have it."""
    tree = directory / "tree"
    (tree / "etc").mkdir(parents=True)
    (tree / "etc" / "app.conf").write_bytes(CONTENT)
    (tree / "etc" / "a name; $(x)").write_text("odd\n")
    (tree / "etc" / "link").symlink_to("/etc/passwd")
    (tree / "empty").touch()
    volume = place.pool_path / f"{place.name}-box.qcow2"
    said = subprocess.run(["qemu-img", "info", "--output=json", volume], stdout=-1, check=True)
    size = json.loads(said.stdout)["virtual-size"]
    raw = directory / "disk.raw"
    with raw.open("wb") as file:
        entry = struct.pack("<B3sB3sII", 0, b"\0" * 3, 0x83, b"\0" * 3, 2048, size // 512 - 2048)
        file.write(b"\0" * 446 + entry + b"\0" * 48 + b"\x55\xaa")
        file.truncate(size)
    words = ["mkfs.ext4", "-q", "-F", "-d", tree, "-E", f"offset={START}", raw]
    subprocess.run([*words, f"{(size - START) // 1024}k"], check=True)
    subprocess.run(["qemu-img", "convert", "-n", "-O", "qcow2", raw, volume], check=True)


def out(place: Installation, path: str, target: Path, *more: str) -> tuple[int, str]:
    done = place.fuyajo("backup", "export", f"{place.name}-box", path, "-o", str(target), *more)
    return done.returncode, done.stdout + done.stderr


def test_a_file_comes_out_whole(place: Installation, tmp_path: Path) -> None:
    target = tmp_path / "app.conf"
    code, said = out(place, "/etc/app.conf", target)
    assert code == 0 and "3000001 bytes, from the backup one" in said, said
    assert target.read_bytes() == CONTENT and target.stat().st_mode & 0o777 == 0o600
    code, said = out(place, "/etc/app.conf", target)
    assert code != 0 and "is there already" in said
    assert out(place, "/etc/a name; $(x)", tmp_path / "odd")[0] == 0
    assert (tmp_path / "odd").read_text() == "odd\n"
    assert out(place, "/empty", tmp_path / "empty")[0] == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["app.conf", "empty", "odd"]
    assert len(list(place.backups.iterdir())) == 2, "something was left beside the backups"


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/etc", "no file but a directory"),
        ("/etc/link", "no file but a symlink"),
        ("/nothing", "there is no file"),
        ("/../../etc/passwd", "there is no file"),
        ("etc/app.conf", "no path"),
        ('/etc/app.conf" /etc/x', "no path"),
        ("/etc/", "no path"),
        ("<2>", "no path"),
        ("/<12>", "there is no file"),
    ],
)
def test_what_is_no_file(place: Installation, tmp_path: Path, path: str, says: str) -> None:
    code, said = out(place, path, tmp_path / "x")
    assert code != 0 and says in said and "Traceback" not in said, said
    assert list(tmp_path.iterdir()) == []


def test_a_disk_without_a_file_system(place: Installation, tmp_path: Path) -> None:
    words = ("backup", "export", f"{place.name}-bare", "/etc/hosts", "-o", str(tmp_path / "x"))
    done = place.fuyajo(*words)
    assert done.returncode != 0 and "no file system" in done.stderr
    done = place.fuyajo(*words, "--disk", "vdz")
    assert done.returncode != 0 and "there are: vda" in done.stderr


def test_nothing_of_others(place: Installation, tmp_path: Path) -> None:
    with pytest.raises(Unavailable), (tmp_path / "x").open("wb") as file:
        export(place.backups, "somebody-else", f"{place.name}-box", "one", "/empty", file)


def test_a_file_system_that_lies_is_an_error_and_ends(place: Installation, tmp_path: Path) -> None:
    """Whoever is root in a guest writes what they like there: no crash, never more than was said."""
    from fuyajo.engine import backup_export

    def ruined(seed: int) -> None:
        chance = random.Random(seed)
        handle = os.open(tmp_path, os.O_TMPFILE | os.O_RDWR)
        try:
            raw = (tmp_path.parent / "clean").read_bytes()
            content = bytearray(raw)
            for _ in range(400):
                content[chance.randrange(1024, 64 * 4096)] = chance.randrange(256)
            os.write(handle, content)
            os.fchmod(handle, 0o444)
            with (tmp_path / "x").open("wb") as file:
                try:
                    found = backup_export._find(handle, "/etc/app.conf")
                    backup_export._copy(handle, found, file)
                except (NotFound, Unavailable):
                    pass
                assert file.tell() <= len(CONTENT) + (1 << 20)
        finally:
            os.close(handle)

    clean = tmp_path.parent / "clean"
    tree = tmp_path / "tree"
    (tree / "etc").mkdir(parents=True)
    (tree / "etc" / "app.conf").write_bytes(CONTENT)
    subprocess.run(["mkfs.ext4", "-q", "-d", tree, clean, "8M"], check=True)
    for seed in range(12):
        ruined(seed)


def test_a_damaged_backup_gives_nothing(place: Installation, tmp_path: Path) -> None:
    disk = place.backups / f"{place.name}-box" / "one" / "vda.qcow2"
    content = bytearray(disk.read_bytes())
    content[-7] ^= 1
    disk.write_bytes(content)
    code, said = out(place, "/etc/app.conf", tmp_path / "x")
    assert code != 0 and "damaged" in said and list(tmp_path.iterdir()) == []
