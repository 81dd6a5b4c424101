"""A worker, the processes of its jobs, and what becomes of a job when one of them ends before its time."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from fuyajo.service.runs import get_run
from fuyajo.service.submitting import cancel
from fuyajo.store.jobs import Job
from tests.integration.service.conftest import Service
from tests.support.pace import within
from tests.support.service_host import HOLD, OF_WORKER, children, worker

WITHIN = 5.0  # seconds from somebody's cancel to the end of everything
LEASE = 6.0  # where a test waits for its end; jobs give up before it


@pytest.fixture
def hold(tmp_path: Path) -> Path:
    """As long as this file is there, runs stay in their middle."""
    file = tmp_path / "hold"
    file.touch()
    return file


def in_its_middle(service: Service, hold: Path, job: Job) -> None:
    service.until((hold.parent / f"holding-{job.run}").exists)


def settled(service: Service, job: Job) -> str:
    record = get_run(service.actor(job.owner), job.run)
    assert record.settled
    assert service.actor().claims.open() == []
    assert service.actor().audit.has("run.finished", job.run)
    return record.status


def test_what_is_submitted_is_carried_out(service: Service) -> None:
    jobs = [service.submit(f"vm-{number}", user) for number, user in enumerate(("mika", "jun"))]
    with worker(service.home) as process:
        for job in jobs:
            service.state(job, "successful")
            assert settled(service, job) == "successful"
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert sorted(service.times_run()) == sorted(job.run for job in jobs)


def test_the_same_plan_is_the_same_job(service: Service) -> None:
    plan = service.plan("web")
    from fuyajo.service.submitting import submit

    job = submit(service.actor(), plan, "web")
    assert submit(service.actor(), plan, "web") == job


def test_what_policy_forbids_meanwhile_is_not_run(service: Service) -> None:
    job = service.submit("web")
    policy = service.home / "policy.toml"
    policy.write_text('version = 1\n[roles.default]\nneeds = {start = "refused"}\n')
    policy.chmod(0o600)
    with worker(service.home):
        service.state(job, "failed")
    assert service.job(job).problems
    assert service.times_run() == []


def test_a_queued_run_is_canceled_at_once(service: Service) -> None:
    job = service.submit("web")
    assert cancel(service.actor(), job.run).state == "canceled"
    with worker(service.home):
        service.state(service.submit("other"), "successful")
    assert job.run not in service.times_run()


def test_a_run_is_canceled_within_seconds_and_leaves_no_process(
    service: Service, hold: Path
) -> None:
    with worker(service.home, **{HOLD: str(hold)}) as process:
        job = service.submit("web")
        in_its_middle(service, hold, job)
        (running,) = [pid for pid in children(process.pid) if _serves(pid, job)]
        with within(WITHIN):
            cancel(service.actor(), job.run)
            service.state(job, "canceled")
        assert not Path(f"/proc/{running}").exists()
    assert get_run(service.actor(), job.run).settled
    assert service.actor().claims.open() == []


def test_a_run_that_does_not_listen_is_killed(service: Service, hold: Path) -> None:
    with worker(service.home, **{HOLD: str(hold)}) as process:
        job = service.submit("web")
        in_its_middle(service, hold, job)
        (running,) = [pid for pid in children(process.pid) if _serves(pid, job)]
        os.kill(running, signal.SIGSTOP)
        with within(WITHIN):
            cancel(service.actor(), job.run)
            service.state(job, "canceled")


def test_a_worker_that_stops_waits_or_cancels(service: Service, hold: Path) -> None:
    with worker(service.home, **{HOLD: str(hold)}) as process:
        job, waiting = service.submit("web"), None
        in_its_middle(service, hold, job)
        process.send_signal(signal.SIGTERM)
        waiting = service.submit("later")
        hold.unlink()
        assert process.wait(60) == 0
    assert service.job(job).state == "successful"
    assert service.job(waiting).state == "queued"
    hold.touch()
    with worker(service.home, **{HOLD: str(hold)}) as process:
        in_its_middle(service, hold, waiting)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    ended = service.job(waiting)
    assert ended.state == "canceled"
    assert [problem.code for problem in ended.problems] == ["job_service_stopped"]


@pytest.mark.parametrize("point", OF_WORKER)
def test_a_worker_that_is_killed(service: Service, point: str) -> None:
    job = service.submit("web")
    # Only a job that comes to its end needs its lease for so long.
    lease = LEASE if point == "job-ended" else 1.5
    with worker(service.home, lease=lease, FUYAJO_FAILPOINT=point) as first:
        assert first.wait(60) == -signal.SIGKILL
    assert service.job(job).state in ("starting", "running")
    with worker(service.home, lease=1.5, FUYAJO_FAILPOINT="job-reaped") as second:
        assert second.wait(60) == -signal.SIGKILL
    with worker(service.home):
        # What was carried out to its end has that end, whoever was there to write it down.
        service.state(job, "interrupted" if point != "job-ended" else "successful")
        other = service.submit("other")
        service.state(other, "successful")
    assert service.times_run().count(job.run) <= 1
    assert service.actor().claims.open() == []
    assert all(record.settled for record in service.actor().runs.list("mika"))


def test_a_worker_that_is_killed_takes_its_jobs_along(service: Service, hold: Path) -> None:
    """Nobody renews their lease: they must be gone before somebody else may touch the machine."""
    with worker(service.home, lease=LEASE, **{HOLD: str(hold)}) as first:
        job = service.submit("web")
        in_its_middle(service, hold, job)
        processes = children(first.pid)
        (running,) = [pid for pid in processes if _serves(pid, job)]
        first.kill()
        with within(LEASE / 2):
            service.until(lambda: not Path(f"/proc/{running}").exists())
        # The one that waits notices as soon as it has read its modules.
        service.until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in processes))
    hold.unlink()
    with worker(service.home, lease=LEASE):
        service.state(job, "interrupted")
    assert settled(service, job) == "interrupted"
    assert service.times_run() == []


def test_a_worker_that_hangs_loses_its_jobs_before_another_one_begins(
    service: Service, hold: Path
) -> None:
    with worker(service.home, lease=LEASE, **{HOLD: str(hold)}) as first:
        job = service.submit("web")
        in_its_middle(service, hold, job)
        (running,) = [pid for pid in children(first.pid) if _serves(pid, job)]
        first.send_signal(signal.SIGSTOP)
        with worker(service.home, lease=LEASE):
            with within(LEASE):
                service.until(lambda: _gone(running))
            service.state(job, "interrupted")
        first.send_signal(signal.SIGCONT)
        hold.unlink()
        service.state(service.submit("later"), "successful")  # it has noticed, and works again
    assert service.job(job).state == "interrupted"
    assert job.run not in service.times_run()


def _serves(pid: int, job: Job) -> bool:
    """Whether that process holds the lock of that run."""
    return any(job.run in target for target in _open_files(pid))


def _open_files(pid: int) -> Iterator[str]:
    # A process that works opens and closes files while its directory is read.
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            yield os.readlink(entry)


def _gone(pid: int) -> bool:
    """Ended, even if its worker, which is stopped, has not asked yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True
