"""Whoever asks for a run dies while asking: there is no job, or one that the same question finds again."""

from __future__ import annotations

import signal
from functools import partial
from pathlib import Path

import pytest

from fuyajo.domain.request import Config
from fuyajo.service.planning import from_config
from fuyajo.service.submitting import submit
from tests.support.file_host import actor_of, file_host, in_a_process

USER = "mika"


@pytest.mark.parametrize(("point", "jobs"), [("job-admitted", 0), ("job-committed", 1)])
def test_killed_while_asking(
    point: str, jobs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    with file_host(home, monkeypatch):
        wish = Config.model_validate({"vms": [{"name": "web", "template": "web-server"}]})
        plan = from_config(actor_of(home, USER), wish, "test").plan
        assert plan is not None
        ask = partial(_submit, home, plan.id)
        assert in_a_process(ask, point) == -signal.SIGKILL
        left = actor_of(home, USER).jobs.of(USER)
        assert [job.state for job in left] == ["queued"] * jobs
        again = submit(actor_of(home, USER), plan.id)
        (only,) = actor_of(home, USER).jobs.of(USER)
        assert (only.run, only.plan, only.state) == (again.run, plan.id, "queued")
        assert not left or left[0].run == again.run


def _submit(home: Path, plan: str) -> None:
    submit(actor_of(home, USER), plan)
