"""The size ratchet and the house law, measured from the source itself.

`shape_allowed.json` lists what is over a limit today, with its size. An entry may only shrink: a test fails
when something grows, and also when an entry is larger than what it allows for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fuyajo.domain.texts import TABLES
from tests import shape

ALLOWED: dict[str, int] = json.loads(
    (Path(__file__).parent / "shape_allowed.json").read_text(encoding="utf-8")
)
FILES = shape.python_files()
UTILS = "collections/ansible_collections/fuyajo/libvirt/plugins/module_utils"
# Places that ask again after a while, each with a deadline: what they wait for tells nobody.
SLEEPS_ALLOWED = {
    "scripts/libvirt_daemons.py": "libvirtd does not say when it begins to answer",
    "fuyajo/engine/box/control.py": "another process settles the run and leaves a file",
    "fuyajo/engine/box/process.py": "a child may fork faster than it is found",
    f"{UTILS}/_host/calls.py": "asks a condition of the host that has no event",
    "tests/integration/runner/support.py": "the process table has no event for a process that is gone",
}


def name_of(path: Path) -> str:
    return path.relative_to(shape.ROOT).as_posix()


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def too_long() -> dict[str, int]:
    found: dict[str, int] = {}
    for path in FILES:
        rules = (shape.long_file, shape.long_functions)
        for what, lines in (hit for rule in rules for hit in rule(read(path))):
            key = f"{name_of(path)}:{what}" if what else name_of(path)
            found[key] = max(lines, found.get(key, 0))
    return found


def test_nothing_is_too_long() -> None:
    over = {key: lines for key, lines in too_long().items() if lines > ALLOWED.get(key, 0)}
    assert not over, f"over {shape.MAX_FILE_LINES}/{shape.MAX_FUNCTION_LINES} lines: {over}"


def test_the_allow_list_only_shrinks() -> None:
    found = too_long()
    slack = {
        key: (lines, found.get(key)) for key, lines in ALLOWED.items() if found.get(key) != lines
    }
    assert not slack, f"tighten tests/shape_allowed.json (allowed, found): {slack}"


def hits(rule: Callable[[str], Iterator[int]]) -> list[str]:
    return [f"{name_of(path)}:{line}" for path in FILES for line in rule(read(path))]


def test_every_handler_names_its_exception() -> None:
    assert not hits(shape.bare_excepts)


def test_no_shell_reads_a_string() -> None:
    assert not hits(shape.shells)


def test_nothing_sleeps() -> None:
    found = [hit for hit in hits(shape.sleeps) if hit.rpartition(":")[0] not in SLEEPS_ALLOWED]
    assert not found, f"wait for an event, not for a time: {found}"


@pytest.mark.parametrize("name", SLEEPS_ALLOWED)
def test_an_allowed_sleep_is_still_there(name: str) -> None:
    assert list(shape.sleeps(read(shape.ROOT / name)))


def test_both_languages_say_the_same() -> None:
    assert not shape.table_differences(TABLES["en"], TABLES["ja"])


# --- every rule fires on a bad sample and stays quiet on a good one -----------------------------------


def body(lines: int) -> str:
    return "def f():\n" + "    pass\n" * (lines - 1)


@pytest.mark.parametrize(
    ("rule", "bad", "good"),
    [
        (shape.long_file, "x = 1\n" * 401, "x = 1\n" * 400),
        (shape.long_functions, body(41), body(40)),
        (shape.long_functions, "async " + body(41), "@decorated\n" + body(40)),
        (
            shape.bare_excepts,
            "try:\n  f()\nexcept:\n  pass",
            "try:\n  f()\nexcept OSError:\n  pass",
        ),
        (shape.shells, "run('ls', shell=True)", "run(['ls'], shell=False)"),
        (shape.shells, "run('ls', shell=wanted)", "run(['ls'])"),
        (shape.shells, "import os\nos.system('ls')", "import os\nos.stat('ls')"),
        (shape.sleeps, "import time\ntime.sleep(1)", "import time\ntime.monotonic()"),
        (
            shape.sleeps,
            "from time import sleep as nap\nnap(1)",
            "from asyncio import sleep\nsleep(1)",
        ),
    ],
)
def test_rules_fire(rule: Callable[[str], Iterator[object]], bad: str, good: str) -> None:
    assert list(rule(bad))
    assert not list(rule(good))


@pytest.mark.parametrize(
    ("one", "other", "differences"),
    [
        ({"a": "x {n}"}, {"a": "{n} y"}, []),
        ({"a": "x"}, {}, ["a"]),
        ({}, {"b": "x"}, ["b"]),
        ({"a": "x {n}"}, {"a": "x {m}"}, ["a"]),
    ],
)
def test_tables_are_compared(
    one: dict[str, str], other: dict[str, str], differences: list[str]
) -> None:
    assert shape.table_differences(one, other) == differences


def test_commands_are_found_in_console_blocks_only() -> None:
    page = "```console\n$ fuyajo plan x\nPlan 1\n```\n\n```yaml\n$ not this\n```\n"
    assert shape.typed_commands(page) == ["fuyajo plan x"]
