"""What `protected` keeps is the machine: a snapshot of it, or what it had not saved, a person may give up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fuyajo.domain.machine import Snapshot
from tests.support.command_line import World, machine
from tests.support.trust import policy

SAVED = Snapshot("s", "2026-11-22T21:00:00Z", "running")


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"op": "delete-snapshot", "snapshot": "s"}, 0),
        ({"op": "restart", "force": True}, 0),
        ({"op": "revert", "snapshot": "s"}, 3),
    ],
)
def test_a_protected_machine(world: World, tmp_path: Path, wish: dict[str, Any], code: int) -> None:
    policy(world, '[roles.default]\nprotected = ["db*"]\n')
    world.have(machine("db-1", snapshots=(SAVED,)))
    file = tmp_path / "wish.json"
    file.write_text(json.dumps({"operations": [{"vm": "db-1", **wish}]}))
    assert world.call("apply", "-f", str(file))[0] == 3, "nobody agreed"
    assert world.call("apply", "-f", str(file), "--yes")[0] == code
    assert len(world.runs) == int(code == 0)
