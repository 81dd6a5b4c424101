"""Ten minutes of everything at once: does the memory of the service grow?

Plans of words and of requests, runs on a host that is a file, listeners that come and go, lists, wrong
tokens and bodies. Memory is read twice a second; what counts is the median of the last minute against that
of the second one, when everything was loaded.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import httpx2
from measure import report
from service_place import SERVE_FILE, Serving, request_of, serving

from tests.support.service_host import worker

SECONDS, THREADS, USERS, MINUTE = 600, 6, 12, 60
ALLOWED_GROWTH = 0.10


class Load:
    """What one thread does until it is told to stop; `answers` counts statuses."""

    def __init__(self, here: Serving, headers: list[dict[str, str]], number: int) -> None:
        self.here, self.headers = here, headers
        self.dice = random.Random(number)
        self.tag = f"s{number}"
        self.count = 0
        self.answers: Counter[int] = Counter()

    def run(self, over: threading.Event) -> None:
        kinds = (self.plan, self.talk, self.lists, self.wrong, self.follow)
        while not over.is_set():
            with self.here.client(self.dice.choice(self.headers)) as client:
                for _ in range(20):
                    self.dice.choice(kinds)(client)

    def note(self, answer: httpx2.Response) -> httpx2.Response:
        self.answers[answer.status_code] += 1
        return answer

    def plan(self, client: httpx2.Client) -> None:
        self.count += 1
        made = self.note(client.post("/plans", json=request_of(f"{self.tag}-{self.count}")))
        if made.status_code == 201 and self.count % 4 == 0:
            plan = made.json()["plan"]["id"]
            self.note(client.post(f"/plans/{plan}/apply", json={"yes": True}))

    def talk(self, client: httpx2.Client) -> None:
        words = self.dice.choice(
            ["hello", "a web server with 2 GB", "こんにちは", "stop everything"]
        )
        self.note(client.post("/plans", json={"words": words}))

    def lists(self, client: httpx2.Client) -> None:
        for path in ("/vms", "/plans?limit=5", "/runs", "/me", "/openapi.json"):
            self.note(client.get(path))

    def wrong(self, client: httpx2.Client) -> None:
        self.note(client.get("/vms", headers={"Authorization": "Bearer fuyajo_wrong"}))
        self.note(client.post("/plans", content=b'{"words": 1, "words": 2}'))
        self.note(client.get("/runs/r-20261123-120000-ffff"))

    def follow(self, client: httpx2.Client) -> None:
        """A listener that goes away after a moment."""
        runs = client.get("/runs").json()
        if runs:
            with client.stream("GET", f"/runs/{runs[0]['id']}/events") as events:
                self.answers[events.status_code] += 1
                next(events.iter_raw(), b"")


def main(seconds: int = SECONDS) -> None:
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fuyajo-soak-")))
        home = directory / "home"
        home.mkdir(mode=0o700)
        environ = {**os.environ, "FUYAJO_HOME": str(home), "FUYAJO_BACKEND": "rules"}
        here = stack.enter_context(serving(environ, "--no-worker", command=SERVE_FILE))
        headers = [here.user(f"u{number}") for number in range(USERS)]
        stack.enter_context(worker(home, 1, 20.0))
        answers, memory = _soak(here, headers, seconds)
    _tell(answers, memory, seconds)


def _soak(
    here: Serving, headers: list[dict[str, str]], seconds: int
) -> tuple[Counter[int], list[tuple[float, float]]]:
    """Answers by status, and (second, MiB)."""
    over = threading.Event()
    loads = [Load(here, headers, number) for number in range(THREADS)]
    threads = [threading.Thread(target=load.run, args=(over,)) for load in loads]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    memory = []
    while (now := time.monotonic() - began) < seconds:
        memory.append((now, here.resident_mib()))
        over.wait(0.5)
    over.set()
    for thread in threads:
        thread.join()
    return sum((load.answers for load in loads), Counter()), memory


def _tell(answers: Counter[int], memory: list[tuple[float, float]], seconds: int) -> None:
    minute = min(MINUTE, seconds / 4)
    early = median(mib for at, mib in memory if minute <= at < 2 * minute)
    late = median(mib for at, mib in memory if at >= seconds - minute)
    growth = late / early - 1
    met = "met" if growth < ALLOWED_GROWTH else "MISSED"
    errors = sum(count for status, count in answers.items() if status >= 500)
    statuses = ", ".join(f"{status}: {count}" for status, count in sorted(answers.items()))
    report(
        f"{seconds} s of everything at once",
        f"{answers.total()} calls by {THREADS} threads of {USERS} users ({statuses})",
        [
            ["", "found", "target"],
            ["memory, second minute", f"{early:.0f} MiB", ""],
            ["memory, last minute", f"{late:.0f} MiB ({growth:+.1%})", f"< +10 %: {met}"],
            ["answers of 500 and above", str(errors), "0"],
        ],
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
