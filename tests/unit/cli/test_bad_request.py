"""One file with everything wrong: every problem is told at once, with its path, and nothing is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fuyajo.cli.main import run
from tests.support.command_line import World

BAD = Path(__file__).parents[2] / "golden" / "requests" / "bad.yml"
PATHS = {
    "colour",
    "vms[0].name",
    "vms[0].template",
    "vms[0].memory",
    "vms[0].cpus",
    "vms[1].count",
    "vms[1].memory",
    "vms[1].vars.title",
    "vms[1].vars.ansible_connection",
    "vms[2].name",
    "vms[2].network",
    "networks[0].cidr",
    "operations[0].op",
    "operations[1]",
}


def test_a_bad_file_names_every_problem_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FUYAJO_HOME", str(tmp_path / "home"))
    assert run(["plan", "-f", str(BAD), "--json"]) == 2
    said = json.loads(capsys.readouterr().out)
    assert (said["plan"], said["reply"]) == (None, None)
    assert {problem["path"] for problem in said["problems"]} == PATHS
    assert all(problem["hint"] for problem in said["problems"])
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_for_a_person_each_has_a_line_and_a_hint(
    lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FUYAJO_HOME", str(tmp_path / "home"))
    assert run(["plan", "-f", str(BAD), "--lang", lang]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len([line for line in lines if line.startswith("  → ")]) * 2 == len(lines)
    assert all(any(path in line for line in lines) for path in PATHS)


@pytest.mark.parametrize("template", ["", "nope"])
def test_a_short_form_that_is_wrong_is_a_problem(
    world: World, tmp_path: Path, template: str
) -> None:
    file = tmp_path / "bad.json"
    file.write_text(json.dumps({"template": template}), encoding="utf-8")
    code, said = world.json("plan", "-f", str(file))
    assert code == 2
    assert [problem["path"] for problem in said["problems"]] == ["template"]
