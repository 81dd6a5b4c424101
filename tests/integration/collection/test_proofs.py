"""Proofs for every module, by the real ansible-playbook on the real libvirt.

Check mode tells what the work then does; a second run changes nothing, nor does check mode after it; what
is absent is absent the second time. A module without a case fails the suite.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.integration.collection.cases import CASES, ELSEWHERE, READS, Case, Place
from tests.support.collection import REPOSITORY, SOURCE

pytestmark = [pytest.mark.libvirt, pytest.mark.timeout(240)]
MODULES = sorted(
    p.stem for p in (SOURCE / "plugins" / "modules").glob("*.py") if p.stem != "__init__"
)
WRITERS = [name for name in MODULES if not name.endswith("_info") and name not in ELSEWHERE]
READERS = [name for name in MODULES if name.endswith("_info")]
BIN = Path(sys.executable).parent
Task = tuple[str, str, dict[str, Any], bool]


def play(place: Place, tasks: list[Task], tools: Path = BIN) -> dict[str, dict[str, Any]]:
    """Run the tasks (label, module, options, check mode); return {label: result}."""
    book = place.directory / "book.yml"
    written = [
        {"name": label, f"fuyajo.libvirt.{module}": options, "check_mode": check}
        for label, module, options, check in tasks
    ]
    variables = {"ansible_python_interpreter": str(tools / "python")}
    plays = [{"hosts": "localhost", "gather_facts": False, "vars": variables, "tasks": written}]
    book.write_text(json.dumps(plays), encoding="utf-8")
    env = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(REPOSITORY / "collections"),
        "ANSIBLE_CALLBACK_PLUGINS": str(SOURCE / "tests" / "integration" / "callback"),
        "ANSIBLE_STDOUT_CALLBACK": "lines",
    }
    command = [tools / "ansible-playbook", "-i", "localhost,"]
    done = subprocess.run(
        [*command, "-c", "local", "--diff", book],
        env=env,
        cwd=place.directory,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return {line["task"]: line["result"] for line in lines}


def steps(module: str, case: Case, place: Place) -> list[Task]:
    """The same questions for every module: to make, to change, to remove."""
    found: list[Task] = [
        (f"prepare {i}", name, options, False)
        for i, (name, options) in enumerate(case.before(place))
    ]
    stages = [("make", case.wish(place))]
    if case.change:
        stages.append(("change", {**case.wish(place), **case.change(place)}))
    if case.end:
        stages.append(("end", case.end(place)))
    for stage, options in stages:
        found.append((f"{stage}: check before", module, options, True))
        found.append((f"{stage}: work", module, options, False))
        found.append((f"{stage}: check after", module, options, True))
        found.append((f"{stage}: again", module, options, False))
    return found


def told(result: dict[str, Any]) -> Any:
    """What a result says about changes, object by object."""
    return [(r["kind"], r["name"], r["changes"]) for r in result["results"]]


def judge(results: dict[str, dict[str, Any]]) -> None:
    """Hold the answers against each other."""
    stages = [label.partition(":")[0] for label in results if label.endswith(": work")]
    assert len(stages) >= 1
    for stage in stages:
        before, work = results[f"{stage}: check before"], results[f"{stage}: work"]
        assert before["changed"] and work["changed"], (stage, before, work)
        assert told(before) == told(work), stage
        assert before["diff"] == work["diff"], stage
        assert not any(r["actions"] for r in before["results"]), "check mode did something"
        for later in ("check after", "again"):
            assert not results[f"{stage}: {later}"]["changed"], (stage, later, results)


@pytest.mark.parametrize("module", WRITERS)
def test_writer(module: str, place: Place) -> None:
    judge(play(place, steps(module, CASES[module], place)))


@pytest.mark.parametrize("module", READERS)
def test_reader(module: str, place: Place) -> None:
    options = READS.get(module, lambda _: {})(place)
    tasks: list[Task] = [("machine", "vm", place.machine, False)]
    tasks += [(f"read, check {check}", module, options, check) for check in (True, False)]
    results = play(place, tasks)
    for check in (True, False):
        assert not results[f"read, check {check}"]["changed"]


def test_every_module_has_proofs() -> None:
    assert set(WRITERS) == set(CASES)
    assert all((REPOSITORY / path).exists() for path in ELSEWHERE.values())
