"""Rows of a fleet: the busiest first, and nothing of a guest's in the terminal."""

from __future__ import annotations

import pytest

from fuyajo.service.fleet import Row
from fuyajo.views.fleet import chosen, machine_cells


def row(name: str, **values: float) -> Row:
    return Row(name, f"u-{name}", "mika", None, "running", 2, 1024, 10, values)


BUSY = row("busy", cpu=90.0, memory_used=100.0, disk_read=1.0, net_sent=5.0)
LARGE = row("large", cpu=1.0, memory_used=900.0, disk_read=1.0, disk_written=9.0)
QUIET = row("quiet")


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("cpu", ["busy", "large", "quiet"]),
        ("memory", ["large", "busy", "quiet"]),
        ("disk", ["large", "busy", "quiet"]),
        ("network", ["busy", "large", "quiet"]),
        ("name", ["busy", "large", "quiet"]),
    ],
)
def test_the_busiest_comes_first(by: str, names: list[str]) -> None:
    assert [one.vm for one in chosen([QUIET, LARGE, BUSY], by)] == names


def test_a_filter_is_a_part_of_the_name() -> None:
    assert [one.vm for one in chosen([QUIET, LARGE, BUSY], "cpu", "UI")] == ["quiet"]


def test_what_nobody_knows_is_a_dash_and_no_sequence_passes() -> None:
    cells = machine_cells(row("evil\x1b[2Jname"))
    assert "\x1b" not in "".join(cells)
    assert cells[2:] == ["–", "–", "1.0 GiB", "–", "–", "–", "–"]
