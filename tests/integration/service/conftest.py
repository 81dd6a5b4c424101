from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from fuyajo.domain.consent import ASSISTANTS
from fuyajo.domain.request import Config
from fuyajo.service.context import Actor
from fuyajo.service.planning import from_config
from fuyajo.service.submitting import submit
from fuyajo.store.jobs import Job
from tests.support.claims import home_with_database
from tests.support.file_host import FileHost, actor_of, file_host

SECONDS = 60.0


@dataclass
class Service:
    """A home with a host that is a file, and somebody who asks."""

    home: Path
    host: FileHost

    def actor(self, user: str = "mika") -> Actor:
        return actor_of(self.home, user)

    def plan(self, name: str, user: str = "mika") -> str:
        wish = Config.model_validate_json(
            json.dumps({"vms": [{"name": name, "template": "web-server"}]})
        )
        plan = from_config(self.actor(user), wish, "test").plan
        assert plan is not None
        return plan.id

    def submit(self, name: str, user: str = "mika") -> Job:
        return submit(self.actor(user), self.plan(name, user), "web")

    def job(self, job: Job) -> Job:
        found = self.actor().jobs.get(job.run)
        assert found is not None
        return found

    def until(self, condition: Callable[[], bool], seconds: float = SECONDS) -> float:
        """Seconds that it took; asked again and again, the database tells nobody."""
        began, pause = monotonic(), Event()
        while not condition():
            assert monotonic() - began < seconds
            pause.wait(0.03)
        return monotonic() - began

    def state(self, job: Job, *states: str) -> float:
        return self.until(lambda: self.job(job).state in states)

    def times_run(self) -> list[str]:
        return [run for run, what, _, _ in self.host.content().done if what == "run"]


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    for name in ASSISTANTS:
        monkeypatch.delenv(name, raising=False)
    home = home_with_database(tmp_path / "home")
    with file_host(home, monkeypatch) as host:
        yield Service(home, host)
