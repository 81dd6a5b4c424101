"""The same with the real `fuyajo`, the real playbook and real libvirt: killed, looked at, applied again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.images import ready_store
from tests.support.installation import Installation, domains, install, remove, volumes

pytestmark = [pytest.mark.libvirt, pytest.mark.slow, pytest.mark.timeout(300)]
POINTS = ("recorded", "taken", "announced", "ended", "seen", "remembered", "audited")
# A line of its progress, during which it is killed from outside.
MOMENTS = {"early": "preparing", "making": "working on the machines"}


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = install(tmp_path_factory.mktemp("trust"), ready_store())
    try:
        yield made
    finally:
        remove(made)


def _plan(installation: Installation, name: str) -> str:
    file = installation.home / f"{name}.yml"
    file.write_text(
        f"vms: [{{name: {name}, template: basic-server, state: stopped}}]\n", encoding="utf-8"
    )
    planned = installation.fuyajo("plan", "-f", str(file), "--json")
    plan: str = json.loads(planned.stdout)["plan"]["id"]
    return plan


def _said(installation: Installation, *words: str) -> Any:
    return json.loads(installation.fuyajo(*words, "--json").stdout)


def _whole_again(installation: Installation, plan: str, name: str) -> None:
    """The run is over for everybody; applying again makes the machine once and for all; all is listed."""
    assert all(run["status"] != "running" for run in _said(installation, "run", "list"))
    again = installation.fuyajo("apply", plan)
    assert again.returncode == 0, again.stderr
    assert "Nothing to do" in installation.fuyajo("apply", plan).stdout
    listed = {vm["name"] for vm in _said(installation, "vm", "list")}
    # Others run their tests on this host as the same user.
    mine = {name for name in listed if name.startswith(installation.name)}
    assert name in mine
    assert {d for d in domains() if d.startswith(installation.name)} == mine
    left = {volume.partition(".")[0] for volume in volumes(installation)}
    assert {volume for volume in left if not volume.startswith("base-")} == mine


@pytest.mark.parametrize("point", POINTS)
def test_killed_by_itself(installation: Installation, point: str) -> None:
    name = f"{installation.name}-{point}"
    plan = _plan(installation, name)
    environment = {**installation.environment, "FUYAJO_FAILPOINT": point}
    killed = subprocess.run(
        [*installation.command, "apply", plan],
        env=environment,
        capture_output=True,
        timeout=120,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    _whole_again(installation, plan, name)


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_from_outside(installation: Installation, moment: str) -> None:
    name = f"{installation.name}-{moment}"
    plan = _plan(installation, name)
    with installation.start("apply", plan) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if MOMENTS[moment] in line:
                break
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    _whole_again(installation, plan, name)
