"""What `fuyajo plan` loads when the rules answer: everybody waits for it, every time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "ansible_runner",
    "alembic",
    "anthropic",
    "asyncio",
    "fuyajo.planner.gate.run",
    "fuyajo.planner.recording",
    "fuyajo.service.taping",
    "httpx2",
    "readline",
    "rich",
    "sqlalchemy",
    "ssl",
    "tenacity",
}
PLAN = """
import sys
from fuyajo.cli.main import run
run(sys.argv[1:])
print(*sys.modules, file=sys.stderr)
"""


@pytest.mark.parametrize("backend", ["rules", "auto"])
@pytest.mark.parametrize("words", ["hello", "stop web", "frobnicate the gizmo"])
def test_a_plan_of_the_rules_loads_nothing_heavy(tmp_path: Path, backend: str, words: str) -> None:
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("FUYAJO_", "CLAUDE"))}
    environ |= {
        "FUYAJO_HOME": str(tmp_path / "home"),
        "FUYAJO_URI": "test:///default",
        "PATH": str(tmp_path),
    }
    environ.pop("ANTHROPIC_API_KEY", None)
    command = [sys.executable, "-c", PLAN, "plan", words, "--backend", backend]
    command += ["--conversation", "x"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    found = set(done.stderr.splitlines()[-1].split())
    assert "fuyajo.store.conversations" in found
    assert not found & HEAVY
