"""One file out of a backup, without starting its machine and without mounting anything.

The chain is put together in a file without a name, which goes with this process. What a guest wrote into its
file system is read by `debugfs` as an account without rights, bounded; the kernel never sees it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import backup_files
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import backup_common

from fuyajo.domain.errors import NotFound, Problem, Unavailable, shown

NOBODY = 65_534
MOST_MEMORY, MOST_CPU = 1 << 30, 600  # of one look: bytes, seconds
SECONDS = 3600.0
_CHUNK = 1 << 20
_INODE = re.compile(rb"^Inode: (\d{1,10})\s+Type: (\w+)", re.MULTILINE)
_SIZE = re.compile(rb"Size: (\d{1,19})$", re.MULTILINE)


class Found(NamedTuple):
    """A file in a file system that begins at `offset` (bytes) of the disk."""

    offset: int
    inode: int
    size: int


def export(
    directory: Path, owner: str, vm: str, name: str, path: str, target: BinaryIO, disk: str = "vda"
) -> int:
    """Write that file to `target`; return its bytes. Every byte of the chain is compared before.

    Raises `NotFound`, `Unavailable`.
    """
    try:
        shelf = backup_files.read_shelf(str(directory), vm)
        backup = backup_common.require(shelf, name, owner)
        backup_common.verify(shelf, backup, backup_common.Clock(SECONDS))
    except FuyajoError as error:
        raise _failed(str(error)) from error
    kept = next((one for one in backup.disks if one.target == disk), None)
    if kept is None:
        known = ", ".join(one.target for one in backup.disks)
        raise NotFound(Problem("disk", "export_disk", {"value": shown(disk), "known": known}))
    with _whole(directory, directory / vm / name / kept.file, kept.size) as handle:
        found = _find(handle, path)
        return _copy(handle, found, target)


@contextmanager
def _whole(directory: Path, top: Path, size: int) -> Iterator[int]:
    """The disk as its guest saw it, in a file that has no name. It takes what the disk held."""
    try:
        handle = os.open(directory, os.O_TMPFILE | os.O_RDWR, 0o600)
    except OSError as error:
        raise _failed(f"{directory}: {error.strerror}") from error
    try:
        os.ftruncate(handle, size)
        words = ["convert", "-n", "--target-is-zero", "-f", "qcow2", "-O", "raw"]
        words += [str(top), f"/proc/self/fd/{handle}"]
        _run([_tool("qemu-img"), *words], handle)
        # Its reader is somebody else, who has nothing but this.
        os.fchmod(handle, 0o444)
        yield handle
    finally:
        os.close(handle)


def _find(handle: int, path: str) -> Found:
    """In the first file system that has it: each partition, then the disk without any."""
    looked = False
    for offset in [*_partitions(handle), 0]:
        said = _debugfs(handle, offset, f'stat "{path}"')
        inode, size = _INODE.search(said), _SIZE.search(said)
        looked = looked or bool(inode) or b"File not found" in said
        if inode is not None and size is not None:
            if inode[2] != b"regular":
                kind = {"value": shown(path, 200), "kind": shown(inode[2].decode())}
                raise NotFound(Problem("path", "export_kind", dict(kind)))
            return Found(offset, int(inode[1]), int(size[1]))
    code = "export_file" if looked else "export_no_file_system"
    raise NotFound(Problem("path", code, {"value": shown(path, 200)}))


def _partitions(handle: int) -> list[int]:
    """Where each begins, in bytes; none where there is no table."""
    words = ["partx", "--raw", "--noheadings", "--output", "START", _file(handle)]
    said = _ask(words, handle)
    return [512 * int(line) for line in said.stdout.split() if line.isdigit() and len(line) < 16]


def _debugfs(handle: int, offset: int, request: str) -> bytes:
    """What it says to one request; the file is only read."""
    where = f"{_file(handle)}?offset={offset}"
    done = _ask(["debugfs", "-R", request, where], handle)
    return done.stdout + done.stderr


def _copy(handle: int, found: Found, target: BinaryIO) -> int:
    """By its number, so that no name of a guest's becomes a word of a request."""
    where = f"{_file(handle)}?offset={found.offset}"
    words = _bounded(["debugfs", "-R", f"cat <{found.inode}>", where])
    size = 0
    with subprocess.Popen(
        words,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=(handle,),
    ) as process:
        out = process.stdout
        while out is not None and size <= found.size and (chunk := out.read(_CHUNK)):
            size += len(chunk)
            target.write(chunk)
        process.kill()
    if size != found.size:
        raise _failed(f"{size} of {found.size} bytes could be read")
    return size


def _ask(words: Sequence[str], handle: int) -> subprocess.CompletedProcess[bytes]:
    return _run(_bounded(words), handle, check=False)


def _run(
    words: Sequence[str], handle: int, check: bool = True
) -> subprocess.CompletedProcess[bytes]:
    try:
        done = subprocess.run(
            words,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            pass_fds=(handle,),
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failed(str(error)) from error
    if check and done.returncode != 0:
        raise _failed(done.stderr.decode("utf-8", "replace"))
    return done


def _bounded(words: Sequence[str]) -> list[str]:
    """As nobody, and with an end: a file system of a guest is made by whoever is root in there."""
    bounds = [_tool("prlimit"), f"--as={MOST_MEMORY}", f"--cpu={MOST_CPU}", "--core=0", "--fsize=0"]
    if os.geteuid() == 0:
        bounds += [_tool("setpriv"), f"--reuid={NOBODY}", f"--regid={NOBODY}"]
        bounds += ["--clear-groups", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]
    return [*bounds, _tool(words[0]), *words[1:]]


def _tool(name: str) -> str:
    found = shutil.which(name, path=_environment()["PATH"])
    if found is None:
        raise Unavailable(Problem("", "export_tool", {"value": name}))
    return found


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "DEBUGFS_PAGER": "__none__"}


def _file(handle: int) -> str:
    return f"/proc/self/fd/{handle}"


def _failed(detail: str) -> Unavailable:
    return Unavailable(Problem("", "export_failed", {"detail": shown(detail, 300)}))
