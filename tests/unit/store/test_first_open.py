"""Many processes that come to a fresh home at the same moment."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

import pytest

from fuyajo.store.database import Database
from fuyajo.store.home import Home

PROCESSES, HOMES = 50, 4


def _write(home: Path, gate: int) -> None:
    os.read(gate, 1)
    with Database(Home(home)).write() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM jobs")


def _together(home: Path) -> list[int]:
    gate, hold = os.pipe()
    children = []
    for _ in range(PROCESSES):
        child = os.fork()
        if child == 0:
            os.close(hold)
            try:
                _write(home, gate)
            except BaseException:  # noqa: BLE001 - nothing of the parent's may run here
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        children.append(child)
    os.close(gate)
    os.close(hold)  # all at once
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


@pytest.mark.slow
def test_nobody_is_turned_away_while_the_file_is_made(tmp_path: Path) -> None:
    ends = [code for number in range(HOMES) for code in _together(tmp_path / str(number))]
    assert ends == [0] * PROCESSES * HOMES
