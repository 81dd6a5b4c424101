"""The first MiB of the disk: a partition table and GRUB for BIOS, written without mounting it.

Layout: sector 0 boot code and partition table, sectors 1.. GRUB's core image, 1 MiB the only
partition. The core image knows the file system by its label, so nothing depends on the bus.
"""

from __future__ import annotations

import struct
from pathlib import Path

from fuyajo.engine.images.catalogue import BUILD_TOOLS
from fuyajo.engine.images.errors import ImageError
from fuyajo.engine.images.process import capture, find_tool

SECTOR = 512
PARTITION_START = 1024 * 1024
LABEL = "fuyajo-root"
GRUB_DIRECTORY = Path("/usr/lib/grub/i386-pc")

_BOOT_CODE_BYTES = 440
_GRUB_MODULES = ("biosdisk", "part_msdos", "ext2", "search", "search_label", "linux", "normal")
_GRUB_CONFIG = (
    f"search --no-floppy --label {LABEL} --set=root --hint hd0,msdos1\n"
    "set prefix=($root)/boot/grub\n"
)
# Addresses beyond this cylinder, head and sector cannot be said; every boot loader reads the LBA.
_CHS_UNKNOWN = b"\xfe\xff\xff"
_LINUX = 0x83
# Name -> major, minor and octal mode.
_NODES = {
    "console": (5, 1, "0600"),
    "null": (1, 3, "0666"),
    "zero": (1, 5, "0666"),
    "full": (1, 7, "0666"),
    "random": (1, 8, "0666"),
    "urandom": (1, 9, "0666"),
    "tty": (5, 0, "0666"),
}


def core_image(work: Path) -> bytes:
    """GRUB's core image for BIOS with our configuration embedded; scratch files go to `work`.

    Raises:
        ImageError: GRUB's tools or modules are missing, or the image does not fit.
    """
    if not (GRUB_DIRECTORY / "boot.img").is_file():
        raise ImageError(
            f"GRUB's BIOS files are not in {GRUB_DIRECTORY}.",
            "Install them with: apt-get install grub-pc-bin",
        )
    config, core = work / "grub-early.cfg", work / "grub-core.img"
    config.write_text(_GRUB_CONFIG)
    tool = find_tool("grub-mkimage", BUILD_TOOLS["grub-mkimage"])
    argv: list[str | Path] = [tool, "-O", "i386-pc", "-d", GRUB_DIRECTORY]
    argv += ["-p", "(hd0,msdos1)/boot/grub", "-c", config, "-o", core, *_GRUB_MODULES]
    capture(argv, timeout_seconds=60)
    content = core.read_bytes()
    if len(content) > PARTITION_START - SECTOR:
        raise ImageError(
            f"GRUB's core image has {len(content)} bytes and does not fit before the partition.",
            "Please report this together with the version of grub-common on this machine.",
        )
    return content


def master_boot_record(boot_code: bytes, signature: int, sectors: int) -> bytes:
    """Sector 0: `boot_code` and one bootable Linux partition over the rest of the disk.

    Args:
        boot_code: GRUB's boot.img; only its first 440 bytes are code.
        signature: 32-bit disk signature.
        sectors: size of the whole disk in sectors of 512 bytes.
    """
    start = PARTITION_START // SECTOR
    entry = struct.pack(
        "<B3sB3sII", 0x80, _CHS_UNKNOWN, _LINUX, _CHS_UNKNOWN, start, sectors - start
    )
    head = boot_code[:_BOOT_CODE_BYTES].ljust(_BOOT_CODE_BYTES, b"\0")
    return head + struct.pack("<IH", signature, 0) + entry + bytes(48) + b"\x55\xaa"


def write_device_nodes(disk: Path, work: Path) -> None:
    """Give the file system in `disk` its few static device nodes. Idempotent.

    A normal user's build cannot make them and leaves empty files in their place, and without a
    console the initramfs refuses to hand over to init.

    Raises:
        ImageError: debugfs is missing or did not do it.
    """
    commands, report = work / "nodes.debugfs", f"{disk}?offset={PARTITION_START}"
    lines = ["cd /dev"]
    for name, (major, minor, mode) in _NODES.items():
        lines += [f"rm {name}", f"mknod {name} c {major} {minor}", f"sif {name} mode 02{mode}"]
    commands.write_text("\n".join([*lines, "quit", ""]))
    tool = find_tool("debugfs", BUILD_TOOLS["debugfs"])
    capture([tool, "-w", "-f", commands, report], timeout_seconds=60)
    # debugfs ends with 0 whatever happens, so the result is asked for.
    state = capture([tool, "-R", "stat /dev/console", report], timeout_seconds=60)
    if b"character special" not in state:
        raise ImageError(
            "The device nodes of the new file system could not be written.",
            "Please report this together with the version of e2fsprogs on this machine.",
        )


def write_boot_area(disk: Path, work: Path, signature: int) -> None:
    """Make the raw image `disk`, which holds a file system at 1 MiB, bootable. Idempotent.

    Raises:
        ImageError: see `core_image`.
    """
    core = core_image(work)
    boot_code = (GRUB_DIRECTORY / "boot.img").read_bytes()
    with disk.open("r+b") as stream:
        sectors = stream.seek(0, 2) // SECTOR
        stream.seek(0)
        stream.write(master_boot_record(boot_code, signature, sectors))
        stream.write(core)
