"""The key pair with which a user's runs enter that user's guests."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from fuyajo.domain.errors import Failed, Problem, Unavailable


@dataclass(frozen=True)
class KeyPair:
    private: Path
    public: str


def ensure_key(directory: Path) -> KeyPair:
    """The ed25519 pair in `directory` (0700), made by ssh-keygen the first time."""
    private = directory / "id_ed25519"
    if not private.exists():
        _generate(private)
    return KeyPair(private, private.with_suffix(".pub").read_text(encoding="ascii").strip())


def _generate(private: Path) -> None:
    fresh = private.with_name(f".{private.name}-{os.getpid()}")
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "fuyajo", "-f", str(fresh)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=30)
    except FileNotFoundError as error:
        raise Unavailable(Problem("", "tool_missing", {"tool": "ssh-keygen"})) from error
    except subprocess.SubprocessError as error:
        raise Failed(Problem("", "keygen_failed")) from error
    # The public half first: a private key without it would look complete and is not.
    fresh.with_name(f"{fresh.name}.pub").rename(private.with_suffix(".pub"))
    fresh.rename(private)
