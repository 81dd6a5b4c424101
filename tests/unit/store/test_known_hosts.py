"""A deleted guest's host key goes; every other line stays byte for byte."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from fuyajo.store.known_hosts import forget_host

UUID = "f774d63c-b654-46cf-8e7d-0c93424c5664"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIbqVp7zKkbS7j2tJQ5v2oB0B6dYkxNQ0pO6G8k7Q1mV"
OTHERS = ["# a comment\n", f"other {KEY}\n", "|1|!!!|x ssh-rsa A\n", "|1|x ssh-rsa A\n", "\udcff\n"]


def write(file: Path, lines: list[str]) -> None:
    file.write_text("".join(lines), encoding="utf-8", errors="surrogateescape")


def test_plain_lines(tmp_path: Path) -> None:
    file, only = tmp_path / "known_hosts", tmp_path / "only"
    write(only, OTHERS)
    write(file, [*OTHERS, f"{UUID} {KEY}\n", f"{UUID} ssh-rsa B\n"])
    forget_host(file, UUID)
    assert file.read_bytes() == only.read_bytes()


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="needs ssh-keygen")
def test_hashed_lines(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    write(file, [f"other {KEY}\n", f"{UUID} {KEY}\n"])
    subprocess.run(["ssh-keygen", "-H", "-f", str(file)], check=True, capture_output=True)
    assert UUID not in file.read_text()
    forget_host(file, UUID)
    (line,) = file.read_text().splitlines()
    forget_host(file, "other")
    assert line.startswith("|1|")
    assert file.read_text() == ""


def test_no_file_and_nothing_to_forget(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    forget_host(file, UUID)
    assert not file.exists()
    write(file, OTHERS)
    before = file.stat().st_ino
    forget_host(file, UUID)
    assert file.stat().st_ino == before
