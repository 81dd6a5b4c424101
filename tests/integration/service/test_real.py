"""The real worker, the real playbook, real libvirt: carried out, canceled, and killed in the middle."""

from __future__ import annotations

import json
import os
import pwd
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from fuyajo.service.context import Actor, load_settings
from fuyajo.service.runs import events, get_run
from fuyajo.service.submitting import cancel, submit
from fuyajo.store.jobs import Job
from tests.support.images import ready_store
from tests.support.installation import Installation, domains, install, remove

pytestmark = [pytest.mark.libvirt, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = install(tmp_path_factory.mktemp("worker"), ready_store())
    try:
        yield made
    finally:
        remove(made)


def actor_of(installation: Installation) -> Actor:
    return Actor(pwd.getpwuid(os.geteuid()).pw_name, load_settings(installation.environment))


def submitted(installation: Installation, name: str) -> Job:
    file = installation.home / f"{name}.yml"
    file.write_text(
        f"vms: [{{name: {name}, template: basic-server, state: stopped}}]\n", encoding="utf-8"
    )
    planned = installation.fuyajo("plan", "-f", str(file), "--json")
    return submit(actor_of(installation), json.loads(planned.stdout)["plan"]["id"])


@contextmanager
def working(installation: Installation) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [*installation.command, "worker"],
        env=installation.environment,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def state(actor: Actor, job: Job, *states: str, seconds: float = 120) -> float:
    """Seconds until it is in one of these."""
    began, pause = monotonic(), Event()
    while (found := actor.jobs.get(job.run)) is None or found.state not in states:
        assert monotonic() - began < seconds, found
        pause.wait(0.05)
    return monotonic() - began


def at_work(actor: Actor, job: Job) -> None:
    """Its playbook has begun to do something."""
    tree = actor.runs.directory(job.owner, job.run) / "events.jsonl"
    pause, began = Event(), monotonic()
    while not (tree.exists() and tree.stat().st_size):
        assert monotonic() - began < 60
        pause.wait(0.05)


def processes_of(job: Job) -> list[str]:
    """Whatever has this run on its command line."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if job.run.encode() in words:
            found.append(words.replace(b"\0", b" ").decode(errors="replace"))
    return found


def test_carried_out_canceled_and_killed(installation: Installation) -> None:
    actor, name = actor_of(installation), installation.name
    with working(installation) as process:
        whole = submitted(installation, f"{name}-whole")
        state(actor, whole, "successful")
        assert get_run(actor, whole.run).status == "successful"
        assert f"{name}-whole" in domains()
        assert list(events(actor, whole.run))

        unwanted = submitted(installation, f"{name}-unwanted")
        at_work(actor, unwanted)
        cancel(actor, unwanted.run)
        assert state(actor, unwanted, "canceled") < 5.0
        assert processes_of(unwanted) == []
        assert get_run(actor, unwanted.run).status == "canceled"

        lost = submitted(installation, f"{name}-lost")
        at_work(actor, lost)
        process.kill()
    with working(installation) as process:
        state(actor, lost, "interrupted")
        assert processes_of(lost) == []
        record = get_run(actor, lost.run)
        assert (record.status, record.settled) == ("interrupted", True)
        assert actor.claims.open() == []
        # A person's resume: what is not done yet, as a new run.
        again = submit(actor, str(lost.plan))
        assert again.run != lost.run
        state(actor, again, "successful")
        assert f"{name}-lost" in domains()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
