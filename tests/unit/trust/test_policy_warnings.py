"""What `policy check` says of a good file that does not do what it looks like."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_line import World

ASKS = '[roles.staff.approvals]\naccept = ["terminal", "elicitation"]\n'


def written(tmp_path: Path, text: str) -> str:
    file = tmp_path / "new.toml"
    file.write_text(text)
    file.chmod(0o600)
    return str(file)


def test_elicitation_without_a_client(world: World, tmp_path: Path) -> None:
    file = written(tmp_path, "[roles.default]\n" + ASKS)
    done, out = world.call("policy", "check", file)[:2]
    assert done == 0
    (line,) = [line for line in out.splitlines() if line.startswith("! ")]
    assert "new.toml:3: roles.staff.approvals.accept" in line
    assert "elicitation_clients =" in line  # what to type next
    _, answer = world.json("policy", "check", file)
    assert (answer["problems"], answer["warnings"]) == ([], [line.removeprefix("! ")])


@pytest.mark.parametrize("text", [ASKS + 'elicitation_clients = ["x"]\n', "[roles.default]\n"])
def test_nothing_to_warn_of(world: World, tmp_path: Path, text: str) -> None:
    file = written(tmp_path, text)
    assert "! " not in world.call("policy", "check", file)[1]
    assert world.json("policy", "check", file)[1]["warnings"] == []
