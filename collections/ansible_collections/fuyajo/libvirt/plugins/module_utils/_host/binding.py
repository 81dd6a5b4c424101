# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to say when the Python library of libvirt is not there: which interpreter, which package."""

from __future__ import annotations

import os
import sys
from typing import Mapping

# By the words of ID and ID_LIKE in os-release.
_INSTALL = {
    "debian": "apt-get install python3-libvirt",
    "ubuntu": "apt-get install python3-libvirt",
    "fedora": "dnf install python3-libvirt",
    "rhel": "dnf install python3-libvirt",
    "suse": "zypper install python3-libvirt-python",
    "opensuse": "zypper install python3-libvirt-python",
    "arch": "pacman -S libvirt-python",
    "alpine": "apk add py3-libvirt",
    "gentoo": "emerge dev-python/libvirt-python",
}
_OS_RELEASE = ("/etc/os-release", "/usr/lib/os-release")
_SYSTEM_DIRECTORIES = ("/usr/bin", "/bin", "/usr/libexec")


def missing_binding(detail: str) -> str:
    """Return the sentence for the interpreter that runs now, on this distribution."""
    return explain(sys.executable, detail, _os_release())


def explain(interpreter: str, detail: str, os_release: Mapping[str, str]) -> str:
    """Return what is missing and what to do about it. ``detail`` is Python's own error."""
    words = [os_release.get("ID", ""), *os_release.get("ID_LIKE", "").split()]
    found = next((_INSTALL[word] for word in words if word in _INSTALL), None)
    package = found or "install the package python3-libvirt (libvirt-python on some distributions)"
    text = f"the Python library libvirt is missing in {interpreter} ({detail}); "
    if os.path.dirname(interpreter) in _SYSTEM_DIRECTORIES:
        return text + f"{package}, or pip install libvirt-python"
    # A package of the distribution is for its own interpreter, not for this one.
    return text + (
        f"either {interpreter} -m pip install libvirt-python, or {package} and set "
        "ansible_python_interpreter to the system's /usr/bin/python3"
    )


def _os_release() -> dict[str, str]:
    for path in _OS_RELEASE:
        try:
            with open(path, encoding="utf-8", errors="replace") as stream:
                pairs = (line.strip().partition("=") for line in stream if "=" in line)
                return {key: value.strip("\"'") for key, _equals, value in pairs}
        except OSError:
            continue
    return {}
