"""500 listeners of one run, while it is written: every event once, in order, at each of them.

The run is one that a worker has: a row, a record and a growing file, written here line by line as the runner
writes it. The listeners are bare sockets in one loop, so that they cost less than what they listen to.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from measure import report, spread
from service_place import Serving, serving

from fuyajo.store.jobs import Job
from fuyajo.store.runs import RunRecord

LISTENERS, EVENTS, BATCH = 500, 2_000, 20
RUN = "r-20261123-120000-aaaa"
SECONDS = 300.0
MOST_CALLS = 20


class Heard(NamedTuple):
    """`ends`: what the last event said of the run; `late`: seconds behind the last written event; `calls`:
    1, and one more for each time that it came back with `Last-Event-ID`, as browsers do."""

    seqs: list[int]
    ends: str
    late: float
    calls: int


def main(listeners: int = LISTENERS, events: int = EVENTS) -> None:
    with tempfile.TemporaryDirectory(prefix="fuyajo-listeners-") as name:
        home = Path(name) / "home"
        home.mkdir(mode=0o700)
        environ = {**os.environ, "FUYAJO_HOME": str(home), "FUYAJO_URI": "test:///default"}
        with serving(environ, "--no-worker") as here:
            headers = here.user("mika")
            before = here.resident_mib()
            began = time.perf_counter()
            heard, most = asyncio.run(_listen(here, headers, listeners, events))
            seconds = time.perf_counter() - began
    _tell(heard, events, seconds, before, most)


async def _listen(
    here: Serving, headers: dict[str, str], listeners: int, events: int
) -> tuple[list[Heard], float]:
    """What each heard, and the most memory that the service took, MiB."""
    file = _begin(here)
    last: list[float] = []
    reading = [asyncio.create_task(_listener(here.url, headers, last)) for _ in range(listeners)]
    most = here.resident_mib()
    for first in range(1, events + 1, BATCH):
        with file.open("a") as lines:
            for seq in range(first, min(first + BATCH, events + 1)):
                lines.write(json.dumps({"seq": seq, "kind": "output", "text": "x" * 80}) + "\n")
        await asyncio.sleep(0.02)
        most = max(most, here.resident_mib())
    last.append(time.perf_counter())
    _end(here)
    return list(await asyncio.wait_for(asyncio.gather(*reading), SECONDS)), most


def _record(status: str) -> RunRecord:
    now = datetime.now(UTC)
    return RunRecord.model_validate(
        {"id": RUN, "owner": "mika", "plan": None, "status": status, "started": now}
    )


def _begin(here: Serving) -> Path:
    """A run that goes on: this process is its holder."""
    actor, now = here.actor("mika"), datetime.now(UTC)
    job = Job(RUN, "mika", None, "queued", 0, 0, (), "bench", now)
    assert actor.jobs.enqueue(job) is not None
    taken = actor.jobs.claim("bench", now, timedelta(seconds=SECONDS), 1)
    assert taken is not None
    assert actor.jobs.move(taken, "running", now)
    directory = actor.runs.directory("mika", RUN)
    directory.mkdir(parents=True)
    actor.runs.save(_record("running"))
    hold = actor.runs.hold("mika", RUN)
    assert hold.__enter__()  # ends with this process
    _HELD.append((hold, taken))
    return directory / "events.jsonl"


_HELD: list[tuple[object, Job]] = []


def _end(here: Serving) -> None:
    actor = here.actor("mika")
    actor.runs.save(_record("successful"))
    assert actor.jobs.move(_HELD[0][1], "successful", datetime.now(UTC))


async def _listener(url: str, headers: dict[str, str], last: list[float]) -> Heard:
    seqs: list[int] = []
    ends, calls = "", 0
    while not ends and calls < MOST_CALLS:
        calls += 1
        ends = await _call(url, headers, seqs)
    return Heard(seqs, ends, time.perf_counter() - last[0] if last else 0.0, calls)


async def _call(url: str, headers: dict[str, str], seqs: list[int]) -> str:
    """Read until the end of the run, or until the service closes; how the run ended, or nothing."""
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    lines = [f"GET /api/v1/runs/{RUN}/events HTTP/1.1", f"Host: {place.netloc}"]
    lines += [f"{key}: {value}" for key, value in headers.items()]
    lines += [f"Last-Event-ID: {seqs[-1]}"] if seqs else []
    writer.write("\r\n".join([*lines, "", ""]).encode())
    kind = ""
    try:
        async for raw in reader:
            line = raw.decode().rstrip("\r\n")
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
            elif line.startswith("data: "):
                data = json.loads(line.removeprefix("data: "))
                if kind == "end":
                    return str(data["status"])
                seqs.append(data["seq"])
    finally:
        writer.close()
    return ""


def _tell(heard: list[Heard], events: int, seconds: float, before: float, most: float) -> None:
    whole = list(range(1, events + 1))
    exact = sum(one.seqs == whole for one in heard)
    ended = sum(one.ends == "successful" for one in heard)
    lost = sum(len(set(whole) - set(one.seqs)) for one in heard)
    doubled = sum(len(one.seqs) - len(set(one.seqs)) for one in heard)
    per_second = len(heard) * events / seconds
    report(
        f"{len(heard)} listeners of one run with {events} events",
        f"{seconds:.1f} s, {per_second:.0f} events a second told; the last event reached listeners after "
        f"{spread([one.late for one in heard])} s; memory of the service {before:.0f} → {most:.0f} MiB",
        [
            ["", "found", "expected"],
            ["listeners that heard each event once and in order", str(exact), str(len(heard))],
            ["listeners that were told the end", str(ended), str(len(heard))],
            ["events lost", str(lost), "0"],
            ["events told twice", str(doubled), "0"],
            ["listeners that had to come back", str(sum(one.calls > 1 for one in heard)), ""],
        ],
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
