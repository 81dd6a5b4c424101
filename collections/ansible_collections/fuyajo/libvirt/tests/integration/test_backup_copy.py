# SPDX-License-Identifier: GPL-3.0-or-later
"""Encrypted copies of real backups by the real restic, in a directory and in a real S3 server on loopback."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import until
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import copy_kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.wanted import Wanted

pytestmark = [pytest.mark.libvirt, pytest.mark.slow, pytest.mark.timeout(120)]
KEY, SECRET = "fuyajo-test", "not-a-secret-of-anybody"


class Safe:
    """A repository, and what is asked of it."""

    def __init__(self, yard, repository: str, password: Path, credentials: Path | None) -> None:
        self.yard, self.repository, self.password = yard, repository, password
        self.where = {"repository": repository, "password_file": str(password)}
        if credentials is not None:
            self.where["credentials_file"] = str(credentials)

    def restic(self, *words: str) -> str:
        env = {"PATH": os.environ["PATH"]}
        if "credentials_file" in self.where:
            env["AWS_SHARED_CREDENTIALS_FILE"] = self.where["credentials_file"]
        command = ["restic", "-r", self.repository, "--password-file", str(self.password)]
        command += ["--no-cache", *words]
        return subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout

    def options(self, **copy) -> dict:
        more = {"owner": copy.pop("owner", "tvf"), "pool": {"name": self.yard.tag}}
        copy = {"vm": self.yard.vm, "directory": str(self.yard.backups), **self.where, **copy}
        return {**more, "backup_copies": [copy]}

    def run(self, check=False, **copy):
        wanted = Wanted.parse(self.options(**copy), (copy_kind.KIND,))
        return converge(self.yard.host, wanted, check)

    def ok(self, **copy):
        done = self.run(**copy)
        assert not done.errors, done.errors
        return done

    def error(self, **copy) -> str:
        before = self.yard.everything()
        done = self.run(**copy)
        assert done.errors and not done.changed, done
        assert self.yard.everything() == before
        return done.errors[0]

    def names(self, **more) -> list[str]:
        return [one["name"] for one in copy_kind.list_copies({**self.where, **more})["copies"]]


def password_in(directory: Path) -> Path:
    file = directory / "password"
    file.write_text("four words in a row\n")
    file.chmod(0o600)
    return file


@pytest.fixture
def safe(yard, tmp_path):
    made = Safe(yard, str(tmp_path / "vault"), password_in(tmp_path), None)
    made.restic("init")
    return made


def three(yard) -> dict[str, str]:
    """A full backup and two on it; returns the digest of every file."""
    yard.make()
    yard.write(0xAB, "0", "4M")
    yard.host.start(yard.handle)
    yard.ok(name="mon")
    for name, pattern in (("tue", 0xCD), ("wed", 0xEF)):
        yard.write(pattern, "1M", "64k")
        yard.ok(name=name)
    return digests(yard)


def digests(yard) -> dict[str, str]:
    files = [path for path in yard.shelf.rglob("*") if path.is_file() and path.name != ".lock"]
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def round_trip(yard, safe) -> None:
    """Copied, lost, fetched: the same, byte for byte, and a machine comes back from it."""
    kept = three(yard)
    both = yard.both()
    would = safe.run(check=True, name="wed")
    assert would.changed and safe.names() == []
    done = safe.ok(name="wed")
    assert done.results[-1]["actions"] == ["copy mon", "copy tue", "copy wed"]
    facts = done.facts["backup_copy"]["wed"]
    assert (facts["kind"], facts["chain"]) == ("incremental", ["mon", "tue", "wed"])
    assert not safe.ok(name="wed").changed and not safe.ok(name="tue").changed
    assert not safe.ok(name="wed", state="verified").changed
    yard.delete_machine()
    shutil.rmtree(yard.shelf)
    assert safe.run(check=True, name="wed", state="fetched").changed and not yard.shelf.exists()
    done = safe.ok(name="wed", state="fetched")
    assert done.results[-1]["actions"] == ["fetch mon", "fetch tue", "fetch wed"]
    assert digests(yard) == kept
    assert not safe.ok(name="wed", state="fetched").changed
    done = yard.run(name="wed", state="restored")
    assert not done.errors and yard.both() == both


def test_a_directory(yard, safe):
    round_trip(yard, safe)
    blob = b"".join(p.read_bytes() for p in Path(safe.repository).rglob("*") if p.is_file())
    assert yard.vm.encode() not in blob and b"\xab" * 512 not in blob, "it is not encrypted"


@contextlib.contextmanager
def s3(directory: Path):
    """A real S3 server; yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (directory / "bucket").mkdir(parents=True)
    words = ["serve", "s3", str(directory), "--addr", f"127.0.0.1:{port}", "--auth-key"]
    rclone = Path(sys.executable).with_name("rclone")
    process = subprocess.Popen([rclone, *words, f"{KEY},{SECRET}"], stderr=subprocess.DEVNULL)

    def listens() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    try:
        assert until(listens, 30)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def credentials_in(directory: Path, secret: str) -> Path:
    file = directory / "credentials"
    file.write_text(f"[default]\naws_access_key_id = {KEY}\naws_secret_access_key = {secret}\n")
    file.chmod(0o600)
    return file


