"""The real program, and a planner that never answers."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

SECRET = "sk-ant-oat01-only-a-test"
# Tells its number, so that a test can see it alive and gone; then it is silent for ever.
SILENT = """\
#!/bin/sh
if [ "$1" = --help ]; then echo options:; exit 0; fi
echo $$ > {fifo}
exec sleep 600
"""


@dataclass(frozen=True)
class Place:
    home: Path
    fifo: Path
    environ: dict[str, str]

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "fuyajo.cli.main", *words]

    def begun(self) -> int:
        """The silent planner's process, once it is there."""
        return int(self.fifo.read_text())

    def left(self) -> list[str]:
        """Every file that is not the planner's own directory or a history."""
        return sorted(
            path.relative_to(self.home).as_posix()
            for path in self.home.rglob("*")
            if path.is_file() and path.name != "chat_history"
        )


@pytest.fixture
def place(tmp_path: Path) -> Place:
    fifo, stub = tmp_path / "begun", tmp_path / "claude"
    os.mkfifo(fifo)
    stub.write_text(SILENT.format(fifo=fifo))
    stub.chmod(0o755)
    more = {
        "FUYAJO_HOME": str(tmp_path / "home"),
        "FUYAJO_URI": "test:///default",
        "FUYAJO_BACKEND": "rules",
        "FUYAJO_CLAUDE_BINARY": str(stub),
        "CLAUDE_CODE_OAUTH_TOKEN": SECRET,
        "LANG": "C.UTF-8",
        "TERM": "dumb",
    }
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("FUYAJO_", "LC_"))}
    return Place(tmp_path / "home", fifo, kept | more)


def gone(pid: int) -> bool:
    """Whether that process is no more, or only waits to be noticed."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return True
    return stat.rpartition(")")[2].split()[0] == "Z"
