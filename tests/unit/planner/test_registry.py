"""What is missing of a planner, making it, and which secrets it could use."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuyajo.domain.errors import Exit, Unavailable
from fuyajo.planner.backends.claude_cli.backend import ClaudeBackend
from fuyajo.planner.registry import (
    BackendSettings,
    ClaudeSettings,
    make,
    missing,
    secrets,
    set_up,
)

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


def test_claude(binary: Path) -> None:
    settings = BackendSettings(ClaudeSettings(binary=binary))
    assert missing("claude", settings, TOKEN) == ()
    backend = make("claude", settings, TOKEN)
    assert isinstance(backend, ClaudeBackend)
    assert backend.configured()


@pytest.mark.usefixtures("nothing")
def test_claude_says_everything_that_is_missing() -> None:
    with pytest.raises(Unavailable) as caught:
        make("claude", BackendSettings(), {})
    assert caught.value.exit is Exit.UNAVAILABLE
    codes = [problem.code for problem in caught.value.problems]
    assert codes == ["claude_no_binary", "claude_no_token"]
    assert all(problem.hint("en") and problem.hint("ja") for problem in caught.value.problems)


def test_claude_without_a_token(binary: Path, tmp_path: Path) -> None:
    settings = ClaudeSettings(binary=binary, token_file=tmp_path / "missing")
    with pytest.raises(Unavailable) as caught:
        make("claude", BackendSettings(settings), TOKEN)
    assert [problem.code for problem in caught.value.problems] == ["claude_no_token"]


@pytest.mark.usefixtures("nothing")
def test_the_rules_are_always_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLAUDE_CODE_OAUTH_TOKEN", raising=False)
    assert set_up(BackendSettings())[0] == "rules"
    assert "claude" not in set_up(BackendSettings())
    assert make("rules", BackendSettings(), {}).name == "rules"


def test_every_secret_is_found(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("from-the-file\n")
    file.chmod(0o600)
    environ = {"OPENAI_API_KEY": "from-a-variable", "db_password": "hunter22", "PATH": "/bin"}
    settings = BackendSettings(ClaudeSettings(token_file=file))
    assert set(secrets(settings, environ)) == {"from-the-file", "from-a-variable", "hunter22"}
    file.chmod(0o644)  # a source that may not be used is not read either
    assert "from-the-file" not in secrets(settings, environ)
