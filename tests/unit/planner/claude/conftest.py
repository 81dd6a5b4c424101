"""A stub `claude` for the unit tests."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fuyajo.planner.backend import PlannerRequest
from fuyajo.planner.backends.claude_cli.backend import ClaudeBackend
from fuyajo.planner.backends.tokens import TokenEnv
from tests.support.claude import SECRET, STUB, result

Stub = Callable[..., Path]


@pytest.fixture
def seen(tmp_path: Path) -> Path:
    """Where the stub leaves what it was given."""
    directory = tmp_path / "seen"
    directory.mkdir()
    return directory


@pytest.fixture
def stub(tmp_path: Path, seen: Path) -> Stub:
    def make(
        stdout: str = result(),
        code: int = 0,
        stderr: str = "",
        *,
        version: str = "2.1.330 (Claude Code)",
        help_text: str = "--restricted",
        help_exit: int = 0,
        last: str | None = None,
    ) -> Path:
        path = tmp_path / "claude"
        path.write_text(
            STUB.format(
                seen=shlex.quote(str(seen)),
                version=version,
                help=help_text,
                help_exit=help_exit,
                stdout=shlex.quote(stdout),
                stderr=shlex.quote(stderr),
                last=last or f"exit {code}",
            ),
            encoding="utf-8",
        )
        path.chmod(0o755)
        return path

    return make


@pytest.fixture
def backend() -> Callable[..., ClaudeBackend]:
    def make(binary: Path, **options: Any) -> ClaudeBackend:
        return ClaudeBackend(binary, TokenEnv({"CLAUDE_CODE_OAUTH_TOKEN": SECRET}), **options)

    return make


@pytest.fixture
def wish(tmp_path: Path) -> PlannerRequest:
    return PlannerRequest("make a server", "en", tmp_path / "planner")
