# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""restic as a program: the only place that runs it. It encrypts, and keeps what is the same once.

Words are a list, never a line for a shell; the environment is a small one of our own, and no secret is
ever a word or a variable.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import subprocess
import threading
from dataclasses import dataclass
from typing import Callable, Sequence

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.qemu_tool import found
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import backup as _backup
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.backup_copy import (
    Copy,
    parse_copies,
    tag_of,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    FAILED,
    INVALID,
    NOT_FOUND,
    UNAVAILABLE,
    FuyajoError,
)

TOOL = "restic"
_CHUNK = 1 << 20
_HOST = "fuyajo"
Left = Callable[[], float]


@dataclass(frozen=True)
class Vault:
    """A repository. ``left`` says how many seconds there are; ``credentials`` is a file for S3."""

    repository: str
    password: str
    credentials: str | None
    left: Left

    def copies(self) -> list[Copy]:
        """Return all copies, oldest first; raises when one of them cannot be read."""
        done = self._run("--no-lock", "snapshots", "--json")
        # A snapshot that cannot be read is left out, with a word on stderr alone.
        if done.stderr.strip():
            raise FuyajoError(f"the repository is damaged: {_short(done.stderr)}", FAILED)
        try:
            return parse_copies(done.stdout)
        except (ValueError, AttributeError) as error:
            raise FuyajoError(f"the repository cannot be read: {error}", FAILED) from None

    def unlock(self) -> None:
        """Take away locks of those that are dead."""
        self._run("unlock")

    def store(self, directory: str, backup: _backup.Backup, copy: Copy) -> None:
        """Copy the files of one backup; a copy that is not whole is none."""
        files = [_backup.METADATA, *(kept.file for kept in backup.files())]
        words = ["backup", "--host", _HOST, "--tag", tag_of(copy), "--json", *files]
        done = self._ask(words, directory)
        if done.returncode == 0:
            return
        if (
            done.returncode == 3
        ):  # some files could not be read, and a snapshot was made of the rest
            self._drop_torn(done.stdout)
        raise FuyajoError(f"{backup.name} was not copied: {_short(done.stderr)}", FAILED)

    def _drop_torn(self, said: str) -> None:
        for line in said.splitlines():
            try:
                torn = json.loads(line).get("snapshot_id")
            except (ValueError, AttributeError):
                continue
            if torn:
                self._run("forget", str(torn))

    def read(self, copy: Copy, file: str, target: str | None) -> tuple[int, str]:
        """Read a file of a copy, into a new one where ``target`` says so; return its bytes and SHA-256."""
        if target is None:
            return self._dump(copy, file, None)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        try:
            handle = os.open(target, flags, 0o600)
            try:
                said = self._dump(copy, file, handle)
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            raise FuyajoError(f"cannot write {target}: {error.strerror}") from None
        return said

    def metadata(self, copy: Copy) -> _backup.Backup:
        """Return what the backup says of itself, which is what its copy was made of; raises otherwise."""
        done = self._ask(["--no-lock", "dump", copy.snapshot, f"/{_backup.METADATA}"])
        if done.returncode != 0:
            raise _unreadable(copy, done.stderr)
        try:
            backup = _backup.load_backup(done.stdout.encode())
        except ValueError as error:
            raise FuyajoError(f"the copy of {copy.name} is damaged: {error}", FAILED) from None
        if _backup.digest_of(backup) != copy.digest:
            raise FuyajoError(f"the copy of {copy.name} is of another backup", FAILED)
        return backup

    def forget(self, copy: Copy) -> None:
        """Remove a copy, and what nobody else needs of it."""
        self._run("forget", "--prune", copy.snapshot)

    def _dump(self, copy: Copy, file: str, handle: int | None) -> tuple[int, str]:
        command, environment = self._command(["--no-lock", "dump", copy.snapshot, f"/{file}"])
        # There is no AnsibleModule here, and what comes is read piece by piece.
        process = subprocess.Popen(  # pylint: disable=ansible-bad-function
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        watch = threading.Timer(self.left(), process.kill)
        watch.start()
        size, digest = 0, hashlib.sha256()
        try:
            out, err = process.stdout, process.stderr
            if out is None or err is None:  # both are pipes, as was said above
                raise FuyajoError(f"{TOOL} has no output", FAILED)
            while chunk := out.read(_CHUNK):
                size += len(chunk)
                digest.update(chunk)
                if handle is not None:
                    _write(handle, chunk)
            said = err.read(8192).decode(errors="replace")
            code = process.wait()
        finally:
            watch.cancel()
            process.kill()
            process.wait()
            for pipe in (process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()
        if code != 0:
            self.left()
            raise _unreadable(copy, said)
        return size, digest.hexdigest()

    def _run(self, *words: str) -> subprocess.CompletedProcess[str]:
        done = self._ask(words)
        if done.returncode != 0:
            raise self._failed(done.stderr)
        return done

    def _failed(self, said: str) -> FuyajoError:
        if "Is there a repository at" in said or "repository does not exist" in said:
            line = f"{TOOL} -r {self.repository} --password-file {self.password} init"
            return FuyajoError(
                f"there is no repository at {self.repository}; make it: {line}", NOT_FOUND
            )
        if "wrong password" in said:
            return FuyajoError(f"{self.password} is not the repository's password", INVALID)
        return FuyajoError(f"{TOOL}: {_short(said)}", FAILED)

    def _ask(self, words: Sequence[str], cwd: str = "/") -> subprocess.CompletedProcess[str]:
        command, environment = self._command(words)
        seconds = self.left()
        try:
            # There is no AnsibleModule here.
            return subprocess.run(  # pylint: disable=ansible-bad-function
                command,
                cwd=cwd,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise FuyajoError(f"{TOOL} {words[0]} did not end within {seconds:g} s") from None
        except OSError as error:
            raise FuyajoError(f"{TOOL} does not start: {error.strerror}", UNAVAILABLE) from None

    def _command(self, words: Sequence[str]) -> tuple[list[str], dict[str, str]]:
        refuse_open(self.password)
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "HOME": "/nonexistent"}
        if self.credentials is not None:
            refuse_open(self.credentials)
            environment["AWS_SHARED_CREDENTIALS_FILE"] = self.credentials
        always = ["-r", self.repository, "--password-file", self.password, "--no-cache"]
        return [found(TOOL, TOOL), *always, *words], environment


def refuse_open(path: str) -> None:
    """Raise when a file with a secret is not one that its owner alone can read."""
    try:
        state = os.stat(path)
    except OSError as error:
        raise FuyajoError(f"cannot read {path}: {error.strerror}", NOT_FOUND) from None
    if not stat.S_ISREG(state.st_mode) or state.st_uid not in (0, os.geteuid()):
        raise FuyajoError(f"{path} is not a file of this user", INVALID)
    if state.st_mode & 0o077:
        raise FuyajoError(f"others may read {path}: chmod 600 {path}", INVALID)


def _unreadable(copy: Copy, said: str) -> FuyajoError:
    return FuyajoError(f"the copy of {copy.name} cannot be read: {_short(said)}", FAILED)


def _write(handle: int, chunk: bytes) -> None:
    left = memoryview(chunk)
    while left:
        left = left[os.write(handle, left) :]


def _short(said: str) -> str:
    return " ".join(said.split())[:300] or "it does not say why"
