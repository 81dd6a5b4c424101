"""Jobs and a clock that a test moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fuyajo.store.database import Database
from fuyajo.store.home import Home
from fuyajo.store.jobs import Job, JobStore
from tests.support.claims import home_with_database

START = datetime(2026, 11, 22, 21, 0, tzinfo=UTC)
LEASE = timedelta(seconds=20)


def jobs_at(root: Path) -> JobStore:
    return JobStore(Database(Home(root)))


def new_jobs(root: Path) -> JobStore:
    """A home that is there from a template: a migration for each test would cost seconds."""
    return jobs_at(home_with_database(root))


def job_of(number: int, owner: str = "mika", *locks: str, **more: Any) -> Job:
    """Its id and its age go by the number."""
    values = {"plan": f"p-{number:08x}", "priority": 0, "reason": "test"} | more
    return Job(
        run=f"r-20261122-{number // 65536:06d}-{number % 65536:04x}",
        owner=owner,
        state="queued",
        fence=0,
        locks=locks,
        created=START + timedelta(milliseconds=number),
        **values,
    )
