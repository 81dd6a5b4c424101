"""Two real guests, one after the other: the second is not even started before the first is ready."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.installation import Installation

pytestmark = [
    pytest.mark.guest,
    pytest.mark.libvirt,
    pytest.mark.slow,
    pytest.mark.timeout(2400),
]


def request(installation: Installation) -> Path:
    small = {"template": "basic-server", "memory": "512MiB", "disk": "4GiB"}
    first, second = (f"{installation.name}-{name}" for name in ("db", "app"))
    file = installation.home / "order.json"
    vms = [{"name": second, "after": [first], **small}, {"name": first, **small}]
    file.write_text(json.dumps({"vms": vms}), encoding="utf-8")
    return file


def story(installation: Installation, run: str) -> list[tuple[str, str]]:
    """(task, host) of every result, in order."""
    said = installation.fuyajo("run", "logs", run, "--json")
    events: list[dict[str, Any]] = json.loads(said.stdout)
    return [(e["task"], e["host"]) for e in events if e["kind"] == "result"]


def test_one_after_the_other(installation: Installation) -> None:
    file = request(installation)
    applied = installation.fuyajo("apply", "-f", str(file), "--json", timeout=1700)
    assert applied.returncode == 0, applied.stdout
    answer = json.loads(applied.stdout)
    assert {vm["state"] for vm in answer["vms"]} == {"running"}
    told = story(installation, answer["run"]["id"])
    first, second = (f"{installation.name}-{name}.guest" for name in ("db", "app"))
    marked = told.index(("verify: record what was configured", first))
    started = told.index(("boot: start the machine whose turn it is", second))
    assert told.index(("boot: wait until the guest answers", first)) < marked < started
    assert started < told.index(("boot: wait until the guest answers", second))
    assert ("boot: start the machine whose turn it is", first) not in told
    for options in ((), ("--check",)):
        ran = installation.playbook(json.loads(file.read_text()), *options)
        assert ran.returncode == 0, ran.stdout
        assert "changed=1" not in ran.stdout.split("PLAY RECAP")[1]
