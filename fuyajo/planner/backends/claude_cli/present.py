"""Whether the CLI and a credential are here. Light: every `--backend auto` call asks it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from fuyajo.domain.errors import Problem
from fuyajo.planner.backends.tokens import TokenSource

BINARY_ENV = "FUYAJO_CLAUDE_BIN"


def find_binary(configured: Path | None, environ: Mapping[str, str]) -> Path | None:
    """The CLI: the configured path, `FUYAJO_CLAUDE_BIN`, then `claude` on PATH. None when not runnable.

    A path that was named but does not exist is not replaced by whatever PATH holds.
    """
    named = str(configured) if configured is not None else environ.get(BINARY_ENV)
    found = shutil.which(named or "claude", path=environ.get("PATH", os.defpath))
    return Path(found).absolute() if found else None


def missing(
    binary: Path | None, token: TokenSource | None, environ: Mapping[str, str]
) -> tuple[Problem, ...]:
    """What has to be there before Claude can be tried; empty when nothing is missing."""
    problems = []
    if find_binary(binary, environ) is None:
        problems.append(Problem("", "claude_no_binary"))
    if token is None or not token.present():
        problems.append(Problem("", "claude_no_token"))
    return tuple(problems)
