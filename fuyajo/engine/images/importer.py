"""Bring in an image file that nobody vouches for.

A disk image can name other files or addresses, and a small one can unpack to fill a disk. So the
file is copied privately while it is hashed (what is checked is what is converted), its format is
detected and compared with what was declared, its header is checked twice by different code, and
the conversion runs in a sandbox with limits. The stored result is always a plain qcow2.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from oslo_utils.imageutils import format_inspector

from fuyajo.engine.images import sandbox
from fuyajo.engine.images.errors import ImageError
from fuyajo.engine.images.store import Image, ImageStore, check_name

FORMATS: dict[str, str] = {
    "qcow2": "qcow2",
    "raw": "raw",
    "vdi": "vdi",
    "vhd": "vpc",
    "vhdx": "vhdx",
    "vmdk": "vmdk",
}
"""Declared format -> what qemu-img calls it."""

# A raw disk with a partition table is what the detector calls gpt.
_ALSO = {"raw": {"gpt"}}
_CHUNK = 1024 * 1024
# Formats whose structure qemu-img can check.
_CHECKABLE = {"qcow2", "vdi", "vhdx", "vmdk"}
_CHECK_CPU_SECONDS = 120
_CHECK_TIMEOUT_SECONDS = 300.0
_CONVERT_CPU_SECONDS = 900
_CONVERT_TIMEOUT_SECONDS = 1200.0
_SHA256 = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Limits:
    """What an import may cost, all in bytes."""

    file: int = 16 * 1024**3
    virtual: int = 256 * 1024**3
    output: int = 16 * 1024**3
    keep_free: int = 1024**3


def import_image(
    path: Path,
    name: str,
    sha256: str | None,
    store: ImageStore,
    *,
    image_format: str = "qcow2",
    limits: Limits | None = None,
    replace: bool = False,
) -> Image:
    """Check and convert the file `path` and keep the result in `store` as `name`.

    Args:
        sha256: expected digest of the file; None only when there is none to compare with.
        image_format: what the file is meant to be, one of FORMATS; never guessed.
        replace: allow `name` to stand for another image already.

    Raises:
        ImageError: the file is refused, or a tool or room is missing. Nothing is left behind.
    """
    check_name(name)
    _check_request(sha256, image_format)
    caps = limits or Limits()
    if not replace:
        _check_free(name, store)
    store.prepare()
    try:
        with _work_directory(store) as work:
            digest, virtual_size, converted = _examine(path, work, sha256, image_format, caps)
            manifest = _manifest(path, name, image_format, digest, sha256 is not None)
            manifest["virtual_size"] = virtual_size
            facts: dict[str, Any] = {"virtual_size": virtual_size, "manifest": manifest}
            return store.add(converted, name, source="imported", **facts)
    except OSError as error:
        problem = f"The import of {path} failed: {error.strerror}."
        hint = "Check that it is readable and that the disk has room, then try again."
        raise ImageError(problem, hint) from error


def _check_free(name: str, store: ImageStore) -> None:
    if store.get(name) is not None:
        raise ImageError(
            f"There is already an image named {name}.",
            "Choose another name, or say that it may be replaced (--replace).",
        )


def _examine(
    path: Path, work: Path, sha256: str | None, image_format: str, limits: Limits
) -> tuple[str, int, Path]:
    """All checks in order, cheapest first; the digest, the disk's size and the converted file."""
    copy = work / "source"
    digest = _copy_and_hash(path, copy, limits)
    _check_digest(digest, sha256)
    _check_content(copy, image_format, limits)
    info = _check_info(copy, image_format, limits)
    _check_structure(copy, image_format)
    return digest, info["virtual-size"], _convert(copy, work, image_format, limits)


def _manifest(
    path: Path, name: str, image_format: str, digest: str, digest_given: bool
) -> dict[str, Any]:
    return {
        "name": name,
        "format": image_format,
        "source_file": Path(path).name,
        "source_sha256": digest,
        "digest_given": digest_given,
    }


