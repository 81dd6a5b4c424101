"""The collection at work under every ansible-core that it says it supports."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from filelock import FileLock

from tests.integration.collection.cases import CASES, Place
from tests.integration.collection.test_proofs import judge, play, steps
from tests.integration.collection.test_standards import CORES
from tests.support.cores import Core

pytestmark = [pytest.mark.libvirt, pytest.mark.timeout(600)]


def with_libvirt(core: Core) -> Path:
    """The directory of a core's tools, in an environment that has the libvirt binding."""
    place = core.bin()
    python = place / "python"
    with FileLock(f"{place.parent}.libvirt.lock"):
        if subprocess.run([python, "-c", "import libvirt"], capture_output=True).returncode:
            uv = shutil.which("uv")
            pip = (
                [uv, "pip", "install", "--python", python]
                if uv
                else [python, "-m", "pip", "install"]
            )
            env = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
            subprocess.run([*pip, "--quiet", "libvirt-python"], check=True, env=env)
    return place


@pytest.mark.parametrize("module", ["stack", "vm"])
@pytest.mark.parametrize("core", CORES)
def test_core(core: Core, module: str, place: Place) -> None:
    case = CASES[module]
    judge(play(place, steps(module, case, place), with_libvirt(core)))
