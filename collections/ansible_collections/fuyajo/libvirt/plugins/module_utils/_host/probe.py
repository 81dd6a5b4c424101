# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does KVM run a guest on this machine? Only a guest can tell.

The device may exist, answer its API version and even run a few real-mode instructions, and still
hang every real guest. So a 64 KiB firmware of our own goes the way of every kernel (real mode,
protected mode, paging, long mode), counts a little, and leaves through QEMU's debug-exit port. It
takes a fraction of a second where KVM works. The answer is kept until the next boot.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

DEADLINE_SECONDS = 5.0
# The port turns the byte 0x10 into the exit status (0x10 << 1) | 1; QEMU never exits so by itself.
_RAN = 33
_EMULATORS = ("qemu-system-x86_64", "qemu-kvm", "/usr/libexec/qemu-kvm")
_BOOT_ID = "/proc/sys/kernel/random/boot_id"
_FIRMWARE_SIZE = 65536
# Assembled from, in short: lgdt; cr0.PE; far jump to 32 bit; one 2 MiB page mapped at 0x1000;
# cr4.PAE; EFER.LME; cr0.PG; far jump to 64 bit; count down from 0x100000; out 0xf4, 0x10; hlt.
_CODE = bytes.fromhex(
    "fab800f08ed8660f0116b8000f20c00c010f22c066ea1c000f00080066b81000"
    "8ed88ec08ed031c0bf00100000b9000c0000fcf3abc7050010000003200000c7"
    "050020000003300000c7050030000083000000b8001000000f22d8b820000000"
    "0f22e0b9800000c00f320d000100000f300f20c00d000000800f22c0ea83000f"
    "001800b900001000ffc975fc66baf400b010eef4ebfd66900000000000000000"
    "ffff0000009acf00ffff00000092cf00ffff0000009aaf001f0098000f00"
)
_RESET = bytes.fromhex("ea000000f0")  # jmp far f000:0000, where the first instruction is fetched


def probe_kvm(deadline: float = DEADLINE_SECONDS) -> tuple[bool, str]:
    """Return (usable, reason); the reason is a sentence for people. Costs nothing the second time.

    Never raises and never takes much longer than ``deadline`` seconds.
    """
    cached = _read_cache()
    if cached is not None:
        return cached
    usable, reason, lasting = _probe(deadline)
    if lasting:
        _write_cache(usable, reason)
    return usable, reason


def firmware() -> bytes:
    """Return the probe's guest: a 64 KiB firmware image."""
    head = _CODE.ljust(_FIRMWARE_SIZE - 16, b"\0")
    return head + _RESET.ljust(16, b"\0")


def run_guest(emulator: str, accelerator: str, deadline: float) -> tuple[bool, str]:
    """Run the probe's guest once; return (it ran, what QEMU said when it did not)."""
    with tempfile.TemporaryDirectory(prefix="fuyajo-probe-") as directory:
        image = Path(directory) / "firmware"
        image.write_bytes(firmware())
        command = [emulator, "-accel", accelerator, "-machine", "pc", "-m", "16", "-nodefaults"]
        command += ["-no-user-config", "-display", "none", "-bios", str(image)]
        command += ["-device", "isa-debug-exit,iobase=0xf4,iosize=0x4"]
        try:
            # There is no AnsibleModule here.
            done = subprocess.run(  # pylint: disable=ansible-bad-function
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                timeout=deadline,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return False, f"a tiny guest did not get anywhere within {deadline:g} s"
        except OSError as error:
            return False, f"QEMU does not start: {error.strerror}"
    lines = [line for line in done.stderr.decode(errors="replace").splitlines() if line.strip()]
    return done.returncode == _RAN, lines[-1][:200] if lines else f"exit {done.returncode}"


def _probe(deadline: float) -> tuple[bool, str, bool]:
    """Return (usable, reason, worth remembering)."""
    if platform.machine() not in ("x86_64", "AMD64"):
        return False, f"the KVM probe does not know {platform.machine()}; set accelerator", False
    emulator = next((found for found in map(shutil.which, _EMULATORS) if found), None)
    if emulator is None:
        return False, "no qemu-system-x86_64 in PATH", False
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        # A shortcut to "no" only: this file never proves that KVM works. It may appear any time
        # (a module loaded, a group joined), so the answer is not kept.
        return False, "/dev/kvm is missing or may not be opened by this user", False
    ran, said = run_guest(emulator, "kvm", deadline)
    if ran:
        return True, "KVM ran a tiny 64-bit guest", True
    return False, f"/dev/kvm is there but KVM runs no guest: {said}", True


def _cache_file() -> Path | None:
    """Return the cache's place, or None when no private directory can be had."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    if not os.path.isabs(base):
        return None
    directory = Path(base) / "fuyajo-libvirt"
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        state = os.lstat(directory)
    except OSError:
        return None
    private = stat.S_ISDIR(state.st_mode) and state.st_uid == os.geteuid()
    if not private or state.st_mode & 0o077:
        return None
    return directory / "kvm.json"


def _boot_id() -> str:
    try:
        return Path(_BOOT_ID).read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _read_cache() -> tuple[bool, str] | None:
    path = _cache_file()
    if path is None:
        return None
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        with os.fdopen(handle, "r", encoding="utf-8") as stream:
            kept = json.load(stream)
        if kept["boot_id"] == _boot_id() != "" and isinstance(kept["usable"], bool):
            return kept["usable"], str(kept["reason"])
    except (ValueError, KeyError, TypeError, OSError):
        return None
    return None


def _write_cache(usable: bool, reason: str) -> None:
    path = _cache_file()
    if path is None or not _boot_id():
        return
    text = json.dumps({"boot_id": _boot_id(), "usable": usable, "reason": reason})
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix="kvm-")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        os.replace(name, path)
    except OSError:
        # Without the cache the next call probes again; nothing is lost but a moment.
        return
