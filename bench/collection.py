"""The collection against bare libvirt calls and against the tools that people use instead.

``python bench/collection.py [--json] [--rounds N] [--no-peers]``: one run, ratios that belong together.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import libvirt
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from inventories import inventories
from machines import Machines, rpcs
from measure import machine, site, spread, take_turns
from peers import Peer, all_peers, remove_traces

STARTED = (1, 5, 10)
PEER_SECONDS = 240.0


@dataclass
class Line:
    """One measured thing; ``ratio`` is against ``against`` in the same run, ``target`` its bound."""

    what: str
    seconds: list[float] = field(default_factory=list)
    ratio: float | None = None
    against: str = ""
    target: str = ""
    met: bool | None = None
    note: str = ""

    def cells(self) -> list[str]:
        held = "" if self.met is None else ("met" if self.met else "MISSED")
        ratio = "" if self.ratio is None else f"{self.ratio:.2f} × {self.against}"
        return [
            self.what,
            spread(self.seconds) if self.seconds else "",
            ratio,
            self.target,
            held,
            self.note,
        ]


class Bench:
    """Collects lines while it measures."""

    def __init__(self, machines: Machines, rounds: int) -> None:
        self.machines, self.rounds = machines, rounds
        self.lines: list[Line] = []

    def add(self, line: Line) -> Line:
        self.lines.append(line)
        print(" | ".join(filter(None, line.cells())), file=sys.stderr, flush=True)
        return line

    def own(self, count: int, start: bool) -> dict[str, float]:
        """Measure floor, our own way in process and through a playbook; return the medians."""
        state, xmls = "started" if start else "stopped", self.machines.documents(count)
        here, clear = self.machines.here, lambda: self.machines.clear(count)
        task = {"fuyajo.libvirt.stack": self.machines.options(count, state)}

        def then_clear(measured: Callable[[], float]) -> Callable[[], float]:
            def work() -> float:
                seconds = measured()
                clear()
                return seconds

            return work

        found = take_turns(
            self.rounds,
            {
                "bare": then_clear(lambda: self.machines.bare(xmls, start)),
                "own": then_clear(lambda: self.machines.converge(count, state)),
                "empty": lambda: here.playbook({"ansible.builtin.meta": "noop"}),
                "playbook": then_clear(lambda: here.playbook(task)),
            },
        )
        middle = {key: median(values) for key, values in found.items()}
        what = f"{count} {'started' if start else 'defined'}"
        self.add(Line(f"{what}: bare calls, threads", found["bare"]))
        ratio = middle["own"] / middle["bare"]
        self.add(Line(f"{what}: stack in process", found["own"], ratio, "bare"))
        self.add(Line(f"{what}: empty playbook", found["empty"]))
        rest = (middle["playbook"] - middle["empty"]) / middle["bare"]
        line = Line(
            f"{what}: stack in a playbook, less an empty one", found["playbook"], rest, "bare"
        )
        if start or count >= 50:
            line.target, line.met = "≤ 1.3", rest <= 1.3
        self.add(line)
        return middle

    def peer(self, peer: Peer, count: int, start: bool, own: float) -> None:
        """Measure one other tool, until the last machine is started (or it has returned)."""
        what = f"{count} {'started' if start else 'defined'}: {peer.name}"
        seconds, note = [], ""
        for _ in range(min(self.rounds, 2)):
            try:
                seconds.append(self._peer_once(peer, count, start))
            except (OSError, RuntimeError, subprocess.SubprocessError) as error:
                note = f"failed: {error}"
                break
            finally:
                self.machines.sweep()
        line = Line(what, seconds, note=note)
        if seconds:
            line.ratio, line.against = median(seconds) / own, "stack in a playbook"
            if peer.can_only_define and count == 10:
                line.target, line.met = "≥ 10", line.ratio >= 10
        self.add(line)

    def _peer_once(self, peer: Peer, count: int, start: bool) -> float:
        commands = peer.command(count, start)
        with Starts(self.machines.here.uri, self.machines.here.tag, count) as starts:
            begin = time.perf_counter()
            for command in commands:
                process = subprocess.Popen(
                    command,
                    env=peer.environ,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                )
                if not start or len(commands) > 1:
                    output, _ = process.communicate(timeout=PEER_SECONDS)
                    if process.returncode != 0:
                        raise RuntimeError(output.decode(errors="replace")[-300:])
                    continue
                return self._until_started(process, starts, begin)
            seconds = time.perf_counter() - begin
            if start and starts.count < count:
                raise RuntimeError(f"only {starts.count} of {count} were started")
            return seconds

    @staticmethod
    def _until_started(process: subprocess.Popen[bytes], starts: Starts, begin: float) -> float:
        """Some tools wait on for SSH, which never comes here: what counts is the last start."""
        said: list[bytes] = []
        assert process.stdout
        output = process.stdout
        reader = threading.Thread(target=lambda: said.append(output.read()), daemon=True)
        reader.start()
        while not starts.done.wait(0.2):
            if process.poll() is not None and not starts.done.wait(1.0):
                reader.join()
                words = b"".join(said).decode(errors="replace").split()
                tail = " ".join(words)[-300:]
                raise RuntimeError(f"exit {process.returncode}, {starts.count} started: {tail}")
            if time.perf_counter() - begin > PEER_SECONDS:
                process.kill()
                raise RuntimeError("took too long")
        seconds = starts.last - begin
        with suppress(subprocess.TimeoutExpired):
            process.wait(5)
        process.kill()
        reader.join()
        return seconds


class Starts:
    """Counts libvirt's *Started* events of our machines on a connection of its own."""

    def __init__(self, uri: str, tag: str, wanted: int) -> None:
        self.uri, self.tag, self.wanted = uri, tag, wanted
        self.count, self.last, self.done = 0, 0.0, threading.Event()

    def __enter__(self) -> Starts:
        self.connection = libvirt.open(self.uri)
        kind = libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE
        self.callback = self.connection.domainEventRegisterAny(None, kind, self._seen, None)
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.domainEventDeregisterAny(self.callback)
        self.connection.close()

    def _seen(self, _conn: Any, domain: Any, event: int, _detail: int, _opaque: Any) -> None:
        if event == libvirt.VIR_DOMAIN_EVENT_STARTED and domain.name().startswith(self.tag):
            self.count, self.last = self.count + 1, time.perf_counter()
            if self.count == self.wanted:
                self.done.set()


