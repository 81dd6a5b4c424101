"""The collection as somebody else would have it: a copy without our repository around it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from tests.support.cores import Core

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCE = REPOSITORY / "collections" / "ansible_collections" / "fuyajo" / "libvirt"

# ansible-test wants to download get-pip; Python brings a pip of its own.
_SHIM = """\
import ensurepip
import os
import subprocess
import sys

environment = dict(os.environ)
ensurepip.bootstrap(default_pip=True)  # and it turns pip's configuration off
words = [word for word in sys.argv[1:] if word not in ("--no-setuptools", "--no-wheel")]
sys.exit(subprocess.call([sys.executable, "-m", "pip", "install", *words], env=environment))
"""
_PIP = re.compile(r"""pip['"]?[=:]\s*['"]([0-9][0-9.]*)['"]""")


def copy_to(root: Path) -> Path:
    """Copy what git would hand out to ``root``/ansible_collections/fuyajo/libvirt; return that."""
    target = root / "ansible_collections" / "fuyajo" / "libvirt"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "."],
        cwd=SOURCE,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (SOURCE / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(SOURCE / name, target / name)
    return target


def cache(name: str) -> Path:
    """A directory that outlives a test run and can be deleted at any time."""
    root = Path(os.environ.get("FUYAJO_TEST_CACHE") or REPOSITORY / ".cache")
    (root / name).mkdir(parents=True, exist_ok=True)
    return root / name


def environment(bin_directory: Path, home: Path, **more: str) -> dict[str, str]:
    """A plain user's environment with the tools of ``bin_directory`` first."""
    path = f"{bin_directory}:/usr/bin:/bin:/usr/sbin:/sbin"
    return {"PATH": path, "HOME": str(home), "LANG": "C.UTF-8", "NO_COLOR": "1", **more}


def sanity_home(core: Core) -> Path:
    """A home for ansible-test in which it needs no download host of its own."""
    home = cache("ansible-test")
    trusted = Path("/etc/ssl/certs/ca-certificates.crt")
    if trusted.exists():
        # An interpreter built by hand does not know what this system trusts, and ansible-test hands
        # no environment on.
        (home / ".config" / "pip").mkdir(parents=True, exist_ok=True)
        settings = f"[global]\ncert = {trusted}\n"
        (home / ".config" / "pip" / "pip.conf").write_text(settings, encoding="utf-8")
    shims = home / ".ansible" / "test" / "cache"
    shims.mkdir(parents=True, exist_ok=True)
    for package in core.bin().parent.glob("lib/python3.*/site-packages/ansible_test"):
        text = (package / "_internal" / "python_requirements.py").read_text(encoding="utf-8")
        for version in set(_PIP.findall(text)):
            (shims / f"get_pip_{version.replace('.', '_')}.py").write_text(_SHIM, encoding="utf-8")
    return home