def _check_request(sha256: str | None, image_format: str) -> None:
    if image_format not in FORMATS:
        raise ImageError(
            f"{image_format[:40]!r} is not a format that can be imported.",
            f"Say one of: {', '.join(FORMATS)}.",
        )
    if sha256 is not None and not _SHA256.fullmatch(sha256.lower()):
        raise ImageError(
            "The given SHA-256 is not 64 hexadecimal digits.",
            "Copy it from the publisher's SHA256SUMS file.",
        )


@contextmanager
def _work_directory(store: ImageStore) -> Iterator[Path]:
    """A private directory on the store's file system, gone afterwards whatever happened."""
    with tempfile.TemporaryDirectory(prefix=".import-", dir=store.directory) as name:
        yield Path(name)


def _open(path: Path) -> int:
    """A descriptor of the regular file `path` itself: no link, no pipe, no device.

    Raises:
        ImageError: it is something else or cannot be opened.
    """
    # Without O_NONBLOCK opening a pipe would wait for its other end.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise ImageError(
                f"{path} is a symbolic link, and links are not followed.",
                "Give the path of the file itself (see: realpath).",
            ) from error
        raise ImageError(
            f"{path} cannot be opened: {error.strerror}.", "Check the path and its permissions."
        ) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ImageError(f"{path} is not a regular file.", "Give the path of an image file.")
    return descriptor


def _copy_and_hash(path: Path, copy: Path, limits: Limits) -> str:
    """Copy `path` to the private file `copy`, holes kept; return the SHA-256 of what was copied."""
    total, seen = hashlib.sha256(), 0
    zeros = bytes(_CHUNK)
    with os.fdopen(_open(path), "rb") as source, copy.open("xb") as target:
        copy.chmod(0o600)
        while chunk := source.read(_CHUNK):
            seen += len(chunk)
            if seen > limits.file:
                raise ImageError(
                    f"{path} is larger than {_size(limits.file)}, the most that is accepted.",
                    "Shrink it (qemu-img convert -c) or have the limit raised.",
                )
            total.update(chunk)
            if chunk == zeros:
                target.seek(len(chunk), os.SEEK_CUR)
            else:
                target.write(chunk)
        target.truncate(seen)
    if seen == 0:
        raise ImageError(f"{path} is empty.", "Download or copy it again.")
    return total.hexdigest()


def _check_digest(digest: str, expected: str | None) -> None:
    if expected is not None and digest != expected.lower():
        raise ImageError(
            f"The file's SHA-256 is {digest}, not {expected.lower()} as given.",
            "Do not use it. Download it again and compare with the publisher's SHA256SUMS.",
        )


def _check_content(copy: Path, image_format: str, limits: Limits) -> None:
    """Detect the format from the content and refuse what could reach beyond the file."""
    try:
        inspector = format_inspector.detect_file_format(str(copy))
    except format_inspector.ImageFormatError as error:
        raise _unreadable(str(error)) from error
    detected = str(inspector)
    if inspector is None or detected not in {image_format} | _ALSO.get(image_format, set()):
        raise ImageError(
            f"The file was declared as {image_format} but its content is {detected}.",
            "Declare what it is (--format), and distrust a file whose source said otherwise.",
        )
    try:
        inspector.safety_check()
    except format_inspector.SafetyCheckFailed as error:
        reasons = "; ".join(f"{check}: {why}" for check, why in sorted(error.failures.items()))
        raise ImageError(
            f"The file is refused as unsafe ({reasons}).",
            "Make a self-contained copy on the machine it came from: "
            "qemu-img convert -O qcow2 IMAGE plain.qcow2",
        ) from error
    except format_inspector.ImageFormatError as error:
        raise _unreadable(str(error)) from error
    _check_virtual_size(inspector.virtual_size, limits)


