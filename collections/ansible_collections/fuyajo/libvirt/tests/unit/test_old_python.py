# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules run on a hypervisor's own Python: 3.9 is the oldest one that counts."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import ansible
import pytest

COLLECTION = Path(__file__).parents[2]
IMPORT_ALL = """
import importlib, pathlib, sys
root = pathlib.Path(sys.argv[1])
for path in sorted((root / "plugins").rglob("*.py")):
    compile(path.read_text(encoding="utf-8"), str(path), "exec")
    inside = path.relative_to(root / "plugins").with_suffix("")
    if inside.parts[0] in ("module_utils", "modules"):
        importlib.import_module("ansible_collections.fuyajo.libvirt.plugins." + ".".join(inside.parts))
assert sys.modules.get("libvirt") is None
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
try:
    Host.open("test:///default")
except Exception as error:
    print(type(error).__name__, error)
"""


def old_python() -> str | None:
    """Return a Python 3.9, from the path or from pyenv."""
    here = shutil.which("python3.9")
    versions = sorted(Path("~/.pyenv/versions").expanduser().glob("3.9.*/bin/python3.9"))
    for candidate in [*versions, *([here] if here else [])]:
        done = subprocess.run([candidate, "-V"], capture_output=True, text=True, check=False)
        if done.stdout.startswith("Python 3.9"):
            return str(candidate)
    return None


@pytest.mark.slow
def test_everything_that_runs_on_a_hypervisor_runs_on_python_39(tmp_path):
    python = old_python()
    if python is None:
        pytest.skip("no Python 3.9 here")
    # Only Ansible's own package: nothing else of our environment fits an older Python.
    (tmp_path / "ansible").symlink_to(Path(ansible.__file__).parent)
    environment = {"PYTHONPATH": f"{tmp_path}:{COLLECTION.parents[2]}", "PATH": "/usr/bin:/bin"}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    done = subprocess.run(
        [python, "-c", IMPORT_ALL, COLLECTION],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("FuyajoError the Python library libvirt is missing in")
    assert python in done.stdout
