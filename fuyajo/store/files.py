"""Small files that are either whole or absent."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

KEPT = 200
KEPT_SECONDS = 30 * 24 * 3600.0


def private_directory(path: Path) -> Path:
    """The directory, made with mode 0700 together with its missing parents."""
    if not path.is_dir():
        private_directory(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)
    return path


def private(path: str, flags: int) -> int:
    """Opener for `open`: a new file (0600), never through a link."""
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)


def write_whole(path: Path, content: bytes, *, lasting: bool = True) -> None:
    """Write a 0600 file so that a reader (or a crash) sees the old content or the new one.

    Not `lasting`: a loss of power may leave an empty file. For what is soon forgotten anyway.
    """
    part = path.with_name(f".{path.name}.{os.urandom(4).hex()}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)


def claim(path: Path, content: bytes) -> bool:
    """Create the file; False when it exists already. The loser of a race learns it here."""
    whole = path.with_name(f".{path.name}.{os.urandom(4).hex()}.claim")
    write_whole(whole, content)
    try:
        os.link(whole, path)  # a name of its own first: nobody ever sees the claim half written
    except FileExistsError:
        return False
    finally:
        whole.unlink()
    return True


def newest_first(paths: Iterable[Path]) -> list[tuple[Path, float]]:
    """Files with the time they were last written; what vanished meanwhile is left out."""
    found: list[tuple[int, Path]] = []
    for path in paths:
        try:
            found.append((path.stat().st_mtime_ns, path))
        except FileNotFoundError:
            continue
    return [(path, written / 1e9) for written, path in sorted(found, reverse=True)]


def outdated(paths: Iterable[Path]) -> list[Path]:
    """Files that nobody looks for any more: beyond the newest `KEPT`, or older than `KEPT_SECONDS`."""
    oldest = time.time() - KEPT_SECONDS
    return [
        path
        for place, (path, written) in enumerate(newest_first(paths))
        if place >= KEPT or written < oldest
    ]
