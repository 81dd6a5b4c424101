"""Every ansible-core that we support and that can be had here: the installed one, others in venvs.

Interpreters are only looked for, never downloaded; one counts when it has been seen to run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from tests.support.environments import environment

SERIES = {"2.19": (3, 11), "2.20": (3, 12), "2.21": (3, 12)}  # and the oldest Python of each


@dataclass(frozen=True)
class Core:
    """An ansible-core: the installed one has a `python` of its own already."""

    label: str
    python: Path | None
    base: Path | None = None

    def bin(self) -> Path:
        """The directory of its ansible-playbook; builds the environment the first time."""
        if self.python:
            return self.python.parent
        assert self.base
        return environment(f"cores/{self.label}", self.base, f"ansible-core~={self.label}.0")


@cache
def available() -> tuple[Core, ...]:
    """The installed one first; a series without interpreter has neither `python` nor `base`."""
    installed = version("ansible-core")
    found = [Core(installed, Path(sys.executable))]
    for series, oldest in SERIES.items():
        if not installed.startswith(series + "."):
            base = next((path for number, path in _interpreters() if number >= oldest), None)
            found.append(Core(series, None, base))
    return tuple(found)


@cache
def _interpreters() -> tuple[tuple[tuple[int, int], Path], ...]:
    """Interpreters that run, the oldest first."""
    names = [shutil.which(f"python3.{minor}") for minor in range(11, 16)]
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    paths = [Path(name) for name in names if name] + sorted(root.glob("versions/3.*/bin/python3"))
    found = {number: path for path in reversed(paths) if (number := _runs(path))}
    return tuple(sorted(found.items()))


def _runs(path: Path) -> tuple[int, int] | None:
    """Its version; None for the shim of a version that is not selected, and other broken ones."""
    code = "import ensurepip, ssl, sys, venv; print(*sys.version_info[:2])"
    try:
        done = subprocess.run([path, "-c", code], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return None
    words = done.stdout.split()
    return (int(words[0]), int(words[1])) if done.returncode == 0 and len(words) == 2 else None
