"""Ctrl-C in the middle: a clear state, the command that continues, the command that removes."""

from __future__ import annotations

import json
import signal
import subprocess
from typing import Any

import pytest

from tests.support.installation import Installation, domains, volumes

pytestmark = [
    pytest.mark.guest,
    pytest.mark.libvirt,
    pytest.mark.slow,
    pytest.mark.timeout(900),
]


def wait_for(process: subprocess.Popen[str], line: str) -> None:
    """Read its progress until this stage begins."""
    assert process.stderr is not None
    for said in process.stderr:
        if line in said:
            return
    raise AssertionError(f"it ended without {line!r}: {process.wait()}")


def runs(installation: Installation) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(installation.fuyajo("run", "list", "--json").stdout)
    return found


def test_ctrl_c_names_both_ways_on(installation: Installation) -> None:
    name = f"{installation.name}-box"
    planned = installation.fuyajo("plan", "--json", f"a server called {name} with 512 MB of memory")
    plan = json.loads(planned.stdout)["plan"]["id"]
    with installation.start("apply", plan) as process:
        wait_for(process, "waiting for the guest to boot")
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert f"fuyajo apply {plan}" in said
    assert f"fuyajo vm delete {name}" in said
    assert "Traceback" not in said
    assert [run["status"] for run in runs(installation)] == ["canceled"]
    # The machine is there, started and never configured: applying again would go on with exactly that.
    assert name in domains()
    rest = json.loads(
        installation.fuyajo("plan", "-f", _document(installation, name), "--json").stdout
    )
    assert [f["path"] for f in rest["plan"]["changes"][0]["fields"]] == ["configured"]
    assert installation.fuyajo("vm", "delete", name, "--purge", "--yes").returncode == 0
    assert name not in domains()
    assert {v for v in volumes(installation) if not v.startswith("base-")} == set()


def _document(installation: Installation, name: str) -> str:
    file = installation.home / "box.yml"
    file.write_text(f"vms: [{{name: {name}, template: basic-server}}]\n", encoding="utf-8")
    return str(file)
