"""Reports of the gate at rest."""

from __future__ import annotations

from pathlib import Path

from fuyajo.store.home import Home
from fuyajo.store.reports import MOST, ReportStore
from tests.e2e.pages.test_gate_reports import report


def test_the_newest_of_each_planner_are_kept(tmp_path: Path) -> None:
    store = ReportStore(Home(tmp_path))
    store.keep(report(1, 1.0, backend="openai-2"), admitted=True)
    for day in range(1, MOST + 4):
        store.keep(report(day, 0.9), admitted=False)
    found = store.list()
    assert [one.backend for one in found].count("openai") == MOST
    assert found[-1].backend == "openai-2"
    assert found[0].id == f"openai-202611{MOST + 3}-090000"
    assert store.get(found[0].id) == found[0]
    file = tmp_path / "gate" / "reports" / f"{found[0].id}.json"
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_is_damaged_or_elsewhere_is_none(tmp_path: Path) -> None:
    store = ReportStore(Home(tmp_path))
    store.keep(report(1, 1.0), admitted=True)
    (tmp_path / "gate" / "reports" / "openai-20261102-090000.json").write_text("{}")
    (tmp_path / "gate" / "x-20261102-090000.json").write_text("{}")
    assert [one.id for one in store.list()] == ["openai-20261101-090000"]
    assert store.get("../x-20261102-090000") is None
