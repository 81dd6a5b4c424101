"""The root file system: mmdebstrap, our own files, and `mke2fs` inside its namespace.

No loop device and no mount on the host is needed, so a normal user builds the same image as root.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import shlex
import shutil
import tarfile
from collections.abc import Callable, Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from fuyajo.engine.images.catalogue import BUILD_TOOLS, USER_BUILD_TOOLS, Recipe
from fuyajo.engine.images.disk import LABEL, PARTITION_START
from fuyajo.engine.images.mirror import Mirror
from fuyajo.engine.images.process import find_tool, stream

# Said in full: the defaults of mke2fs differ between releases and GRUB must read the result.
_FEATURES = (
    "none,has_journal,ext_attr,resize_inode,dir_index,filetype,extent,64bit,flex_bg,"
    "sparse_super,large_file,huge_file,dir_nlink,extra_isize,metadata_csum"
)
_DEADLINE_SECONDS = 3600.0
_PACKAGE_MARK = "fuyajo-package\t"
_TEMPORARY_ROOT = re.compile(r"I: using (/\S+/mmdebstrap\.\w+) as tempdir")
# What mmdebstrap and our hook say, what a person reads, and how far the build then is.
_STEPS: tuple[tuple[str, str, float], ...] = (
    ("running apt-get update", "reading package lists", 0.01),
    ("downloading packages with apt", "fetching base packages", 0.04),
    ("extracting archives", "unpacking base packages", 0.08),
    ("installing essential packages", "installing base packages", 0.12),
    ("downloading apt", "fetching packages", 0.22),
    ("installing remaining packages", "installing packages", 0.28),
    ("fuyajo: fetching packages", "fetching packages for the templates", 0.74),
    ("fuyajo: settling", "settling units and keys", 0.78),
    ("fuyajo: writing", "writing the file system", 0.82),
)


def _guest_files(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        name = f"{prefix}{entry.name}"
        if entry.is_dir():
            yield from _guest_files(entry, f"{name}/")
        elif entry.is_file():
            yield name, entry


def guest_tar() -> bytes:
    """Our own files of the guest as a tar archive, the same bytes every time."""
    folder = resources.files("fuyajo.engine.images") / "guest"
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, entry in _guest_files(folder):
            content = entry.read_bytes()
            member = tarfile.TarInfo(name)
            member.size = len(content)
            member.mode = 0o755 if content.startswith(b"#!") else 0o644
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def customise_script() -> str:
    """The last hook, without the values it is given."""
    return (resources.files("fuyajo.engine.images") / "customize.sh").read_text()


def recipe_digest(recipe: Recipe, mirror: Mirror) -> str:
    """Changes whenever another image would be built: names the work directory."""
    parts = [repr(recipe), repr(mirror.lines(recipe.suite)), _FEATURES, customise_script()]
    return hashlib.sha256("\0".join(parts).encode() + guest_tar()).hexdigest()


def _is_root() -> bool:
    return os.geteuid() == 0


def _command(recipe: Recipe, mirror: Mirror, overlay: Path, image_fd: int) -> list[str]:
    values = {
        "packages": " ".join(recipe.templates),
        "label": LABEL,
        "features": _FEATURES,
        "offset": str(PARTITION_START),
        "blocks": f"{recipe.disk_mib - PARTITION_START // 2**20}M",
        # An inherited descriptor: inside a user namespace the directory itself is out of reach.
        "image": f"/proc/self/fd/{image_fd}",
    }
    given = "".join(f"{key}={shlex.quote(value)}\n" for key, value in values.items())
    # What root's build mounts must vanish with it, also when it is killed half way.
    private = [find_tool("unshare", BUILD_TOOLS["unshare"]), "--mount"] if _is_root() else []
    return [
        *private,
        find_tool("mmdebstrap", BUILD_TOOLS["mmdebstrap"]),
        "--mode=auto",
        "--variant=minbase",
        "--format=null",
        "--architectures=amd64",
        f"--include={','.join(recipe.packages)}",
        # Our hook cleans up before the file system is written; afterwards it would be too late.
        "--skip=cleanup/apt,cleanup/mmdebstrap",
        # Before most packages: dpkg's filters and the initramfs settings must already be there.
        f"--essential-hook=tar-in {shlex.quote(str(overlay))} /",
        f"--customize-hook={given}{customise_script()}",
        recipe.suite,
        "-",
        *mirror.lines(recipe.suite),
    ]


def _note(line: str, packages: dict[str, str], step: Callable[[str, float], None]) -> None:
    """Turn one line of output into progress or into an entry of `packages`."""
    if line.startswith(_PACKAGE_MARK):
        _, name, version = line.split("\t")
        packages[name] = version
    elif line.startswith("I: ") and "-hook" not in line:
        for mark, text, fraction in _STEPS:
            if mark in line:
                step(text, fraction)


def _install(
    recipe: Recipe, mirror: Mirror, disk: Path, overlay: Path, on_line: Callable[[str], None]
) -> None:
    """Make the file `disk` and let mmdebstrap fill it."""
    descriptor = os.open(disk, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        os.ftruncate(descriptor, recipe.disk_mib * 2**20)
        # The namespace's root is another user to the kernel. Nobody else can reach the file:
        # the directory is private, and the mode goes back when the image is stored.
        os.fchmod(descriptor, 0o666)
        stream(
            _command(recipe, mirror, overlay, descriptor),
            on_line,
            deadline_seconds=_DEADLINE_SECONDS,
            pass_fds=(descriptor,),
        )
        os.fchmod(descriptor, 0o600)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_rootfs(
    recipe: Recipe, mirror: Mirror, disk: Path, step: Callable[[str, float], None]
) -> dict[str, str]:
    """Install `recipe` into a new raw disk image `disk`, at 1 MiB; boot area still empty.

    Returns:
        Version of every installed package.

    Raises:
        ImageError: a tool is missing or failed.
    """
    if not _is_root():
        find_tool("newuidmap", USER_BUILD_TOOLS["newuidmap"])
    find_tool("mke2fs", BUILD_TOOLS["mke2fs"])
    overlay = disk.with_name("guest.tar")
    overlay.write_bytes(guest_tar())
    packages: dict[str, str] = {}
    roots: list[Path] = []

    def on_line(line: str) -> None:
        if match := _TEMPORARY_ROOT.search(line):
            roots.append(Path(match.group(1)))
        _note(line, packages, step)

    try:
        _install(recipe, mirror, disk, overlay, on_line)
    finally:
        for root in roots:
            # mmdebstrap removes it, except when it was interrupted while something was mounted.
            shutil.rmtree(root, ignore_errors=True)
    return packages
