"""What the benches share: measuring in turns, a table, a place of their own on this machine.

Wall times of a shared machine are noisy. So every number is a median of rounds in which the measured and
its floor take turns, and what counts is their ratio within one run.
"""

from __future__ import annotations

import json
import os
import platform
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from tests.support.images import ready_store

ROOT = Path(__file__).resolve().parents[1]
# As the project's scripts do: without bytecode Ansible starts three times slower.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

Series = Mapping[str, Sequence[float]]


def wall(work: Callable[[], object]) -> float:
    """Seconds that `work` takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def take_turns(rounds: int, measured: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Seconds of each, one after the other in every round; every second round goes backwards."""
    found: dict[str, list[float]] = {name: [] for name in measured}
    for number in range(rounds):
        names = list(measured)
        for name in names if number % 2 == 0 else reversed(names):
            found[name].append(measured[name]())
    return found


def machine() -> str:
    """The line that says where numbers come from."""
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    model = next((x.partition(":")[2].strip() for x in text.splitlines() if "model name" in x), "?")
    load = os.getloadavg()[0]
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} × {model}, load {load:.1f}, Python "
        f"{platform.python_version()}, ansible-core {version('ansible-core')}"
    )


def report(title: str, counted: str, rows: Sequence[Sequence[str]]) -> None:
    """Print a bench's result: what was counted, where, and a table."""
    print(f"{title}\n{counted}\n{machine()}\n")
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )


def spread(seconds: Sequence[float]) -> str:
    """Median, least and most, in seconds."""
    return f"{median(seconds):.2f} ({min(seconds):.2f}–{max(seconds):.2f})"


def verdict(ratio: float, most: float) -> str:
    return f"≤ {most:g}: {'met' if ratio <= most else 'MISSED'}"


@dataclass(frozen=True)
class Site:
    """A home and a pool that exist for one bench only."""

    tag: str
    uri: str
    directory: Path
    pool: str
    pool_path: Path

    def environ(self) -> dict[str, str]:
        """Settings that keep `fuyajo` and Ansible to this site."""
        return {
            **os.environ,
            "FUYAJO_HOME": str(self.directory / "home"),
            "FUYAJO_URI": self.uri,
            "FUYAJO_POOL": self.pool,
            "FUYAJO_POOL_PATH": str(self.pool_path),
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "ANSIBLE_HOME": str(self.directory / "ansible"),
        }

    def fuyajo(self, *words: str) -> Any:
        """What `fuyajo … --json` says; it must succeed."""
        command = [str(Path(sys.executable).parent / "fuyajo"), *words, "--json"]
        done = subprocess.run(
            command, env=self.environ(), capture_output=True, text=True, check=True
        )
        return json.loads(done.stdout)

    def playbook(self, task: Mapping[str, Any]) -> float:
        """Seconds of an `ansible-playbook` run with this one task."""
        book = self.directory / "book.yml"
        play = {"hosts": "localhost", "gather_facts": False, "tasks": [task]}
        book.write_text(json.dumps([play]), encoding="utf-8")
        command = [str(Path(sys.executable).parent / "ansible-playbook")]
        command += ["-i", str(ROOT / "inventory" / "local.yml"), str(book)]

        def run() -> None:
            subprocess.run(command, env=self.environ(), capture_output=True, check=True)

        return wall(run)


@contextmanager
def site() -> Iterator[Site]:
    """A fresh site. Its directories go at the end; whoever makes machines and pools removes them before."""
    tag = f"bench-{secrets.token_hex(3)}"
    root = os.geteuid() == 0
    directory = Path(tempfile.mkdtemp(prefix=f"{tag}-"))
    # QEMU of the system daemon cannot enter a private directory.
    above = Path("/var/lib/libvirt/images") if root else directory
    made = Site(
        tag=tag,
        uri="qemu:///system" if root else "qemu:///session",
        directory=directory,
        pool=tag,
        pool_path=above / tag,
    )
    (directory / "home").mkdir(mode=0o700)
    (directory / "home" / "images").symlink_to(ready_store())
    try:
        yield made
    finally:
        shutil.rmtree(directory, ignore_errors=True)
