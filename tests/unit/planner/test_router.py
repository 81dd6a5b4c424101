"""Which planner is taken, and that it says why."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from fuyajo.domain.errors import Exit, Unavailable
from fuyajo.planner.backends.claude_cli.backend import ClaudeBackend
from fuyajo.planner.registry import BackendSettings, ClaudeSettings
from fuyajo.planner.router import choose

TOKEN = {"CLAUDE_CODE_OAUTH_TOKEN": "sk-ant-oat01-x"}


@pytest.fixture
def binary(tmp_path: Path) -> Path:
    path = tmp_path / "claude"
    path.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without Claude Code."""
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.delenv("FUYAJO_CLAUDE_BIN", raising=False)


def test_auto_takes_claude_when_it_is_configured(binary: Path) -> None:
    backend, why = choose("auto", BackendSettings(ClaudeSettings(binary=binary)), environ=TOKEN)
    assert isinstance(backend, ClaudeBackend)
    assert backend.configured()
    assert "installed" in why


def test_claude_by_name(binary: Path) -> None:
    backend, why = choose(
        "claude", BackendSettings(ClaudeSettings(binary=binary)), environ=TOKEN, lang="ja"
    )
    assert isinstance(backend, ClaudeBackend)
    assert why == "指定どおり、Claude"


@pytest.mark.usefixtures("nothing")
def test_claude_by_name_says_everything_that_is_missing() -> None:
    with pytest.raises(Unavailable) as caught:
        choose("claude", environ={})
    assert caught.value.exit is Exit.UNAVAILABLE
    codes = [problem.code for problem in caught.value.problems]
    assert codes == ["claude_no_binary", "claude_no_token"]
    assert all(problem.hint("en") and problem.hint("ja") for problem in caught.value.problems)


def test_claude_without_a_token(binary: Path, tmp_path: Path) -> None:
    settings = ClaudeSettings(binary=binary, token_file=tmp_path / "missing")
    with pytest.raises(Unavailable) as caught:
        choose("claude", BackendSettings(settings), environ=TOKEN)
    assert [problem.code for problem in caught.value.problems] == ["claude_no_token"]


@pytest.mark.usefixtures("nothing")
def test_auto_falls_back_to_the_rules_and_says_why() -> None:
    backend, why = choose("auto", environ={})
    assert backend.name == "rules"
    assert "was not found" in why
    assert "no Claude token" in why


def test_rules_by_name(binary: Path) -> None:
    backend, why = choose("rules", BackendSettings(ClaudeSettings(binary=binary)), environ=TOKEN)
    assert (backend.name, "as asked for" in why) == ("rules", True)


def test_the_module_loads_no_planner() -> None:
    code = (
        "import sys, fuyajo.planner.router;"
        "print([m for m in sys.modules if m.startswith('fuyajo.planner.backends.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
