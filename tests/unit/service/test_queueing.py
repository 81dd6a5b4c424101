"""What a job waits for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from fuyajo.service.context import Actor
from fuyajo.service.queueing import Waits, waits
from tests.support.jobs import LEASE, START, job_of, new_jobs


@pytest.fixture
def store(tmp_path: Path) -> Any:
    return new_jobs(tmp_path / "home")


def mika(store: Any) -> Actor:
    return cast("Actor", SimpleNamespace(user="mika", jobs=store))


def test_those_before_it_and_the_machines_they_have(store: Any) -> None:
    first, other = job_of(1, "mika", "web"), job_of(2, "jun", "shop")
    mine, urgent = job_of(3, "mika", "web", "db"), job_of(4, "jun", "shop", priority=5)
    for job in (first, other, mine):
        store.enqueue(job)
    assert waits(mika(store), mine) == Waits(3, ("web",), first.run)
    assert store.claim("w", START, LEASE, 5).run == first.run
    assert waits(mika(store), mine) == Waits(2, ("web",), first.run)
    store.enqueue(urgent)
    assert waits(mika(store), mine) == Waits(3, ("web",), first.run)
    assert waits(mika(store), urgent) == Waits(1)


def test_a_run_of_somebody_else_is_not_named(store: Any) -> None:
    theirs, mine = job_of(1, "jun", "web"), job_of(2, "mika", "web")
    store.enqueue(theirs)
    store.enqueue(mine)
    assert waits(mika(store), mine) == Waits(2, ("web",), None)
    later = START + timedelta(seconds=1)
    assert waits(mika(store), store.claim("w", later, LEASE, 5)) is None
