"""The real playbook on machines that are only a file: for questions about order.

A collection of the same name stands in for ours: `stack` writes to a file what it was told, a guest is this
machine behind something that calls itself ssh, and a template is a task that says that it was applied.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[2]


@dataclass(frozen=True)
class StandIn:
    """One directory: `log` holds what happened, in order; `broken` the guests whose template fails."""

    root: Path

    @property
    def log(self) -> list[str]:
        file = self.root / "log"
        return file.read_text().splitlines() if file.exists() else []

    def forget(self) -> None:
        (self.root / "log").unlink(missing_ok=True)

    def machines(self) -> dict[str, Any]:
        file = self.root / "machines.json"
        return dict(json.loads(file.read_text())) if file.exists() else {}

    def play(self, document: dict[str, Any], *options: str, broken: str = "") -> Played:
        spec = self.root / "spec.json"
        spec.write_text(json.dumps(document))
        command = ["ansible-playbook", "-i", "inventory/local.yml", "playbooks/provision.yml"]
        done = subprocess.run(
            [
                Path(sys.executable).with_name(command[0]),
                *command[1:],
                *("-e", json.dumps({"fuyajo_spec_path": str(spec)})),
                *options,
            ],
            cwd=REPOSITORY,
            env=self._environment(broken),
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
            stdin=subprocess.DEVNULL,
        )
        return Played(done.returncode, done.stdout + done.stderr)

    def _environment(self, broken: str) -> dict[str, str]:
        return {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(self.root),
            "LANG": "C.UTF-8",
            "ANSIBLE_COLLECTIONS_PATH": str(self.root),
            "ANSIBLE_SSH_EXECUTABLE": str(self.root / "ssh"),
            "ANSIBLE_SSH_ARGS": "-o ControlMaster=no",
            "ANSIBLE_BECOME_EXE": str(self.root / "sudo"),
            "STAND_IN": str(self.root),
            "STAND_IN_BROKEN": broken,
        }


@dataclass(frozen=True)
class Played:
    code: int
    said: str

    @property
    def changed(self) -> int:
        return sum(map(int, re.findall(r"changed=(\d+)", self.said)))


def stand_in(root: Path) -> StandIn:
    """A fresh one in an empty directory."""
    home = root / "ansible_collections" / "fuyajo" / "libvirt"
    shutil.copytree(HERE / "libvirt", home)
    for name in ("ssh", "sudo"):
        file = root / name
        shutil.copy(HERE / name, file)
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return StandIn(root)
