"""`scripts/test.sh` on a project of three tests: what fails the run, and what is asked again alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[3] / "scripts"
pytestmark = pytest.mark.slow
CONFIGURATION = """[pytest]
markers =
    libvirt
    guest
    slow
"""
# Fails as often as `times` says, counted in a file beside it.
TESTS = """
import pathlib, pytest

def count(name, times):
    path = pathlib.Path(__file__).with_name(name)
    asked = len(path.read_text()) if path.exists() else 0
    path.write_text("x" * (asked + 1))
    assert asked >= times

def test_fast(): count("fast", {fast})

@pytest.mark.libvirt
def test_real(): count("real", {real})

@pytest.mark.slow
@pytest.mark.parametrize("one", range({others}))
def test_other(one): count(f"other-{{one}}", {other})
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    shutil.copytree(SCRIPTS, root / "scripts")
    for name in ("setup.sh", "lint.sh"):
        (root / "scripts" / name).write_text("#!/bin/bash\n")
    (root / "scripts" / "libvirt_daemons.py").write_text("")
    (root / ".venv" / "bin").mkdir(parents=True)
    for name, words in (("python", ""), ("pytest", "-m pytest")):
        body = f'#!/bin/bash\nexec {sys.executable} {words} "$@"\n'
        (root / ".venv" / "bin" / name).write_text(body)
        (root / ".venv" / "bin" / name).chmod(0o755)
    (root / "pytest.ini").write_text(CONFIGURATION)
    return root


def run(
    project: Path, *, fast: int = 0, real: int = 0, other: int = 0, others: int = 1
) -> subprocess.CompletedProcess[str]:
    text = TESTS.format(fast=fast, real=real, other=other, others=others)
    (project / "test_all.py").write_text(text)
    fast_tests = "not libvirt and not guest and not slow"
    environ = {**os.environ, "FUYAJO_FAST_TESTS": fast_tests, "TMPDIR": str(project.parent)}
    environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # they cost more than the tests
    command = ["bash", "scripts/test.sh"]
    return subprocess.run(
        command, cwd=project, env=environ, capture_output=True, text=True, check=False, timeout=60
    )


def test_all_pass(project: Path) -> None:
    done = run(project)
    assert (done.returncode, "NOT STEADY" in done.stderr) == (0, False)
    assert list(project.parent.iterdir()) == [project]  # nothing is left


@pytest.mark.parametrize("times", [{"real": 2}, {"other": 2}, {"fast": 1}])
def test_what_fails_alone_fails_the_run(project: Path, times: dict[str, int]) -> None:
    assert run(project, **times).returncode != 0


@pytest.mark.parametrize("name", ["real", "other"])
def test_what_passes_alone_is_named(project: Path, name: str) -> None:
    done = run(project, **{name: 1})
    assert done.returncode == 0
    assert "NOT STEADY" in done.stderr
    assert f"test_all.py::test_{name}" in done.stderr


def test_many_failures_are_believed(project: Path) -> None:
    assert run(project, other=1, others=6).returncode != 0
    assert len((project / "other-0").read_text()) == 1