def _check_info(copy: Path, image_format: str, limits: Limits) -> dict[str, Any]:
    """Ask qemu-img, in the sandbox, and refuse every reference to anything else."""
    outcome = sandbox.qemu_img(
        ["info", "--output=json", "-f", FORMATS[image_format], sandbox.SOURCE], copy
    )
    if outcome.code in sandbox.CPU_EXCEEDED:
        raise _unreadable("reading its header takes more time or memory than any sound image does")
    if outcome.code != 0:
        raise _unreadable(outcome.errors.strip().replace(sandbox.SOURCE, "the file")[:300])
    info: dict[str, Any] = json.loads(outcome.output)
    specific = info.get("format-specific", {}).get("data", {})
    suspects = {
        "a backing file": info.get("backing-filename") or info.get("full-backing-filename"),
        "an external data file": specific.get("data-file"),
        "extents in other files": _foreign_extents(specific),
        "encryption": info.get("encrypted"),
    }
    for what, value in suspects.items():
        if value:
            raise ImageError(
                f"The file is refused because it uses {what}.",
                "Make a self-contained copy on the machine it came from: "
                "qemu-img convert -O qcow2 IMAGE plain.qcow2",
            )
    _check_virtual_size(info["virtual-size"], limits)
    return info


def _check_structure(copy: Path, image_format: str) -> None:
    """Refuse a file cut short or damaged: its readers would see zeros where data was."""
    if image_format not in _CHECKABLE:
        return
    outcome = sandbox.qemu_img(
        ["check", "-q", "-f", FORMATS[image_format], sandbox.SOURCE],
        copy,
        cpu_seconds=_CHECK_CPU_SECONDS,
        memory_bytes=sandbox.CONVERT_MEMORY_BYTES,
        timeout_seconds=_CHECK_TIMEOUT_SECONDS,
    )
    # 3: space that nothing uses, which is harmless and gone after the conversion.
    if outcome.code not in (0, 3):
        raise _unreadable(outcome.errors.strip()[-200:] or "it is cut short or damaged")


def _foreign_extents(specific: dict[str, Any]) -> bool:
    return any(
        extent.get("filename") not in (None, sandbox.SOURCE)
        for extent in specific.get("extents", [])
    )


def _check_virtual_size(size: int, limits: Limits) -> None:
    if not 0 < size <= limits.virtual:
        raise ImageError(
            f"The disk in the file has {_size(size)}; between 1 byte and {_size(limits.virtual)} "
            "are accepted.",
            "Use an image with a smaller disk; Fuyajo grows disks when it makes a VM.",
        )


def _convert(copy: Path, work: Path, image_format: str, limits: Limits) -> Path:
    """A plain qcow2 with no reference to anything, written in the sandbox."""
    room = shutil.disk_usage(work).free - limits.keep_free
    allowed = min(limits.output, max(room, 0))
    output = work / "out"
    output.mkdir(mode=0o700)
    arguments = ["convert", "-f", FORMATS[image_format], "-O", "qcow2"]
    arguments += [sandbox.SOURCE, f"{sandbox.OUTPUT}/image.qcow2.part"]
    outcome = sandbox.qemu_img(
        arguments,
        copy,
        output=output,
        output_bytes=allowed,
        cpu_seconds=_CONVERT_CPU_SECONDS,
        memory_bytes=sandbox.CONVERT_MEMORY_BYTES,
        timeout_seconds=_CONVERT_TIMEOUT_SECONDS,
    )
    if outcome.code in sandbox.FILE_TOO_LARGE or "File too large" in outcome.errors:
        raise ImageError(
            f"The image unpacks to more than {_size(allowed)}, the most that is accepted here.",
            "Free some disk space, have the limit raised, or use a smaller image.",
        )
    if outcome.code != 0:
        raise _unreadable(outcome.errors.strip()[:300])
    return output / "image.qcow2.part"


def _unreadable(reason: str) -> ImageError:
    return ImageError(
        f"The file is not a sound disk image: {reason or 'its content cannot be read'}.",
        "Download or copy it again and check it with: qemu-img check",
    )


def _size(count: int) -> str:
    """A size for people, in binary units."""
    value = float(count)
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if abs(value) < 1024:
            return f"{value:.4g} {unit}"
        value /= 1024
    return f"{value:.4g} TiB"
