"""Python environments that tests need beside their own: built once in a cache, shared by every run."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from filelock import FileLock

_REPOSITORY = Path(__file__).resolve().parents[2]
_BUILD_SECONDS = 600


def environment(name: str, base: Path, *requirements: str) -> Path:
    """The `bin` of a venv of that interpreter with these requirements (and pip's options among them).

    Built the first time. Raises `subprocess.SubprocessError` when that fails (no network, for example).
    """
    cache_root = Path(os.environ.get("FUYAJO_TEST_CACHE") or _REPOSITORY / ".cache")
    place = cache_root / name
    place.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{place}.lock"):
        if not (place / "complete").exists():
            shutil.rmtree(place, ignore_errors=True)
            for step in _steps(base, place, requirements):
                subprocess.run(step, check=True, timeout=_BUILD_SECONDS, env=_build_environment())
            (place / "complete").touch()
    return place / "bin"


def _steps(base: Path, place: Path, requirements: tuple[str, ...]) -> list[list[str]]:
    python = str(place / "bin" / "python")
    uv = shutil.which("uv")
    if uv:
        install = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python]
        return [
            [uv, "venv", "--quiet", "--python", str(base), str(place)],
            [*install, *requirements],
        ]
    return [
        [str(base), "-m", "venv", str(place)],
        [python, "-m", "pip", "install", "--quiet", *requirements],
    ]


def _build_environment() -> dict[str, str]:
    return {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