def scaling(bench: Bench) -> None:
    """Define only: what a machine costs among 10 and among 200; and a second run of 50."""
    machines, each = bench.machines, {}
    for count in (10, 50, 200):
        seconds = []
        for _ in range(bench.rounds):
            seconds.append(machines.converge(count, "stopped"))
            if count == 50:
                again = [machines.converge(50, "stopped") for _ in range(bench.rounds)]
            machines.clear(count)
        each[count] = median(seconds) / count
        bench.add(
            Line(f"{count} defined: stack in process", seconds, note=f"{each[count]:.4f} s each")
        )
    flat = each[200] / each[10]
    bench.add(Line("a machine among 200", [], flat, "one among 10", "≤ 1.2", flat <= 1.2))
    most = median(again)
    bench.add(Line("50 again, nothing to do", again, None, "", "≤ 1 s", most <= 1.0))


def calls(bench: Bench) -> None:
    """Count messages to libvirt: making ten machines, and finding that they are there."""
    machines = bench.machines
    code = (
        "import json, sys\n"
        "from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host\n"
        "from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge\n"
        "from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kinds import wanted_of_all\n"
        "options = json.loads({options!r})\n"
        "with Host.open(options['uri']) as host:\n"
        "    assert not converge(host, wanted_of_all(options), False).errors\n"
    )
    found = {}
    for count in (1, 10):
        text = code.format(options=json.dumps(machines.options(count, "started")))
        found[count] = rpcs(text, machines.here.directory)
        again = rpcs(text, machines.here.directory)
        machines.clear(count)
    per = (found[10][0] - found[1][0]) / 9
    note = f"{found[1][0]} for one, {found[10][0]} for ten; again {again[0]}; connections {found[10][1]}"
    bench.add(Line("calls to libvirt per machine", [], per, "a call", "≤ 10", per <= 10, note))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the table as JSON")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-peers", action="store_true", help="only us and the floor")
    words = parser.parse_args()
    with site() as here, Host.open(here.uri) as host:
        machines = Machines(here, host)
        bench = Bench(machines, words.rounds)
        try:
            machines.prepare()
            peers, missing = ([], []) if words.no_peers else all_peers(machines)
            for count, start in [*((n, True) for n in STARTED), (10, False), (50, False)]:
                own = bench.own(count, start)["playbook"]
                for peer in peers:
                    if count <= 10 and (start or peer.can_only_define):
                        bench.peer(peer, count, start, own)
            scaling(bench)
            calls(bench)
            for line in inventories(machines, words.rounds, not words.no_peers):
                bench.add(Line(**line))
        finally:
            machines.remove()
            remove_traces()
    if words.json:
        rows = [vars(line) for line in bench.lines]
        print(json.dumps({"machine": machine(), "not_measured": missing, "lines": rows}, indent=1))
        return
    table = [["", "seconds", "ratio", "target", "", ""], *(line.cells() for line in bench.lines)]
    widths = [max(len(row[i]) for row in table) for i in range(6)]
    print(machine())
    for row in table:
        print("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip())
    for text in missing:
        print(f"not measured: {text}")


if __name__ == "__main__":
    main()
