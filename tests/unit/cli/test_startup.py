"""What `fuyajo plan` loads when the rules answer: everybody waits for it, every time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.claims import home_with_database

HEAVY = {
    "ansible_runner",
    "alembic",
    "anthropic",
    "asyncio",
    "fuyajo.mcp",
    "fuyajo.planner.gate.run",
    "fuyajo.planner.recording",
    "fuyajo.service.taping",
    "httpx2",
    "mcp",
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


@pytest.mark.parametrize(
    ("words", "typed"),
    [(["vm", "list"], ""), (["chat", "--backend", "rules"], "hello\nstop web\n/plan\n")],
)
def test_what_only_looks_does_not_load_the_database(
    tmp_path: Path, words: list[str], typed: str
) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    (home / "policy.toml").write_text("[roles.default.limits]\nvms = 3\n")
    (home / "policy.toml").chmod(0o600)
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("FUYAJO_", "CLAUDE"))}
    environ |= {"FUYAJO_HOME": str(home), "FUYAJO_URI": "test:///default", "PATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", PLAN, *words],
        env=environ,
        input=typed,
        capture_output=True,
        text=True,
        check=True,
    )
    found = set(done.stderr.splitlines()[-1].split())
    assert "fuyajo.engine.reader" in found
    assert not found & {"sqlalchemy", "alembic"}
    assert "sqlite3" not in found


@pytest.mark.parametrize(
    "argv", [["plan", "stop web", "--backend", "rules"], ["vm", "list"], ["chat"]]
)
def test_who_only_looks_never_loads_the_database_library(tmp_path: Path, argv: list[str]) -> None:
    """Shares are in the database: they are read without it, and only where there is a file."""
    home = home_with_database(tmp_path / "home")
    assert (home / "fuyajo.db").exists()
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("FUYAJO_", "CLAUDE"))}
    environ |= {"FUYAJO_HOME": str(home), "FUYAJO_URI": "test:///default"}
    command = [sys.executable, "-c", PLAN, *argv]
    done = subprocess.run(
        command, env=environ, capture_output=True, text=True, input="", check=True
    )
    found = set(done.stderr.splitlines()[-1].split())
    assert "fuyajo.service.context" in found
    assert not found & {"sqlalchemy", "alembic", "ansible_runner"}
    assert argv == ["chat"] or "sqlite3" in found
