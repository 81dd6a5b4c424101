"""Ansible's programs in an environment built from nothing."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from fuyajo.engine import paths
from tests.support.cores import Core


def run(
    core: Core, root: Path, program: str, *arguments: str | Path
) -> subprocess.CompletedProcess[str]:
    """Run one of a core's programs in ``root``, whose ansible.cfg is all the settings there are."""
    place = core.bin()
    return subprocess.run(
        [place / program, *arguments],
        env={
            "PATH": f"{place}:{os.defpath}",
            "LANG": "C.UTF-8",
            "HOME": str(root / "home"),
            "ANSIBLE_CONFIG": str(root / "ansible.cfg"),
            "ANSIBLE_COLLECTIONS_PATH": str(paths.collections_path()),
        },
        cwd=root,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=300,
    )
