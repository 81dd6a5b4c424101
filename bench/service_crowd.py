"""200 users ask for 2,000 runs, 50 at a time; workers carry them out on a host that is a file.

Nothing here is timed against a floor: what counts is that every number is exact. Each user may have
`ALLOWED` machines and asks for more; the runs begin in any order, several of one user at once.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event
from typing import NamedTuple

import httpx2
from measure import report
from service_place import SERVE_FILE, Serving, posted, request_of, serving

from fuyajo.domain.jobs import OVER
from tests.support.file_host import FileHost
from tests.support.service_host import start

USERS, EACH, ALLOWED, AT_ONCE, WORKERS, SLOTS = 200, 10, 8, 50, 2, 2
LEASE_SECONDS = 20.0


class Person(NamedTuple):
    name: str
    client: httpx2.Client


def main(users: int = USERS) -> None:
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fuyajo-crowd-")))
        home = directory / "home"
        home.mkdir(mode=0o700)
        environ = {**os.environ, "FUYAJO_HOME": str(home), "FUYAJO_QUOTA_VMS": str(ALLOWED)}
        here = stack.enter_context(serving(environ, "--no-worker", command=SERVE_FILE))
        people = [_person(here, stack, f"u{number:03}") for number in range(users)]
        began = time.perf_counter()
        runs = _submit(people)
        submitted = time.perf_counter() - began
        began = time.perf_counter()
        with _workers(home):
            _until_over(here, len(runs))
        carried = time.perf_counter() - began
        _tell(
            people,
            _verdicts(here, people, runs, FileHost(directory / "host.pickle")),
            submitted,
            carried,
        )


def _person(here: Serving, stack: ExitStack, name: str) -> Person:
    return Person(name, stack.enter_context(here.client(here.user(name))))


def _submit(people: list[Person]) -> dict[str, str]:
    """Owner by run: everybody's first wish, then everybody's second one, …, 50 calls at once."""

    def ask(wish: tuple[Person, int]) -> tuple[str, str]:
        person, number = wish
        plan = posted(person.client, "/plans", request_of(f"{person.name}-{number}"))["plan"]
        applied = posted(person.client, f"/plans/{plan['id']}/apply", {"yes": True})
        return str(applied["run"]["id"]), person.name

    wishes = [(person, number) for number in range(EACH) for person in people]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        told = list(threads.map(ask, wishes))
    return dict(told)


@contextmanager
def _workers(home: Path) -> Iterator[None]:
    quota = {"FUYAJO_QUOTA_VMS": str(ALLOWED)}
    processes = [start(home, SLOTS, LEASE_SECONDS, **quota) for _ in range(WORKERS)]
    try:
        yield
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            process.wait()


def _until_over(here: Serving, count: int) -> None:
    jobs, pause = here.actor("root").jobs, Event()
    while sum(job.state in OVER for job in jobs.of()) < count:
        print(f"  {jobs.waiting()} wait", end="\r", file=sys.stderr)
        pause.wait(2)


def _verdicts(
    here: Serving, people: list[Person], runs: dict[str, str], host: FileHost
) -> list[tuple[str, int, int]]:
    """(what, found, expected)."""
    jobs = {job.run: job for job in here.actor("root").jobs.of()}
    content = host.content()
    ran = Counter(run for run, what, _, _ in content.done if what == "run")
    owners = Counter(vm.owner for vm in content.machines.values())
    ends = Counter(jobs[run].state for run in runs if run in jobs)
    foreign = _foreign(people, runs)
    right_owner = sum(name.rpartition("-")[0] == vm.owner for name, vm in content.machines.items())
    return [
        ("runs that were acknowledged", len(runs), len(people) * EACH),
        ("of those known afterwards", sum(run in jobs for run in runs), len(runs)),
        ("carried out twice", sum(times > 1 for times in ran.values()), 0),
        ("successful: as many as quotas allow", ends["successful"], len(people) * ALLOWED),
        ("refused by quota", ends["failed"], len(people) * (EACH - ALLOWED)),
        ("users with exactly their quota", _at(owners, ALLOWED), len(people)),
        ("machines that belong to who asked", right_owner, len(people) * ALLOWED),
        ("claims left over", len(here.actor("root").claims.open()), 0),
        ("users who see their own machines alone", _sees_own(people), len(people)),
        ("somebody else's run answered with 404", foreign, len(people)),
    ]


def _at(owners: Counter[str | None], count: int) -> int:
    return sum(found == count for found in owners.values())


def _sees_own(people: list[Person]) -> int:
    def right(person: Person) -> bool:
        names = [vm["name"] for vm in person.client.get("/vms").json()]
        return len(names) == ALLOWED and all(n.startswith(f"{person.name}-") for n in names)

    return sum(right(person) for person in people)


def _foreign(people: list[Person], runs: dict[str, str]) -> int:
    """Everybody asks for a run of the next user."""
    newest = {owner: run for run, owner in runs.items()}
    others = [*people[1:], people[0]]
    asked = zip(people, others, strict=True)
    answers = [one.client.get(f"/runs/{newest[other.name]}").status_code for one, other in asked]
    return answers.count(404)


def _tell(
    people: list[Person], found: list[tuple[str, int, int]], submitted: float, carried: float
) -> None:
    rows = [[what, str(n), str(e), "exact" if n == e else "WRONG"] for what, n, e in found]
    count = len(people) * EACH
    report(
        f"{len(people)} users, {count} queued runs, {AT_ONCE} parallel submits",
        f"plan + apply over HTTP: {submitted:.0f} s ({count / submitted:.1f}/s); carried out by {WORKERS} "
        f"workers on a host that is a file: {carried:.0f} s ({count / carried:.1f}/s)",
        [["", "found", "expected", ""], *rows],
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