def test_a_bucket(yard, tmp_path):
    with s3(tmp_path / "s3") as address:
        credentials = credentials_in(tmp_path, SECRET)
        made = Safe(yard, f"s3:{address}/bucket/fuyajo", password_in(tmp_path), credentials)
        made.restic("init")
        round_trip(yard, made)
        credentials_in(tmp_path, "wrong")
        said = made.error(name="wed")
        assert SECRET not in said and "four words" not in said


def test_a_flipped_byte_is_found_before_anything_is_restored(yard, safe):
    kept = three(yard)
    safe.ok(name="wed")
    pack = max(Path(safe.repository, "data").rglob("*/*"), key=lambda path: path.stat().st_size)
    pack.chmod(0o600)
    content = bytearray(pack.read_bytes())
    content[len(content) // 3] ^= 1
    pack.write_bytes(content)
    assert "cannot be read" in safe.error(name="wed", state="verified")
    shutil.rmtree(yard.shelf / "wed")
    shutil.rmtree(yard.shelf / "tue")
    shutil.rmtree(yard.shelf / "mon")
    assert "cannot be read" in safe.run(name="wed", state="fetched").errors[0]
    assert digests(yard) == {}, "nothing of it stays"
    assert kept


def test_a_snapshot_that_cannot_be_read_is_not_silence(yard, safe):
    """restic leaves it out of its list, with exit code 0."""
    three(yard)
    safe.ok(name="tue")
    snapshot = next(Path(safe.repository, "snapshots").iterdir())
    snapshot.chmod(0o600)
    content = bytearray(snapshot.read_bytes())
    content[-1] ^= 1
    snapshot.write_bytes(content)
    for state in ("present", "verified", "fetched", "absent"):
        assert "is damaged" in safe.error(name="tue", state=state)
    with pytest.raises(FuyajoError, match="is damaged"):
        safe.names()


def test_a_damaged_backup_is_not_copied(yard, safe):
    three(yard)
    disk = yard.shelf / "mon" / "vda.qcow2"
    content = bytearray(disk.read_bytes())
    content[-5] ^= 1
    disk.write_bytes(content)
    assert "corrupt" in safe.error(name="wed")
    assert safe.names() == []


def test_chains_are_not_broken_and_others_are_left_alone(yard, safe):
    three(yard)
    safe.ok(name="wed")
    assert "wed lies on" in safe.error(name="tue", state="absent")
    assert not safe.ok(name="nothing", state="absent").changed
    assert "there is no copy" in safe.error(name="nothing", state="fetched")
    for state in ("verified", "fetched"):
        assert "there is no copy" in safe.error(name="wed", state=state, owner="other")
    assert not safe.ok(name="wed", state="absent", owner="other").changed
    assert "belongs to" in safe.error(name="wed", owner="other")
    assert safe.run(check=True, name="wed", state="absent").changed and len(safe.names()) == 3
    safe.ok(name="wed", state="absent")
    assert safe.names() == ["mon", "tue"] and safe.names(owner="other") == []
    assert safe.names(vm="other") == []
    (yard.shelf / "tue").rename(yard.shelf / ".away")
    yard.write(0x11, "1M", "64k")
    assert "another backup of that name" in _other_tuesday(yard, safe)


def _other_tuesday(yard, safe) -> str:
    yard.ok(name="tue", kind="full")
    return safe.error(name="tue", state="fetched")


KILLED = """
import json, os, signal, sys
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import backup_files
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.restic import Vault
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import copy_kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.wanted import Wanted

store, left = Vault.store, [1]

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def second(*words):
    left.pop() if left else die()
    store(*words)

Vault.store, backup_files.finish = second, die
with Host.open("qemu:///system") as host:
    converge(host, Wanted.parse(json.loads(sys.argv[1]), (copy_kind.KIND,)), False)
"""


@pytest.mark.parametrize("state", ["present", "fetched"])
def test_killed_in_the_middle(yard, safe, state):
    """What is half is nothing, and the next run brings it to its end."""
    kept = three(yard)
    if state == "fetched":
        safe.ok(name="wed")
        shutil.rmtree(yard.shelf)
    options = json.dumps(safe.options(name="wed", state=state))
    done = subprocess.run([sys.executable, "-c", KILLED, options], check=False, timeout=120)
    assert done.returncode == -signal.SIGKILL
    if state == "fetched":
        assert [path.name for path in yard.shelf.iterdir() if path.name != ".lock"] == [".mon.part"]
    else:
        assert safe.names() == ["mon"]
    done = safe.ok(name="wed", state=state)
    assert len(done.results[-1]["actions"]) == (3 if state == "fetched" else 2)
    assert digests(yard) == kept
    assert not safe.ok(name="wed", state=state).changed
    safe.ok(name="wed", state="verified")


def test_who_cannot_be_helped_is_told_what_to_type(yard, safe, tmp_path):
    three(yard)
    nowhere = {"repository": str(tmp_path / "nowhere")}
    assert f"restic -r {tmp_path / 'nowhere'}" in safe.error(name="wed", **nowhere)
    assert not (tmp_path / "nowhere").exists(), "a mount may be missing"
    other = tmp_path / "other"
    other.write_text("wrong\n")
    assert "chmod 600" in safe.error(name="wed", password_file=str(other))
    other.chmod(0o600)
    assert "not the repository's password" in safe.error(name="wed", password_file=str(other))
    assert "cannot read" in safe.error(name="wed", password_file=str(tmp_path / "none"))
    shown = tmp_path / "shown"
    shown.write_text("[default]\n")
    assert "chmod 600" in safe.error(name="wed", credentials_file=str(shown))
    with pytest.raises(FuyajoError, match="credentials_file"):
        safe.names(credentials_file="x/../y")
    for repository in ("sftp:host:/x", "rest:http://h/", "../x", "/a/../b", "s3:x", "/x\n", "-r"):
        with pytest.raises(FuyajoError, match="repository"):
            safe.run(name="wed", repository=repository)
    with pytest.raises(FuyajoError, match="credentials_file"):
        safe.run(name="wed", repository="s3:https://h/b")


def test_two_at_once(yard, safe):
    """One of them waits for nobody: it is told, or finds it done."""
    three(yard)
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(safe.run(name="wed"))) for each in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    errors = [error for done in found for error in done.errors]
    assert all("another backup is at work" in error for error in errors) and len(errors) <= 1
    assert safe.names() == ["mon", "tue", "wed"]
