"""The scenarios of the collection, run as its users would: from an installed copy, on the real libvirt."""

from __future__ import annotations

import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import collection

BIN = Path(sys.executable).parent
SCENARIOS = sorted(
    path.parent.name for path in collection.SOURCE.glob("extensions/molecule/*/molecule.yml")
)


@pytest.mark.libvirt
@pytest.mark.timeout(300)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_scenario(scenario: str, tmp_path: Path) -> None:
    copy = collection.copy_to(tmp_path)
    env = collection.environment(
        BIN,
        tmp_path / "home",
        MOLECULE_COLLECTIONS=str(tmp_path),
        MOLECULE_TAG=f"mol-{secrets.token_hex(3)}",
        ANSIBLE_COLLECTIONS_PATH=str(tmp_path),
    )
    (tmp_path / "home").mkdir()
    molecule = [str(BIN / "molecule")]
    try:
        done = subprocess.run(
            [*molecule, "test", "--scenario-name", scenario],
            cwd=copy,
            env=env,
            capture_output=True,
            text=True,
            timeout=280,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    finally:
        clean = [*molecule, "cleanup", "--scenario-name", scenario]
        subprocess.run(clean, cwd=copy, env=env, capture_output=True, check=False)
